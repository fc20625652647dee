"""A text, sentence by sentence: what facts carry, what asserts nothing, and what is left over and so refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files

from core.text.numbers import Amount, find_amounts
from knowledge_graph.claims.amounts import Clause, carrier, is_article
from knowledge_graph.claims.verdict import Checked, Claim, ClaimKind
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.ingest.places import provinces
from knowledge_graph.questions import wording
from knowledge_graph.questions.asked import is_rule, places_in, wanted_text
from knowledge_graph.questions.pricing import Offers
from knowledge_graph.schema import Property
from knowledge_graph.search import THIS, Catalogue

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_NEGATION = re.compile(r"[不没无非别未免勿莫]|禁")
_REGIONS = (Property.EXCLUDED_REGION, Property.SURCHARGE_REGION, Property.ONLY_REGION)
_SHIPS = re.compile(
    r"发货|不发|能发|可以发|可发|发往|发到|发得到|寄|送到|配送|运费|邮费|包邮|发不了|送不到|都发|也发|照发"
)
_NOT_SENT = re.compile(r"不发|发不了|不能发|没法发|送不到|不寄|寄不了|不配送|不包括|除外|暂不|不支持")
_COSTS = re.compile(r"运费|邮费|加[0-9一二两三四五六七八九十]|补[0-9一二两三四五六七八九十]|另加|加收|补")
_MONEY_WORDS = (
    "便宜 省 省下 省了 优惠 优惠了 减 少 差 贵 便宜了 能省 少花 立减 差价 划算 多买 低 低了".split()
)
_KINDS: dict[str, ClaimKind] = {
    "superlative": "superlative", "comparison": "comparison", "health": "health", "certificate": "certificate",
}  # fmt: skip
_REASONS = {
    "superlative": "资料里没有这种最高级的说法", "scarcity": "资料里没有抢购或将尽的说法", "sales": "资料里没有销量和口碑",
    "comparison": "资料里没有这个比较", "guarantee": "资料里没有这个保证", "quality": "资料里没有这个品质说法",
    "taste": "资料里没有这个评价", "health": "资料里没有功效，食品也不能说", "gift": "资料里没有这个赠送",
    "certificate": "资料里没有这个证书", "freight": "资料里没有这样写运费和发货", "after": "资料里没有这条售后",
}  # fmt: skip
_NO_TALK = frozenset(
    "我们 咱们 自己 现在 今天 今日 明天 知道 注意 什么 怎么 多少 哪里 可以 还有 一点 一些 孩子 先 看看 热水 有问题 没有 没写 能放 可放 可以放 家里 早上 晚上 下午 中午 老板 本店 店里 店家 后面 前面 里 下面 然后 开始 马上 刚才 放得住 问题 一定 小心 宝贝 身体健康 衣服 一起".split()
)
_PRICE_WORD = re.compile(r"(?:价|卖|只要|只需|才|要|付|元|收|便宜|省|优惠|减)[:：是为了]*$")
_TIMES = frozenset("口遍声次位句眼下回趟顿")
_TOGETHER = re.compile(r"[和与跟加比、同及]|还有|以及|一起|再来|另外|哪[个款样种]")
_EATS = re.compile(r"[吃喝用戴能给]|可以|适合|适宜|放心|没事|没问题")
_RELEVANT = re.compile(r"这款|这个|它|咱(?:家|们)的|我们(?:家)?的|本店|商品|产品")


@cache
def _neutral() -> frozenset[str]:
    text = (files(__package__) / "data" / "neutral.tsv").read_text(encoding="utf-8")
    rows = [
        line.partition("\t")[2] for line in text.splitlines() if line.strip() and not line.startswith("#")
    ]
    return frozenset(w for row in rows for w in row.split())


@cache
def _talk() -> frozenset[str]:
    """Words of greeting and talk: a sentence with one of them may be small talk."""
    text = (files(__package__) / "data" / "neutral.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return frozenset(
        w
        for c, row in rows
        if c in ("address", "talk", "greeting")
        for w in row.split()
        if len(w) > 1 and w not in _NO_TALK
    )


@cache
def _asserting() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (files(__package__) / "data" / "asserting.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return tuple((kind, re.compile(pattern)) for kind, pattern in rows)


@cache
def _place_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted((*provinces(), "香港", "澳门"), key=len, reverse=True))))


@dataclass(slots=True)
class _Sentence:
    """A sentence being read; ``carried[i]`` is the fact that explains character i."""

    text: str
    offset: int
    facts: tuple[Fact, ...]
    focused: bool
    named: set[int] = field(default_factory=set)
    carried: dict[int, Fact] = field(default_factory=dict)
    runs: list[tuple[int, int, Fact]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    uncarried: list[Claim] = field(default_factory=list)

    def quoted(self, start: int, end: int) -> Fact | None:
        """The fact whose words wholly cover a span."""
        return next((f for s, e, f in self.runs if s <= start and end <= e), None)

    def refuse(self, start: int, end: int, kind: ClaimKind, reason: str) -> None:
        claim = Claim(self.offset + start, self.offset + end, kind, self.text[start:end], reason=reason)
        self.claims.append(claim)
        self.uncarried.append(claim)

    def carry(self, start: int, end: int, kind: ClaimKind, fact: Fact, unit: str = "") -> None:
        self.claims.append(
            Claim(self.offset + start, self.offset + end, kind, self.text[start:end], unit, fact)
        )
        for i in range(start, end):
            self.carried[i] = fact


class Checker:
    """Checks texts about one shop; build it once for many texts."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.catalogue = Catalogue(shop)

    def check(self, text: str, product: str | None = None, as_of: date | None = None) -> Checked:
        """Whether every claim of ``text`` is carried by a fact valid ``as_of``; ``product`` is what it is about."""
        day = as_of or self.shop.meta.as_of
        focus: tuple[str, ...] = (product,) if product in self.catalogue.by_product and product else ()
        claims: list[Claim] = []
        uncarried: list[Claim] = []
        for match in _SENTENCE.finditer(text):
            named = self._named(match[0])
            focus = _subjects(match[0], named) or focus
            sentence = _Sentence(match[0], match.start(), self._facts(focus, day), bool(focus))
            sentence.named = {i for _, span in named for i in span}
            self._read(sentence, focus)
            claims += sentence.claims
            uncarried += sentence.uncarried
        return Checked(not uncarried, tuple(claims), tuple(uncarried))

    def _facts(self, focus: Sequence[str], day: date) -> tuple[Fact, ...]:
        """Facts of the product in focus; without one, only what holds for the whole shop."""
        held = [f for p in focus for f in self.shop.facts(p)] if focus else []
        return tuple(f for f in (*held, *self.shop.shop_facts()) if f.valid_on(day) and is_rule(f))

    def _named(self, text: str) -> list[tuple[str, set[int]]]:
        """Products named in a sentence by a whole name, label, alias or unmistakable part, longest first."""
        found: list[tuple[str, set[int]]] = []
        taken: set[int] = set()
        forms = [
            (form, name.product)
            for name in self.catalogue.names
            for form in {name.product, self.catalogue.label(name.product), name.parts[0], *name.aliases}
            if len(form) >= 2
        ]
        for form, product in sorted(forms, key=lambda x: -len(x[0])):
            for match in re.finditer(re.escape(form), text):
                span = set(range(*match.span()))
                same = any(span == s for p, s in found)
                if not span & taken or same:
                    found.append((product, span))
            for p, s in found:
                taken |= s if p == product else set()
        if not found and not THIS.search(text):
            best = [h for h in self.catalogue.best(text) if _whole_run(h.covered)]
            if len(best) == 1:
                found = [(best[0].product, set(best[0].covered))]
        return self._narrowed(text, found)

    def _narrowed(self, text: str, found: list[tuple[str, set[int]]]) -> list[tuple[str, set[int]]]:
        """Among products of one core, those whose size or bracket note stands in the sentence."""
        if len({p for p, _ in found}) < 2:
            return found
        cores = {self.catalogue.family(p) for p, _ in found}
        if len(cores) == 1:
            from knowledge_graph.search import measure

            sizes = [m for a in find_amounts(text) if (m := measure(a))]
            sized = set(self.catalogue.sized([p for p, _ in found], sizes)) if sizes else set()
            if len(sized) == 1:
                return [(p, s) for p, s in found if p in sized]
        return found

    def _read(self, sentence: _Sentence, focus: Sequence[str]) -> None:
        _quote(sentence, _texts(sentence.facts))
        self._regions(sentence)
        self._compare(sentence, focus)
        _amounts(sentence)
        _asserted(sentence)
        _suitability(sentence)
        _leftover(sentence)

    def _regions(self, sentence: _Sentence) -> None:
        """Where goods are sent: each place named in a sentence about shipping, with what is said of it."""
        if not _SHIPS.search(sentence.text):
            return
        facts = [f for f in sentence.facts if f.property in _REGIONS]
        for part in re.finditer(r"[^，,]+", sentence.text):
            pieces = part[0]
            if not _SHIPS.search(pieces):
                pieces_said = sentence.text[part.start() :]
            else:
                pieces_said = pieces
            for match in _region_names(facts).finditer(pieces):
                start, end = part.start() + match.start(), part.start() + match.end()
                if (
                    start in sentence.named
                    or (quote := sentence.quoted(start, end))
                    and quote.property not in _REGIONS
                    and end - start >= 2
                    and quote.property is not Property.ORIGIN
                ):
                    continue
                fact = _ruled(match[0], pieces_said, facts)
                if fact is not None:
                    sentence.carry(start, end, "place", fact)
                    for words in (_NOT_SENT, _SHIPS, _COSTS):
                        for said in words.finditer(pieces_said):
                            at = sentence.text.find(said[0], part.start())
                            sentence.named |= set(range(at, at + len(said[0])))
                else:
                    sentence.refuse(start, end, "place", "资料里没有这样写能不能发到这里")
                    for i in range(start, end):
                        sentence.named.add(i)

    def _compare(self, sentence: _Sentence, focus: Sequence[str]) -> None:
        """A比B便宜X元: carried where the two prices say so."""
        match = re.search(r"比(.+?)(便宜|贵|省|多|少)了?(?P<n>[^，,]*)", sentence.text)
        if match is None or len(focus) != 2:
            return
        prices = []
        for product in focus:
            offers = Offers.of([f for f in sentence.facts if f.product == product])
            at = min((i for p, s in self._named(sentence.text) if p == product for i in s), default=0)
            if offers is None or offers.high is not None:
                return
            prices.append((at, offers))
        (_, first), (_, second) = sorted(prices, key=lambda x: x[0])
        gap = second.price - first.price if match[2] in ("便宜", "省", "少") else first.price - second.price
        amount = next((a for a in find_amounts(sentence.text[match.start() :]) if a.kind == "money"), None)
        if gap > 0 and (amount is None or amount.value == gap):
            end = match.start() + amount.end if amount else match.end(2)
            sentence.carry(match.start(), end, "comparison", first.fact)
            sentence.runs.append((match.start(), end, first.fact))


