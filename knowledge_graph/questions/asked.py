"""A question understood: its wordings, intents, amounts, places and the products it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.text.numbers import Amount, find_amounts
from core.text.units import MEASURES
from knowledge_graph.ingest.places import provinces
from knowledge_graph.questions import wording
from knowledge_graph.questions.spoken_places import places_in, speaks_of
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property
from knowledge_graph.search import THIS, Catalogue, measure

Render = Callable[[str], str]
Search = Callable[[str], str | None]
"""Names the one product that a text must mean by the words of its facts, or none."""
_SPLIT = re.compile(
    r"[，,。？?！!；;、\s]+|还是|跟|和|与|同|比(?!如)|加上?|再来|再拿|再要|再买|外加|另外|搭(?=一)|还有"
)
_JOIN = re.compile(r"跟|和|与|同|比(?!如)|加|还是|、|再来|再拿|再要|再买|对比|哪[个款样种]|外加|这俩|这两")
_ATTACHED = re.compile(r"^(?:的|装|那|这|款|规格|大?[箱瓶袋罐盒桶包](?!多少)|重的)")
_MULTI = re.compile(
    r"哪[个款样种]|区别|不一样|不同|差异|一样|差|比|跟.{1,12}一起|和.{1,12}一起|(?:一共|总共|加|再来|再拿|再要|再买|外加)|贵多少|便宜|同一个|一个地方"
)
_LEAVE = re.compile(
    r"你们|我们|咱们|老铁|家人们|主播|老板|亲|请问|问一下|想问|那个|这个|这款|那款|一个|"
    r"有没有|是不是|能不能|可不可以|会不会|要不要|多少|什么|怎么|哪个|哪里|可以|时候|现在|"
    r"今天|时间|知道|东西|问题|一下|一点|不要|如果|这种|那种|还是|就是|到底|真的|我家|"
    r"家里|买回|回来|收到|的话|想买|想要|给我|那么|这么|里面|里头|一共|总共|以后|之前|之后"
)


@dataclass(frozen=True, slots=True)
class Meant:
    """A product a question means, and the amounts said of it."""

    product: str
    quantity: Amount | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """``text`` as typed; ``forms`` are its Mandarin wordings; ``rest`` what no word family took."""

    text: str
    forms: tuple[str, ...]
    intents: frozenset[str]
    unheld: tuple[tuple[str, str], ...]
    health: bool
    conditions: tuple[wording.Family, ...]
    places: tuple[tuple[str, str], ...]
    meant: tuple[Meant, ...]
    groups: tuple[tuple[str, ...], ...]
    named: bool
    on_screen: str | None
    day: date
    masked: tuple[tuple[int, int], ...] = field(default=())
    mention: str = ""
    bare: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether any of the intents was asked."""
        return any(n in self.intents for n in names)

    def says(self, pattern: str) -> bool:
        """Whether a wording matches."""
        return any(re.search(pattern, f) for f in self.forms)

    def products(self) -> tuple[str, ...]:
        """All products meant, once each."""
        return tuple(dict.fromkeys(m.product for m in self.meant))

    def amounts(self) -> list[Amount]:
        """Amounts of the first wording."""
        return find_amounts(self.forms[0])


