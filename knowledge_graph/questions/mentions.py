"""Which products a question means: one mention or several, with sizes, quantities and what is on screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.text.numbers import Amount, find_amounts, parse_numeral
from core.text.units import MEASURES
from knowledge_graph.questions.masking import masks
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property
from knowledge_graph.search import THIS, Catalogue, Hit, measure

_SPLIT = re.compile(
    r"[，,。？?！!；;、\s]+|还是|跟|和|与|同|比(?!如)|加上?|[+＋]|再来|再拿|再要|再买|外加|外带|另带|捎带|另外|搭(?=一)|还有"
)
_JOIN = re.compile(
    r"跟|和|与|同|比(?!如)|加|[+＋]|还是|、|再来|再拿|再要|再买|外带|另带|捎带|对比|哪[个款样种]|这俩|这两"
)
_ATTACHED = re.compile(r"^(?:的|装|那|这|款|规格|大?[箱瓶袋罐盒桶包](?!多少)|重的)")
_MULTI = re.compile(
    r"哪[个款样种只颗罐盒瓶]|区别|不一样|不同|差异|一样|差|比|跟.{1,12}一起|和.{1,12}一起|各|分别|"
    r"(?:一共|总共|加|[+＋]|再来|再拿|再要|再买|外带|凑)|贵多少|便宜|同一个|一个地方|一块儿|一个箱"
)
_NUMBER_OF = rf"[0-9一二两三四五六七八九十]+[{''.join(MEASURES)}]"
_COUNTED = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?<![买要来拿拍加和跟再各])({_NUMBER_OF})(?=[\u4e00-\u9fff]{{2,8}}?{_NUMBER_OF}(?![的装]))"
)
"""One of several goods with how many of it: 黑布鞋一双鞋垫一双."""
_LISTED = re.compile(
    rf"({_NUMBER_OF}(?![的装])[\u4e00-\u9fff0-9]{{2,8}}?)(?={_NUMBER_OF}(?![的装多几怎合是要够])[\u4e00-\u9fff]{{2}})"
)
"""The same with the number first: 一罐白茶两袋香菇."""
_TOTAL = re.compile("一共|总共|加起来|各")
_COMPARES = re.compile(
    r"差多少|差[几好]|比.{0,6}(?:贵|便宜|重|大|多|少)|(?:贵|便宜|重|多|少)(?:了)?(?:多少|[几好])"
)
_THIS_KIND = re.compile(r"[这呢依迭格嗰即咯][个款种家些]?[\u4e00-\u9fff]{0,2}?$")
_NUMBERED = re.compile(r"(?:[0-9]+|[零一二两三四五六七八九十百]+)(?=[年号级代道届])")


@dataclass(frozen=True, slots=True)
class Meant:
    """A product a question means, and the amounts said of it."""

    product: str
    quantity: Amount | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One mention: equally good readings, the amounts left over, the letters that named it."""

    products: tuple[str, ...]
    amounts: tuple[Amount, ...] = ()
    mention: str = ""


