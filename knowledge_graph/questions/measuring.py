"""Answers about weight and volume: of what one price buys, and of so many packs."""

from __future__ import annotations

import re
from decimal import Decimal

from core.text.numbers import Amount
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.mentions import Meant
from knowledge_graph.questions.pricing import money
from knowledge_graph.questions.quoting import pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.schema import Property

_NAMES = {Property.GROSS_WEIGHT: "毛重", Property.VOLUME: "容量"}
_PACKS = "袋盒瓶罐包桶条只个枚箱件支片块饼颗份把粒壶"


def weight(shop: Shop, asked: Asked, meant: Meant) -> Part:
    """Net weight first, then what one pack weighs and the gross weight where there are such."""
    product = meant.product
    if option := _of_option(shop, asked, product):
        return option
    if asked.says(_OF_ONE) and (one := _of_one(shop, asked, product)):
        return one
    facts = pick(shop, asked, product, Property.NET_WEIGHT, Property.VOLUME)
    unit = pick(shop, asked, product, Property.UNIT_WEIGHT)
    gross = pick(shop, asked, product, Property.GROSS_WEIGHT)
    if not facts and not unit:
        return Part(product, missing="净重")
    names = _NAMES | {Property.UNIT_WEIGHT: "每" + _pack(shop, asked, product)}
    said = [names.get(f.property, "净重") + mass(f) for f in (*facts, *unit, *gross)]
    if packs := _number_of_packs(asked, facts, unit):
        said.append(f"一共{packs}{_pack(shop, asked, product)}")
    if meant.quantity is not None and (of_all := _of_so_many(shop, asked, product, meant.quantity, facts)):
        said.append(of_all)
    spec = pick(shop, asked, product, Property.SPEC)
    return Part(product, "，".join(dict.fromkeys(said)), (*facts, *unit, *gross, *spec))


_PIECE = "小?(?:个|果|只|颗|枚|头|条|粒|包|袋|罐|盒|瓶|片|块)"
_OF_ONE = rf"(?:单|每|一){_PIECE}.{{0,4}}(?:重|克|两|斤)"
_ONE_WEIGHS = re.compile(rf"(?:单|每){_PIECE}(?:净重|约|重)?[0-9][^,，;；、]*")


def _of_option(shop: Shop, asked: Asked, product: str) -> Part | None:
    """大盒几两 of goods that come in two sizes: the piece of the specification that names the size."""
    for option in pick(shop, asked, product, Property.PRICE_OPTION):
        for fact in pick(shop, asked, product, Property.SPEC) if option.about in asked.text else ():
            for piece in re.split(r"[/、，,；;]|或者?", fact.written) if option.about else ():
                if piece.strip().startswith(option.about):
                    return Part(product, piece.strip(), (fact,))
    return None


def _of_one(shop: Shop, asked: Asked, product: str) -> Part | None:
    """What one piece of many weighs, where the specification says so: 单果95-105g."""
    for fact in pick(shop, asked, product, Property.SPEC, Property.SIZE, Property.NET_WEIGHT, Property.NOTE):
        if match := _ONE_WEIGHS.search(fact.written):
            return Part(product, match[0], (fact,))
    return None


def _number_of_packs(asked: Asked, net: list[Fact], unit: list[Fact]) -> str:
    """How many packs it is, where that is asked beside their weight and the weights say so exactly."""
    one, whole = (next((f.value for f in facts if f.high is None), None) for facts in (unit, net))
    if not isinstance(one, Decimal) or not isinstance(whole, Decimal) or not asked.says(f"几小?[{_PACKS}]"):
        return ""
    return money(whole / one) if whole > one and whole % one == 0 else ""


def _of_so_many(shop: Shop, asked: Asked, product: str, quantity: Amount, facts: list[Fact]) -> str | None:
    """The weight of two where the price buys one: 两盒一共1000克."""
    price = next(iter(pick(shop, asked, product, Property.PRICE)), None)
    whole = next((f for f in facts if f.property is Property.NET_WEIGHT and f.high is None), None)
    if quantity.kind != "count" or quantity.unit not in _PACKS or whole is None or price is None:
        return None
    buys = price.per.value if price.per else Decimal(1)
    if quantity.value == buys or quantity.value == 1 or not isinstance(whole.value, Decimal):
        return None
    packs = pick(shop, asked, product, Property.UNIT_WEIGHT)
    if packs and isinstance(packs[0].value, Decimal) and packs[0].value * quantity.value == whole.value:
        return None  # three tins of a box of three: the net weight is theirs
    total = whole.value * quantity.value / buys
    return f"{money(quantity.value)}{quantity.unit}一共{_spoken(total)}"


def _spoken(grams: Decimal) -> str:
    jin = (grams / 500).normalize()
    plain = f"{grams.normalize():f}克"
    return f"{jin:f}斤，也就是{plain}" if grams >= 500 and jin == jin.quantize(Decimal("0.01")) else plain


def _pack(shop: Shop, asked: Asked, product: str) -> str:
    count = pick(shop, asked, product, Property.COUNT)
    if count and count[0].unit:
        return count[0].unit
    for fact in pick(shop, asked, product, Property.UNIT_WEIGHT):
        if match := re.search(r"每([\u4e00-\u9fff])|[×xX*]\s*\d+\s*([\u4e00-\u9fff])", fact.written):
            return match[1] or match[2]
    price = pick(shop, asked, product, Property.PRICE)
    return price[0].per.unit if price and price[0].per and price[0].per.value > 1 else "份"


def mass(fact: Fact) -> str:
    """A weight or volume as people say it: 4.5斤（2250克）, 600到700克, 1.1到1.3公斤, 500毫升."""
    if not isinstance(fact.value, Decimal):
        return fact.written
    if fact.property is Property.VOLUME:
        packed = (
            f"（{fact.written}）" if re.search(r"[×xX*]", fact.written) and len(fact.written) < 20 else ""
        )
        return f"{fact.value.normalize():f}毫升{packed}"
    if fact.high is None:
        return _spoken(fact.value)
    unit, grams = ("斤", 500) if "斤" in fact.written and "公斤" not in fact.written else ("公斤", 1000)
    if fact.high < 1000 and unit == "公斤":
        unit, grams = "克", 1
    return f"{money(fact.value / grams)}到{money(fact.high / grams)}{unit}"
