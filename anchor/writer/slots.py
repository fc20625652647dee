"""Slots: how one fact of one product is put into a spoken line.

A slot is bound only to facts that hold on the day and that do not contradict each other. What it says is the
fact's own words or its own number, never more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.events import Segment
from core.text.numbers import find_amounts
from core.text.units import UNITS
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import TERMS, Property

LONGEST = 48
"""Code points of a text that is still comfortable inside a spoken sentence."""

Render = Callable[[Fact], str]

_BRACKETS = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")
_SIZE = re.compile(
    r"\s*[\d.]+\s*(?:g|kg|克|千克|公斤|斤|ml|毫升|升|l)\s*(?:[*×x]\s*\d+\s*[\u4e00-\u9fff]?)?\s*(?:装|/\S)?\s*$"
    r"|\s+\d+\s*[个只枚条片袋盒瓶罐包块张对双件]\s*装?\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[。！？；!?;\s]+$")
_EDIBLE = re.compile(r"[吃喝煮蒸炒炖烤煎焖煲拌涮]|冲水|泡茶|榨汁|下饭")
_LATIN_UNITS = {"g": "克", "kg": "公斤", "ml": "毫升", "l": "升", "㎏": "公斤", "mm": "毫米", "cm": "厘米"}
_UNITS_SHORT = re.compile(r"(?<=\d)(?:kg|㎏|g|ml|mm|cm|l)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot takes the facts of ``properties``; ``every`` joins all of them, otherwise one is chosen."""

    properties: tuple[Property, ...]
    render: Render
    every: bool = False


def number(value: Decimal) -> str:
    """A number without needless zeros, as it is printed on a price tag."""
    return f"{value.normalize():f}"


def text(fact: Fact) -> str:
    """The fact's words, fit to stand inside a sentence; empty where they do not fit."""
    words = fact.value if isinstance(fact.value, str) else fact.written
    words = _ENDS.sub("", " ".join(words.split()))
    return words if len(words) <= LONGEST and not re.search("[。！？!?{}\n]", words) else ""


def price(fact: Fact) -> str:
    """45.9元; 45到60元; 68元2片."""
    if not isinstance(fact.value, Decimal):
        return ""
    amount = number(fact.value) + (f"到{number(fact.high)}" if fact.high is not None else "") + "元"
    if fact.about:
        amount = fact.about + amount
    return amount + (_per(fact) if fact.per else "")


def _per(fact: Fact) -> str:
    assert fact.per is not None
    return f"一{fact.per.unit}" if fact.per.value == 1 else str(fact.per)


def tier(fact: Fact) -> str:
    """3斤109元: what so many cost together."""
    if not isinstance(fact.value, Decimal) or fact.per is None or fact.per.value == 1:
        return ""
    return f"{fact.per}{number(fact.value)}元"


def measure(fact: Fact) -> str:
    """A weight or volume in the unit it was written in, where that is the same amount; else in the fact's."""
    if not isinstance(fact.value, Decimal):
        return ""
    for amount in find_amounts(fact.written):
        unit = UNITS.get(amount.unit)
        if (
            unit
            and unit.base == fact.unit
            and amount.high is None
            and amount.value * unit.factor == fact.value
        ):
            return number(amount.value) + _LATIN_UNITS.get(unit.name.lower(), unit.name)
    return number(fact.value) + fact.unit


def counted(fact: Fact) -> str:
    """2片; 10到13个."""
    if not isinstance(fact.value, Decimal):
        return ""
    return (
        number(fact.value) + (f"到{number(fact.high)}" if fact.high is not None else "") + (fact.unit or "件")
    )


def shelf(fact: Fact) -> str:
    """冷藏90天; 24个月: in the words it was written in, where they are its own."""
    if not isinstance(fact.value, Decimal):
        return ""
    said = f"{number(fact.value)}天"
    amounts = [a for a in find_amounts(fact.written) if a.kind == "time"]
    if len(amounts) == 1 and said not in fact.written:
        said = fact.written[amounts[0].start : amounts[0].end]
    return fact.about + said


def hours(fact: Fact) -> str:
    """48小时."""
    return f"{number(fact.value)}小时" if isinstance(fact.value, Decimal) else ""


def day(fact: Fact) -> str:
    """2024年11月3日."""
    if not isinstance(fact.value, date):
        return ""
    return f"{fact.value.year}年{fact.value.month}月{fact.value.day}日"


def surcharge(fact: Fact) -> str:
    """内蒙古加15元."""
    return f"{fact.about}加{number(fact.value)}元" if isinstance(fact.value, Decimal) and fact.about else ""


def edible(fact: Fact) -> str:
    """The usage, where it is about eating or drinking."""
    return text(fact) if _EDIBLE.search(str(fact.value)) else ""


def _texts(*properties: Property) -> Slot:
    return Slot(properties, text)


