"""What a fact says in words, and which facts may be quoted for a word they share with a question."""

from __future__ import annotations

import re

from knowledge_graph.facts import Fact
from knowledge_graph.schema import Property


def wanted_text(fact: Fact) -> str:
    """What a fact says, as it is quoted."""
    return fact.value if isinstance(fact.value, str) else fact.written


_RULE = re.compile(
    r"发|退|换|赔|误差|为准|休|停|运费|优惠|赠|买|送|保|别|请|勿|定制|预约|自提|直播时间|开播|下播"
)


def is_rule(fact: Fact) -> bool:
    """Whether a remark of the whole shop says something (titles and rulers do not)."""
    return bool(fact.product) or fact.property is not Property.NOTE or bool(_RULE.search(wanted_text(fact)))


TEXTS = (
    Property.SELLING_POINT,
    Property.REMINDER,
    Property.USAGE,
    Property.CARE,
    Property.STORAGE,
    Property.NOTE,
    Property.INGREDIENTS,
    Property.MATERIAL,
    Property.CRAFT,
    Property.SPEC,
    Property.SIZE,
    Property.VARIETY,
    Property.AFTER_SALES,
    Property.GIFT,
    Property.SUITABLE_FOR,
    Property.CERTIFICATE,
    Property.FREIGHT,
    Property.PROMOTION,
    Property.HARVEST_SEASON,
    Property.COLOR,
    Property.GRADE,
    Property.PRESALE,
    Property.LEAD_TIME,
    Property.SHIP_SCHEDULE,
    Property.COURIER,
    Property.PURCHASE_LIMIT,
    Property.COUNT,
    Property.NET_WEIGHT,
)
"""Properties whose words may be quoted when a question shares a word with them."""