NOTHING = Group(())


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The groups of products a question means, in its order, and whether it names them itself."""

    groups: tuple[Group, ...]
    named: bool

    @property
    def meant(self) -> tuple[Meant, ...]:
        """Every product, with the first quantity said of it."""
        return tuple(Meant(p, first_quantity(g.amounts)) for g in self.groups for p in g.products)


def mentioned(catalogue: Catalogue, text: str, on_screen: str | None, forms: Sequence[str]) -> Mentioned:
    """What ``text`` means; ``forms`` are its Mandarin wordings, by which several products are expected."""
    text = _COUNTED.sub(r"\1，", _as_in_names(catalogue, text))
    if any(_TOTAL.search(f) for f in forms[:1]):
        text = _LISTED.sub(r"\1，", text)
    several = any(_MULTI.search(f) for f in forms[:1]) and not re.search(r"[买拿拍].{0,12}省", text)
    if several and (_JOIN.search(text) or re.search(r"[\s，,]", text)):
        groups = _several(catalogue, text, on_screen)
        if len(groups) == 1 and on_screen in catalogue.by_product and _COMPARES.search(text):
            # 一公斤的和小瓶差多少, 小瓶 being shown.
            groups = groups if on_screen in groups[0].products else [*groups, Group((on_screen or "",))]
        if len({g.products for g in groups}) > 1:
            return Mentioned(tuple(groups), True)
    if len(row := _in_a_row(catalogue, text)) > 1:
        return Mentioned(row, True)
    whole = _group(catalogue, text, on_screen)
    if not whole.products:
        return Mentioned((), bool(whole.mention))
    best = catalogue.best(text, masks(text))
    used = whole.amounts
    left = tuple(a for a in _amounts_beside(text, best) if a not in used)
    return Mentioned((Group(whole.products, left, whole.mention),), bool(whole.mention))


def _in_a_row(catalogue: Catalogue, text: str) -> tuple[Group, ...]:
    """Goods named one after another with nothing between them: 小米莜面雪花粉各来一袋."""
    head, each, rest = text.partition("各")
    found: list[Group] = []
    at = 0
    while each and at < len(head) <= _ROW:
        for end in range(min(len(head), at + 8), at + 1, -1):
            one = _group(catalogue, head[at:end], None)
            if len(one.mention) == end - at and len(one.products) == 1:
                found.append(Group(one.products, tuple(find_amounts(rest)), one.mention))
                at = end - 1
                break
        at += 1
    return tuple(found)


_ROW = 24
"""Characters of a row of names that are read."""


def _as_in_names(catalogue: Catalogue, text: str) -> str:
    """Numbers written as the shop's names write them: 八年 is 8年 where a name has 8年."""
    names = "".join("".join(n.parts) for n in catalogue.names)

    def written(match: re.Match[str]) -> str:
        number = parse_numeral(match[0])
        figure = f"{number.value.normalize():f}" if number else match[0]
        known = re.search(rf"(?<![0-9]){re.escape(figure + text[match.end()])}", names)
        return figure if known else match[0]

    return _NUMBERED.sub(written, text.replace("俩", "两个").replace("仨", "三个").replace("体恤", "T恤"))


def first_quantity(amounts: Iterable[Amount]) -> Amount | None:
    """The first exact amount of goods."""
    for amount in amounts:
        goods = amount.kind in ("mass", "volume") or (amount.kind == "count" and amount.unit not in _TIMES)
        if goods and amount.high is None and not amount.approximate:
            return amount
    return None


_TIMES = frozenset("次遍回趟顿餐场轮口人家户")
"""What is counted that is no goods: 一次拿2袋 asks for two."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A stretch of text with its best hits and the sizes it names, ready to be narrowed."""

    catalogue: Catalogue
    text: str
    on_screen: str | None
    hits: tuple[Hit, ...]
    sizes: tuple[tuple[Amount, tuple[Decimal, str]], ...]

    @property
    def mention(self) -> str:
        """The letters that name a product."""
        return "".join(self.text[i] for i in sorted(self.hits[0].covered)) if self.hits else ""

    def attached(self) -> list[tuple[Amount, tuple[Decimal, str]]]:
        """The sizes that tell a product (5斤的, 5斤装), not how much is wanted."""
        return [(a, m) for a, m in self.sizes if _ATTACHED.match(self.text[a.end :])]


def _read(catalogue: Catalogue, text: str, on_screen: str | None) -> _Reading:
    hits = tuple(catalogue.best(text, masks(text)))
    sizes = tuple((a, m) for a in _amounts_beside(text, hits) if (m := measure(a)))
    shown = on_screen if on_screen in catalogue.by_product else None
    return _Reading(catalogue, text, shown, hits, sizes)


