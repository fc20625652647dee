"""Which heading means which role: by wording, by containment, and by what the column's cells look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from core.tables import bad, shipped
from core.text.numbers import parse_numeral
from knowledge_graph.facts import Quantity
from knowledge_graph.schema import Property

ROLES = frozenset(p.value for p in Property) | {"name", "private", "unit", "shipping"}
"""A column is a property, the product's name, a shipping text, a unit, or nothing that may go on air."""

_BRACKETS = re.compile(r"[（(\[【](.*?)[）)\]】]")
_NOISE = re.compile(r"[\s:：*＊?？!！、,，。.·_\-—–]+")
_STRONG_PRICE = re.compile(
    r"直播|今晚|今儿|这场|本场|到手|券后|现价|活动|秒杀|专享|优惠|特价|特惠|今[日天]|成交|拍下|福利|开播|粉丝|实付|折后|主播|播价|上车|限时|惊喜"
)
_TIER = re.compile(
    r"^(?P<n>\d+|[一二两三四五六七八九十])(?P<unit>[件斤箱盒瓶袋份只个包罐桶条套提])(?:装|起)?(?:的)?(?:总)?(?:价|到手|价格|售价|多少钱|优惠价|直播价)+$"
)


_BEFORE = re.compile(
    r"(?:原|原先|平时|平常|平日|日常|市场|划线?|吊牌|门市|超市|店里|线下|往常|以前|指导|建议).{0,4}(?:价|卖|售)"
)
_PROOF = re.compile(r"(?:备案|证|许可|批准|执照|登记).{0,2}(?:编?号|文号)")
_REFUSES = re.compile(r"(?:不|别|莫|停|禁)(?:能|可|许|支持|予)?(?:发|送|到|寄|配|去)(?!票)")
_STEMS = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (r"多久.{0,2}坏|(?:几天|几个月|多久).{0,2}(?:坏|变质|过期)", "shelf_life"),
        (r"成本|进价|进货|佣金|联系|电话|利润", "private"),
        (r"(不|别|莫)(能|可|许)?(发|送|到|寄|配)", "excluded_region"),
        (r"^(?!.*(?:多久|几天|何时|时候|多长)).*(?:只|仅|能)(?:发|送|寄)", "only_region"),
        (
            r"(原|平时|平常|平日|日常|市场|划|吊牌|门市|超市|店里|线下|往常|以前|指导|建议|参考).{0,4}(价|卖|售|元|钱)",
            "list_price",
        ),
        (r"建议零售|划线", "list_price"),
        (r"价|卖多少|多少钱|几块?钱|特惠|(?:今|现|这).{0,3}卖|卖$", "price"),
        (r"(放|存|保|期|吃).{0,4}(多久|几天|多少天|多长时间|几个月|日期)", "shelf_life"),
        (r"保质|保鲜", "shelf_life"),
        (
            r"(发|到|寄|出货).{0,4}(多久|几天|时间|时效)|(多久|几天|何时|时候|哪天).{0,3}(发|到|寄|出)|发货|物流|快递|发出|出库|[能会]寄|寄出",
            "shipping",
        ),
        (r"(怎么|咋|如何).{0,2}(放|存|保管|收)|保管|储|贮", "storage"),
        (
            r"(不能|不可|不宜|不适|别|忌|慎).{0,3}(吃|用|喝|食|买|碰)|注意|提醒|提示|须知|当心|禁|前看|温馨",
            "reminder",
        ),
        (r"(怎么|咋|如何).{0,3}(吃|喝|用|煮|做|泡)|吃法|做法|喝法|用法", "usage"),
        (r"(适合|谁|人群|送)", "suitable_for"),
        (r"(哪|产).{0,3}(里|地|产|来|的)", "origin"),
        (r"证|资质|认证|检测|许可", "certificate"),
        (r"(余|存|剩|备|现).{0,2}(货|量|数)|还有|还剩|[仓库].{0,2}数|可[售卖]", "stock"),
        (r"净|几斤|斤两|重", "net_weight"),
        (r"规格|装", "spec"),
        (r"退|赔|售后|坏", "after_sales"),
        (
            r"(特殊|其他|其它|补充|额外|另).{0,2}(说明|情况|事项)|备[注忘]|[另多附].{0,2}(说|记|话)|留言",
            "note",
        ),
        (r"卖点|亮点|特点|特色|优|好(?:在|处)|夸|话术|口播|讲|说给|听", "selling_point"),
        (r"名|品$|(?<![发走出存现余备到退])货$", "name"),
        (r"(?<![几多])号$", "sku"),
    )
)
"""Weaker signs, tried in order where no known wording fits well."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as read: its wording, the role it names and how surely (0 to 1), the unit it states."""

    text: str
    role: str = ""
    score: float = 0.0
    unit: str = ""
    per: Quantity | None = None