def check(text: str, shop: Shop, product: str | None = None, as_of: date | None = None) -> Checked:
    """Check one text; see :class:`Checker`."""
    return Checker(shop).check(text, product, as_of)


def _subjects(text: str, named: Sequence[tuple[str, set[int]]]) -> tuple[str, ...]:
    """The products a sentence speaks of: the first named, and others where words join or compare them."""
    products = tuple(dict.fromkeys(p for p, _ in sorted(named, key=lambda n: min(n[1]))))
    if len(products) < 2:
        return products
    spans = sorted(named, key=lambda n: min(n[1]))
    first = spans[0][1]
    same = tuple(p for p, s in spans if s == first)
    between = text[max(first) + 1 : min(spans[-1][1])]
    return products if _TOGETHER.search(between) else tuple(dict.fromkeys(same))


def _whole_run(covered: Iterable[int]) -> bool:
    found = sorted(covered)
    return any(b - a == 1 for a, b in zip(found, found[1:], strict=False))


def _texts(facts: Iterable[Fact]) -> Iterator[tuple[str, Fact]]:
    for fact in facts:
        if fact.property in _REGIONS or fact.property in (Property.SKU, Property.BARCODE):
            continue
        if isinstance(fact.value, str):
            yield fact.value, fact
        if (
            fact.property in (Property.SHELF_LIFE, Property.SHIPPING_HOURS, Property.COUNT)
            and len(fact.written) <= 24
        ):
            yield fact.written, fact


