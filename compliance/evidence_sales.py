"""Sales figures as evidence: sourced, as wide as the claim, of the period it names (广告法第十一条)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from compliance.evidence_record import SLACK, Claim, Record, day_of, entries, numbers_in, same_product

_MONTHS = {m: i for i, m in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), 1)}


def period_said(text: str, as_of: date) -> tuple[date, date] | None:
    """The period a sales claim names (2025年, 上个月, 双十一…), or None when it names none."""
    year = as_of.year
    if found := re.search("(20[0-9]{2}|二零[零一二三四五六七八九]{2})年", text):
        digits = "".join(
            str("零一二三四五六七八九".index(c)) if c in "零一二三四五六七八九" else c for c in found[1]
        )
        year = int(digits)
    elif re.search("去年", text):
        year -= 1
    named = (bool(re.search("年", text)) and year != as_of.year) or "今年" in text or bool(found)
    if re.search("双十一|双11|11\\.11", text):
        return date(year, 10, 20), date(year, 11, 20)
    if re.search("618|六一八", text):
        return date(year, 5, 20), date(year, 6, 25)
    if month := re.search("(1[0-2]|[1-9]|十[一二]|[一二三四五六七八九十])月(?!份?以?来)", text):
        if not re.search("上个?月|个月", text):
            number = _MONTHS.get(month[1]) or int(month[1])
            return _month(year if named or number <= as_of.month else year - 1, number)
    if re.search("上个?月", text):
        before = as_of.replace(day=1) - timedelta(days=1)
        return _month(before.year, before.month)
    if re.search("本月|这个月", text):
        return as_of.replace(day=1), as_of
    if re.search("上半年", text):
        return date(year, 1, 1), date(year, 6, 30)
    if re.search("下半年", text):
        return date(year, 7, 1), date(year, 12, 31)
    if quarter := re.search("([一二三四1234])季度", text):
        first = (_MONTHS.get(quarter[1]) or int(quarter[1])) * 3 - 2
        return date(year, first, 1), _month(year, first + 2)[1]
    if re.search("上周|上个?星期", text):
        monday = as_of - timedelta(days=as_of.weekday() + 7)
        return monday, monday + timedelta(days=6)
    if span := re.search("近([0-9一二三四五六七八九十]+)(天|个?月|年)", text):
        unit = {"天": 1, "年": 365}.get(span[2], 30)
        return as_of - timedelta(days=int((numbers_in(span[1]) or [1])[0]) * unit), as_of
    return (date(year, 1, 1), date(year, 12, 31)) if named else None


def _month(year: int, month: int) -> tuple[date, date]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


_SCOPES = (
    ("全球|世界|全世界", 6),
    ("全国|国内|中国|行业|业界|全网", 5),
    ("全平台|平台|类目|品类|榜|同类|商城|频道", 4),
    ("全省|省内|省", 3),
    ("全市|市内|县|镇|地区|本地|当地", 2),
    ("本店|我们店|全店|店里|店铺|店内|自家|我们家|直播间|小店", 1),
)


def _scope(text: str, default: int) -> int:
    return next((rank for pattern, rank in _SCOPES if re.search(pattern, text)), default)


def sales(claim: Claim, record: Record) -> bool:
    """Sales figures with a source, of the same product, as wide as the claim and of the period it names."""
    said = period_said(claim.text, claim.as_of)
    narrow = 1 if re.search("本店|我们店|全店|店里|店铺|店内|我们家店", claim.text) else 0
    for entry in entries(record, "sales_evidence"):
        if not same_product(claim, entry.get("product")) or not str(entry.get("source", "")).strip():
            continue
        dates = [day_of(part) for part in str(entry.get("period", "")).split("/")]
        if len(dates) != 2 or dates[0] is None or dates[1] is None or dates[0] > dates[1]:
            continue
        wide = _scope(str(entry.get("scope", "")), 0)
        if (narrow or _scope(claim.text, 1)) > wide or dates[1] > claim.as_of + SLACK:
            continue
        if _covers(dates[0], dates[1], said, claim.as_of):
            return True
    return False


def _covers(start: date, end: date, said: tuple[date, date] | None, as_of: date) -> bool:
    if said is None:
        return as_of - end <= timedelta(days=400)
    if (said[0].month == 10 and said[0].day == 20) or (said[0].month == 5 and said[0].day == 20):
        return start >= said[0] - SLACK and end <= said[1] + SLACK
    last = min(said[1], as_of)
    inside = min(end, last) - max(start, said[0])
    return inside >= (last - said[0]) * 0.85 and end - start <= (last - said[0]) * 1.3 + SLACK
