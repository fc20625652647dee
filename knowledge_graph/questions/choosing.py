"""Which of the intents a question touches are answered: the specific one speaks, the broad one yields."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.suitability import asks as asks_who_may

_FROM_THERE = (
    r"(?<![我俺咱们])是{place}[^，。,]{{0,2}}的|"
    r"{place}[^，。,\s]{{0,2}}(?:的(?![\s，,。！!]|$|可以|能|想|要|买|拍|发|下单|收|朋友|亲|家人|有)|产|那边|出的|[那这][个款种])"
)
"""Goods of a place; 昆明的，发吗 and 昆明的能下单吗 tell where a viewer is."""

_IS_IT = r"[^，。,发寄送邮到]{0,3}(?:是不是|是)"
"""宣威的这个是不是…: whoever asks what goods are does not ask where they are sent."""

Rule = tuple[Callable[[Asked, set[str]], bool], frozenset[str]]


def _asked(*names: str) -> Callable[[Asked, set[str]], bool]:
    return lambda asked, wanted: bool(wanted & set(names))


def _but(names: str, pattern: str) -> Callable[[Asked, set[str]], bool]:
    """One of the intents is asked and the question does not say the pattern."""
    return lambda asked, wanted: bool(wanted & set(names.split())) and not asked.says(pattern)


def _and(names: str, pattern: str) -> Callable[[Asked, set[str]], bool]:
    return lambda asked, wanted: bool(wanted & set(names.split())) and asked.says(pattern)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_MEASURES = _set("weight count stock size shelf_life")
_MONEY = re.compile("[钱价卖元块买拿要来]")
_YIELDS: tuple[Rule, ...] = (
    (_but("shelf_life", "怎么[放存收]|怎么保|保存方法"), _set("storage")),
    (_but("shelf_life", "赔|退|换|收到|到手|到货|签收|烂了|坏了"), _set("after")),
    (_and("weight", "多大一?[瓶袋盒罐桶包壶]"), _set("size")),
    (_and("weight", "一共.{0,3}多少(?:克|斤|公斤|千克|毫升|升)"), _set("unit_price price count")),
    (_and("promotion", "[0-9](?:块|元)?(?:钱)?的?(?:活动|优惠)?还(?:有|在|算)|半价"), _set("stock price")),
    (_and("promotion", "(?:减|送|折|半价|活动|优惠)[^，。]{0,6}还(?:有|在|算)"), _set("stock price")),
    (_and("shelf_life produced", "日期|过期"), _set("points")),
    (_and("shelf_life", "过期|到期"), _set("produced")),
    (_and("count", "[付出给]几.的?钱"), _set("count")),
    (_asked("certificate"), _set("craft maker")),
    (_and("craft", "手工|手[绣编作]|机[绣器织]|全手"), _set("material")),
    (lambda asked, wanted: "courier" in wanted and not asked.places, _set("ship_region")),
    (
        # In the viewer's own words: a dialect reading may hear money in 多少天.
        lambda asked, found: bool(found & _MEASURES and not _MONEY.search(asked.forms[0])),
        _set("price"),
    ),
    (_but("certificate servings limit", "[钱价卖元块]"), _set("price")),
    (_and("save", "单买|单独买|分开|一.一."), _set("list_price")),
    (_asked("list_price", "save"), _set("price promotion")),
    (_asked("ship_from"), _set("ship_region origin")),
    (_but("ship_from", "什么时候|多久|几天|哪天"), _set("ship_time")),
    (_asked("deposit"), _set("price")),
    (_asked("unit_price"), _set("price count weight")),
    (lambda asked, wanted: {"ship_time", "ship_day"} <= wanted, _set("ship_time")),
    (
        lambda asked, wanted: bool(wanted & {"lead_time", "ship_time", "presale"}) and not asked.places,
        _set("ship_region"),
    ),
    (lambda asked, wanted: bool(wanted & {"lead_time", "ship_time"}) and not asked.places, _set("presale")),
    (_asked("freight"), _set("ship_region price")),
    (_asked("ship_day", "combine"), _set("ship_region")),
)
"""In order: where the condition holds, these intents are not answered beside the others."""


def intents_to_answer(asked: Asked, known: Sequence[str]) -> list[str]:
    """The intents to answer, in the order of ``known``."""
    found = {i for i in known if i in asked.intents}
    if asked.places:
        found = _with_places(asked, found)
    yes_or_no = asked.says("(?:吗|没|没有|不|吧)$|是不是|是否") and not asked.says("[买要拿来拍钱价]")
    if not found and not yes_or_no and any(m.quantity is not None for m in asked.meant):
        found = {"price"}
    if asks_who_may(asked):
        found &= {"price", "stock", "shelf_life", "origin"}
    for holds, gone in _YIELDS:
        if holds(asked, found):
            found -= gone
    return [i for i in known if i in found]


def _with_places(asked: Asked, found: set[str]) -> set[str]:
    """A place is where goods come from or where they shall go; one of the two is asked."""
    from_there = asked.says("|".join(_FROM_THERE.format(place=p) for p, _ in asked.places))
    if from_there:
        found = found - {"material", "craft", "maker"}
    if not found and not from_there and asked.says("|".join(f"{p}{_IS_IT}" for p, _ in asked.places)):
        return found
    place = "origin" if from_there or "origin" in found else "ship_region"
    return found if found & {place, "freight", "ship_from"} else found | {place}
