"""The most and the least of a shop: cheapest, heaviest, most left, longest kept.

Goods of which the figure is unknown are named as left out; ranges that overlap leave several in question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import keeping, measuring, quoting, selling
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.quoting import pick
from knowledge_graph.questions.reply import Part, after_name
from knowledge_graph.questions.roll import MOST, Label, names
from knowledge_graph.schema import Property

WHICH = r"哪(?:几|一)?[个款些样种只瓶袋盒箱罐包条件]"
"""Asks which of the goods."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one product has of a measure, from ``low`` to ``high``, how that is said and by which facts."""

    product: str
    low: Decimal
    high: Decimal
    said: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What goods are ranked by, and its ends: the words that ask, how it is said, whether it is the most."""

    topic: str
    ends: tuple[tuple[str, str, bool], ...]
    read: Callable[[Shop, Asked, str], Figure | None]


def _price(shop: Shop, asked: Asked, product: str) -> Figure | None:
    found = selling.offers(shop, asked, product)
    if found is None:
        return None
    return Figure(product, found.price, found.high or found.price, selling.plain(found), (found.fact,))


def _weight(shop: Shop, asked: Asked, product: str) -> Figure | None:
    fact = next(iter(pick(shop, asked, product, Property.NET_WEIGHT)), None)
    if fact is None or not isinstance(fact.value, Decimal):
        return None
    return Figure(product, fact.value, fact.high or fact.value, "净重" + measuring.mass(fact), (fact,))


def _stock(shop: Shop, asked: Asked, product: str) -> Figure | None:
    told = quoting.stock(shop, asked, product)
    value = told.facts[0].value if told.facts else None
    return Figure(product, value, value, told.text, told.facts) if isinstance(value, Decimal) else None


def _keeping(shop: Shop, asked: Asked, product: str) -> Figure | None:
    facts = pick(shop, asked, product, Property.SHELF_LIFE)
    days = [f.value for f in facts if isinstance(f.value, Decimal)]
    if not days or len(days) < len(facts):
        return None
    said = "保质期" + "，".join(dict.fromkeys(keeping.life(f) for f in facts))
    longest = max(days)
    return Figure(product, longest, longest, said, tuple(facts))


_KEEPS = "(?:保质期?|[放存搁留]得?|保存|期限)的?(?:时间|日子)?"
_LEFT = "(?:剩|库存|存货|现货|货)[下得的]?"
_VERY = "(?:最|更|顶|比较|要|还)?"
_MEASURES = (
    Measure(
        "保质期",
        (
            (rf"{_KEEPS}{_VERY}[长久]|{_VERY}(?:耐|经|能)[放存搁]", "放得最久", True),
            (rf"{_KEEPS}{_VERY}短", "保质期最短", False),
        ),
        _keeping,
    ),
    Measure(
        "库存",
        ((f"{_LEFT}{_VERY}多", "剩得最多", True), (f"{_LEFT}{_VERY}少", "剩得最少", False)),
        _stock,
    ),
    Measure(
        "净重",
        ((f"{_VERY}[重沉](?!量|新)|分量{_VERY}[足大多]", "最重", True), (f"{_VERY}轻", "最轻", False)),
        _weight,
    ),
    Measure(
        "价钱",
        (
            (f"{_VERY}贵|价[钱格]?{_VERY}高", "最贵", True),
            (f"{_VERY}(?:便宜|实惠|低价)|价[钱格]?{_VERY}低", "最便宜", False),
        ),
        _price,
    ),
)
_PER_UNIT = "每斤|一斤|按斤|单价|合下来"


def told(shop: Shop, asked: Asked, products: Sequence[str], label: Label) -> Part | None:
    """What is the most or the least of ``products``; None where that is not asked."""
    if asked.says(_PER_UNIT):
        return None
    for measure in _MEASURES:
        for words, said, most in measure.ends:
            if _asks(asked, f"(?:{words})"):
                return _told(measure, said, most, [measure.read(shop, asked, p) for p in products], label)
    return None


def _asks(asked: Asked, words: str) -> bool:
    """哪个便宜, 最便宜的多少钱; 现在是最便宜的吗 is asked of what is shown."""
    if asked.says(rf"(?:{WHICH}|谁)[^，。]{{0,4}}?{words}"):
        return True
    return asked.says(rf"(?=[^，。]{{0,5}}最){words}(?:的|$)") and not asked.says("吗|是不是|是否")


def _told(measure: Measure, word: str, most: bool, read: Sequence[Figure | None], label: Label) -> Part:
    known = [figure for figure in read if figure is not None]
    if not known:
        return Part(missing=measure.topic)
    if most:
        bound = max(figure.low for figure in known)
        first = [figure for figure in known if figure.high >= bound]
    else:
        bound = min(figure.high for figure in known)
        first = [figure for figure in known if figure.low <= bound]
    facts = tuple(fact for figure in first[:MOST] for fact in figure.facts)
    held = "" if len(known) == len(read) else f"写了{measure.topic}的里面，"
    if len(first) == 1:
        return Part("", f"{held}{label(first[0].product)}{word}，{first[0].said}", facts)
    if len({figure.said for figure in first}) == 1:
        listed = names([figure.product for figure in first], label)
        return Part("", f"{held}{listed}{word}，都是{first[0].said}", facts)
    each = "；".join(after_name(label(f.product), f.said) for f in first[:MOST])
    return Part("", f"{held}{word}的在这几样里：{each}", facts)