def _quote(sentence: _Sentence, texts: Iterable[tuple[str, Fact]]) -> None:
    """Mark the stretches that stand word for word in a fact, with the same negation before them."""
    for text, fact in texts:
        for start, end, at in _shared_runs(sentence.text, text):
            if _negated(sentence.text, start) != _negated(text, at):
                continue
            sentence.runs.append((start, end, fact))
            for i in range(start, end):
                sentence.carried.setdefault(i, fact)


def _shared_runs(said: str, held: str) -> Iterator[tuple[int, int, int]]:
    """Maximal equal stretches of two or more characters (said from, to, held from) that cut no number."""
    for start in range(len(said)):
        for at in range(len(held)):
            if said[start] != held[at] or (start and at and said[start - 1] == held[at - 1]):
                continue
            length = 1
            while (
                start + length < len(said)
                and at + length < len(held)
                and said[start + length] == held[at + length]
            ):
                length += 1
            a, b, c = start, start + length, at
            while a < b and (_in_number(said, a) or _in_number(held, c)):
                a, c = a + 1, c + 1
            while a < b and (_in_number(said, b) or _in_number(held, c + b - a)):
                b -= 1
            if b - a >= 2 and re.search(r"\w{2}", said[a:b]):
                yield a, b, c


_NUMERAL = frozenset("0123456789.零一二三四五六七八九十百千万两半")


