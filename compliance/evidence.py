"""What lifts a finding: a certificate, a report, a price history or sales figures that really cover it.

A record is judged on type, product, result, validity on the day and period. Unknown or late means no
(广告法第十一条、第十二条).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compliance.evidence_price import base_price, lowest_price
from compliance.evidence_record import Claim, Record, entries, kind_table, numbers_in, same_product, valid
from compliance.evidence_sales import sales


def kinds() -> frozenset[str]:
    """The names that a rule may give as its ``evidence``."""
    return frozenset(kind_table()) - {"goods"} | frozenset(_SPECIAL)


_FAILED = re.compile("不合格|不符合|不达标|超标|未通过|不通过|待检|撤销|注销|暂停|失效|驳回|阳性|^检出")


def _documented(kind: Mapping[str, Any], claim: Claim, record: Record) -> bool:
    """A certificate or report of the right type, product, result and validity."""
    wanted, refused = kind.get("type", []), kind.get("not_type", [])
    if not any(word in claim.surface for word in kind.get("claims", [""])):
        return False
    for key in kind.get("from", ["certificates", "reports"]):
        for entry in entries(record, key):
            name = str(entry.get("type", ""))
            if not any(w in name for w in wanted) or any(w in name for w in refused):
                continue
            if not str(entry.get("number", "")).strip() or not same_product(claim, entry.get("product")):
                continue
            if not valid(entry, claim.as_of) or _FAILED.search(str(entry.get("result", ""))):
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
    for entry in entries(record, "certificates"):
        approved = entry.get("approved_functions")
        if not isinstance(approved, list) or not str(entry.get("ad_approval", "") or "").strip():
            continue
        fits = "保健食品" in str(entry.get("type", "")) and same_product(claim, entry.get("product"))
        if fits and valid(entry, claim.as_of) and said <= _functions("，".join(map(str, approved))):
            return True
    return False


_SPECIAL: Mapping[str, Callable[[Claim, Record], bool]] = {
    "approved_function": _approved_function,
    "base_price": base_price,
    "lowest_price": lowest_price,
    "sales": sales,
}


def lifts(names: str, claim: Claim, record: Record | None) -> bool:
    """Whether the record proves the claim; ``names`` lists the kinds, any of which is enough (``a|b``)."""
    if not record or not names:
        return False
    return any(_lifts(name, claim, record) for name in names.split("|"))


def _lifts(name: str, claim: Claim, record: Record) -> bool:
    special = _SPECIAL.get(name)
    return special(claim, record) if special else _documented(kind_table()[name], claim, record)


_NUMBERED = re.compile("编号|证书号|证号|单号|文件号|审定号|批号|号码")
_TO_BE_SEEN = re.compile(
    "有效|到期|起止|日期|第[一二三四五六1-6]张?图|图[一二三四五六上]|详情页|背景板|扫码[^，,。]{0,2}查|官网[^，,。]{0,2}查|看得清|公示|公布"
)
_READ_OUT = re.compile(
    "(?:编号|文号|证书号|证号|审定号|号码)[是为叫]?[:： ]?[a-z0-9][a-z0-9./()\\-]{5,}[0-9a-z]"
)
_PERIOD = re.compile("[月号日]到[^，,。！？!?]{1,8}[号日]的?[^，,。！？!?]{0,2}价|截图日期")
_WITHHELD = re.compile("(?:不|没法|不便|不能|懒得)[^，,。！？!?]{0,2}(?:念|给|说|查|看|公布)|保密|别问")
_AROUND = 40


def cited(text: str, start: int, end: int) -> bool:
    """Whether a claim is said with its paper or its period: 证书编号在第四张图，到明年六月有效, 文号B-24-17.

    ``[start, end)`` is the claim. Where the record of the goods is at hand, the record decides instead.
    """
    near = text[max(0, start - _AROUND) : end + _AROUND]
    shown = _NUMBERED.search(near) and _TO_BE_SEEN.search(near)
    told = shown or _READ_OUT.search(near) or _PERIOD.search(near)
    return bool(told) and not _WITHHELD.search(near)


def missing(names: Iterable[str]) -> frozenset[str]:
    """Names among ``names`` that no kind of evidence bears."""
    return frozenset(n for name in names for n in name.split("|") if n) - kinds()