SLOTS: Mapping[str, Slot] = {
    "product": Slot((Property.NAME,), text),
    "origin": _texts(Property.ORIGIN),
    "variety": _texts(Property.VARIETY),
    "season": _texts(Property.HARVEST_SEASON),
    "craft": _texts(Property.CRAFT),
    "maker": _texts(Property.MAKER),
    "material": _texts(Property.MATERIAL),
    "produced": Slot((Property.PRODUCED_ON,), day),
    "point": _texts(Property.SELLING_POINT),
    "point2": _texts(Property.SELLING_POINT),
    "ingredients": _texts(Property.INGREDIENTS),
    "spec": _texts(Property.SPEC),
    "grade": _texts(Property.GRADE),
    "brand": _texts(Property.BRAND),
    "alias": _texts(Property.ALIAS),
    "color": _texts(Property.COLOR),
    "size": _texts(Property.SIZE),
    "usage": _texts(Property.USAGE),
    "storage": _texts(Property.STORAGE),
    "shelf": Slot((Property.SHELF_LIFE,), shelf),
    "suitable": _texts(Property.SUITABLE_FOR),
    "care": _texts(Property.CARE),
    "price": Slot((Property.PRICE,), price),
    "tier": Slot((Property.PRICE_TIER,), tier),
    "promotion": _texts(Property.PROMOTION),
    "gift": _texts(Property.GIFT),
    "limit": _texts(Property.PURCHASE_LIMIT),
    "weight": Slot((Property.NET_WEIGHT,), measure),
    "unit": Slot((Property.UNIT_WEIGHT,), measure),
    "gross": Slot((Property.GROSS_WEIGHT,), measure),
    "volume": Slot((Property.VOLUME,), measure),
    "count": Slot((Property.COUNT,), counted),
    "hours": Slot((Property.SHIPPING_HOURS,), hours),
    "courier": _texts(Property.COURIER),
    "freight": _texts(Property.FREIGHT),
    "excluded": Slot((Property.EXCLUDED_REGION,), text, every=True),
    "surcharge": Slot((Property.SURCHARGE_REGION,), surcharge, every=True),
    "only": Slot((Property.ONLY_REGION,), text, every=True),
    "schedule": _texts(Property.SHIP_SCHEDULE),
    "lead": _texts(Property.LEAD_TIME),
    "presale": _texts(Property.PRESALE),
    "aftersales": _texts(Property.AFTER_SALES),
    "certificate": _texts(Property.CERTIFICATE),
    "reminder": _texts(Property.REMINDER),
}
"""Every slot a pattern may use."""

CONDITIONS: Mapping[str, Slot] = {"edible": Slot((Property.USAGE,), edible)}
"""What a pattern may need without saying it."""


def spoken_name(shop: Shop, product: str) -> str:
    """The name as people say it: without brackets and pack size, unless another product would share it."""
    short = _short(product)
    alone = short and sum(_short(other) == short for other in shop.products()) == 1
    return (
        short if alone else _UNITS_SHORT.sub(lambda m: _LATIN_UNITS[m[0].lower()], " ".join(product.split()))
    )


def _short(name: str) -> str:
    return _SIZE.sub("", _BRACKETS.sub("", name)).strip()


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to fill a slot: the segments it becomes."""

    segments: tuple[Segment, ...]


def choices(name: str, shop: Shop, product: str, as_of: date) -> tuple[Choice, ...]:
    """Every way to fill the slot for ``product`` (the shop's own rules where it is empty)."""
    slot = SLOTS.get(name) or CONDITIONS[name]
    if name == "product":
        return _product(shop, product, as_of)
    held = [f for f in _known(shop, product) if f.property in slot.properties and f.valid_on(as_of)]
    if (
        len(held) > 1
        and not TERMS[slot.properties[0]].many
        and len({(f.value, f.high, f.per) for f in held}) > 1
    ):
        return ()  # the sheet contradicts itself: say nothing
    said = [(f, spoken) for f in held if (spoken := slot.render(f))]
    if slot.every:
        return (_joined(said),) if said and len(said) == len(held) else ()
    return tuple(Choice((Segment(spoken, f.id),)) for f, spoken in said)


def _known(shop: Shop, product: str) -> Sequence[Fact]:
    return shop.facts(product) if product else shop.shop_facts()


def _product(shop: Shop, product: str, as_of: date) -> tuple[Choice, ...]:
    for fact in shop.facts(product):
        if fact.property is Property.NAME and fact.valid_on(as_of):
            return (Choice((Segment(spoken_name(shop, product), fact.id),)),)
    return ()


def _joined(said: Sequence[tuple[Fact, str]]) -> Choice:
    segments: list[Segment] = []
    for fact, spoken in said:
        if segments:
            segments.append(Segment("、"))
        segments.append(Segment(spoken, fact.id))
    return Choice(tuple(segments))
