"""A shop whose one product has a fact for every slot of the phrase bank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from knowledge_graph.facts import MemoryShop, Quantity, ShopMeta
from knowledge_graph.schema import Property
from tests.anchor.shops import DAY, fact

WHOLE = "坝上小米"

_TEXTS = {
    Property.NAME: WHOLE, Property.ORIGIN: "河北蔚县", Property.VARIETY: "黄八",
    Property.HARVEST_SEASON: "9月底",
    Property.CRAFT: "石碾去壳", Property.MAKER: "蔚县坝上合作社", Property.MATERIAL: "谷子",
    Property.INGREDIENTS: "小米", Property.SPEC: "5斤袋装", Property.GRADE: "一级",
    Property.BRAND: "坝上人家",
    Property.ALIAS: "黄小米", Property.COLOR: "淡黄", Property.SIZE: "袋高40厘米",
    Property.USAGE: "淘一遍，加水煮20分钟",
    Property.STORAGE: "阴凉干燥处", Property.SUITABLE_FOR: "早饭煮粥", Property.CARE: "开袋后扎紧袋口",
    Property.PROMOTION: "拍两袋减3元", Property.GIFT: "布口袋1个", Property.PURCHASE_LIMIT: "每人5袋",
    Property.COURIER: "邮政", Property.FREIGHT: "河北省内包邮", Property.SHIP_SCHEDULE: "周日不发货",
    Property.LEAD_TIME: "7天", Property.PRESALE: "12月5日起发货",
    Property.AFTER_SALES: "破袋重寄，签收两天内联系",
    Property.CERTIFICATE: "SC10113072600001", Property.REMINDER: "开袋后请密封",
}  # fmt: skip


def whole() -> MemoryShop:
    """One product with everything."""
    facts = [fact(WHOLE, wanted, value) for wanted, value in _TEXTS.items()]
    facts += [
        fact(WHOLE, Property.SELLING_POINT, "颗粒匀"),
        fact(WHOLE, Property.SELLING_POINT, "当年新米"),
        fact(WHOLE, Property.PRICE, Decimal("36.5")),
        fact(WHOLE, Property.PRICE_TIER, Decimal("70"), "两袋70元", per=Quantity(Decimal(2), "袋")),
        fact(WHOLE, Property.NET_WEIGHT, Decimal("2500"), "5斤"),
        fact(WHOLE, Property.GROSS_WEIGHT, Decimal("2600"), "5.2斤"),
        fact(WHOLE, Property.UNIT_WEIGHT, Decimal("500"), "500g"),
        fact(WHOLE, Property.VOLUME, Decimal("3000"), "3L"),
        fact(WHOLE, Property.COUNT, Decimal("2"), "2袋"),
        fact(WHOLE, Property.SHELF_LIFE, Decimal(360), "12个月"),
        fact(WHOLE, Property.SHIPPING_HOURS, Decimal(48), "48小时内发"),
        fact(WHOLE, Property.PRODUCED_ON, date(2026, 10, 1)),
        fact(WHOLE, Property.EXCLUDED_REGION, "西藏", about="西藏"),
        fact(WHOLE, Property.SURCHARGE_REGION, Decimal(8), "甘肃加8元", about="甘肃"),
        fact(WHOLE, Property.ONLY_REGION, "河北", about="河北"),
    ]
    return MemoryShop.of(ShopMeta("whole", DAY), facts)
