"""Prices as evidence: was the price compared with really paid, and is today's the lowest of the period?

明码标价和禁止价格欺诈规定: the price compared with is the lowest of the seven days before a promotion.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from compliance.evidence_record import SLACK, Claim, Record, day_of, entries, numbers_in, same_product

_BASE_PRICE_DAYS = timedelta(days=7)
_PRICE_CUE = (
    "(?:原价|老价|旧价|价签上?|划线价|划(?:掉|线|了线|去)的(?:那个|那)?价钱?|平时|平常|日常价?|市场价|吊牌价|专柜价|门店价|正价|"
    "(?:原来|原先|早先|先前|之前|以前|往常|一向|前阵子?|昨天|上周|上个?月|上一?场)(?:一直|一向)?)"
)
_NOW_CUE = (
    "(?:今天|现在|直播价|直播间|活动价|到手价?|今晚|现价|眼下|如今|只要|秒杀价|这会儿|特价|优惠价|券后)"
)
_PRICE = (
    "[^，,。0-9零一二两三四五六七八九十百千]{0,6}"
    "([0-9零一二两三四五六七八九十百千.点]+(?:[块元][0-9一二三四五六七八九](?![0-9个斤十百]))?)"
)


_CUT = re.compile(
    "(?:便宜|省|降|少|立减|优惠)了?([0-9零一二两三四五六七八九十百.]+)(?:[块元]|(?=[，,。！!]|$))"
)


def _price_after(cue: str, text: str) -> float | None:
    """The first price behind the cue; what was taken off (比昨天便宜二十块) is none."""
    for found in re.finditer(cue + _PRICE, text):
        values = numbers_in(found[1])
        if values and not re.search("便宜|省|降|少|减|优惠", text[found.start() : found.start(1)]):
            return values[0]
    return None


def _price_history(claim: Claim, record: Record) -> list[tuple[float, date, date]]:
    rows: list[tuple[float, date, date]] = []
    for entry in entries(record, "price_history"):
        since, until = day_of(entry.get("from")), day_of(entry.get("to"))
        price = entry.get("price_cny")
        sold = entry.get("orders", 1)
        if since is None or until is None or not isinstance(price, (int, float)):
            continue
        if (
            isinstance(sold, (int, float))
            and sold > 0
            and same_product(claim, entry.get("product"), packed=True)
        ):
            rows.append((float(price), since, until))
    return rows


def _price_now_agrees(claim: Claim, record: Record) -> bool:
    said, real = _price_after(_NOW_CUE, claim.text), record.get("price_now_cny")
    return said is None or not isinstance(real, (int, float)) or abs(said - float(real)) < 0.005


def base_price(claim: Claim, record: Record) -> bool:
    """The price compared with was really paid in the seven days before, and today's price is the real one."""
    base = _price_after(_PRICE_CUE, claim.text)
    since = claim.as_of - _BASE_PRICE_DAYS
    recent = [
        price for price, start, end in _price_history(claim, record) if end >= since and start <= claim.as_of
    ]
    if base is None:
        now = record.get("price_now_cny")
        if not isinstance(now, (int, float)) or not recent or min(recent) <= float(now):
            return False
        return _saved_agrees(claim, min(recent), record)
    paid = any(abs(price - base) < 0.005 for price in recent)
    return paid and _price_now_agrees(claim, record) and _saved_agrees(claim, base, record)


def _saved_agrees(claim: Claim, base: float, record: Record) -> bool:
    cut, now = _CUT.search(claim.text), record.get("price_now_cny")
    saved = numbers_in(cut[1]) if cut else []
    return not saved or not isinstance(now, (int, float)) or abs(base - float(now) - saved[0]) < 0.005


_SPAN = re.compile(
    "(?:近|这|最近|过去)?([0-9一二三四五六七八九十]+)(?:天|日)|(?:近|这|过去)?([一二三四"
    "五六七八九十半0-9]+)个?月|(今年|本年|全年)|(本月|这个月)|(近?一?年)|(本周|这周|一周)"
)


def _days_claimed(text: str, as_of: date) -> int:
    if "半年" in text:
        return 182
    found = _SPAN.search(text)
    if not found:
        return 30
    if found[1]:
        return int((numbers_in(found[1]) or [30])[0])
    if found[2]:
        return 180 if found[2] == "半" else int((numbers_in(found[2]) or [1])[0] * 30)
    if found[3]:
        return (as_of - date(as_of.year, 1, 1)).days
    if found[4]:
        return as_of.day
    return 365 if found[5] else 7


def lowest_price(claim: Claim, record: Record) -> bool:
    """Today's price is not above any price of the period claimed, and the history covers the period."""
    rows, now = _price_history(claim, record), record.get("price_now_cny")
    if not rows or not isinstance(now, (int, float)) or not _said_price_is(claim, float(now)):
        return False
    since = claim.as_of - timedelta(days=_days_claimed(claim.text, claim.as_of))
    inside = [row for row in rows if row[2] >= since]
    covered = (
        min(row[1] for row in rows) <= since + SLACK
        and max(row[2] for row in rows) >= claim.as_of - _BASE_PRICE_DAYS
    )
    return covered and all(float(now) <= price for price, _, _ in inside)


def _said_price_is(claim: Claim, now: float) -> bool:
    said = re.findall("([0-9零一二两三四五六七八九十百.点]+[块元][0-9一二三四五六七八九]?)", claim.text)
    values = [v for s in said for v in numbers_in(s.rstrip("块元") if s[-1] in "块元" else s)]
    return not values or any(abs(v - now) < 0.005 for v in values)
