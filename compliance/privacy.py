"""Personal data out of sight before screen, model, log and storage (个人信息保护法 art. 25, 28, 51).

Phones in every spoken and evasive form, identity cards (GB 11643 checksum), bank cards (Luhn), WeChat and
QQ ids, addresses, plates, e-mail. Order numbers, prices, dates and a product's origin stay. Every search
takes linear time. Offsets are code points into the input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compliance.privacy_numbers import (
    GAP,
    LOOSE,
    PersonalSpan,
    PersonalType,
    digit_of,
    find_numbers,
    id_checksum,
    luhn,
    run_from,
)

__all__ = ["Masked", "PersonalSpan", "PersonalType", "find", "hide", "id_checksum", "luhn", "mask"]


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with personal data masked, and where it was in the input."""

    text: str
    spans: tuple[PersonalSpan, ...]


_WECHAT_WORD = (
    "(?:微\\s?信|薇信|威信|徽信|维信|微芯|薇芯|v信|V信|v❤️?|V❤️?|v芯|微❤️?|薇❤️?|vx|VX|Vx|v"
    "\\s?x|V\\s?X|wx|WX|w\\s?x|W\\s?X|weixin|WeChat|wechat|绿泡泡|绿泡|卫星号?|"
    "[➕+＋加]\\s?个?(?:我|俺)?的?\\s?(?:[vV](?![a-zA-Z])|[薇微威](?![火波]))|(?<![a-zA-Z0-9])[vV薇](?=[:：是号\\s]))"
)
_WECHAT = re.compile(
    _WECHAT_WORD
    + "[^a-zA-Z0-9，。！？\n]{0,8}?(?:[，,]\\s?[^a-zA-Z0-9，。！？\n]{0,6})?"
    + "(?P<id>[a-zA-Z][a-zA-Z0-9_\\-]{5,24}|[a-zA-Z](?:[\\s·.]{1,2}[a-zA-Z0-9_\\-]){5,24})"
    + "(?![a-zA-Z0-9_\\-]|@)"
)
_WECHAT_ODD = re.compile(
    _WECHAT_WORD
    + "[^a-zA-Z0-9，。！？\n]{0,6}?"
    + "(?P<id>[a-zA-Z]+(?:下划线|杠|减号|横杠|[a-zA-Z0-9_\\-零一二三四五六七八九幺〇○\\s]){4,30})"
)
_ADD_ME = re.compile(
    "(?:加我|加一下|加俺|找我|搜我?|私我)[^a-zA-Z0-9，。！？\n]{0,4}(?P<id>[a-zA-Z][a-zA-"
    "Z0-9]*[_\\-][a-zA-Z0-9_\\-]{2,18}|[a-zA-Z]{3,}[0-9]{2,}[a-zA-Z0-9_]*)(?![a-zA-Z0-9_"
    "\\-]|@)"
)
_WECHAT_NUMBER = re.compile(
    _WECHAT_WORD + "\\s?(?:号码?|id|ID)?\\s?[是为:：]{0,2}\\s?(?P<id>[0-9]{6,11})(?![0-9元块个])"
)
_QQ_WORD = (
    "(?:[qQ]\\s?[qQ]|ｑｑ|ＱＱ|扣扣|叩叩|抠抠|企鹅|球球|秋秋|蔻蔻|🐧"
    "|扣(?=\\s?[0-9]{6})|(?<![a-zA-Z])[qQ](?=[\\s号:：群是]))"
)
_QQ = re.compile(
    _QQ_WORD
    + "\\s?(?:号码?|群号?|账号)?[^0-9０-９a-zA-Z，。！？\n零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{0,5}"
)


def _wechat(text: str) -> Iterator[PersonalSpan]:
    for pattern in (_WECHAT, _WECHAT_ODD, _ADD_ME, _WECHAT_NUMBER):
        for found in pattern.finditer(text):
            start, end = found.span("id")
            while end > start and text[end - 1].isspace():
                end -= 1
            name = re.sub("[\\s·.]", "", text[start:end])
            if re.search("[0-9_\\-零一二三四五六七八九]", name) or len(name) >= 6:
                yield PersonalSpan(start, end, "wechat")


