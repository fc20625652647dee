"""Numbers that belong to people: phones, identity cards and bank cards, in figures and in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

PersonalType = Literal["phone", "id_card", "bank_card", "wechat", "qq", "address", "plate", "email"]


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """A stretch of personal data: ``text[start:end]`` of the input."""

    start: int
    end: int
    type: PersonalType


_DIGITS = {
    **{c: str(i) for i, c in enumerate("零一二三四五六七八九")},
    **{c: str(i) for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{
        "幺": "1",
        "妖": "1",
        "腰": "1",
        "吆": "1",
        "么": "1",
        "两": "2",
        "俩": "2",
        "貳": "2",
        "參": "3",
        "陸": "6",
        "洞": "0",
        "拐": "7",
        "勾": "9",
        "○": "0",
        "兩": "2",
        "叄": "3",
        "弍": "2",
        "弎": "3",
        "弌": "1",
    },
}
LOOSE = {
    **dict.fromkeys("灵凌铃林OoQ", "0"),
    **dict.fromkeys("依衣医易伊壱lI|i丨", "1"),
    **dict.fromkeys("尔儿而耳贰Zz", "2"),
    **dict.fromkeys("伞散山仨叁", "3"),
    **dict.fromkeys("斯司似死寺肆泗", "4"),
    **dict.fromkeys("吴舞午武无伍S", "5"),
    **dict.fromkeys("溜刘柳流留陆b", "6"),
    **dict.fromkeys("妻齐气期起柒漆", "7"),
    **dict.fromkeys("吧巴爸叭芭扒捌B", "8"),
    **dict.fromkeys("酒久就旧玖韭g", "9"),
}
GAP = (
    " \t\u3000-－—–_·・.．。,，、/／*＊~～+:：;；|•…()（）[]【】\"'“”"
    "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff丶"
)
_FILLERS = (
    "然后是",
    "后面是",
    "后边是",
    "中间是",
    "前面是",
    "接着是",
    "前面",
    "前边",
    "中间",
    "后面",
    "后边",
    "后头",
    "中头",
    "前头",
    "最后",
    "然后",
    "接着",
    "再",
    "尾号",
    "横杠",
    "减号",
    "杠",
)
_LINKS = ("是", "为", "接", "加", "跟")
"""What may stand between a filler and its figures: 后头是七七八八."""
_MANY = {"两": 2, "二": 2, "2": 2, "俩": 2, "三": 3, "3": 3, "仨": 3, "四": 4, "4": 4, "五": 5, "5": 5}


@cache
def digit_of(character: str) -> str:
    """The figure a character stands for, or an empty string."""
    if character in _DIGITS:
        return _DIGITS[character]
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    folded = unicodedata.normalize("NFKC", character).strip("().")
    return folded if len(folded) == 1 and folded.isdigit() and folded.isascii() else _DIGITS.get(folded, "")


_SPELLED = {
    **{w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine".split())},
    **{w: str(i) for i, w in enumerate("ling yi er san si wu liu qi ba jiu".split())},
    **{"oh": "0", "dong": "0", "yao": "1", "liang": "2", "guai": "7", "gou": "9"},
}
_SPELLED_WORD = re.compile(
    f"(?<![a-z])(?:{'|'.join(sorted(_SPELLED, key=len, reverse=True))})(?![a-z])", re.I
)
_SPELLED_FIRST = frozenset(c for w in _SPELLED for c in (w[0], w[0].upper()))


def _spelled(text: str, i: int) -> str:
    """The English or pinyin number word at ``i``; empty where there is none."""
    found = _SPELLED_WORD.match(text, i)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """Figures that belong together: their values, and the span and group of each in the text."""

    figures: str
    at: tuple[tuple[int, int], ...]
    group: tuple[int, ...]
    loose: int
    glued: tuple[bool, bool]

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.at[first][0], self.at[last - 1][1]


_LETTER_LOOSE = frozenset("OoQlI|iZzSbBg丨")
_LETTERS = _LETTER_LOOSE | _SPELLED_FIRST


def _runs(text: str) -> Iterator[_Run]:
    """The runs of at least five figures, strict figures joined by gaps, fillers and sparse sound-alikes."""
    i, n = 0, len(text)
    while i < n:
        if digit_of(character := text[i]) or (character in _LETTERS and _lettered(text, i)):
            run, i = run_from(text, i)
            if len(run.figures) >= 5:
                yield run
        else:
            i += 1


def _lettered(text: str, i: int) -> bool:
    """Whether a number word begins here, or a letter that looks like a figure (O138…, not the l of call)."""
    if _spelled(text, i):
        return True
    if text[i] not in _LETTER_LOOSE or i + 1 == len(text) or not digit_of(text[i + 1]):
        return False
    return i == 0 or not (text[i - 1].isascii() and text[i - 1].isalpha())


def run_from(text: str, i: int) -> tuple[_Run, int]:
    """The run of figures that begins at ``i``, and where it ends."""
    figures: list[str] = []
    at: list[tuple[int, int]] = []
    group: list[int] = []
    loose = part = 0
    start, n, end = i, len(text), i
    while i < n:
        character = text[i]
        value = digit_of(character)
        if (
            value
            and i + 2 < n
            and text[i + 1] == "个"
            and (many := _MANY.get(character))
            and (repeated := digit_of(text[i + 2]))
        ):
            figures += [repeated] * many
            at += [(i, i + 3)] * many
            group += [part] * many
            i = end = i + 3
            continue
        if not value and character in _SPELLED_FIRST and (word := _spelled(text, i)):
            figures.append(_SPELLED[word.lower()])
            at.append((i, i + len(word)))
            group.append(part)
            i = end = i + len(word)
            continue
        if not value and character in LOOSE and _loose_here(text, i, len(figures)):
            value, loose = LOOSE[character], loose + 1
        if value:
            figures.append(value)
            at.append((i, i + 1))
            group.append(part)
            i = end = i + 1
            continue
        step = _gap(text, i)
        if not step:
            break
        part += 1
        i += step
    glued = (
        start > 0 and text[start - 1].isascii() and text[start - 1].isalpha(),
        end < n and text[end].isascii() and text[end].isalpha(),
    )
    return _Run("".join(figures), tuple(at), tuple(group), loose, glued), max(end, start + 1)


def _loose_here(text: str, i: int, size: int) -> bool:
    """A sound-alike counts as a figure only among figures: two of the four nearest are real ones.

    After eleven figures (``size``) a number is whole: the 就 of 13800138000就行 belongs to no phone.
    """
    if size >= 11 and not any(digit_of(c) for c in text[i + 1 : i + 3]):
        return False
    near = text[max(0, i - 2) : i] + text[i + 1 : i + 3]
    return sum(bool(digit_of(c)) for c in near) >= 2


def _gap(text: str, i: int) -> int:
    """Length of the gap or filler at ``i`` that may stand between figures; 0 when the run ends here."""
    if text.startswith("****", i):
        return 0
    start = i
    while i < len(text) and i - start < 4 and text[i] in GAP:
        i += 1
    for filler in _FILLERS:
        if text.startswith(filler, i):
            i += len(filler)
            if text.startswith(_LINKS, i):
                i += 1
            while i < len(text) and i - start < 8 and text[i] in GAP:
                i += 1
            break
    more = i < len(text) and (digit_of(text[i]) or text[i] in LOOSE or _spelled(text, i))
    return i - start if more else 0


_OTHER_NUMBER = re.compile(
    "(?:订单|单号|快递|运单|物流|批次|批号|条码|条形码|溯源|追溯|许可证|专利|编号|编码|券"
    "码|兑换码|优惠码|型号|标准|直播间号|房间号|货号|证书|登记号|备案|商品码|店铺号|店铺I"
    "D|ID|id|浏览量|粉丝|流水号|交易号|验证码|取件码|序列号|包裹|合同|发票号|税号|信用代"
    "码|号链接|链接|取货码|防伪码|生产日期|保质期|车间|期号|彩票|主播号|抖音号|快手号|ISB"
    "N|SC|GB/?T|ZL|QS|SF|YT|JD|JT|ZTO|EMS)(?P<gap>[^，。,]{0,6})$"
)
_PASSED_ON = re.compile("[发打到给寄留填写改换喊叫找转拨让联]")
"""A number somebody is to call or be reached at, whatever stands before: 取货码发138…."""
_PHONE_WORD = re.compile("(?:电话|手机|打给|拨|致电|号码|联系|call|tel|呼|短信)[^。]{0,8}$", re.I)
_CARD_WORD = re.compile(
    "卡号|银行|信用卡|储蓄卡|[建工农中招]行|邮政储蓄|信用社|打到|打卡|转[到账给]|汇|收款|"
    "打款|打钱|红包到|存到|卡[里上]|账[号户]|张卡|的卡|卡"
)
_ID_WORD = re.compile("身份证|证件|实名|证号|的证|户口|有效证")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_LANDLINE = re.compile("0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}")
_ID_BODY = re.compile(
    "[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)


def id_checksum(body: str) -> str:
    """The check character of an identity number's first 17 figures (GB 11643, MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def luhn(figures: str) -> bool:
    """Whether the figures pass the Luhn check of bank cards."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(figures)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _windows(run: _Run, sizes: range) -> Iterator[tuple[int, int]]:
    """Stretches of whole groups that have one of the sizes, longest first from each group's start."""
    starts = [0] + [i for i in range(1, len(run.group)) if run.group[i] != run.group[i - 1]]
    edges = frozenset([*starts, len(run.group)])
    for start in starts:
        for size in reversed(sizes):
            if start + size in edges:
                yield start, start + size


