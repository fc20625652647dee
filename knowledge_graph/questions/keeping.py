"""Answers about how long goods keep: closed, opened, by way of storage, and whether that time is over."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.quoting import pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property


def shelf_life(shop: Shop, asked: Asked, product: str) -> Part:
    """How long it keeps, for the storage that was asked about where the record tells them apart."""
    if asked.says(_OPENED):
        return _once_opened(shop, asked, product)
    if asked.says(_OVER) and (told := _whether_over(shop, asked, product)):
        return told
    facts = pick(shop, asked, product, Property.SHELF_LIFE)
    mode = (
        "冻"
        if asked.says("冻")
        else "常温"
        if asked.says(_NOT_COOLED)
        else "冷藏"
        if asked.says("冷藏|冰箱")
        else "常温"
        if asked.says("常温|外面")
        else ""
    )
    if mode and any(mode in f.about + f.written for f in facts):
        facts = [f for f in facts if mode in f.about + f.written]
    elif mode and not asked.named and not asked.on_screen:
        facts = []
    if not facts:
        lasting = [f for f in pick(shop, asked, product, Property.NOTE) if _LASTING.search(wanted_text(f))]
        if lasting:
            return Part(product, wanted_text(lasting[0]), (lasting[0],))
        return Part(product, missing="保质期")
    texts = dict.fromkeys(life(f) for f in facts)
    return Part(product, "保质期" + "，".join(texts), tuple(facts))


_OVER = r"过了?(?:保质|期)|到期|日期怎么样|还(?:能|可以)[吃喝]"


def _whether_over(shop: Shop, asked: Asked, product: str) -> Part | None:
    """Whether it is past its shelf life on the day, where the day it was made is known."""
    made = next(iter(pick(shop, asked, product, Property.PRODUCED_ON)), None)
    lives = pick(shop, asked, product, Property.SHELF_LIFE)
    days = lives[0].value if len(lives) == 1 else None
    if made is None or not isinstance(made.value, date) or not isinstance(days, Decimal):
        return None
    if (asked.day - made.value).days > days:
        return Part(product, "已经过期了，请问一下客服", (made, lives[0]))
    return Part(product, f"生产日期是{made.value}，保质期{life(lives[0])}，还没过期", (made, lives[0]))


_NOT_COOLED = r"(?:不|没)(?:放|搁|进|用|要)?(?:冰箱|冷藏)"
_LASTING = re.compile(r"长期|长久|久存|越陈越|不限")
_OPENED = r"开(?:了)?(?:袋|盖|封|瓶|罐|包|盒)|打开|拆(?:封|开)"


def _once_opened(shop: Shop, asked: Asked, product: str) -> Part:
    """How long it keeps once opened, where the record says so; the closed shelf life is no answer."""
    for fact in pick(
        shop, asked, product, Property.STORAGE, Property.SHELF_LIFE, Property.REMINDER, Property.USAGE
    ):
        text = wanted_text(fact)
        if re.search(r"开(?:袋|盖|封|瓶|罐|包|盒)后|开封|打开后|拆封后", text):
            return Part(product, text, (fact,))
    return Part(product, missing="打开以后能放多久")


def life(fact: Fact) -> str:
    """A shelf life as it was written, or in days."""
    days = f"{fact.value.normalize():f}天" if isinstance(fact.value, Decimal) else str(fact.value)
    written = fact.written.strip()
    if fact.about and sum(m in written for m in ("常温", "冷藏", "冷冻")) > 1:
        return f"{fact.about}{days}"
    if 1 < len(written) <= 24 and re.search(r"[天日年月周]|小时", written):
        return written
    return f"{fact.about}{days}"
