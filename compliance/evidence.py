"""What lifts a finding: a certificate, a report, a price history or sales figures that really cover it.

A record is judged on type, product, result, validity on the day and period. Unknown or late means no
(广告法第十一条、第十二条; 明码标价和禁止价格欺诈规定 for the seven days before a promotion).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import cn2an

from compliance.rulebook import folder

Record = Mapping[str, Any]
_SLACK = timedelta(days=3)
_BASE_PRICE_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said: the folded text, the words that match, and the day it is said."""

    text: str
    surface: str
    as_of: date


@cache
def _kinds() -> Mapping[str, Mapping[str, Any]]:
    kinds: Mapping[str, Mapping[str, Any]] = tomllib.loads(
        (folder() / "evidence.toml").read_text(encoding="utf-8")
    )
    return kinds


def kinds() -> frozenset[str]:
    """The names that a rule may give as its ``evidence``."""
    return frozenset(_kinds()) - {"goods"} | frozenset(_SPECIAL)


def day(value: object) -> date | None:
    """A date of a record, or None where it cannot be read."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


@cache
def _goods() -> tuple[tuple[str, str], ...]:
    pairs = [(word, family[0]) for family in map(str.split, _kinds()["goods"]["families"]) for word in family]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))


def goods_in(text: str) -> frozenset[str]:
    """The kinds of goods a text names, as the first word of their family."""
    found: set[str] = set()
    for word, family in _goods():
        if word in text:
            found.add(family)
            text = text.replace(word, "　")
    return frozenset(found)


def same_product(text: str, product: object) -> bool:
    """Whether a record's product may be the one spoken of: nothing in the text contradicts it."""
    if not isinstance(product, str) or not product:
        return True
    spoken, recorded = goods_in(text), goods_in(product)
    return not spoken or not recorded or bool(spoken & recorded)


def _entries(record: Record, key: str) -> list[Mapping[str, Any]]:
    value = record.get(key)
    return [x for x in value if isinstance(x, Mapping)] if isinstance(value, list) else []


def _valid(entry: Mapping[str, Any], as_of: date) -> bool:
    issued, until = day(entry.get("issued")), day(entry.get("valid_until"))
    if entry.get("issued") and (issued is None or issued > as_of):
        return False
    if entry.get("valid_until"):
        return until is not None and until >= as_of
    return issued is not None and as_of - issued <= timedelta(days=365)


_FAILED = re.compile("不合格|不符合|不达标|超标|未通过|不通过|待检|撤销|注销|暂停|失效|驳回|阳性|^检出")


def _documented(kind: Mapping[str, Any], claim: Claim, record: Record) -> bool:
    """A certificate or report of the right type, product, result and validity."""
    wanted, refused = kind.get("type", []), kind.get("not_type", [])
    for key in kind.get("from", ["certificates", "reports"]):
        for entry in _entries(record, key):
            name = str(entry.get("type", ""))
            if not any(w in name for w in wanted) or any(w in name for w in refused):
                continue
            if not str(entry.get("number", "")).strip() or not same_product(claim.text, entry.get("product")):
                continue
            if not _valid(entry, claim.as_of) or _FAILED.search(str(entry.get("result", ""))):
                continue
            if kind.get("clean") and not _clean(entry):
                continue
            if _numbers_agree(kind, claim, entry) and _named_numbers_agree(claim, entry):
                return True
    return False


def _clean(entry: Mapping[str, Any]) -> bool:
    """Whether a report found nothing: no item with a value, no item counted as found."""
    items = entry.get("items")
    if not isinstance(items, Mapping):
        return True
    for name, value in items.items():
        if name == "检出项":
            if str(value) not in ("0", "0项", "无"):
                return False
        elif name != "检测项" and _FAILED.search(str(value)):
            return False
    return True


_NUMBER = re.compile("[0-9]+(?:\\.[0-9]+)?|[零一二两三四五六七八九十百千点]+")


def numbers_in(text: str) -> list[float]:
    """The numbers in a text, in figures or in Chinese, with 块 and 毛 read as prices (39块9)."""
    text = re.sub("([0-9]+)[块元]([0-9])(?![0-9个斤只])", r"\1.\2", text)
    text = re.sub(
        "([一二三四五六七八九十百千]+)[块元]([一二三四五六七八九])(?![个斤只十百])", r"\1点\2", text
    )
    found: list[float] = []
    for match in _NUMBER.finditer(text):
        try:
            found.append(float(cn2an.cn2an(match[0].replace("两", "二").strip("点"), "smart")))
        except ValueError:
            continue
    return found