def _qq(text: str) -> Iterator[PersonalSpan]:
    for found in _QQ.finditer(text):
        run, end = (
            run_from(text, found.end())
            if found.end() < len(text) and digit_of(text[found.end()])
            else (None, 0)
        )
        if run and 5 <= len(run.figures) <= 11 and run.figures[0] != "0" and not run.glued[1]:
            yield PersonalSpan(found.end(), end, "qq")


_NUM = "[0-9０-９零〇一二两三四五六七八九十百千幺]"
_ADDRESS_LEVEL = (
    "(?:省|自治区|自治州|地区|州|盟|市|区|县|旗|街道办?|镇|乡|村|社区|屯|寨|庄|坊|"
    "大道|大街|路|街|巷|弄|胡同|里|道|湾|坝|坪|组|队|苑|小区|花园|公寓|新村|家园|大厦|广场|城|院)"
)
_ADDRESS_UNIT = (
    f"(?:附?(?:第)?[a-zA-Z]?{_NUM}{{1,6}}(?:[-－—][0-9]{{1,5}}){{0,2}}"
    "(?:号楼|号院|号附?|弄|巷|组|栋|幢|座|单元|楼|层|室|房|门|户|队|社|院)|[a-zA-Z甲乙丙丁东西南北][栋座幢区])"
)
_LEVEL = re.compile(_ADDRESS_LEVEL)
_LEAD = re.compile(
    "^.*(?:地址|住址|改成|改为|换成|填的?|写的?|写成|我家在|家在|住在|人在|就在|寄到|寄往"
    "|寄去|寄给|发到|发往|发去|送到|送去|送往|放到|放在|邮到|快递到|运到|收货|收件|我住|"
    "住|我在|到|在|是|：|:|给|叫|寄|发|麻烦|帮忙)"
)
_BIG = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖"
    "北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港"
    "|澳门"
)


_UNIT = re.compile(_ADDRESS_UNIT + "(?!链接|线|款|车厢)(?:[0-9０-９]{2,5}(?:室|房|号)?(?![0-9]))?")
_PLAIN_GAP = re.compile("[\u4e00-\u9fa5]{0,8}")
_NOT_HAN = re.compile("[^\u4e00-\u9fa5]")
_TAIL = re.compile(
    "[\u4e00-\u9fa5]{0,4}?(?:[0-9０-９]{3,4}|[零〇一二三四五六七八九]{3,4})(?:室|房)?(?![0-9０-９零一二三四五六七八九十元块斤个])"
)


def _unit_chains(text: str) -> Iterator[tuple[int, int, int]]:
    """House numbers that follow each other (7号楼2单元501): start, end and how many."""
    start = end = count = 0
    for found in _UNIT.finditer(text):
        if count and _PLAIN_GAP.fullmatch(text[end : found.start()][:9]):
            end, count = found.end(), count + 1
            continue
        if count:
            yield start, end, count
        start, end, count = found.start(), found.end(), 1
    if count:
        yield start, end, count


def _levels(window: str) -> list[int]:
    """Where the levels of an address (省, 市, 区, 路 …) end; a level needs a name before it."""
    ends: list[int] = []
    at = 0
    for found in _LEVEL.finditer(window):
        if found.start() > at and found.start() - at <= 10:
            ends.append(found.end())
        elif found.start() > at:
            ends = [found.end()]
        at = found.end()
    return ends


def _address(text: str) -> Iterator[PersonalSpan]:
    for start, end, units in _unit_chains(text):
        low = max(0, start - 44)
        breaks = [m.end() for m in _NOT_HAN.finditer(text, low, start)]
        low = breaks[-1] if breaks else low
        window = text[low:start]
        lead = _LEAD.match(window[:14])
        if lead:
            rest = window[lead.end() :]
            if _LEVEL.search(rest):
                low, window = low + lead.end(), rest
        big = _BIG.search(window[:8])
        if big:
            low, window = low + big.start(), window[big.start() :]
        levels = _levels(window)
        if not levels or len(window) - levels[-1] > 8:
            continue
        # A street or an estate alone is an address where house, stair and room follow it.
        street = len(levels) == 1 and units >= (2 if lead else 3)
        if street or len(levels) >= 3 or (len(levels) == 2 and units >= 2):
            tail = _TAIL.match(text, end)
            first = max(0, levels[0] - 10)
            yield PersonalSpan(low + first, tail.end() if tail else end, "address")