def understand(
    catalogue: Catalogue,
    text: str,
    on_screen: str | None,
    day: date,
    render: Render | None = None,
    search: Search | None = None,
) -> Asked:
    """Read ``text``; ``render`` gives its Mandarin; ``search`` helps where no name fits."""
    rendered = render(text) if render else text
    forms = tuple(dict.fromkeys((wording.plain_question(text), wording.plain_question(rendered))))
    groups, meant, named, mention = _meant(catalogue, text, on_screen, bool(_MULTI.search(forms[0])))
    if not meant and search and (product := search(rendered)):
        groups, meant = ((product,),), (Meant(product, _quantity(find_amounts(text))),)
    bare = tuple(_without_names(catalogue, f, meant) for f in forms)
    unheld, rests = _unheld(bare)
    intents = frozenset(f.name for f in wording.intents() for r in rests if f.pattern.search(r))
    conditions = tuple(f for f in wording.conditions() if any(f.pattern.search(t) for t in forms))
    health = any(f.pattern.search(t) for f in wording.health() for t in rests)
    return Asked(
        text,
        forms,
        intents,
        unheld,
        health,
        conditions,
        tuple(
            p
            for p in places_in(text)
            if speaks_of(text, p[0], {n for m in meant for n in catalogue.by_product[m.product].parts})
        ),
        meant,
        groups,
        named,
        on_screen if on_screen in catalogue.by_product else None,
        day,
        (),
        mention,
        bare,
    )


def _without_names(catalogue: Catalogue, text: str, meant: Iterable[Meant]) -> str:
    """The text with the names of the products meant blotted out, so that they are not read as questions."""
    names = {part for m in meant for part in catalogue.by_product[m.product].parts[:1]}
    for name in names:
        for size in range(len(name), 1, -1):
            runs = {name[i : i + size] for i in range(len(name) - size + 1)}
            for run in runs:
                if run in text and not re.search(r"[的不]", run):
                    text = text.replace(run, "＃" * len(run))
    return text


