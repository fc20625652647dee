"""A tiny shop for the tests of the host."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source, Value
from knowledge_graph.schema import TERMS, Property

DAY = date(2026, 11, 22)
RICE, CUP = "坝上小米 2.5kg", "青石杯"


def fact(product: str, wanted: Property, value: Value, written: str = "", **more: Any) -> Fact:
    unit = TERMS[wanted].unit
    said = written or str(value)
    return Fact(
        product=product,
        property=wanted,
        value=value,
        written=said,
        unit=unit,
        source=Source("货.xlsx"),
        **more,
    )


def tiny() -> MemoryShop:
    """Two products: one to eat with nearly everything known, one for the table with little."""
    rice = [
        fact(RICE, Property.NAME, RICE),
        fact(RICE, Property.PRICE, Decimal("36.5")),
        fact(RICE, Property.PRICE_TIER, Decimal("70"), "两袋70元", per=Quantity(Decimal(2), "袋")),
        fact(RICE, Property.NET_WEIGHT, Decimal("2500"), "5斤"),
        fact(RICE, Property.ORIGIN, "河北张家口蔚县"),
        fact(RICE, Property.VARIETY, "黄八"),
        fact(RICE, Property.HARVEST_SEASON, "9月底"),
        fact(RICE, Property.SELLING_POINT, "石碾去壳"),
        fact(RICE, Property.SELLING_POINT, "当年新米"),
        fact(RICE, Property.USAGE, "淘一遍，加水煮20分钟"),
        fact(RICE, Property.STORAGE, "阴凉干燥处"),
        fact(RICE, Property.SHELF_LIFE, Decimal(360), "12个月"),
        fact(RICE, Property.SHIPPING_HOURS, Decimal(48), "48小时内发"),
        fact(RICE, Property.COURIER, "邮政"),
        fact(RICE, Property.FREIGHT, "河北省内包邮"),
        fact(RICE, Property.AFTER_SALES, "破袋重寄，签收两天内联系"),
        fact(RICE, Property.REMINDER, "开袋后请密封"),
    ]
    cup = [
        fact(CUP, Property.NAME, CUP),
        fact(CUP, Property.PRICE, Decimal("18"), valid_until=date(2026, 11, 30)),
        fact(CUP, Property.VOLUME, Decimal("180"), "180ml"),
        fact(CUP, Property.CRAFT, "手工打磨"),
        fact(CUP, Property.CARE, "软布擦干"),
    ]
    return MemoryShop.of(ShopMeta("tiny", DAY), [*rice, *cup])