def _amounts_beside(text: str, hits: Sequence[Hit]) -> list[Amount]:
    return find_amounts(_blotted(text, hits[0].covered) if hits else text)


def _group(catalogue: Catalogue, text: str, on_screen: str | None) -> Group:
    """The products one stretch of text means; ``amounts`` are those used up as sizes."""
    reading = _read(catalogue, text, on_screen)
    found = _found(reading)
    if found:
        return (
            _by_size(reading, found)
            or _smaller_or_larger(reading, found)
            or _of_kind(reading, found)
            or _as_shown(reading, found)
        )
    if reading.on_screen:
        return _of_the_shown(reading, reading.on_screen)
    attached = reading.attached()
    narrowed = catalogue.sized(catalogue.by_product, [m for _, m in attached])
    return Group(tuple(narrowed), tuple(a for a, _ in attached))


def _found(reading: _Reading) -> list[str]:
    """The products the words name; one character, or two by sound, mean nothing beside what is on screen."""
    catalogue, mention = reading.catalogue, reading.mention
    written = any(mention in part for h in reading.hits for part in catalogue.by_product[h.product].parts)
    if reading.on_screen and (len(mention) == 1 or (len(mention) == 2 and not written)):
        return []
    if mention in catalogue.sheets and len(catalogue.sheets) > 1:
        return list(catalogue.sheets[mention])
    return _headed(reading) or _spelled_so(reading) or [h.product for h in reading.hits]


def _spelled_so(reading: _Reading) -> list[str]:
    """玫瑰花 is 玫瑰花茶 rather than 洛神花（玫瑰茄）: whose name has all its letters in a row."""
    names, mention = reading.catalogue.by_product, reading.mention
    if len(mention) < 3 or any(h.covered - reading.hits[0].covered for h in reading.hits):
        return []
    return [h.product for h in reading.hits if any(mention in part for part in names[h.product].parts)]


def _headed(reading: _Reading) -> list[str]:
    """虾皮 is 淡干虾皮 rather than 虾皮汤料: the noun that names goods comes last; what is shown stays."""
    mention, found = reading.mention, [h.product for h in reading.hits]
    cores = {p: reading.catalogue.by_product[p].parts[0] for p in found}
    headed = len(mention) > 1 and any(core.endswith(mention) for core in cores.values())
    if not headed or len(found) < 2 or reading.on_screen in found:
        return []
    other = re.compile(re.escape(mention) + _OTHER_GOODS)
    return [p for p, core in cores.items() if not other.search(core)]


_OTHER_GOODS = r"(?!(?:礼盒|礼袋|礼包|套装|组合|精装|散装|[大中小次]果|.?[款级码号]))[\u4e00-\u9fff]{2,}$"
"""What makes other goods of a name that it follows; 礼盒 and 男款 do not."""


def _by_size(reading: _Reading, found: Sequence[str]) -> Group | None:
    """Of several products of one name, those of the size named."""
    if len(found) < 2 or not reading.sizes:
        return None
    attached = reading.attached() or list(reading.sizes)
    narrowed = reading.catalogue.sized(found, [m for _, m in attached])
    if not narrowed or len(narrowed) == len(found):
        return None
    used = tuple(a for a, m in attached if _has(reading.catalogue, narrowed, m))
    return Group(tuple(narrowed), used, reading.mention)


_SIZE_WORD = re.compile(
    r"([大小])(?:袋|瓶|罐|盒|箱|包|份|桶|装|坛|壶|的(?=[\s，,。？?]|$|那|多|什么|几|啥|怎|咋))"
)


def _smaller_or_larger(reading: _Reading, found: Sequence[str]) -> Group | None:
    """小袋的 of goods that differ only in size: the lightest, 大袋的 the heaviest."""
    catalogue = reading.catalogue
    word = _SIZE_WORD.search(reading.text)
    sizes = {p: max(catalogue.by_product[p].sizes, default=None) for p in found}
    if word is None or len(found) < 2 or None in sizes.values():
        return None
    if len({catalogue.family(p) for p in found}) > 1 or any(catalogue.by_product[p].notes for p in found):
        return None
    chosen = (min if word[1] == "小" else max)(found, key=lambda p: sizes[p] or (Decimal(0), ""))
    return Group((chosen,), (), reading.mention)


