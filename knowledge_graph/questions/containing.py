"""What is in it: whether it contains something, and who keeps off what."""

from __future__ import annotations

import re

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.quoting import clauses, led, pick, simple
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property

_THING = re.compile(
    r"(?:有|含|夹|放|加|搁|带|包|掺|配|兑|添|拌)(?:了|好|着|过|没有?|不[有含夹放加搁带掺])*"
    r"(?P<thing>[\u4e00-\u9fff]{1,3}?)(?:了|过|的|在里面)*(?:没有?|吗|么|不|吧|啵|伐|否)"
    r"|有没有(?:放|加|含|掺)?(?P<other>[\u4e00-\u9fff]{1,3})(?=$|[，,。？?])"
)
_SAID_IN = (Property.SELLING_POINT, Property.NOTE, Property.REMINDER, Property.SPEC, Property.CRAFT)
_NO_THING = re.compile(r"^(?:什么|哪些|点|些|货|的|优惠|活动|证|人|几|多)")
_MEAT = "肉|猪|牛|羊|鸡|鸭|鹅|鱼|虾|蟹|贝|螺|蛋|海鲜|荤"
_DIETS = (
    (re.compile(r"清真|回民|穆斯林|回族"), "猪|大油", "清真认证"),
    (re.compile(r"吃素|素食|吃斋|斋|信佛|不(?:吃|沾|碰)荤"), _MEAT, "是不是素的"),
)
_KEEPS_OFF = re.compile(
    r"(?:不|别|没)(?:能|敢|可以)?(?:吃|沾|碰)(?P<a>[\u4e00-\u9fff]{1,3}?)(?:的|[，,。]|$)|(?:忌|戒)(?P<b>[\u4e00-\u9fff]{1,2}?)(?:的|[，,。]|$)|"
    r"对?(?P<c>[\u4e00-\u9fff]{1,3}?)(?:过敏|敏感|不能(?:吃|沾|碰))"
)
"""Whom a diet keeps off what; the topic that is missing where no fact tells."""


def contains(shop: Shop, asked: Asked, product: str) -> Part:
    """Whether it has what is asked for, in the record's own words; else all it is made of."""
    for thing in _things(asked):
        told = re.compile(
            rf"(?:不|没|无|未|非)(?:另外?)?(?:含|加|放|添加|添|带|搁|有)?[^，,、；;]{{0,2}}{thing}"
            rf"|(?:含|加|放|添加|搁|带|配|附|送)(?:了|有)?[^，,、；;]{{0,3}}{thing}"
        )
        for fact in pick(shop, asked, product, *_SAID_IN):
            if clause := next((c for c in clauses(fact) if told.search(c)), None):
                return Part(product, clause, (fact,))
    return simple(shop, asked, product, "ingredients")


def _things(asked: Asked) -> list[str]:
    found = [m["thing"] or m["other"] for f in asked.bare for m in _THING.finditer(f)]
    plain = (re.sub("(?<=.)[子包粉]$", "", t) for t in found if not _NO_THING.match(t))
    return [re.escape(t) for t in dict.fromkeys(plain)]


def keeps_off(shop: Shop, asked: Asked, product: str) -> Part | None:
    """For someone who eats no meat, or nothing with wheat in it: what the record says is in it."""
    for diet, things, topic in _DIETS:
        if asked.says(diet.pattern):
            halal = topic == "清真认证"
            return _halal(shop, asked, product) if halal else _list(shop, asked, product, things, topic)
    return None if asked.conditions else without(shop, asked, product)


def without(shop: Shop, asked: Asked, product: str) -> Part | None:
    """For someone who must or will not have one thing (小麦不能吃): where the record names that thing."""
    named = [next(g for g in m.groups() if g) for f in asked.forms for m in _KEEPS_OFF.finditer(f)]
    for thing in dict.fromkeys(named):
        kind = thing.removesuffix("肉") or thing
        if told := _told(shop, asked, product, re.escape(kind)):
            return Part(product, led(told, wanted_text(told)), (told,), doctor=bool(asked.conditions))
    return None


def _list(shop: Shop, asked: Asked, product: str, things: str, topic: str) -> Part:
    """What it is made of, so that the viewer can tell; nothing is concluded from a list without meat."""
    told = _told(shop, asked, product, things) or next(
        iter(pick(shop, asked, product, Property.INGREDIENTS)), None
    )
    return (
        Part(product, led(told, wanted_text(told)), (told,), missing=topic)
        if told
        else Part(product, missing=topic)
    )


def _told(shop: Shop, asked: Asked, product: str, things: str) -> Fact | None:
    facts = pick(shop, asked, product, Property.REMINDER, Property.INGREDIENTS, Property.NOTE)
    facts.sort(key=lambda f: f.property is not Property.INGREDIENTS)
    return next((f for f in facts if re.search(things, wanted_text(f))), None)


def _halal(shop: Shop, asked: Asked, product: str) -> Part:
    """Says where the ingredients name pork; otherwise only a certificate answers."""
    certified = [f for f in pick(shop, asked, product, Property.CERTIFICATE) if "清真" in wanted_text(f)]
    if certified:
        return Part(product, "证书是" + wanted_text(certified[0]), tuple(certified))
    pork = [f for f in pick(shop, asked, product, Property.INGREDIENTS) if "猪" in wanted_text(f)]
    if pork:
        return Part(product, "配料里有猪肉，资料里没写清真认证", tuple(pork[:1]))
    return Part(product, missing="清真认证")