_PLATE = re.compile(
    "(?<![\u4e00-\u9fa5a-zA-Z0-9](?=[使领]))(?P<place>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂"
    "桂甘晋蒙陕吉闽贵粤青藏川宁琼使领])"
    "\\s?(?P<city>[A-HJ-NP-Za-hj-np-zＡ-Ｚ])[\\s·.•\\-—]?"
    "(?P<tail>(?:[A-HJ-NP-Za-hj-np-z0-9０-９幺零一二三四五六七八九拐洞]\\s?){4,5}[A-HJ-NP"
    "-Za-hj-np-z0-9０-９幺零一二三四五六七八九拐洞学警挂港澳])(?![a-zA-Z0-9０-９])"
)
_EMAIL = re.compile(
    "(?<![\\w.*+\\-])[a-zA-Z0-9](?:[a-zA-Z0-9._+\\-]|[点杠](?=[a-zA-Z0-9])|(?:下划线|横杠)){0,63}\\s?(?:@|＠|#at#|\\(at\\)|\\[at\\]"
    "|[#＃](?=\\s?[a-z0-9\\-]{2,40}\\.(?:com|cn|net|org|edu))|\\bat\\b|艾特|爱特|圈a|小老鼠)\\s?[a-zA-Z0-9][a-zA-Z0-9\\-]{0,40}"
    "(?:\\s?(?:\\.|。|点|dot|．)\\s?[a-zA-Z]{2,12}){1,3}",
    re.I | re.A,
)


def _plates(text: str) -> Iterator[PersonalSpan]:
    for found in _PLATE.finditer(text):
        if sum(bool(digit_of(c)) for c in found["tail"]) >= 2:
            yield PersonalSpan(*found.span(), "plate")


def _emails(text: str) -> Iterator[PersonalSpan]:
    for found in _EMAIL.finditer(text):
        yield PersonalSpan(*found.span(), "email")


def find(text: str) -> tuple[PersonalSpan, ...]:
    """All personal data in the text, in order, none overlapping."""
    finders: tuple[Callable[[str], Iterator[PersonalSpan]], ...] = (
        _emails,
        find_numbers,
        _wechat,
        _qq,
        _plates,
        _address,
    )
    kept: list[PersonalSpan] = []
    for finder in finders:
        for span in finder(text):
            if all(span.end <= k.start or span.start >= k.end for k in kept):
                kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))


def _hidden(text: str, span: PersonalSpan) -> str:
    """The mask of one span: enough for its owner to know it, too little for anybody to use it."""
    surface = text[span.start : span.end]
    if span.type in ("phone", "bank_card", "id_card"):
        figures = "".join(digit_of(c) or (LOOSE.get(c, "")) for c in surface if c not in GAP)
        figures = figures[-11:] if span.type == "phone" and len(figures) > 12 else figures
        if len(figures) < 10:
            return "****"
        return f"{figures[:3]}****{figures[-4:]}" if span.type == "phone" else f"{figures[:3]}********"
    if span.type == "address":
        level = list(_LEVEL.finditer(surface))
        return surface[: level[min(1, len(level) - 1)].end()] + "****" if level else "****"
    if span.type == "plate":
        return surface[:2] + "****"
    return surface[0] + "****"


def hide(text: str, spans: Iterable[PersonalSpan]) -> str:
    """The text with non-overlapping ``spans``, given in order, masked."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += (text[at : span.start], _hidden(text, span))
        at = span.end
    return "".join(parts) + text[at:]


def mask(text: str) -> Masked:
    """Mask all personal data. Masking a masked text changes nothing."""
    spans = find(text)
    return Masked(hide(text, spans), spans)