def _of_kind(reading: _Reading, found: Sequence[str]) -> Group | None:
    """Goods of the size asked for whose facts call them by the kind named (十斤苹果: 红富士 10斤)."""
    catalogue, mention = reading.catalogue, reading.mention
    sizes = [m for _, m in reading.sizes]
    if not sizes or len(mention) < 2 or catalogue.sized(found, sizes):
        return None
    alike = tuple(
        product
        for product in catalogue.by_product
        if any(size in catalogue.by_product[product].nominal for size in sizes)
        and any(mention in wanted_text(f) for f in catalogue.shop.facts(product))
    )
    used = tuple(a for a, m in reading.sizes if _has(catalogue, alike, m))
    return Group(alike, used, mention) if alike else None


def _as_shown(reading: _Reading, found: Sequence[str]) -> Group:
    """What the words name; of equal readings the one on screen."""
    catalogue, shown = reading.catalogue, reading.on_screen
    if shown and len(found) > 1 and (shown in found or _made_so(catalogue, shown, reading.mention)):
        found = [shown]
    if shown and shown not in found and _points_at(reading):
        found = [shown]
    used = tuple(
        a
        for a, m in reading.sizes
        if _has(catalogue, found, m)
        and (
            _ATTACHED.match(reading.text[a.end :])
            or (m in catalogue.by_product[found[0]].nominal and not _per_unit(reading.text, a))
        )
    )
    return Group(tuple(found), used, reading.mention)


def _points_at(reading: _Reading) -> bool:
    """这大米 beside rice on screen: the word after 这 is a kind that what is on screen is of, too."""
    first = min(reading.hits[0].covered)
    noun = reading.text[first : max(reading.hits[0].covered) + 1]
    shown = reading.on_screen or ""
    kinds = (
        Property.CATEGORY,
        Property.INGREDIENTS,
        Property.VARIETY,
        Property.SELLING_POINT,
        Property.USAGE,
    )
    facts = reading.catalogue.shop.facts(shown)
    return bool(
        len(noun) <= 2
        and _THIS_KIND.search(reading.text[:first])
        and any(f.property in kinds and noun[-1] in wanted_text(f) for f in facts)
    )


def _of_the_shown(reading: _Reading, shown: str) -> Group:
    """Nothing is named: what is on screen, or its kin (else any product) of another size named."""
    catalogue, other = reading.catalogue, reading.attached()
    sizes = [m for _, m in other]
    kin = [n.product for n in catalogue.names if n.core == catalogue.family(shown)]
    pools = [kin] if THIS.search(reading.text) else [kin, list(catalogue.by_product)]
    for pool in pools:
        if other and (narrowed := catalogue.sized(pool, sizes)):
            return Group(tuple(narrowed), tuple(a for a, _ in other))
    nominal = catalogue.by_product[shown].nominal
    used = tuple(a for a, m in reading.sizes if m in nominal and not _per_unit(reading.text, a))
    return Group((shown,), used)


_NUMERALS = frozenset("0123456789一二两三四五六七八九十百半几")


def _blotted(text: str, covered: Iterable[int]) -> str:
    """The text without a product's name, so that 两斤五花肉 is not two and a half 斤."""
    held = set(covered)
    joined = {i for i in held if i - 1 in held or i + 1 in held}
    counted = {i for i, c in enumerate(text) if i and c in MEASURES and text[i - 1] in _NUMERALS}
    return "".join("＃" if i in joined - counted and not c.isdigit() else c for i, c in enumerate(text))


