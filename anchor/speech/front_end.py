"""From what is written to what is read aloud: amounts, dates, codes, telephone numbers, Latin, symbols.

The result has no digits and no Latin letters, because Mandarin voices pass those through raw. Every step is a
pure function over the text, in the order of :func:`read_out`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from anchor.speech.pronunciation import Pronunciation, latin_words
from anchor.speech.symbols import DIGITS, LETTERS, SYMBOLS
from core.text.numbers import Amount, find_amounts, read_aloud
from core.text.numerals import say_integer, say_number

MANY = 7
"""So many figures in a row are a number to be told figure by figure, not a quantity."""

_LINK = re.compile(r"(?:https?://|www\.)[^\s，。！？、）)\u4e00-\u9fff]+", re.I)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,64}\.[A-Za-z]{2,8}")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_HOTLINE = re.compile(r"(?<!\d)([48]00)-?(\d{3})-?(\d{4})(?!\d)|(?<!\d)(0\d{2,3})-(\d{3,4})(\d{4})(?!\d)")
_CODE = re.compile(
    r"(?<![A-Za-z\d.])(?:[A-Za-z]{1,8}(?:/[A-Za-z])?[- _]?)?\d{7,}(?!\d)(?:[-/]\d+)*"
    r"|(?<![\d.])0\d{2,}(?![\d.])"
)
_MODEL = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{1,6}[-/]?\d[\dA-Za-z.-]*|(?<![\d.A-Za-z])\d[\dA-Za-z-]*[A-Za-z][\dA-Za-z-]*"
)
_SHORT = re.compile(
    r"(?<![\d.])(12356|96110|12315|12345|12348|12338)(?![\d.]|[^\d，。]?[克斤元块个箱])"
    r"|(?<=[打拨报者和、])\s?(110|119|120|122)(?=[，。！？；、和或帮]|$)"
)
_STANDARD = re.compile(r"(?<![A-Za-z])(GB|NY|DB|QB|LY|SB)(/?T)?\s?(\d+(?:\.\d+)?)(?:[-—](\d{4}))?", re.I)
_FESTIVAL = re.compile(
    r"(?<![\d.])(?:双)?(11\.11|12\.12|双11|双12|双十一)(?![\d.%])|(?<![\d.,])618(?=大促|活动|年中|购物|[，。！])"
)
_FRACTION = re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,2})(?![\d./]|[a-zA-Z])")
_RATIO = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{1,2})(?=的?比例|配|兑|勾|[，。！？]|$)")
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d\d)(?=[款版届新产])")
_GENERATION = re.compile(r"(?<![\d.])([5-9][05]|[01]0)(?=后(?!面|边|续|期|台|来))")
_TIMES = re.compile(r"(?<=\d:\d\d)\s*[-~～—–至]+\s*(?=\d{1,2}:\d\d)")
_MONTHS = re.compile(r"(?<![\d.])(\d{1,2})(月?)份?\s*[-~～—–至到]+\s*([次来翌]年)?(\d{1,2})月(?!\d)份?")
_MONTH = re.compile(r"(?<![\d.])(\d{1,2})月(?=[上中下]旬|[初底末])")
_PRICES = re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)\s*[-~～—–]+\s*[¥￥]?\s*(\d+(?:\.\d+)?)元?")
_UNIT = re.compile(r"(?<=\d)\s?(kwh|mah|min|hz|h|w|v)(?![A-Za-z\d])", re.I)
_UNITS = {"kwh": "度电", "mah": "毫安时", "min": "分钟", "hz": "赫兹", "h": "小时", "w": "瓦", "v": "伏"}
_SIZES = re.compile(r"(?<=[\d\u4e00-\u9fffA-Za-z])\s*[*×xX✕]\s*(?=\d)")
_PER_NUMBER = re.compile(r"[/／](?=\s*\d)")
_PER = re.compile(r"[/／](?=[\u4e00-\u9fff])")
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])\s*[~～]\s*(?=[\u4e00-\u9fff\d])")
_DASH = re.compile(r"[-—–―_]+")
_LATIN = re.compile(r"[A-Za-z]+")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")
_KEPT = re.compile(r"[^\u3400-\u9fff，。！？；：、…\n]+")
_PAUSES = re.compile(r"([。！？])[，。！？；：、…]+|[，、：；…]+([。！？])|([，；：、…])[，、：；…]+")
_SPEC = re.compile(r"(\d(?:\.\d+)?)\s*[xX](?=\s*[袋包盒瓶罐箱件个条])")


def read_out(text: str, pronunciation: Pronunciation | None = None) -> str:
    """``text`` as it is read aloud: only Chinese characters and punctuation that pauses.

    ``pronunciation`` respells words that a voice would mispronounce; None leaves spelling alone.
    """
    text = _plain_width(text)
    text = _LINK.sub("链接", text)
    text = _EMAIL.sub(lambda m: _spelled(m[0]), text)
    text = _codes(text)
    text = _relations(text)
    text = _amounts(text)
    text = _MODEL.sub(lambda m: _spelled(m[0]), text)
    text = _FIGURES.sub(lambda m: _number(m[0]), text)
    text = _latin(text, latin_words())
    text = _punctuation(text)
    return pronunciation.respell(text) if pronunciation else text


def figure_by_figure(figures: str, telephone: bool = False) -> str:
    """``figures`` one by one; on the telephone 1 is 幺."""
    said = "".join(DIGITS[int(c)] for c in figures if c.isascii() and c.isdigit())
    return said.replace("一", "幺") if telephone else said


def _plain_width(text: str) -> str:
    """Full-width and enclosed letters and figures as plain ones; Chinese punctuation stays."""
    return "".join(c if c in SYMBOLS or c in "，。！？；：、℃℉" else _plain(c) for c in text)


def _plain(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if unicodedata.category(char) in ("Nd", "No", "Nl") and not plain.isascii():
        value = unicodedata.numeric(char, None)
        return str(int(value)) if value is not None and value == int(value) and 0 <= value < 1000 else ""
    return plain if all(c.isascii() or c >= "\u2e80" or c in "℃°±×≥≤²³Ωμ" for c in plain) else char


def _codes(text: str) -> str:
    text = _MOBILE.sub(lambda m: _groups(m.groups(), telephone=True), text)
    text = _HOTLINE.sub(lambda m: _groups([g for g in m.groups() if g], telephone=True), text)
    text = _SHORT.sub(lambda m: figure_by_figure(m[0], telephone=True), text)
    text = _STANDARD.sub(_standard, text)
    text = _FESTIVAL.sub(
        lambda m: "六一八" if m[0] == "618" else "双十二" if "12" in m[0] else "双十一", text
    )
    for figures in (_YEAR, _GENERATION):
        text = figures.sub(lambda m: figure_by_figure(m[1]), text)
    return _CODE.sub(_code, text)


def _groups(groups: object, telephone: bool = False) -> str:
    assert isinstance(groups, (tuple, list))
    return "、".join(figure_by_figure(g, telephone) for g in groups)


def _standard(match: re.Match[str]) -> str:
    body = {"GB": "国标", "DB": "地标"}.get(match[1].upper()) or _letters(match[1])
    year = f"，{figure_by_figure(match[4])}年版" if match[4] else ""
    return body + ("推荐" if match[2] else "") + figure_by_figure(match[3].replace(".", "")) + year


def _code(match: re.Match[str]) -> str:
    letters = "".join(c for c in match[0] if c.isalpha())
    figures = "".join(c for c in match[0] if c.isdigit())
    parts = [figures[i : i + 4] for i in range(0, len(figures), 4)]
    return _letters(letters) + "、".join(map(figure_by_figure, parts))


def _relations(text: str) -> str:
    text = _FRACTION.sub(
        lambda m: f"{say_integer(int(m[2]))}分之{say_integer(int(m[1]))}" if int(m[2]) else m[0], text
    )
    text = _TIMES.sub("到", text)
    text = _MONTHS.sub(
        lambda m: f"{say_integer(int(m[1]))}{m[2]}到{m[3] or ''}{say_integer(int(m[4]))}月", text
    )
    text = _MONTH.sub(lambda m: f"{say_integer(int(m[1]))}月", text)
    text = _PRICES.sub(r"\1-\2元", text)
    text = _RATIO.sub(_ratio, text)
    text = _UNIT.sub(lambda m: _UNITS[m[1].lower()], text)
    text = _SPEC.sub(r"\1乘", text)
    text = _SIZES.sub("乘", text)
    return _PER.sub("一", _PER_NUMBER.sub("每", text))


def _ratio(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    proportion = "比" in match.string[max(0, match.start() - 4) : match.start()]
    if len(match[2]) == 2 and hour <= 24 and minute < 60 and not proportion:
        return match[0]
    return f"{say_integer(hour)}比{say_integer(minute)}"


def _amounts(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for amount in find_amounts(text):
        written = text[amount.start : amount.end]
        before, after = text[amount.start - 1 : amount.start], text[amount.end : amount.end + 1]
        glued = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        if not re.search(r"\d", written) or (glued and amount.kind == "number"):
            continue
        said = _said(amount, written, text[: amount.start])
        pieces += (text[at : amount.start], _apart(amount, said, text))
        at = amount.end
    return "".join(pieces) + text[at:]


_NUMBER = re.compile(r"\s*(?:(?!1(?![\d.]))\d|[两二三四五六七八九十百千])")
_GOES_ON = re.compile(r"[^\W\d_的和与跟及或]")


def _apart(amount: Amount, said: str, text: str) -> str:
    """An amount as it is said, kept apart from what it would run together with.

    三十九块九三盒 sounds like 39.93, 乘三度数 like three 度.
    """
    before, after = text[amount.start - 1 : amount.start], text[amount.end : amount.end + 1]
    if amount.kind == "money" and _NUMBER.match(text, amount.end):
        return _closed(said)
    return f"{said}，" if amount.kind == "number" and before == "乘" and _GOES_ON.match(after) else said


def _closed(price: str) -> str:
    """A price that 钱 ends."""
    if price.endswith(("块", "毛", "分")):
        return price + "钱"
    missing = {"块": "毛钱", "毛": "分钱"}.get(price[-2:-1])
    return price + missing if missing else price


_CORE = re.compile(
    r"^(?P<before>[^\d¥￥$.+-]*)(?P<core>.*?)(?P<after>左右|上下|以上|以下|出头|不到)?$", re.DOTALL
)
_VAGUE = re.compile(r"(?P<number>\d[\d,.]*)(?P<much>[万亿]?)(?P<vague>多|来|几|余)(?P<rest>.*)", re.DOTALL)


def _said(amount: Amount, written: str, before: str) -> str:
    if amount.unit == "度" and amount.value < 0:
        written = written.removeprefix("零下").removeprefix("负")
    parts = _CORE.match(written)
    if amount.kind == "ordinal" or parts is None:
        return _FIGURES.sub(lambda m: say_number(Decimal(m[0])), written)
    if amount.high is not None:
        return parts["before"] + _range(amount) + (parts["after"] or "")
    if vague := _VAGUE.fullmatch(parts["core"]):
        number = _number(vague["number"].replace(",", "")) + vague["much"]
        return (
            parts["before"]
            + number
            + vague["vague"]
            + (amount.unit or vague["rest"])
            + (parts["after"] or "")
        )
    if amount.kind == "number":
        said = _number(written.replace(",", "")) if _FIGURES.fullmatch(written.replace(",", "")) else None
        return said or parts["before"] + read_aloud(amount.value) + (parts["after"] or "")
    return parts["before"] + _one(amount.value, amount.unit, before) + (parts["after"] or "")


def _one(value: Decimal, unit: str, before: str = "") -> str:
    """One amount as it is said; ``before`` is what was said before it, for the time of day."""
    if unit == "度" and value < 0:
        return "零下" + read_aloud(-value, unit)
    if unit == "度":
        return say_number(value.normalize() if value == value.to_integral_value() else value) + unit
    if unit == "千克":
        return read_aloud(value, "公斤")
    if unit == "克" and value >= 1000 and value % 1000 == 0:
        # 一万两千克 could be heard as 一万两 千克.
        return read_aloud(value / 1000, "公斤")
    if unit == "%" and value == 100:
        return "百分之百"
    if unit == "折" and value != value.to_integral_value():
        return figure_by_figure(str(value.normalize())) + unit
    if unit == "点":
        return _clock(value, before)
    return read_aloud(value, unit)


_DAYTIME = re.compile(
    r"(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|今晚|明晚|每晚|早|晚)[^\d，。]{0,2}$|[~～到至-]$"
)


def _clock(value: Decimal, before: str) -> str:
    hour, minute = divmod(int(value), 60)
    if hour <= 12:
        return read_aloud(value, "点")
    part = "" if _DAYTIME.search(before) else "下午" if hour < 18 else "晚上"
    return part + read_aloud(Decimal((hour - 12) * 60 + minute), "点")


def _range(amount: Amount) -> str:
    assert amount.high is not None
    low, high = _one(amount.value, amount.unit), _one(amount.high, amount.unit)
    unit = {"千克": "公斤", "元": "块"}.get(amount.unit, amount.unit)
    if unit and low.endswith(unit) and amount.kind not in ("percent", "date", "clock"):
        low = low.removesuffix(unit)
    if amount.unit == "度" and low.startswith("零下") and high.startswith("零下"):
        high = high.removeprefix("零下")
    return f"{low}到{high}"


def _number(written: str) -> str:
    """A bare number: a quantity, or figure by figure where it is long or begins with 0."""
    whole, _, rest = written.partition(".")
    if len(whole) >= MANY or (len(whole) > 1 and whole.startswith("0")):
        return figure_by_figure(whole) + ("点" + figure_by_figure(rest) if rest else "")
    if len(whole) == 4 and not rest and whole[:2] in ("19", "20") and whole[2:] != "00":
        return figure_by_figure(whole)
    return say_number(Decimal(written))


def _spelled(code: str) -> str:
    """A product code: letters by name, figures one by one, the rest silent but for the point and the at."""
    special = {".": "点", "@": "艾特"}
    code = code.strip(".-_/")
    return "".join(
        DIGITS[int(c)] if c.isascii() and c.isdigit() else LETTERS.get(c.upper(), special.get(c, ""))
        for c in code
    )


def _letters(word: str) -> str:
    return "".join(LETTERS.get(c.upper(), "") for c in word)


def _latin(text: str, words: Mapping[str, str]) -> str:
    return _LATIN.sub(lambda m: words.get(m[0].upper()) or _letters(m[0]), text)


def _punctuation(text: str) -> str:
    text = _BETWEEN.sub("到", text)
    text = _DASH.sub("，", text)
    text = "".join(SYMBOLS.get(c, c) for c in text)
    text = _KEPT.sub("", text)
    previous = ""
    while previous != text:
        previous, text = text, _PAUSES.sub(lambda m: m[1] or m[2] or m[3], text)
    return text.lstrip("，。！？；：、… \n").rstrip("，、：；… \n")
