"""Who may eat or use it: the record's own reminder, word for word, and that a doctor knows; nothing else."""

from __future__ import annotations

import re

from knowledge_graph.facts import Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.quoting import pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.questions.wording import Family
from knowledge_graph.schema import Property

_ASKS = re.compile(
    r"能|可以|适合|吃得|喝得|用得|戴得|吃了|喝了|行不|好不好|要紧|影响|忌|可不可|会不会|敢|吗|不$|要注意|用不用|[吃喝用](?:什么|哪)"
)
_KEEN = ("小孩", "老人")


def asks(asked: Asked) -> bool:
    """Whether the question is about someone who must be careful."""
    return bool(asked.conditions) and asked.says(_ASKS.pattern)


def careful(shop: Shop, asked: Asked, product: str) -> Part:
    """The reminders that concern the person asked about."""
    reminders = pick(shop, asked, product, Property.REMINDER)
    chosen = [
        f for f in reminders if any(c.answers and c.answers.search(wanted_text(f)) for c in _telling(asked))
    ]
    if chosen:
        return Part(
            product, "资料上写着：" + "；".join(wanted_text(f) for f in chosen), tuple(chosen), doctor=True
        )
    return Part(product, missing="这个", doctor=True)


def suited(shop: Shop, asked: Asked, product: str) -> Part:
    """Children and old people: whom the record itself names as suited."""
    if asked.says("岁|月|婴|宝宝|刚生|断奶|辅食"):
        return Part(product, missing="这个", doctor=True)
    for condition in asked.conditions:
        if condition.name in _KEEN and len(asked.conditions) == 1:
            named = [
                f
                for f in pick(shop, asked, product, Property.SUITABLE_FOR, Property.SELLING_POINT)
                if condition.answers and condition.answers.search(wanted_text(f))
            ]
            if named:
                return Part(
                    product,
                    "资料上写着适合：" + "、".join(wanted_text(f) for f in named),
                    tuple(named),
                    doctor=True,
                )
    return Part(product, missing="这个", doctor=True)


def _telling(asked: Asked) -> list[Family]:
    """The conditions named, without the broad ones that a narrower one explains."""
    narrow = [c for c in asked.conditions if c.name not in ("病", "过敏") or len(asked.conditions) == 1]
    if any(c.name == "过敏" for c in asked.conditions):
        narrow = [c for c in asked.conditions if c.name != "病"]
    return narrow or list(asked.conditions)