def _in_number(text: str, cut: int) -> bool:
    """Whether a cut before position ``cut`` goes through a number."""
    return 0 < cut < len(text) and text[cut - 1] in _NUMERAL and text[cut] in _NUMERAL


def _negated(text: str, start: int) -> bool:
    before = re.split(r"[，,、。；;\s]", text[max(0, start - 3) : start])[-1]
    return bool(_NEGATION.search(before))


def _region_names(facts: Iterable[Fact]) -> re.Pattern[str]:
    names = {*provinces(), "香港", "澳门", "港澳台"}
    names |= {f.about or str(f.value) for f in facts}
    return re.compile(
        "|".join(map(re.escape, sorted((n for n in names if len(n) > 1), key=len, reverse=True)))
    )


def _ruled(place: str, said: str, facts: Sequence[Fact]) -> Fact | None:
    """The regional fact that says of ``place`` what the text says."""
    province = next((p for _, p in places_in(place)), place)
    excluded = [f for f in facts if f.property is Property.EXCLUDED_REGION]
    dearer = [f for f in facts if f.property is Property.SURCHARGE_REGION]
    only = [f for f in facts if f.property is Property.ONLY_REGION]
    hit = next((f for f in excluded if str(f.value) in (place, province)), None)
    if _NOT_SENT.search(said):
        return hit
    extra = next((f for f in dearer if f.about in (place, province)), None)
    if _COSTS.search(said) and not re.search("不(?:用)?[加补]|包邮|免", said):
        return extra
    if hit or (extra and re.search("包邮|免", said)):
        return None
    if only:
        return next((f for f in only if str(f.value) in (place, province)), None)
    return (excluded or dearer or [None])[0]


def _amounts(sentence: _Sentence) -> None:
    amounts = tuple(_as_money(sentence.text, a) for a in find_amounts(sentence.text))
    clause = Clause(sentence.text, amounts)
    for amount in amounts:
        span = range(amount.start, amount.end)
        if all(i in sentence.named for i in span) or is_article(amount):
            continue
        if amount.kind == "count" and amount.unit in _TIMES and amount.value <= 5:
            continue
        if (
            all(i in sentence.carried for i in span)
            and sentence.quoted(amount.start, amount.end)
            and _comparing(sentence, amount)
        ):
            continue
        quote = _quoting_run(sentence, amount)
        fact = quote or carrier(clause, amount, sentence.facts)
        kind = _amount_kind(amount)
        if fact is not None:
            sentence.carry(amount.start, amount.end, kind, fact, amount.unit)
        elif sentence.focused or amount.kind != "ordinal":
            sentence.refuse(amount.start, amount.end, kind, "资料里没有这个数，或者对不上")
            sentence.named |= set(span)


def _as_money(text: str, amount: Amount) -> Amount:
    """原价45.9: a bare number behind a price word is money."""
    if amount.kind == "number" and _PRICE_WORD.search(text[: amount.start]):
        return replace(amount, kind="money", unit="元")
    return amount


def _comparing(sentence: _Sentence, amount: Amount) -> bool:
    return any(
        c.kind == "comparison" and c.fact and c.start <= sentence.offset + amount.start < c.end
        for c in sentence.claims
    )


def _quoting_run(sentence: _Sentence, amount: Amount) -> Fact | None:
    """A verbatim stretch around the amount that says more than the amount."""
    for start, end, fact in sentence.runs:
        if start <= amount.start and amount.end <= end and (end - start) - (amount.end - amount.start) >= 2:
            return fact
    return None


def _amount_kind(amount: Amount) -> ClaimKind:
    kinds: dict[str, ClaimKind] = {
        "money": "price", "mass": "weight", "volume": "weight", "time": "duration", "count": "count", "date": "date",
    }  # fmt: skip
    return kinds.get(amount.kind, "value")


def _asserted(sentence: _Sentence) -> None:
    """Words that assert by themselves, wherever no fact says them."""
    for kind, pattern in _asserting():
        for match in pattern.finditer(sentence.text):
            start, end = match.span()
            if all(i in sentence.named for i in range(start, end)) or _covered(sentence, start, end):
                continue
            if kind == "certificate" and _certified(sentence, start):
                continue
            if kind == "after" and any(f.property is Property.AFTER_SALES for _, _, f in sentence.runs):
                continue
            if (
                kind == "certificate"
                and _negated(sentence.text, start)
                and re.search("没有?写|问", sentence.text)
            ):
                continue
            sentence.refuse(start, end, _KINDS.get(kind, "predicate"), _REASONS[kind])
            sentence.named |= set(range(start, end))