def _made_so(catalogue: Catalogue, product: str, mention: str) -> bool:
    """Whether the words name how the product on screen is made (破线绣), not another product."""
    made = (Property.CRAFT, Property.MATERIAL, Property.VARIETY)
    return len(mention) > 1 and any(
        f.property in made and mention in wanted_text(f) for f in catalogue.shop.facts(product)
    )


def _per_unit(text: str, amount: Amount) -> bool:
    return amount.value == 1 and bool(re.search(r"[合每折平均摊]", text))


def _has(catalogue: Catalogue, products: Iterable[str], size: tuple[Decimal, str]) -> bool:
    return any(size in catalogue.by_product[p].sizes for p in products if p in catalogue.by_product)


_BUYS = re.compile(r"[买来要拿拍]")


def _several(catalogue: Catalogue, text: str, on_screen: str | None) -> list[Group]:
    """One group for every stretch between connectors that means a product."""
    shared = {h.product: h.score for h in catalogue.hits(text, masks(text))}
    groups: list[Group] = []
    for piece in filter(None, _SPLIT.split(text)):
        found = _piece(catalogue, piece, on_screen, shared)
        best = catalogue.best(piece, masks(piece))
        rest = tuple(a for a in _amounts_beside(piece, best) if a not in found.amounts)
        if found.products:
            groups.append(Group(found.products, rest, found.mention))
        elif groups and first_quantity(rest) and (not groups[-1].amounts or _BUYS.search(piece)):
            # 荔枝蜜56一瓶，买两瓶: what is bought counts, not what one costs.
            groups[-1] = Group(groups[-1].products, rest, groups[-1].mention)
    return _one_family(catalogue, groups)


def _piece(catalogue: Catalogue, piece: str, on_screen: str | None, shared: dict[str, float]) -> Group:
    if catalogue.best(piece, masks(piece)):
        found = _group(catalogue, piece, None)
        if len(found.products) > 1 and shared:
            top = max(shared.get(p, 0.0) for p in found.products)
            alike = tuple(p for p in found.products if shared.get(p, 0.0) >= 0.9 * top)
            found = Group(alike, found.amounts, found.mention)
        return found
    amounts = find_amounts(piece)
    if THIS.search(piece) and on_screen and not any(_ATTACHED.match(piece[a.end :]) for a in amounts):
        return Group((on_screen,))
    if re.fullmatch(r"[大小][的号个款]*.{0,1}", piece) and shared:
        noted = [n for n in catalogue.names if any(note.startswith(piece[0]) for note in n.notes)]
        return Group(tuple(n.product for n in noted if n.product in shared), (), piece[0])
    return _sized_piece(catalogue, piece, shared)


def _sized_piece(catalogue: Catalogue, piece: str, shared: dict[str, float]) -> Group:
    """A stretch that names nothing but a size: 还是10斤的."""
    sizes = [(a, m) for a in find_amounts(piece) if (m := measure(a))]
    attached = any(
        _ATTACHED.match(piece[a.end :]) or not piece[a.end :] or find_amounts(piece[a.end :])
        for a, _ in sizes
    )
    if not attached:
        return NOTHING
    pool = [n for n in catalogue.by_product if n in shared] or list(catalogue.by_product)
    return Group(tuple(catalogue.sized(pool, [m for _, m in sizes])), tuple(a for a, _ in sizes))


def _one_family(catalogue: Catalogue, groups: list[Group]) -> list[Group]:
    """Where groups are ambiguous, prefer readings of one family across them (5斤的跟10斤的)."""
    if len(groups) < 2 or all(len(g.products) == 1 for g in groups):
        return groups
    families = [{catalogue.family(p) for p in g.products} for g in groups]
    common = set.intersection(*families)
    if not common:
        return groups
    chosen = next(n.core for n in catalogue.names if n.core in common)
    return [
        Group(tuple(p for p in g.products if catalogue.family(p) == chosen), g.amounts, g.mention)
        for g in groups
    ]