def _numbers_agree(kind: Mapping[str, Any], claim: Claim, entry: Mapping[str, Any]) -> bool:
    """Where the claim states the measured quantity (硒含量…), the report must state the same number."""
    item = kind.get("quantity")
    items = entry.get("items")
    if not item or not isinstance(items, Mapping):
        return True
    said = re.search(f"{item}[^，,。]{{0,10}}?(?:[微毫]克|mg|μg|ug)", claim.text)
    reported = [n for name, value in items.items() if item in str(name) for n in numbers_in(str(value))]
    if not said or not reported:
        return True
    return any(abs(a - b) < 1e-9 for a in numbers_in(said[0]) for b in reported)


_SERIAL = re.compile("[a-z0-9][a-z0-9./()\\-]{6,}[a-z0-9]")


def _named_numbers_agree(claim: Claim, entry: Mapping[str, Any]) -> bool:
    """A certificate number read out must be the record's own."""
    serial = re.sub("[^a-z0-9]", "", str(entry.get("number", "")).lower())
    said = [re.sub("[^a-z0-9]", "", s) for s in _SERIAL.findall(claim.text)]
    said = [s for s in said if sum(c.isdigit() for c in s) >= 5]
    return not said or not serial or any(s in serial or serial in s for s in said)


_FUNCTIONS = tuple(
    tuple(row.split())
    for row in (
        "免疫 抵抗力",
        "睡眠 助眠 安睡",
        "通便 润肠 肠道 便秘",
        "血脂",
        "血糖",
        "血压",
        "记忆 健脑",
        "疲劳 抗疲劳 精力",
        "抗氧化 氧化",
        "咽喉 清咽 嗓子",
        "骨密度 补钙 骨",
        "缺铁 贫血 补铁",
        "消化 胃",
        "减肥 体内脂肪 瘦",
        "皮肤水分 水分",
        "视力 视觉 眼",
        "缺氧",
        "胃黏膜 胃粘膜",
        "化学性肝 肝",
        "黄褐斑 斑",
        "排铅",
        "泌乳",
        "生长发育 长高",
        "菌群",
        "祛痤疮 痤疮",
    )
)


def _functions(text: str) -> frozenset[int]:
    return frozenset(i for i, words in enumerate(_FUNCTIONS) if any(w in text for w in words))


_CURE = re.compile("治|疗|痊愈|根除|断根|降|保证|百分百|一定|见效|药|代替|替代|停")


def _approved_function(claim: Claim, record: Record) -> bool:
    """A health food says only the function on its certificate, with its advertising approval."""
    said = _functions(claim.surface)
    if not said or _CURE.search(claim.surface):
        return False
    for entry in _entries(record, "certificates"):
        approved = entry.get("approved_functions")
        if not isinstance(approved, list) or not str(entry.get("ad_approval", "") or "").strip():
            continue
        fits = "保健食品" in str(entry.get("type", "")) and same_product(claim.text, entry.get("product"))
        if fits and _valid(entry, claim.as_of) and said <= _functions("，".join(map(str, approved))):
            return True
    return False


_PRICE_CUE = (
    "(?:原价|划线价|平时|平常|之前|以前|日常价?|往常|昨天|上周|上个?月|市场价|吊牌价|专柜价|门店价|正价)"
)
_NOW_CUE = "(?:今天|现在|直播价|直播间|活动价|到手价?|今晚|现价|只要|秒杀价|这会儿|特价|优惠价|券后)"
_PRICE = (
    "[^，,。0-9零一二两三四五六七八九十百千]{0,6}"
    "([0-9零一二两三四五六七八九十百千.点]+(?:[块元][0-9一二三四五六七八九](?![0-9个斤十百]))?)"
)


def _price_after(cue: str, text: str) -> float | None:
    found = re.search(cue + _PRICE, text)
    values = numbers_in(found[1]) if found else []
    return values[0] if values else None


def _price_history(claim: Claim, record: Record) -> list[tuple[float, date, date]]:
    rows: list[tuple[float, date, date]] = []
    for entry in _entries(record, "price_history"):
        since, until = day(entry.get("from")), day(entry.get("to"))
        price = entry.get("price_cny")
        sold = entry.get("orders", 1)
        if since is None or until is None or not isinstance(price, (int, float)):
            continue
        if isinstance(sold, (int, float)) and sold > 0 and same_product(claim.text, entry.get("product")):
            rows.append((float(price), since, until))
    return rows


