"""Numerals as Chinese writes and says them, in exact decimals.

Covers digits with separators (1,299.50), Chinese numerals (一百零五), mixed ones (3万5), spoken elision
(两百五 = 250, 一万二 = 12000), digit strings (二〇二四), decimals (三点五) and the vague ones (十几, 三五百).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

EXACT = Context(prec=100_000)
"""Products of numbers people write never round in this context."""

DIGITS = {
    c: d
    for d, forms in enumerate(
        ("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for c in forms
}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
_SPECIAL = {"廿": "二十", "卅": "三十", "俩": "两", "仨": "三"}

DIGIT = "零〇一壹二贰三叁四肆五伍六陆七柒八捌九玖"
"""The single digits, without 两, which is also a weight."""
SCALE = "十拾百佰千仟万亿"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A value, or with ``high`` a range; ``approximate`` where the speaker was vague."""

    value: Decimal
    high: Decimal | None = None
    approximate: bool = False


def parse_numeral(text: str) -> Numeral | None:
    """The number that the whole of ``text`` writes, or None where it is none. Width must be folded."""
    text = "".join(_SPECIAL.get(c, c) for c in text)
    if text[:1] and text[0] in "0123456789":
        return _mixed(text)
    if "几" in text:
        return _several(text)
    if "点" in text:
        return _spoken_decimal(text)
    value = _integer(text)
    return Numeral(Decimal(value)) if value is not None else _pair(text)