def _in_run(text: str, run: _Run) -> Iterator[PersonalSpan]:
    """The numbers in one run of figures, none overlapping."""
    taken = 0
    for first, last in _all_windows(run):
        if first < taken:
            continue
        span = _number(text, run, first, last)
        if span:
            taken = last
            yield span


def _all_windows(run: _Run) -> list[tuple[int, int]]:
    found = set(_windows(run, range(10, 20)))
    return sorted(found, key=lambda w: (w[0], -w[1]))


def _number(text: str, run: _Run, first: int, last: int) -> PersonalSpan | None:
    figures = run.figures[first:last]
    start, end = run.span(first, last)
    before = text[max(0, start - 14) : start]
    after = text[end : end + 12]
    whole = first == 0 and last == len(run.figures)
    size = len(figures)
    if size in (17, 18):
        tail = re.match("[\\s\\-·.]?[xXＸ]", after)
        if size == 17 and tail:
            figures, end = figures + "X", end + tail.end()
        if len(figures) == 18 and _is_id(figures, before, text[end : end + 12]):
            return PersonalSpan(start, end, "id_card")
    if 16 <= size <= 19 and _is_card(figures, before, after, whole):
        return PersonalSpan(start, end, "bank_card")
    phone = figures
    for prefix in ("0086", "86"):
        if figures.startswith(prefix) and len(figures) == 11 + len(prefix):
            phone = figures.removeprefix(prefix)
    if not _is_phone(phone, run, (first, last), before):
        return None
    if phone != figures:
        while start > 0 and text[start - 1] in "+＋➕":
            start -= 1
    return PersonalSpan(start, end, "phone")