@cache
def wordings() -> Mapping[str, str]:
    """Every known wording, folded, with its role. Raises :class:`ConfigurationError` with file and line."""
    found: dict[str, str] = {}
    for number, (role, words) in shipped("knowledge_graph.ingest", "headings.tsv", 2):
        if role not in ROLES:
            raise bad("headings.tsv", number, f"没有叫“{role}”的栏")
        for word in words.split():
            found.setdefault(_fold(word), role)
    return found


def _fold(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


@cache
def read_heading(text: str) -> Heading:
    """What a heading says: 售价（元/斤） is a price in 元 for one 斤."""
    plain = unicodedata.normalize("NFKC", text)
    unit, per = _unit(plain)
    body = _fold(_BRACKETS.sub("", plain)) or _fold(plain)
    if tier := _TIER.match(body):
        number = parse_numeral(tier["n"])
        if number:
            return Heading(text, "price_tier", 1.0, unit, Quantity(number.value, tier["unit"]))
    role, score = "", 0.0
    for index, part in enumerate((body, *(_fold(p) for p in re.split(r"[/|／&和]", plain) if p != plain))):
        named, worth = _match(_fold(_BRACKETS.sub("", part)) or part)
        if worth - 0.05 * index > score:
            role, score = named, worth - 0.05 * index
    return Heading(text, role, score, unit, per)


def _unit(heading: str) -> tuple[str, Quantity | None]:
    """The unit in brackets or behind a slash: (g), （天）, 元/斤, 单位：克."""
    inside = " ".join(_BRACKETS.findall(heading)) or heading.partition("/")[2]
    match = re.search(
        r"(?:元|¥|块)\s*/\s*(?:每)?(\d*)\s*(斤|公斤|千克|kg|两|克|g|[件箱盒瓶袋份只个包罐桶条套枚])",
        heading,
        re.I,
    )
    if match:
        return "元", Quantity(Decimal(match[1] or 1), match[2])
    word = re.search(r"个月|小时|公斤|千克|毫升|kg|ml|元|块|天|日|月|年|斤|克|两|升|g|l", inside.lower())
    return (word[0] if word else ""), None


def _match(body: str) -> tuple[str, float]:
    known = wordings()
    if body in known:
        return known[body], 1.0
    if _PROOF.search(body):
        return "certificate", 0.95
    if role := _composed(body):
        return role, 0.97
    if _REFUSES.search(body):
        return "excluded_region", 0.9
    if _BEFORE.search(body) and not _STRONG_PRICE.search(body) and "成本" not in body:
        return "list_price", 0.85
    best, score = "", 0.0
    for word, role in known.items():
        if len(word) < 2 or word not in body:
            continue
        # The noun comes last in Chinese: 商品产地 is an origin, not a name.
        worth = 0.45 + 0.4 * len(word) / len(body) + (0.1 if body.endswith(word) else 0.0)
        if worth > score:
            best, score = role, worth
    if score < 0.7:
        stem = next((role for pattern, role in _STEMS if pattern.search(body)), "") if len(body) <= 12 else ""
        if stem:
            return stem, 0.6
    return best, min(score, 0.95)


def _composed(body: str) -> str:
    """The role of a heading that is known words of one role in a row: 卖点描述."""
    known = wordings()
    for cut in range(2, len(body) - 1):
        role = known.get(body[:cut])
        if role and known.get(body[cut:]) == role:
            return role
    return ""


def is_strong_price(text: str) -> bool:
    """Whether the heading names what a viewer pays now, rather than any price."""
    return bool(_STRONG_PRICE.search(text))