def _mixed(text: str) -> Numeral | None:
    length = next((i for i, c in enumerate(text) if c not in "0123456789,."), len(text))
    head, rest = text[:length].replace(",", ""), text[length:]
    if head.count(".") > 1 or head.endswith("."):
        return None
    value = Decimal(head)
    if not rest:
        return Numeral(value)
    scale = 1
    while rest and (step := SCALES.get(rest[0]) or GROUPS.get(rest[0])):
        scale, rest = scale * step, rest[1:]
    total = EXACT.multiply(value, Decimal(scale))
    if not rest:
        return Numeral(total)
    if scale >= 100 and rest.isascii() and rest.isdigit() and len(rest) == 1:
        return Numeral(EXACT.add(total, EXACT.multiply(Decimal(rest), Decimal(scale // 10))))
    tail = _mixed(rest) if rest[0] in "123456789" else None
    if tail is None and rest[0] in DIGITS:
        low = _integer(rest)
        elided = low is not None and len(rest) == 1 and rest not in "零〇" and scale >= 100
        tail = Numeral(Decimal(low * (scale // 10 if elided else 1))) if low is not None else None
    if tail is None or tail.value >= scale:
        return None
    return Numeral(EXACT.add(total, tail.value))


def _several(text: str) -> Numeral | None:
    """几十, 十几, 二十几, 几百: from the least to the greatest it can mean."""
    at = text.index("几")
    if text == "几" or text.count("几") > 1:
        return None
    low = _integer(text[:at] + ("二" if at == 0 else "一") + text[at + 1 :])
    high = _integer(text[:at] + "九" + text[at + 1 :])
    if low is None or high is None:
        return None
    return Numeral(Decimal(low), Decimal(high), approximate=True)


def _pair(text: str) -> Numeral | None:
    """三五, 七八十, 十七八, 两三千: two neighbouring digits name a range."""
    for at in range(len(text) - 1):
        first, second = DIGITS.get(text[at], 0), DIGITS.get(text[at + 1], 0)
        if 0 < first < second and (second == first + 1 or (first, second) == (3, 5)):
            low, high = _integer(text[: at + 1] + text[at + 2 :]), _integer(text[:at] + text[at + 1 :])
            if low is None or high is None or low >= high:
                return None
            return Numeral(Decimal(low), Decimal(high), approximate=True)
    return None


def _spoken_decimal(text: str) -> Numeral | None:
    whole, _, fraction = text.partition("点")
    scale = 1
    if fraction[-1:] in GROUPS:
        scale, fraction = GROUPS[fraction[-1]], fraction[:-1]
    integer = _integer(whole)
    if integer is None or not fraction or any(c not in DIGITS for c in fraction):
        return None
    value = Decimal(f"{integer}.{''.join(str(DIGITS[c]) for c in fraction)}")
    return Numeral(EXACT.multiply(value, Decimal(scale)))


def _integer(text: str) -> int | None:
    if not text:
        return None
    if all(c in DIGITS for c in text):
        # Two digits side by side are vague or a name; from three on they are a digit string.
        return int("".join(str(DIGITS[c]) for c in text)) if len(text) != 2 or text[0] in "零〇" else None
    return _Reader().read(text)


class _Reader:
    """Reads one Chinese integer with scales, strictly: anything ungrammatical is no number."""

    def __init__(self) -> None:
        self.total = 0  # what 亿 has closed
        self.group = 0  # what 万 has closed
        self.section = 0
        self.digit: int | None = None
        self.last = 0  # the scale just before, for elision
        self.bound = 10_000  # scales within a section descend
        self.zero = False

    def read(self, text: str) -> int | None:
        for char in text:
            if not self._take(char):
                return None
        if self.digit is not None:
            elided = self.last >= 100 and not self.zero
            self.section += self.digit * (self.last // 10 if elided else 1)
        elif self.zero:
            return None
        return self.total + self.group + self.section

    def _take(self, char: str) -> bool:
        if char in "零〇":
            ready = self.digit is None and not self.zero and self.last > 10
            self.zero = True
            return ready
        if char in DIGITS:
            ready = self.digit is None
            self.digit = DIGITS[char]
            return ready
        if char in SCALES:
            return self._scale(SCALES[char])
        return char in GROUPS and self._close(GROUPS[char])

    def _scale(self, scale: int) -> bool:
        if self.digit is None:
            if scale != 10:
                return False
            self.digit = 1
        if scale >= self.bound:
            return False
        self.section += self.digit * scale
        self.digit, self.last, self.bound, self.zero = None, scale, scale, False
        return True

    def _close(self, scale: int) -> bool:
        value = self.section + (self.digit or 0)
        if scale == GROUPS["万"]:
            if not value or self.group:
                return False
            self.group = value * scale
        else:
            if not value + self.group or self.total:
                return False
            self.total, self.group = (self.group + value) * scale, 0
        self.section, self.digit, self.last, self.bound, self.zero = 0, None, scale, 10_000, False
        return True


def say_integer(value: int) -> str:
    """How a non-negative integer is said: 105 → 一百零五, 12000 → 一万二千. Below 10¹⁶."""
    if not 0 <= value < 10**16:
        raise ValueError("only integers from 0 to below 10**16 can be said")
    if value == 0:
        return "零"
    said, gap = "", False
    for scale, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        section = value // scale % 10_000
        if name == "万亿" and section:
            # 三万五千亿: the groups below 亿 close together.
            said, gap = _section(section, "") + "万", False
            if not value // 10**8 % 10_000:
                said += "亿"
            continue
        if section:
            missing = bool(said) and (section < 1000 or gap)
            said += ("零" if missing else "") + _section(section, said) + name
            gap = False
        else:
            gap = bool(said)
    return said


def _section(value: int, before: str) -> str:
    said, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            one = digit == 1 and scale == 10 and not said and not before
            said += ("零" if gap and said else "") + ("" if one else "零一二三四五六七八九"[digit]) + name
            gap = False
        else:
            gap = True
    return said


def say_number(value: Decimal) -> str:
    """How a decimal is said, every digit kept: 3.50 → 三点五零, -2 → 负二."""
    if value < 0:
        return "负" + say_number(-value)
    whole, _, fraction = f"{value:f}".partition(".")
    said = say_integer(int(whole))
    return said + ("点" + "".join("零一二三四五六七八九"[int(c)] for c in fraction) if fraction else "")
