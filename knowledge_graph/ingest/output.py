"""Products in the shape of the batch format: one object a product, the rest under ``extra``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from knowledge_graph.facts import Fact, Quantity, Shop
from knowledge_graph.schema import Property

P = Property
_TEXTS = {
    P.AFTER_SALES: "after_sales",
    P.USAGE: "usage",
    P.INGREDIENTS: "ingredients",
    P.SUITABLE_FOR: "suitable_for",
    P.COURIER: "courier",
    P.FREIGHT: "freight",
    P.SIZE: "size",
    P.MATERIAL: "material",
    P.CRAFT: "craft",
    P.CARE: "care",
    P.PRESALE: "presale",
    P.SHIP_SCHEDULE: "ship_schedule",
    P.LEAD_TIME: "lead_time",
    P.PURCHASE_LIMIT: "purchase_limit",
    P.VARIETY: "variety",
    P.GRADE: "grade",
    P.BRAND: "brand",
    P.MAKER: "maker",
    P.SPEC: "spec",
    P.GIFT: "gift",
    P.NOTE: "note",
    P.PROMOTION: "promotion",
    P.HARVEST_SEASON: "harvest_season",
    P.BARCODE: "barcode",
    P.CATEGORY: "category",
    P.COLOR: "colors",
}
_NUMBERS = {P.UNIT_WEIGHT: "unit_weight_g", P.GROSS_WEIGHT: "gross_weight_g", P.VOLUME: "volume_ml"}


def number(value: object) -> int | float | None:
    """A decimal as the plainest JSON number of the same value."""
    if not isinstance(value, Decimal):
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def product_record(shop: Shop, product: str) -> dict[str, Any]:
    """A product with the keys of ``facts.json``."""
    facts = shop.facts(product)

    def of(wanted: Property) -> list[Fact]:
        return [f for f in facts if f.property is wanted]

    def one(wanted: Property) -> Fact | None:
        return next(iter(of(wanted)), None)

    weight, shelf, price = one(P.NET_WEIGHT), of(P.SHELF_LIFE), one(P.PRICE)
    return {
        "product": product,
        "sku": _text(one(P.SKU)),
        "net_weight_g": number(weight.value) if weight and weight.high is None else None,
        "price_cny": number(price.value) if price else None,
        "list_price_cny": _number(one(P.LIST_PRICE)),
        "origin": _text(one(P.ORIGIN)),
        "shelf_life_days": min((number(f.value) or 0 for f in shelf), default=None),
        "storage": _text(one(P.STORAGE)),
        "selling_points": [str(f.value) for f in of(P.SELLING_POINT)],
        "shipping_hours": _number(one(P.SHIPPING_HOURS)),
        "excluded_regions": [str(f.value) for f in of(P.EXCLUDED_REGION)],
        "certificates": [str(f.value) for f in of(P.CERTIFICATE)],
        "stock": _number(one(P.STOCK)),
        "reminders": [str(f.value) for f in of(P.REMINDER)],
        "aliases": [str(f.value) for f in of(P.ALIAS)],
        "extra": _extra(facts, price, weight),
    }


def _text(fact: Fact | None) -> str | None:
    return str(fact.value) if fact else None


def _number(fact: Fact | None) -> int | float | None:
    return number(fact.value) if fact else None


def _extra(facts: Sequence[Fact], price: Fact | None, weight: Fact | None) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if price and price.per:
        extra["price_unit"] = _per(price.per)
    if price and price.high is not None:
        extra["price_max_cny"] = number(price.high)
    if weight and weight.high is not None:
        extra |= {"net_weight_min_g": number(weight.value), "net_weight_max_g": number(weight.high)}
    tiers = [f for f in facts if f.property is P.PRICE_TIER and f.per]
    if tiers:
        extra["price_tiers"] = [
            {"qty": number(f.per.value) if f.per else 1, "total": number(f.value)} for f in tiers
        ]
    if options := [f for f in facts if f.property is P.PRICE_OPTION]:
        extra["price_options"] = {f.about: number(f.value) for f in options}
    if charged := [f for f in facts if f.property is P.SURCHARGE_REGION]:
        extra["surcharge_regions"] = {f.about: number(f.value) for f in charged}
    if only := [str(f.value) for f in facts if f.property is P.ONLY_REGION]:
        extra["ship_only_regions"] = only
    shelf = [f for f in facts if f.property is P.SHELF_LIFE]
    if len(shelf) > 1:
        extra["shelf_life_detail"] = shelf[0].written
    for fact in facts:
        if key := _NUMBERS.get(fact.property):
            extra[key] = number(fact.value)
        elif fact.property is P.COUNT:
            low = number(fact.value)
            extra["count"] = f"{low}{'' if fact.high is None else f'-{number(fact.high)}'}{fact.unit}"
        elif key := _TEXTS.get(fact.property):
            extra[key] = f"{extra[key]}；{fact.value}" if key in extra else str(fact.value)
    return extra


def _per(per: Quantity) -> str:
    return per.unit if per.value == 1 else str(per)
