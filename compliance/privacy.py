"""Personal data out of sight before screen, model, log and storage (个人信息保护法 art. 25, 28, 51).

Phones in every spoken and evasive form, identity cards (GB 11643 checksum), bank cards (Luhn), WeChat and
QQ ids, addresses, plates, e-mail. Order numbers, prices, dates and a product's origin stay. Every search
takes linear time. Offsets are code points into the input.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with personal data masked, and where it was in the input."""

    text: str
    spans: tuple[PersonalSpan, ...]


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
_LOOSE = {
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
_GAP = " \t\u3000-－—–_·・.．,，、/／*＊~～+:：;；|•…()（）[]【】\"'“”\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff丶"
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
)
_MANY = {"两": 2, "二": 2, "2": 2, "俩": 2, "三": 3, "3": 3, "仨": 3, "四": 4, "4": 4, "五": 5, "5": 5}


@cache
def _digit(character: str) -> str:
    """The figure a character stands for, or an empty string."""
    if character in _DIGITS:
        return _DIGITS[character]
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    folded = unicodedata.normalize("NFKC", character).strip("().")
    return folded if len(folded) == 1 and folded.isdigit() and folded.isascii() else _DIGITS.get(folded, "")


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


def _runs(text: str) -> Iterator[_Run]:
    """The runs of at least five figures, strict figures joined by gaps, fillers and sparse sound-alikes."""
    i, n = 0, len(text)
    while i < n:
        if _digit(text[i]) or (text[i] in _LETTER_LOOSE and i + 1 < n and _digit(text[i + 1])):
            run, i = _run_from(text, i)
            if len(run.figures) >= 5:
                yield run
        else:
            i += 1


def _run_from(text: str, i: int) -> tuple[_Run, int]:
    figures: list[str] = []
    at: list[tuple[int, int]] = []
    group: list[int] = []
    loose = part = 0
    start, n, end = i, len(text), i
    while i < n:
        character = text[i]
        value = _digit(character)
        if (
            value
            and i + 2 < n
            and text[i + 1] == "个"
            and (many := _MANY.get(character))
            and (repeated := _digit(text[i + 2]))
        ):
            figures += [repeated] * many
            at += [(i, i + 3)] * many
            group += [part] * many
            i = end = i + 3
            continue
        if not value and character in _LOOSE and _loose_here(text, i):
            value, loose = _LOOSE[character], loose + 1
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


def _loose_here(text: str, i: int) -> bool:
    """A sound-alike counts as a figure only among figures: two of the four nearest are real ones."""
    near = text[max(0, i - 2) : i] + text[i + 1 : i + 3]
    return sum(bool(_digit(c)) for c in near) >= 2


def _gap(text: str, i: int) -> int:
    """Length of the gap or filler at ``i`` that may stand between figures; 0 when the run ends here."""
    start = i
    while i < len(text) and i - start < 4 and text[i] in _GAP:
        i += 1
    for filler in _FILLERS:
        if text.startswith(filler, i):
            i += len(filler)
            while i < len(text) and i - start < 8 and text[i] in _GAP:
                i += 1
            break
    return i - start if i < len(text) and (_digit(text[i]) or text[i] in _LOOSE) else 0