def _unheld(forms: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    found: list[tuple[str, str]] = []
    rests = []
    for form in forms:
        rest = form
        for family in wording.unheld():
            if match := family.pattern.search(rest):
                found.append((family.name, match[0]))
                rest = rest[: match.start()] + "，" + rest[match.end() :]
        rests.append(rest)
    return tuple(dict.fromkeys(found)), tuple(rests)


def masks(text: str) -> list[tuple[int, int]]:
    """Spans that name no product although they may share characters with one."""
    found = [m.span() for f in (*wording.conditions(), *wording.health()) for m in f.pattern.finditer(text)]
    found = [(s, e) for s, e in found if e - s > 1]
    found += [
        m.span()
        for m in re.finditer("|".join(map(re.escape, sorted(provinces(), key=len, reverse=True))), text)
    ]
    found += [
        m.span()
        for m in re.finditer(
            r"多少钱|几多钱|差?多[大小]|大小|包邮|发货|快递|保质期|包装|包赔|花呗|(?:花粉|"
            r"海鲜|金属|酒精|牛奶|花生|坚果|鸡蛋|芒果)过敏|净重|果径|冷藏|冷冻|冰箱|味道|口味|"
            r"水洗|开水|小孩|颜色|价格|礼貌|家里|会员|里面|里头|一条龙|过年|年货|下单|当天|"
            r"直播|手工|礼拜|老板|老铁|老家|老人|赔不赔|包不包",
            text,
        )
    ]
    return found


def _meant(
    catalogue: Catalogue, text: str, on_screen: str | None, several: bool
) -> tuple[tuple[tuple[str, ...], ...], tuple[Meant, ...], bool, str]:
    """Groups of products (each group: one mention, equally good readings), in order of the question."""
    whole = _group(catalogue, text, on_screen)
    groups: list[tuple[tuple[str, ...], list[Amount], str]] = []
    if (
        several
        and not re.search(r"[买拿拍].{0,12}省", text)
        and (_JOIN.search(text) or re.search(r"[\s，,]", text))
    ):
        groups = _several(catalogue, text, on_screen)
    distinct = {g[0] for g in groups}
    if len(distinct) < 2:
        products, used, mention = whole
        best = catalogue.best(text, masks(text))
        plain = _blotted(text, best[0].covered) if best else text
        rest = [a for a in find_amounts(plain) if a not in used]
        groups = [(products, rest, mention)] if products else []
        named = bool(mention)
    else:
        named = True
    meant = tuple(Meant(p, _quantity(amounts)) for products, amounts, _ in groups for p in products)
    return tuple(g[0] for g in groups), meant, named, "".join(g[2] for g in groups[:1])


def _quantity(amounts: Iterable[Amount]) -> Amount | None:
    for amount in amounts:
        if amount.kind in ("count", "mass", "volume") and amount.high is None and not amount.approximate:
            return amount
    return None


def _group(
    catalogue: Catalogue, text: str, on_screen: str | None
) -> tuple[tuple[str, ...], list[Amount], str]:
    """The products one stretch of text means, the amounts used up as sizes, and the mention's letters."""
    best = catalogue.best(text, masks(text))
    found = [h.product for h in best]
    mention = "".join(text[i] for i in sorted(best[0].covered)) if best else ""
    if mention in catalogue.sheets and len(catalogue.sheets) > 1:
        found = list(catalogue.sheets[mention])
    if len(mention) == 1 and on_screen in catalogue.by_product:
        found = []
    amounts = find_amounts(_blotted(text, best[0].covered) if best else text)
    sizes = [(a, m) for a in amounts if (m := measure(a))]
    if len(found) > 1 and sizes:
        attached = [(a, m) for a, m in sizes if _ATTACHED.match(text[a.end :])] or sizes
        narrowed = catalogue.sized(found, [m for _, m in attached])
        if narrowed and len(narrowed) < len(found):
            return tuple(narrowed), [a for a, m in attached if _has(catalogue, narrowed, m)], mention
    if found and sizes and (alike := _of_kind(catalogue, found, mention, [m for _, m in sizes])):
        return alike, [a for a, m in sizes if _has(catalogue, alike, m)], mention
    if found:
        if on_screen in catalogue.by_product and on_screen and len(found) > 1:
            if on_screen in found or _made_so(catalogue, on_screen, mention):
                found = [on_screen]
        used = [
            a
            for a, m in sizes
            if _has(catalogue, found, m)
            and (
                _ATTACHED.match(text[a.end :])
                or (
                    catalogue.by_product[found[0]].nominal
                    and m in catalogue.by_product[found[0]].nominal
                    and not _per_unit(text, a)
                )
            )
        ]
        return tuple(found), used, mention
    if on_screen in catalogue.by_product and on_screen:
        other = [(a, m) for a, m in sizes if _ATTACHED.match(text[a.end :])]
        kin = [n.product for n in catalogue.names if n.core == catalogue.family(on_screen)]
        if other and (narrowed := catalogue.sized(kin, [m for _, m in other])):
            return tuple(narrowed), [a for a, _ in other], ""
        if (
            other
            and not THIS.search(text)
            and (narrowed := catalogue.sized(catalogue.by_product, [m for _, m in other]))
        ):
            return tuple(narrowed), [a for a, _ in other], ""
        used = [
            a for a, m in sizes if m in catalogue.by_product[on_screen].nominal and not _per_unit(text, a)
        ]
        return (on_screen,), used, ""
    attached = [(a, m) for a, m in sizes if _ATTACHED.match(text[a.end :])]
    narrowed = catalogue.sized(catalogue.by_product, [m for _, m in attached])
    return tuple(narrowed), [a for a, _ in attached], ""


def _of_kind(
    catalogue: Catalogue, found: Sequence[str], mention: str, sizes: Sequence[tuple[Decimal, str]]
) -> tuple[str, ...]:
    """Goods of the size asked for whose facts call them by the kind named (十斤苹果: 红富士 10斤)."""
    if len(mention) < 2 or catalogue.sized(found, sizes):
        return ()
    return tuple(
        product
        for product in catalogue.by_product
        if any(size in catalogue.by_product[product].nominal for size in sizes)
        and any(mention in wanted_text(f) for f in catalogue.shop.facts(product))
    )


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
    return amount.value == 1 and bool(re.search(r"[合每折平均]", text))


def _has(catalogue: Catalogue, products: Iterable[str], size: tuple[Decimal, str]) -> bool:
    return any(size in catalogue.by_product[p].sizes for p in products if p in catalogue.by_product)


def _several(
    catalogue: Catalogue, text: str, on_screen: str | None
) -> list[tuple[tuple[str, ...], list[Amount], str]]:
    """One group for every stretch between connectors that means a product."""
    shared = {h.product: h.score for h in catalogue.hits(text, masks(text))}
    groups: list[tuple[tuple[str, ...], list[Amount], str]] = []
    bare: list[tuple[str, list[tuple[Amount, tuple[Decimal, str]]]]] = []
    for piece in _SPLIT.split(text):
        if not piece:
            continue
        products, used, mention = _piece(catalogue, piece, on_screen, shared)
        best = catalogue.best(piece, masks(piece))
        plain = _blotted(piece, best[0].covered) if best else piece
        rest = [a for a in find_amounts(plain) if a not in used]
        if products:
            groups.append((products, rest, mention))
        elif groups and rest and not groups[-1][1]:
            groups[-1] = (groups[-1][0], rest, groups[-1][2])
        elif rest:
            bare.append((piece, []))
    return _one_family(catalogue, groups)


def _piece(
    catalogue: Catalogue, piece: str, on_screen: str | None, shared: dict[str, float]
) -> tuple[tuple[str, ...], list[Amount], str]:
    hits = catalogue.best(piece, masks(piece))
    if hits:
        products, used, mention = _group(catalogue, piece, None)
        if len(products) > 1 and shared:
            top = max(shared.get(p, 0.0) for p in products)
            products = tuple(p for p in products if shared.get(p, 0.0) >= 0.9 * top)
        return products, used, mention
    if (
        THIS.search(piece)
        and on_screen
        and not any(_ATTACHED.match(piece[a.end :]) for a in find_amounts(piece))
    ):
        return (on_screen,), [], ""
    if re.fullmatch(r"[大小][的号个款]*.{0,1}", piece) and shared:
        lone = [
            n.product
            for n in catalogue.names
            if any(note.startswith(piece[0]) for note in n.notes) and n.product in shared
        ]
        return tuple(lone), [], piece[0]
    sizes = [(a, m) for a in find_amounts(piece) if (m := measure(a))]
    pool = [n for n in catalogue.by_product if n in shared] or list(catalogue.by_product)
    narrowed = catalogue.sized(pool, [m for _, m in sizes])
    attached = any(
        _ATTACHED.match(piece[a.end :]) or not piece[a.end :] or find_amounts(piece[a.end :])
        for a, _ in sizes
    )
    return (tuple(narrowed), [a for a, _ in sizes], "") if attached else ((), [], "")


def _one_family(
    catalogue: Catalogue, groups: list[tuple[tuple[str, ...], list[Amount], str]]
) -> list[tuple[tuple[str, ...], list[Amount], str]]:
    """Where groups are ambiguous, prefer readings of one family across them (5斤的跟10斤的)."""
    if len(groups) < 2 or all(len(g[0]) == 1 for g in groups):
        return groups
    families = [{catalogue.family(p) for p in g[0]} for g in groups]
    common = set.intersection(*families)
    if not common:
        return groups
    chosen = next(n.core for n in catalogue.names if n.core in common)
    return [(tuple(p for p in g[0] if catalogue.family(p) == chosen), g[1], g[2]) for g in groups]


def residue(asked: Asked, catalogue: Catalogue) -> str:
    """The words of the question that neither name the product nor merely ask."""
    text = asked.forms[0]
    for name in catalogue.by_product.values():
        if name.product in asked.products() and asked.named:
            for hit in catalogue.hits(text):
                if hit.product == name.product:
                    text = "".join("，" if i in hit.covered else c for i, c in enumerate(text))
    return re.sub(r"[^\w]+|[的了吗呢吧啊是有在不没这那我你他哦呀嘛么哈嘞咯]", "，", _LEAVE.sub("，", text))