def _is_id(figures: str, before: str, after: str) -> bool:
    if not _ID_BODY.fullmatch(figures):
        return False
    context = bool(_ID_WORD.search(before) or _ID_WORD.search(after))
    return id_checksum(figures[:17]) == figures[17] or context


def _is_card(figures: str, before: str, after: str, whole: bool) -> bool:
    if _OTHER_NUMBER.search(before) and not _CARD_WORD.search(before[-8:]):
        return False
    context = bool(_CARD_WORD.search(before) or _CARD_WORD.search(after))
    if figures.startswith("62") and (luhn(figures) or context):
        return True
    return whole and context and figures[0] in "34569" and (luhn(figures) or "卡" in before)


def _is_phone(figures: str, run: _Run, window: tuple[int, int], before: str) -> bool:
    first, last = window
    other = _OTHER_NUMBER.search(before)
    if other and not _PASSED_ON.search(other["gap"]) and not _PHONE_WORD.search(before):
        return False
    if any(run.glued) and run.glued[0] and first == 0 and not _PHONE_WORD.search(before):
        if not re.search("[a-zA-Z]*(?:tel|call|phone|dd)$", before, re.I) and run.group[-1] == 0:
            return False
    if _MOBILE.fullmatch(figures):
        groups = run.group[first:last]
        sizes = [groups.count(g) for g in dict.fromkeys(groups)]
        whole = first == 0 and last == len(run.figures)
        return whole or len(sizes) <= 4 or all(s == 1 for s in sizes)
    return bool(_LANDLINE.fullmatch(figures)) and 10 <= len(figures) <= 12 and first == 0


_PERMIT = re.compile(
    "(?:护照|通行证|回乡证|台胞证|passport)[^a-zA-Z0-9，。,]{0,8}(?P<id>[a-zA-Z]{1,2}[0-9]{7,9})(?![0-9a-zA-Z])",
    re.I,
)
"""Passports and travel permits; a letter and figures mean nothing without the word."""


def find_numbers(text: str) -> Iterator[PersonalSpan]:
    """Phones, identity papers and bank cards in the text."""
    for found in _PERMIT.finditer(text):
        yield PersonalSpan(*found.span("id"), "id_card")
    for run in _runs(text):
        if len(run.figures) >= 10:
            yield from _in_run(text, run)