def _price_now_agrees(claim: Claim, record: Record) -> bool:
    said, real = _price_after(_NOW_CUE, claim.text), record.get("price_now_cny")
    return said is None or not isinstance(real, (int, float)) or abs(said - float(real)) < 0.005


def _base_price(claim: Claim, record: Record) -> bool:
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
        cut = re.search("(?:便宜|省|降|少|立减|优惠)了?([0-9零一二两三四五六七八九十百.]+)[块元]", claim.text)
        saved = numbers_in(cut[1]) if cut else []
        return not saved or abs(min(recent) - float(now) - saved[0]) < 0.005
    return any(abs(price - base) < 0.005 for price in recent) and _price_now_agrees(claim, record)


_SPAN = re.compile(
    "(?:近|这|最近|过去)?([0-9一二三四五六七八九十]+)(?:天|日)|(?:近|这|过去)?([一二三四"
    "五六七八九十半0-9]+)个?月|(今年|本年|全年)|(本月|这个月)|(近?一?年)|(本周|这周|一周)"
)


def _days_claimed(text: str, as_of: date) -> int:
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


def _lowest_price(claim: Claim, record: Record) -> bool:
    """Today's price is not above any price of the period claimed, and the history covers the period."""
    rows, now = _price_history(claim, record), record.get("price_now_cny")
    if not rows or not isinstance(now, (int, float)) or not _said_price_is(claim, float(now)):
        return False
    since = claim.as_of - timedelta(days=_days_claimed(claim.text, claim.as_of))
    inside = [row for row in rows if row[2] >= since]
    covered = (
        min(row[1] for row in rows) <= since + _SLACK
        and max(row[2] for row in rows) >= claim.as_of - _BASE_PRICE_DAYS
    )
    return covered and all(float(now) <= price for price, _, _ in inside)


def _said_price_is(claim: Claim, now: float) -> bool:
    said = re.findall("([0-9零一二两三四五六七八九十百.点]+[块元][0-9一二三四五六七八九]?)", claim.text)
    values = [v for s in said for v in numbers_in(s.rstrip("块元") if s[-1] in "块元" else s)]
    return not values or any(abs(v - now) < 0.005 for v in values)


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


def _sales(claim: Claim, record: Record) -> bool:
    """Sales figures with a source, of the same product, as wide as the claim and of the period it names."""
    said = period_said(claim.text, claim.as_of)
    narrow = 1 if re.search("本店|我们店|全店|店里|店铺|店内|我们家店", claim.text) else 0
    for entry in _entries(record, "sales_evidence"):
        if not same_product(claim.text, entry.get("product")) or not str(entry.get("source", "")).strip():
            continue
        dates = [day(part) for part in str(entry.get("period", "")).split("/")]
        if len(dates) != 2 or dates[0] is None or dates[1] is None or dates[0] > dates[1]:
            continue
        wide = _scope(str(entry.get("scope", "")), 0)
        if (narrow or _scope(claim.text, 1)) > wide or dates[1] > claim.as_of + _SLACK:
            continue
        if _covers(dates[0], dates[1], said, claim.as_of):
            return True
    return False


def _covers(start: date, end: date, said: tuple[date, date] | None, as_of: date) -> bool:
    if said is None:
        return as_of - end <= timedelta(days=400)
    if (said[0].month == 10 and said[0].day == 20) or (said[0].month == 5 and said[0].day == 20):
        return start >= said[0] - _SLACK and end <= said[1] + _SLACK
    last = min(said[1], as_of)
    inside = min(end, last) - max(start, said[0])
    return inside >= (last - said[0]) * 0.85 and end - start <= (last - said[0]) * 1.3 + _SLACK


_SPECIAL: Mapping[str, Callable[[Claim, Record], bool]] = {
    "approved_function": _approved_function,
    "base_price": _base_price,
    "lowest_price": _lowest_price,
    "sales": _sales,
}


def lifts(names: str, claim: Claim, record: Record | None) -> bool:
    """Whether the record proves the claim; ``names`` lists the kinds, any of which is enough (``a|b``)."""
    if not record or not names:
        return False
    return any(_lifts(name, claim, record) for name in names.split("|"))


def _lifts(name: str, claim: Claim, record: Record) -> bool:
    special = _SPECIAL.get(name)
    return special(claim, record) if special else _documented(_kinds()[name], claim, record)


def missing(names: Iterable[str]) -> frozenset[str]:
    """Names among ``names`` that no kind of evidence bears."""
    return frozenset(n for name in names for n in name.split("|") if n) - kinds()