def _covered(sentence: _Sentence, start: int, end: int) -> bool:
    """Whether a fact's words cover the span and at least a character beside it, or all of a short fact."""
    for a, b, fact in sentence.runs:
        if (
            a <= start
            and end <= b
            and (b - a > end - start or len(wanted_text(fact)) <= b - a + 2 or b - a >= 2)
        ):
            return True
    return False


def _certified(sentence: _Sentence, at: int) -> bool:
    return any(f.property is Property.CERTIFICATE and e - s >= 4 for s, e, f in sentence.runs)


def _suitability(sentence: _Sentence) -> None:
    """People who must be careful are spoken of in the record's own words only."""
    if not _EATS.search(sentence.text):
        return
    allowed = (
        Property.REMINDER,
        Property.SUITABLE_FOR,
        Property.SELLING_POINT,
        Property.USAGE,
        Property.NOTE,
    )
    for family in wording.conditions():
        for match in family.pattern.finditer(sentence.text):
            whole = [
                f for s, e, f in sentence.runs
                if f.property in allowed and s <= match.start() and match.end() <= e and (e - s) >= 0.7 * len(re.sub(r"\W", "", _clause_of(wanted_text(f), sentence.text[s:e])))
            ]  # fmt: skip
            if whole or all(i in sentence.named for i in range(*match.span())):
                continue
            if any(
                s <= match.start()
                and match.end() <= e
                and f.property
                in (Property.INGREDIENTS, Property.AFTER_SALES, Property.STORAGE, Property.CERTIFICATE)
                for s, e, f in sentence.runs
            ):
                continue
            sentence.refuse(*match.span(), "suitability", "谁能不能用，只能照资料原话说")
            sentence.named |= set(range(*match.span()))


def _clause_of(text: str, part: str) -> str:
    return next((c for c in re.split(r"[；;。]", text) if part in c), text)


def _leftover(sentence: _Sentence) -> None:
    """What no fact, name or neutral word covers: refused where the sentence is about goods."""
    for place in _place_pattern().finditer(sentence.text):
        span = set(range(*place.span()))
        if not (span <= sentence.named or span <= set(sentence.carried)):
            sentence.refuse(*place.span(), "place", "资料里没有这个地方")
            sentence.named |= span
    words = _neutral() | (
        set(_MONEY_WORDS) if any(a.kind == "money" for a in find_amounts(sentence.text)) else set()
    )
    spans = _uncovered(sentence, words)
    if not spans or not _about_goods(sentence, spans):
        return
    for start, end in spans:
        sentence.refuse(start, end, "predicate", "资料里没有这样说")


def _about_goods(sentence: _Sentence, spans: Sequence[tuple[int, int]]) -> bool:
    if sentence.named or sentence.claims or _RELEVANT.search(sentence.text):
        return True
    if sentence.focused and not any(w in sentence.text for w in _talk()):
        return True
    if any(e - s >= 2 and f.product for s, e, f in sentence.runs):
        return True
    share = sum(e - s for s, e in spans) / max(1, len(re.sub(r"\W", "", sentence.text)))
    return share > 0.5 or any(
        re.search(r"[吃喝香甜酸辣咸鲜嫩脆糯醇纯肉果茶蜜油料卖买货价]", sentence.text[s:e]) for s, e in spans
    )


def _uncovered(sentence: _Sentence, words: frozenset[str] | set[str]) -> list[tuple[int, int]]:
    """The least that stays uncovered by facts, names, amounts of one and neutral words, as spans."""
    text = sentence.text
    free = {i for i, c in enumerate(text) if not re.match(r"\w", c)} | sentence.named | set(sentence.carried)
    for amount in find_amounts(text):
        if is_article(amount):
            free |= set(range(amount.start, amount.end))
    cost: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(text) + 1):
        best = (cost[end - 1][0] + (0 if end - 1 in free else 1), end - 1)
        for size in range(1, min(8, end) + 1):
            if text[end - size : end] in words and cost[end - size][0] <= best[0]:
                best = min(best, (cost[end - size][0], end - size))
        cost.append(best)
    spans: list[tuple[int, int]] = []
    end = len(text)
    while end:
        start = cost[end][1]
        if cost[end][0] > cost[start][0]:
            spans.append((start, end))
        end = start
    return _joined(sorted(spans))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
