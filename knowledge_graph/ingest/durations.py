"""Shelf lives and shipping promises as merchants write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from core.text.numbers import Amount, days, find_amounts

_MODES = {
    "冷冻": re.compile(r"冷冻|零下|-\s*[12][0-9]\s*(?:℃|度|°)|冰冻|速冻|急冻"),
    "冷藏": re.compile(r"冷藏|冰箱|0\s*[-~—至到]\s*[0-9]+\s*(?:℃|度|°C)|保鲜层|鲜藏"),
    "常温": re.compile(r"常温|室温|阴凉|干燥|通风|避光"),
}
_OPENED = re.compile(
    r"(?:开封|开盖|开袋|开罐|开瓶|开箱|拆封|拆开|打开|解冻|化冻|切开|启封)(?:后|以后|之后|了)?[^,，;；。]*"
)
_LONG = re.compile(r"长期|永久|不限|越陈越|无保质期|无限期|没有保质期|长久|久存|可存放多年|不会坏")
_NONE = re.compile(r"^(?:无|没有|/|-+|—+|–+|见包装|详见包装|见瓶身|见标签|不适用)$")
_RANGE_DATE = re.compile(
    r"^\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号]?\s*$|^\s*(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}"
)


@dataclass(frozen=True, slots=True)
class ShelfLife:
    """``parts`` are (storage, days), the shortest first; ``high`` ends a range of the first.

    ``fault``: ``no_unit``, ``date`` (a spreadsheet made a date of it), ``out_of_range``, ``unreadable``.
    """

    parts: tuple[tuple[str, Decimal], ...] = ()
    high: Decimal | None = None
    fault: str = ""
    open_ended: bool = False


def modes(text: str) -> frozenset[str]:
    """The ways of storing that a text names, what holds after opening left aside."""
    plain = _OPENED.sub("", unicodedata.normalize("NFKC", text))
    return frozenset(mode for mode, pattern in _MODES.items() if pattern.search(plain))


def read_shelf_life(text: str, unit: str = "") -> ShelfLife:
    """Read a shelf life; months count 30 days, years 365. ``unit`` is what the heading states."""
    plain = unicodedata.normalize("NFKC", text).replace("\n", ",").strip()
    if _LONG.search(plain):
        return ShelfLife(open_ended=True)
    if not plain or _NONE.match(plain):
        return ShelfLife()
    if _RANGE_DATE.search(plain):
        return ShelfLife(fault="date")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        if not unit:
            return ShelfLife(fault="no_unit")
        plain += {"月": "个月", "日": "天"}.get(unit, unit)
    plain = re.sub(
        r"(?<=[0-9一二三四五六七八九十])\s*月(?!\s*[0-9]|份)", "个月", _OPENED.sub("", plain)
    ).replace("半年", "6个月")
    found = [
        a for a in find_amounts(plain) if a.kind == "time" and a.unit in ("个月", "年", "季度", "天", "周")
    ]
    if any(a.kind == "date" for a in find_amounts(plain)) and not found:
        return ShelfLife(fault="date")
    if not found:
        return ShelfLife(fault="unreadable" if re.search(r"[0-9]", plain) else "")
    return _parts(plain, found)


def _parts(text: str, found: list[Amount]) -> ShelfLife:
    parts = []
    last = 0
    for amount in found:
        before = text[last : amount.start]
        storage = next((m for m, pattern in _MODES.items() if pattern.search(before)), "")
        if not storage and last == 0:
            after = text[amount.end : amount.end + 8]
            storage = (
                next((m for m, pattern in _MODES.items() if pattern.search(after)), "")
                if len(found) == 1
                else ""
            )
        parts.append((storage, days(amount), amount))
        last = amount.end
    parts.sort(key=lambda p: p[1])
    if not 0 < parts[0][1] <= 365 * 30:
        return ShelfLife(fault="out_of_range")
    first = parts[0][2]
    high = days(first) / first.value * first.high if first.high is not None else None
    return ShelfLife(tuple((s, d) for s, d, _ in parts), high)


_COURIERS = (
    "顺丰",
    "中通",
    "圆通",
    "韵达",
    "申通",
    "邮政",
    "极兔",
    "京东",
    "德邦",
    "百世",
    "菜鸟",
    "丹鸟",
    "安能",
    "EMS",
    "壹米滴答",
    "跨越",
)
_COURIER = re.compile(
    rf"(?:{'|'.join(_COURIERS)})(?:特快|快递|物流|速运|冷链|陆运|空运|航空|标快|特惠|生鲜|大件|包裹|小包|冷运|速递|次晨|隔日)*"
)
_HOURS = re.compile(
    r"(?:(?P<low>[0-9]+|[一二三四五六七八九十两]+)\s*[-~—至到]\s*)?(?P<n>[0-9]+|[一二三四五六七八九十两]+)\s*(?:个)?\s*(?P<unit>小时|钟头|h(?![a-z])|H)"
)
_DAYS = re.compile(r"(?P<n>[0-9]+|[一二三四五六七八九十两]+)\s*(?:个)?(?:工作日|天|日)\s*(?:之)?内")
_LEAD = re.compile(
    r"(?:工期|制作|定制|现编|现做|现织|现烧|现绣|烧制|手工做|排队|预计|大概|约)?[^,，;；。]{0,8}?(?P<lead>[0-9一二两三四五六七八九十]+(?:\s*[-~—至到]\s*[0-9一二两三四五六七八九十]+)?\s*(?:天|日|周|个?工作日|个月))(?!\s*(?:之)?内)(?:左右|后)?(?:发|出|做|完|交|寄)?"
)
_WAIT = re.compile(
    r"工期|现编|现做|现绣|现织|定制|定做|接单做|下单(?:后)?(?:再)?(?:做|编|绣|织|烧|制)|制作周期"
)
_SCHEDULE = re.compile(
    r"(?:每|逢|只在|仅|周)?(?:周|星期|礼拜)[一二三四五六日天][^,，;；。]*|逢[0-9一二三四五六七八九十]、?[^,，;；。]*|每(?:天|日)?[0-9]+点[^,，;；。]*|(?:当天|当日|次日|隔天|第二天|即刻|现捞现发|当晚)[^,，;；。]*发[^,，;；。]*"
)
_DAY = re.compile(r"当天|当日|次日|隔天|第二天|当晚")
"""What says when goods are sent only where nothing else is meant: under a heading for it."""
_PRESALE = re.compile(
    r"预售|预订|预定|预购|起按|[0-9]+月[0-9]+[日号](?:左右|前后|后|起|开始|以后)?[^,，;；。]{0,8}发|[0-9]+月(?:上旬|中旬|下旬|底|初)[^,，;；。]{0,6}发"
)
_NOT_SENDING = re.compile(r"签收|收到|到货|拍照|联系|反馈|售后|退|赔|开封|开袋|浸泡|吃完|食用|泡发")


@dataclass(frozen=True, slots=True)
class Shipping:
    """``hours`` until it is sent; else a ``schedule``, a ``lead`` time or a ``presale`` text."""

    hours: Decimal | None = None
    schedule: str = ""
    lead: str = ""
    presale: str = ""
    courier: str = ""

    @property
    def says(self) -> bool:
        """Whether the text said when it is sent."""
        return bool(self.hours or self.schedule or self.lead or self.presale)


def read_shipping(text: str, column: bool = True) -> Shipping:
    """Read a shipping text. ``column``: it stands under a heading for shipping, so 48小时 alone counts."""
    plain = unicodedata.normalize("NFKC", text).replace("\n", ";")
    clauses = [c for c in re.split(r"[,，;；。!！()（）]", plain) if c.strip() and not _NOT_SENDING.search(c)]
    courier = _courier(plain, column)
    hours = next((h for c in clauses if (h := _hours(c, column)) is not None), None)
    presale = _presale(plain)
    lead = _lead(plain, clauses, column, hours)
    made_to_order = bool(_WAIT.search(plain)) and bool(lead) and "现货" not in plain
    if hours is not None and not presale and not made_to_order:
        return Shipping(hours, courier=courier)
    schedule = "" if lead or presale else _schedule(clauses, column)
    return Shipping(None, schedule, lead, presale, courier)


def _courier(text: str, column: bool) -> str:
    """The courier named; in running text only where it is said to carry (发顺丰, 顺丰发)."""
    match = _COURIER.search(text)
    if match is None or column:
        return match[0] if match else ""
    name = re.escape(match[0])
    carries = rf"(?:发|走|用|寄|快递[:：]?)[^,，;；。]{{0,3}}{name}|{name}[^,，;；。]{{0,4}}(?:发|寄)"
    return match[0] if re.search(carries, text) else ""


def _presale(text: str) -> str:
    clauses = re.split(r"[,，;；。!！]", text)
    dated = (c.strip() for c in clauses if _PRESALE.search(c) and re.search(r"发|[0-9]", c))
    return next(dated, text if "预售" in text else "")


def _lead(text: str, clauses: list[str], column: bool, hours: Decimal | None) -> str:
    """How long it is being made, where it is made to order or nothing else is promised."""
    wait = _WAIT.search(text)
    if not wait and hours is not None:
        return ""
    lead = next((c.strip() for c in clauses if _LEAD.search(c) and not _HOURS.search(c)), "")
    if lead and not wait and not (column or "发" in lead):
        return ""
    return text if wait and not lead and hours is None and column else lead


def _schedule(clauses: list[str], column: bool) -> str:
    """Fixed days of sending: 每周二、五发."""
    sending = [c.strip() for c in clauses if (column or "发" in c) and "不发" not in c and "休" not in c]
    if column and (day := next((c for c in sending if _DAY.fullmatch(c)), "")):
        return f"{day}发"
    return next((m[0].strip() for c in sending if (m := _SCHEDULE.search(c))), "")


def _hours(clause: str, column: bool) -> Decimal | None:
    for pattern, factor in ((_HOURS, 1), (_DAYS, 24)):
        match = pattern.search(clause)
        if match and (column or re.search(r"发|寄|出[库货]|揽收|走[货件]", clause)) and "不发" not in clause:
            amount = next(iter(find_amounts(match["n"] + "天")), None)
            if amount:
                return amount.value * factor
    return None