_OTHER_NUMBER = re.compile(
    "(?:订单|单号|快递|运单|物流|批次|批号|条码|条形码|溯源|追溯|许可证|专利|编号|编码|券码|兑换码|优惠码|型号|标准|直播间号|房间号|货号|证书|登记号|备案|商品码|店铺号|店铺ID|ID|id|浏览量|粉丝|流水号|交易号|验证码|取件码|序列号|包裹|合同|发票号|税号|信用代码|号链接|链接|取货码|防伪码|生产日期|保质期|车间|期号|彩票|主播号|抖音号|快手号|ISBN|SC|GB/?T|ZL|QS|SF|YT|JD|JT|ZTO|EMS)[^，。,]{0,6}$"
)
_PHONE_WORD = re.compile("(?:电话|手机|打给|拨|致电|号码|联系|call|tel|呼|短信)[^。]{0,8}$", re.I)
_CARD_WORD = re.compile(
    "卡号|银行|信用卡|储蓄卡|[建工农中招]行|邮政储蓄|信用社|打到|打卡|转[到账给]|汇|收款|打款|打钱|红包到|存到|卡[里上]|账[号户]|张卡|的卡|卡"
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
    if not _is_phone(phone, text, run, (first, last), before):
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


def _is_phone(figures: str, text: str, run: _Run, window: tuple[int, int], before: str) -> bool:
    first, last = window
    if _OTHER_NUMBER.search(before) and not _PHONE_WORD.search(before):
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


def _numbers(text: str) -> Iterator[PersonalSpan]:
    for run in _runs(text):
        if len(run.figures) >= 10:
            yield from _in_run(text, run)


_SPACE = "[\\s\u200b·.\\-_]?"
_WECHAT_WORD = (
    "(?:微信|薇信|威信|徽信|维信|微芯|薇芯|v信|V信|v❤️?|V❤️?|v芯|微❤️?|薇❤️?|vx|VX|Vx|v\\s?x|V\\s?X|wx|WX|w\\s?x|W\\s?X|weixin|WeChat|wechat|绿泡泡|绿泡|卫星号?|"
    "[➕+＋加]\\s?个?(?:我|俺)?的?\\s?[vV薇微威](?![a-zA-Z])|(?<![a-zA-Z0-9])[vV薇](?=[:：是号\\s]))"
)
_WECHAT = re.compile(
    _WECHAT_WORD
    + "[^a-zA-Z0-9，。！？\n]{0,8}?(?:[，,]\\s?[^a-zA-Z0-9，。！？\n]{0,6})?(?P<id>[a-zA-Z][a-zA-Z0-9_\\-]{5,24}|[a-zA-Z](?:[\\s·.]{1,2}[a-zA-Z0-9_\\-]){5,24})(?![a-zA-Z0-9_\\-]|@)"
)
_WECHAT_ODD = re.compile(
    _WECHAT_WORD
    + "[^a-zA-Z0-9，。！？\n]{0,6}?(?P<id>[a-zA-Z]+(?:下划线|杠|减号|横杠|[a-zA-Z0-9_\\-零一二三四五六七八九幺〇○\\s]){4,30})"
)
_ADD_ME = re.compile(
    "(?:加我|加一下|加俺|找我|搜我?|私我)[^a-zA-Z0-9，。！？\n]{0,4}(?P<id>[a-zA-Z][a-zA-Z0-9]*[_\\-][a-zA-Z0-9_\\-]{2,18}|[a-zA-Z]{3,}[0-9]{2,}[a-zA-Z0-9_]*)(?![a-zA-Z0-9_\\-]|@)"
)
_WECHAT_NUMBER = re.compile(
    _WECHAT_WORD + "\\s?(?:号码?|id|ID)?\\s?[是为:：]{0,2}\\s?(?P<id>[0-9]{6,11})(?![0-9元块个])"
)
_QQ_WORD = "(?:[qQ]\\s?[qQ]|ｑｑ|ＱＱ|扣扣|叩叩|抠抠|企鹅|球球|(?<![a-zA-Z])[qQ](?=[\\s号:：群是]))"
_QQ = re.compile(_QQ_WORD + "\\s?(?:号码?|群号?|账号)?[^0-9a-zA-Z，。！？\n零一二三四五六七八九幺〇]{0,5}")


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
            _run_from(text, found.end())
            if found.end() < len(text) and _digit(text[found.end()])
            else (None, 0)
        )
        if run and 5 <= len(run.figures) <= 11 and run.figures[0] != "0" and not run.glued[1]:
            yield PersonalSpan(found.end(), end, "qq")


