"""Answers about shipping: where to, when, with whom, at what cost."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.pricing import money
from knowledge_graph.questions.quoting import clauses, joined, pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property

_WIDE = {
    "江浙沪": ("江苏", "浙江", "上海"),
    "江浙沪皖": ("江苏", "浙江", "上海", "安徽"),
    "珠三角": ("广东",),
    "长三角": ("江苏", "浙江", "上海"),
    "东三省": ("辽宁", "吉林", "黑龙江"),
    "云贵川": ("云南", "贵州", "四川"),
    "京津冀": ("北京", "天津", "河北"),
    "港澳台": ("港澳台", "香港", "澳门", "台湾"),
}
_DAYS = (
    (r"(?:星期|周|礼拜)[天日]", r"(?:星期|周|礼拜)[天日末]|双休"),
    (r"(?:星期|周|礼拜)六", r"(?:星期|周|礼拜)[六末]|双休"),
    (r"周末|双休", r"周末|双休|(?:星期|周|礼拜)[六日天]"),
    (r"节假日|放假|国庆|五一|元旦|中秋", r"节假日|放假|国庆|法定|节日"),
    (r"春节|过年|年底", r"春节|过年|放假|节假日|停发"),
    (r"(?:星期|周|礼拜)([一二三四五])", r"(?:星期|周|礼拜)|每周"),
)


def _region(fact: Fact, asked: Asked) -> str | None:
    """The place of the question that a regional fact rules, None where it rules none."""
    named = fact.about if fact.property is Property.SURCHARGE_REGION else str(fact.value)
    for place, province in asked.places:
        wide = _WIDE.get(named, (named,))
        if (
            province in wide
            or place in wide
            or named in (place, province)
            or (len(named) > 1 and named in place)
        ):
            return place
    return None


def region(shop: Shop, asked: Asked, product: str) -> Part:
    """Whether the shop ships to the place asked about, and what that costs more."""
    excluded = pick(shop, asked, product, Property.EXCLUDED_REGION)
    only = pick(shop, asked, product, Property.ONLY_REGION)
    dearer = pick(shop, asked, product, Property.SURCHARGE_REGION)
    if not asked.places:
        return _anywhere(product, excluded, only, dearer)
    place = asked.places[0][0]
    for fact in excluded:
        if hit := _region(fact, asked):
            return Part(product, f"{hit}不发货", (fact,))
    if only:
        inside = [f for f in only if _region(f, asked)]
        if not inside:
            return Part(product, f"只发{'、'.join(str(f.value) for f in only)}，{place}发不了", tuple(only))
        return Part(product, f"{place}能发", tuple(inside))
    for fact in dearer:
        if hit := _region(fact, asked):
            cost = money(fact.value) if isinstance(fact.value, Decimal) else str(fact.value)
            return Part(product, f"{hit}可以发，每单加{cost}元运费", (fact,))
    if not (excluded or dearer):
        return Part(product, missing="发货范围")
    hours = pick(shop, asked, product, Property.SHIPPING_HOURS, Property.SHIP_SCHEDULE, Property.LEAD_TIME)
    of_one = asked.meant or not asked.has("freight")
    said = f"{place}可以发" + (f"，{when_of(hours[0])}" if hours and of_one else "")
    if asked.has("freight"):
        free = [c for f in pick(shop, asked, product, Property.FREIGHT) for c in clauses(f) if "包邮" in c]
        said += f"，{free[0]}" if free else "，不在加运费的地区里"
    return Part(product, said, (*excluded, *dearer, *hours[:1]))


def _anywhere(product: str, excluded: list[Fact], only: list[Fact], dearer: list[Fact]) -> Part:
    said = []
    if only:
        said.append("只发" + "、".join(dict.fromkeys(str(f.value) for f in only)))
    if excluded:
        said.append("、".join(dict.fromkeys(str(f.value) for f in excluded)) + "不发货")
    if dearer:
        said.append("、".join(dict.fromkeys(f.about for f in dearer)) + f"每单加{_cost(dearer[0])}元运费")
    if not said:
        return Part(product, missing="发货范围")
    return Part(product, "，".join(said), (*only, *excluded, *dearer))


def _cost(fact: Fact) -> str:
    return money(fact.value) if isinstance(fact.value, Decimal) else str(fact.value)


def freight(shop: Shop, asked: Asked, product: str, cost: Decimal | None = None) -> Part:
    """What shipping costs; ``cost`` is what the goods asked about come to, held against 满…包邮."""
    if asked.places:
        return region(shop, asked, product)
    facts = pick(shop, asked, product, Property.FREIGHT)
    facts += [
        f
        for f in pick(
            shop, asked, product, Property.PROMOTION, Property.NOTE, Property.SPEC, Property.COURIER
        )
        if re.search("包邮|运费|邮费|补[0-9]", wanted_text(f))
    ]
    for fact in facts:
        if cost is not None and (reached := _reached(fact, cost)):
            return Part(product, reached, (fact,))
    dearer = pick(shop, asked, product, Property.SURCHARGE_REGION)
    said = joined(facts) if facts else ""
    if dearer and dearer[0].about not in said:
        said += (
            ("，" if said else "")
            + "、".join(dict.fromkeys(f.about for f in dearer))
            + f"每单加{_cost(dearer[0])}元运费"
        )
    return Part(product, said, (*facts, *dearer)) if said else Part(product, missing="运费")


_FREE_FROM = re.compile(
    r"满\s*(?P<least>[0-9]+(?:\.[0-9]+)?)\s*[元块]?[^，,；;0-9]{0,4}(?:包邮|免邮|免运费|免快递费)"
    r"(?:[，,；;、]?\s*(?:(?:不满|不足|不到|未满|否则|不够)(?:\s*(?P=least)\s*[元块]?)?)?[^0-9；;。]{0,6}(?P<fee>[0-9]+(?:\.[0-9]+)?)\s*[元块])?"
)


def _reached(fact: Fact, cost: Decimal) -> str:
    """Whether what is bought reaches the sum from which shipping is free."""
    match = _FREE_FROM.search(wanted_text(fact))
    if match is None:
        return ""
    least = Decimal(match["least"])
    if cost >= least:
        return f"一共{money(cost)}元，满{money(least)}元包邮"
    fee = f"，运费{money(Decimal(match['fee']))}元" if match["fee"] else "，要付运费"
    return f"一共{money(cost)}元，不到{money(least)}元{fee}"


def when_of(fact: Fact) -> str:
    """When goods leave, as a person says it."""
    if fact.property is Property.SHIPPING_HOURS and isinstance(fact.value, Decimal):
        return f"{fact.value.normalize():f}小时内发货"
    text = wanted_text(fact)
    return text if re.search("发|天", text) else f"{text}发货"


def when(shop: Shop, asked: Asked, product: str) -> Part:
    """When it is sent: presale, making time and fixed days win over the general promise."""
    own = pick(shop, asked, product, Property.PRESALE, Property.LEAD_TIME, Property.SHIP_SCHEDULE)
    facts = [f for f in own if re.search(r"[0-9一二三四五六七八九十周]", wanted_text(f))] or own
    facts = facts or pick(shop, asked, product, Property.SHIPPING_HOURS)[:1]
    if asked.has("ship_day") and not asked.says("(?:星期|周|礼拜)几"):
        return _on_day(shop, asked, product) or Part(product, missing="那天发不发")
    if not facts:
        return Part(product, missing="发货时间")
    return Part(product, "，".join(dict.fromkeys(when_of(f) for f in facts)), tuple(facts))


def _on_day(shop: Shop, asked: Asked, product: str) -> Part | None:
    for question, held in _DAYS:
        if not asked.says(question):
            continue
        for fact in (*shop.facts(product), *shop.shop_facts()):
            for text in (wanted_text(fact), fact.written):
                for clause in re.split(r"[；;。，,（）()\n]", text):
                    if re.search(held, clause) and re.search("发|寄|停|休|顺延", clause):
                        return Part("", clause if re.search("[发寄]", clause) else clause + "发货", (fact,))
    return None


def combined(shop: Shop, asked: Asked, product: str) -> Part:
    """Whether it goes into one parcel with others."""
    for fact in pick(
        shop,
        asked,
        product,
        Property.NOTE,
        Property.SPEC,
        Property.FREIGHT,
        Property.REMINDER,
        Property.SHIP_SCHEDULE,
        Property.COURIER,
    ):
        for clause in re.split(r"[；;。\n]", wanted_text(fact)):
            if re.search("合单|合并|单独发|分开发|拼单|一起发", clause):
                return Part(product, clause, (fact,))
    return Part(product, missing="合单")
