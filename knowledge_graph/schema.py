"""The vocabulary of the graph: which properties a product can have and which terms carry them.

schema.org terms wherever one exists (https://schema.org, version 28), a few of our own under :data:`XY` for
what schema.org does not name. ``docs/vocabulary.md`` is the page for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SCHEMA = "https://schema.org/"
XY = "https://xiangyin.invalid/terms#"
"""Our own terms. ``.invalid`` (RFC 2606): a name, never an address to fetch."""

ValueKind = Literal["decimal", "text", "date", "boolean"]


class Property(StrEnum):
    """What a fact is about. The value's unit is fixed for each (see :data:`TERMS`)."""

    NAME = "name"
    SKU = "sku"
    BARCODE = "barcode"
    ALIAS = "alias"
    CATEGORY = "category"
    VARIETY = "variety"
    SPEC = "spec"
    GRADE = "grade"
    BRAND = "brand"
    MAKER = "maker"

    PRICE = "price"
    LIST_PRICE = "list_price"
    PRICE_TIER = "price_tier"
    PRICE_OPTION = "price_option"
    PROMOTION = "promotion"
    PURCHASE_LIMIT = "purchase_limit"
    PRESALE = "presale"
    GIFT = "gift"

    NET_WEIGHT = "net_weight"
    UNIT_WEIGHT = "unit_weight"
    GROSS_WEIGHT = "gross_weight"
    VOLUME = "volume"
    COUNT = "count"
    SIZE = "size"
    COLOR = "color"
    MATERIAL = "material"
    CRAFT = "craft"
    INGREDIENTS = "ingredients"

    ORIGIN = "origin"
    PRODUCED_ON = "produced_on"
    HARVEST_SEASON = "harvest_season"
    SHELF_LIFE = "shelf_life"
    STORAGE = "storage"

    SHIPPING_HOURS = "shipping_hours"
    SHIP_SCHEDULE = "ship_schedule"
    LEAD_TIME = "lead_time"
    COURIER = "courier"
    FREIGHT = "freight"
    EXCLUDED_REGION = "excluded_region"
    SURCHARGE_REGION = "surcharge_region"
    ONLY_REGION = "only_region"
    AFTER_SALES = "after_sales"

    CERTIFICATE = "certificate"
    STOCK = "stock"
    SELLING_POINT = "selling_point"
    REMINDER = "reminder"
    USAGE = "usage"
    CARE = "care"
    SUITABLE_FOR = "suitable_for"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Term:
    """How a property stands in the graph: product —``link``→ a node of ``type``, its value under ``value``.

    ``label`` is what a person calls it; ``unit`` the unit of its number; ``many`` allows several facts.
    """

    label: str
    link: str
    type: str
    value: str
    kind: ValueKind = "text"
    unit: str = ""
    many: bool = False


def _plain(label: str, kind: ValueKind = "text", unit: str = "", many: bool = False) -> Term:
    link = SCHEMA + "additionalProperty"
    return Term(label, link, SCHEMA + "PropertyValue", SCHEMA + "value", kind, unit, many)


def _offer(label: str, type_: str, many: bool = False) -> Term:
    return Term(label, SCHEMA + "offers", SCHEMA + type_, SCHEMA + "price", "decimal", "元", many)


def _shipping(label: str, kind: ValueKind = "text", unit: str = "", many: bool = False) -> Term:
    link = SCHEMA + "shippingDetails"
    return Term(label, link, SCHEMA + "OfferShippingDetails", SCHEMA + "value", kind, unit, many)