_NUM = "[0-9０-９零〇一二两三四五六七八九十百千幺]"
_ADDRESS_LEVEL = "(?:省|自治区|自治州|地区|州|盟|市|区|县|旗|街道办?|镇|乡|村|社区|屯|寨|庄|坊|大道|大街|路|街|巷|弄|胡同|里|道|湾|坝|坪|组|队|苑|小区|花园|公寓|新村|家园|大厦|广场|城|院)"
_ADDRESS_UNIT = f"(?:附?(?:第)?[a-zA-Z]?{_NUM}{{1,6}}(?:[-－—][0-9]{{1,5}}){{0,2}}(?:号楼|号院|号附?|弄|巷|组|栋|幢|座|单元|楼|层|室|房|门|户|队|社|院)|[a-zA-Z甲乙丙丁东西南北][栋座幢区])"
_LEVEL = re.compile(_ADDRESS_LEVEL)
_LEAD = re.compile(
    "^.*(?:地址|住址|改成|改为|换成|填的?|写的?|写成|我家在|家在|住在|人在|就在|寄到|寄往|寄去|寄给|发到|发往|发去|送到|送去|送往|放到|放在|邮到|快递到|运到|收货|收件|我住|住|我在|到|在|是|：|:|给|叫|寄|发|麻烦|帮忙)"
)
_BIG = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)


_UNIT = re.compile(_ADDRESS_UNIT + "(?!链接|线|款|车厢)(?:[0-9０-９]{2,5}(?:室|房|号)?(?![0-9]))?")
_PLAIN_GAP = re.compile("[\u4e00-\u9fa5]{0,8}")
_NOT_HAN = re.compile("[^\u4e00-\u9fa5]")
_TAIL = re.compile("[\u4e00-\u9fa5]{0,4}?[0-9０-９]{3,4}(?:室|房)?(?![0-9０-９元块斤个])")


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
        if lead := _LEAD.match(window[:14]):
            rest = window[lead.end() :]
            if _LEVEL.search(rest):
                low, window = low + lead.end(), rest
        big = _BIG.search(window[:8])
        if big:
            low, window = low + big.start(), window[big.start() :]
        levels = _levels(window)
        if not levels or len(window) - levels[-1] > 8:
            continue
        if len(levels) >= 3 or (len(levels) == 2 and units >= 2):
            tail = _TAIL.match(text, end)
            first = max(0, levels[0] - 10)
            yield PersonalSpan(low + first, tail.end() if tail else end, "address")


_PLATE = re.compile(
    "(?<![\u4e00-\u9fa5a-zA-Z0-9](?=[使领]))(?P<place>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领])"
    "\\s?(?P<city>[A-HJ-NP-Za-hj-np-zＡ-Ｚ])[\\s·.•\\-—]?"
    "(?P<tail>(?:[A-HJ-NP-Za-hj-np-z0-9０-９幺零一二三四五六七八九拐洞]\\s?){4,5}[A-HJ-NP-Za-hj-np-z0-9０-９幺零一二三四五六七八九拐洞学警挂港澳])(?![a-zA-Z0-9０-９])"
)
_EMAIL = re.compile(
    "(?<![\\w.*+\\-])[a-zA-Z0-9][a-zA-Z0-9._+\\-]{0,63}\\s?(?:@|＠|#at#|\\(at\\)|\\[at\\]|\\bat\\b|艾特|爱特|圈a|小老鼠)\\s?[a-zA-Z0-9][a-zA-Z0-9\\-]{0,40}"
    "(?:\\s?(?:\\.|。|点|dot|．)\\s?[a-zA-Z]{2,12}){1,3}",
    re.I | re.A,
)


def _plates(text: str) -> Iterator[PersonalSpan]:
    for found in _PLATE.finditer(text):
        if sum(bool(_digit(c)) for c in found["tail"]) >= 2:
            yield PersonalSpan(*found.span(), "plate")


def _emails(text: str) -> Iterator[PersonalSpan]:
    for found in _EMAIL.finditer(text):
        yield PersonalSpan(*found.span(), "email")


def find(text: str) -> tuple[PersonalSpan, ...]:
    """All personal data in the text, in order, none overlapping."""
    finders: tuple[Callable[[str], Iterator[PersonalSpan]], ...] = (
        _emails,
        _numbers,
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
        figures = "".join(_digit(c) or (_LOOSE.get(c, "")) for c in surface if c not in _GAP)
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