TERMS: dict[Property, Term] = {
    Property.NAME: Term("品名", XY + "naming", SCHEMA + "PropertyValue", SCHEMA + "name"),
    Property.SKU: Term("货号", SCHEMA + "identifier", SCHEMA + "PropertyValue", SCHEMA + "sku"),
    Property.BARCODE: Term("条码", SCHEMA + "identifier", SCHEMA + "PropertyValue", SCHEMA + "gtin"),
    Property.ALIAS: Term(
        "别名", XY + "alias", SCHEMA + "PropertyValue", SCHEMA + "alternateName", many=True
    ),
    Property.CATEGORY: _plain("品类"),
    Property.VARIETY: _plain("品种", many=True),
    Property.SPEC: _plain("规格", many=True),
    Property.GRADE: _plain("等级"),
    Property.BRAND: Term("品牌", XY + "brand", SCHEMA + "Brand", SCHEMA + "name"),
    Property.MAKER: Term("生产者", XY + "maker", SCHEMA + "Organization", SCHEMA + "name"),
    Property.PRICE: _offer("价格", "Offer"),
    Property.LIST_PRICE: _offer("划线价", "UnitPriceSpecification"),
    Property.PRICE_TIER: _offer("多买价", "AggregateOffer", many=True),
    Property.PRICE_OPTION: _offer("规格价", "Offer", many=True),
    Property.PROMOTION: _plain("优惠", many=True),
    Property.PURCHASE_LIMIT: _plain("限购"),
    Property.PRESALE: _plain("预售"),
    Property.GIFT: _plain("赠品", many=True),
    Property.NET_WEIGHT: Term(
        "净重", SCHEMA + "weight", SCHEMA + "QuantitativeValue", SCHEMA + "value", "decimal", "克"
    ),
    Property.UNIT_WEIGHT: _plain("单件净重", "decimal", "克"),
    Property.GROSS_WEIGHT: _plain("毛重", "decimal", "克"),
    Property.VOLUME: _plain("容量", "decimal", "毫升"),
    Property.COUNT: _plain("数量", "decimal"),
    Property.SIZE: Term("尺寸", SCHEMA + "size", SCHEMA + "SizeSpecification", SCHEMA + "name", many=True),
    Property.COLOR: _plain("颜色", many=True),
    Property.MATERIAL: _plain("材质"),
    Property.CRAFT: _plain("工艺"),
    Property.INGREDIENTS: _plain("配料"),
    Property.ORIGIN: Term("产地", SCHEMA + "countryOfOrigin", SCHEMA + "Place", SCHEMA + "name"),
    Property.PRODUCED_ON: _plain("生产日期", "date"),
    Property.HARVEST_SEASON: _plain("采收时间"),
    Property.SHELF_LIFE: _plain("保质期", "decimal", "天", many=True),
    Property.STORAGE: _plain("存放"),
    Property.SHIPPING_HOURS: _shipping("发货时间", "decimal", "小时"),
    Property.SHIP_SCHEDULE: _shipping("发货日"),
    Property.LEAD_TIME: _shipping("工期"),
    Property.COURIER: _shipping("快递"),
    Property.FREIGHT: _shipping("运费", many=True),
    Property.EXCLUDED_REGION: _shipping("不发货地区", many=True),
    Property.SURCHARGE_REGION: _shipping("加运费地区", "decimal", "元", many=True),
    Property.ONLY_REGION: _shipping("只发地区", many=True),
    Property.AFTER_SALES: Term(
        "售后", SCHEMA + "hasMerchantReturnPolicy", SCHEMA + "MerchantReturnPolicy",
        SCHEMA + "description", many=True,
    ),
    Property.CERTIFICATE: Term(
        "证书", SCHEMA + "hasCertification", SCHEMA + "Certification", SCHEMA + "name", many=True
    ),
    Property.STOCK: Term(
        "库存", SCHEMA + "inventoryLevel", SCHEMA + "QuantitativeValue", SCHEMA + "value", "decimal", "件"
    ),
    Property.SELLING_POINT: Term(
        "卖点", XY + "claim", XY + "Claim", SCHEMA + "description", many=True
    ),
    Property.REMINDER: Term(
        "提醒", XY + "reminder", XY + "Reminder", SCHEMA + "description", many=True
    ),
    Property.USAGE: _plain("吃法用法"),
    Property.CARE: _plain("保养"),
    Property.SUITABLE_FOR: _plain("适合"),
    Property.NOTE: _plain("备注", many=True),
}  # fmt: skip
"""Every property's term. Several facts of a property that is not ``many`` contradict each other."""
