"""Amounts in running Chinese text: what people say about prices, weights, times and counts, exactly.

:func:`find_amounts` works on the raw text; full-width and traditional forms are folded one to one, so spans
are code points of the input. Values are :class:`~decimal.Decimal` as written, never floats.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from core.text import number_patterns as patterns
from core.text.aloud import read_aloud
from core.text.numerals import DIGITS, EXACT, Numeral, parse_numeral
from core.text.units import NO_UNIT, PIECE, UNITS, Kind, Unit

__all__ = [
    "Amount",
    "canonical",
    "days",
    "find_amounts",
    "parse_numeral",
    "read_aloud",
    "same_amounts",
    "to_grams",
    "to_millilitres",
    "to_yuan",
]

_HALF = Decimal("0.5")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Amount:
    """A value at ``[start, end)`` of the text.

    ``unit`` is the unit's usual name: money is always 元; compound weights take the larger unit (三斤二两 is
    3.2 斤). ``date`` is YYYYMMDD, YYYYMM, YYYY, MMDD or MM (units 年月日, 年月, 年, 月日, 月), ``clock`` is
    minutes since midnight. ``high`` ends a range; ``approximate`` is set where the speaker was vague.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    kind: Kind
    approximate: bool = False
    high: Decimal | None = None


def find_amounts(text: str) -> list[Amount]:
    """Every amount of ``text``, in order, without overlaps; linear in its length.

    Single Chinese digits count only with a unit; idioms (十分好, 一块儿, 万一) do not.
    """
    folded = text.translate(patterns.FOLD)
    found: list[Amount] = []
    at = 0
    while trigger := patterns.TRIGGER.search(folded, at):
        amount = _amount_at(folded, trigger.start())
        if amount is None:
            at = _skip(folded, trigger.start())
            continue
        at = amount.end
        if found and (merged := _merge(folded, found[-1], amount)):
            found[-1] = merged
        else:
            found.append(amount)
    return found


def canonical(amount: Amount) -> tuple[Decimal, Decimal | None, str]:
    """Value, end of range and base unit, so that equal amounts compare equal (1公斤 = 2斤, 三只 = 三个)."""
    unit = _unit_of(amount)
    low = EXACT.multiply(amount.value, unit.factor)
    high = None if amount.high is None else EXACT.multiply(amount.high, unit.factor)
    return low, high, unit.base


def same_amounts(first: str, second: str) -> bool:
    """Whether two texts state the same multiset of amounts.

    Classifiers are not compared (dialects choose others) and a count of one is an article, not an amount.
    """
    return _values(first) == _values(second)


def to_yuan(amount: Amount) -> Decimal:
    """The value in 元; :class:`ValueError` where the amount is not money."""
    return _convert(amount, "元")


def to_grams(amount: Amount) -> Decimal:
    """The value in grams; :class:`ValueError` where the amount is no mass."""
    return _convert(amount, "克")


def to_millilitres(amount: Amount) -> Decimal:
    """The value in millilitres; :class:`ValueError` where the amount is no volume."""
    return _convert(amount, "毫升")


def days(amount: Amount) -> Decimal:
    """A duration in days; a month counts 30 and a year 365, as shelf lives are reckoned."""
    if amount.unit == "年":
        return EXACT.multiply(amount.value, Decimal(365))
    value, _, base = canonical(amount)
    if amount.kind != "time" or base not in ("天", "月", "秒"):
        raise ValueError(f"not a duration: {amount}")
    return value / 86_400 if base == "秒" else EXACT.multiply(value, Decimal(30 if base == "月" else 1))


def _convert(amount: Amount, base: str) -> Decimal:
    value, _, found = canonical(amount)
    if found != base:
        raise ValueError(f"{amount} cannot be given in {base}")
    return value


def _values(text: str) -> Counter[tuple[Decimal, Decimal | None, str]]:
    amounts = (canonical(a) for a in find_amounts(text))
    return Counter(a for a in amounts if a != (Decimal(1), None, ""))


def _unit_of(amount: Amount) -> Unit:
    if amount.kind in ("number", "count"):
        return NO_UNIT
    if amount.kind in ("date", "clock", "ordinal"):
        return Unit(amount.unit, amount.kind, amount.kind, Decimal(1))
    return UNITS[amount.unit]


def _skip(text: str, at: int) -> int:
    run = patterns.DIGIT_RUN.match(text, at) or patterns.IDIOM.match(text, at)
    return run.end() if run else at + 1


def _amount_at(text: str, at: int) -> Amount | None:
    if text[at].isdigit() and at and text[at - 1].isascii() and text[at - 1].isalpha():
        return None  # part of a model name: A4, B12
    if patterns.IDIOM.match(text, at) or patterns.BEFORE_IDIOM.search(text, max(0, at - 2), at):
        return None
    for reader in (_date, _clock, _ratio, _vague, _ordinal, _priced, _and_half, _quantity, _half, _bare):
        amount = reader(text, at)
        if amount is not None:
            return amount
    return None


def _merge(text: str, low: Amount, high: Amount) -> Amount | None:
    """三块到五块: two amounts of one unit with a range word between them."""
    if not patterns.RANGE_WORD.fullmatch(text, low.end, high.start) or low.high or high.high:
        return None
    same = low.kind == high.kind and low.unit == high.unit
    if low.kind == "number" and not patterns.SPOKEN_RANGE.search(text, low.end, high.start):
        return None  # 400-800 may be a telephone number
    if not same or low.kind in ("date", "clock", "ordinal") or low.value >= high.value:
        return None
    return replace(low, end=high.end, high=high.value, approximate=low.approximate or high.approximate)


def _date(text: str, at: int) -> Amount | None:
    match = patterns.ISO_DATE.match(text, at) or patterns.DATE.match(text, at)
    if match is None or not match[0]:
        return None
    parts = match.groupdict()
    year = parts.get("year")
    month, day = (parse_numeral(parts[k]) if parts.get(k) else None for k in ("month", "day"))
    if (month and not 1 <= month.value <= 12) or (day and not 1 <= day.value <= 31):
        return None
    numbers: tuple[Decimal | None, ...] = (
        Decimal(_digits(year)) if year else None,
        month.value if month else None,
        day.value if day else None,
    )
    value, unit = Decimal(0), ""
    for part, name in zip(numbers, "年月日", strict=True):
        if part is not None:
            value, unit = value * 100 + part, unit + name
    return Amount(at, match.end(), value, unit, "date")


def _digits(text: str) -> str:
    return "".join(c if c.isdigit() else str(DIGITS[c]) for c in text)


def _clock(text: str, at: int) -> Amount | None:
    match = patterns.CLOCK.match(text, at) or patterns.COLON_CLOCK.match(text, at)
    if match is None:
        return None
    hour = parse_numeral(match["hour"])
    named = match["minute"] or ""
    if not named and not match["mark"] and not patterns.TIME_OF_DAY.search(text, max(0, at - 3), at):
        return None
    spoken = patterns.MINUTES.get(named)
    minute = Numeral(spoken) if spoken is not None else parse_numeral(named.removesuffix("分"))
    if hour is None or minute is None or hour.value > 24 or minute.value > 59 or hour.approximate:
        return None
    later = patterns.AFTERNOON.search(text, max(0, at - 3), at) and hour.value < 12
    value = (hour.value + (12 if later else 0)) * 60 + minute.value
    return Amount(at, match.end(), value, "点", "clock")


def _ratio(text: str, at: int) -> Amount | None:
    if match := patterns.PER_HUNDRED.match(text, at):
        number = Numeral(Decimal(100)) if match["whole"] else parse_numeral(match["n"])
        unit = "‰" if match[0].startswith("千") else "%"
        return _made(at, match.end(), number, UNITS[unit]) if number else None
    if match := patterns.HALF_PRICE.match(text, at):
        return Amount(at, match.end(), Decimal(5), "折", "discount")
    if match := patterns.DISCOUNT.match(text, at):
        digits = _digits(match["n"])
        value = (
            Decimal(f"{digits[0]}.{digits[1]}") if len(digits) == 2 and digits != "10" else Decimal(digits)
        )
        return Amount(at, match.end(), value, "折", "discount")
    return None


def _vague(text: str, at: int) -> Amount | None:
    for pattern, value, high in patterns.VAGUE:
        if match := pattern.match(text, at):
            unit = _unit(text, match.end("unit"), match["unit"]) if match["unit"] else NO_UNIT
            vague = Numeral(value, high, approximate=True)
            return _made(at, match.end(), vague, unit) if unit else None
    return None


def _ordinal(text: str, at: int) -> Amount | None:
    match = patterns.ORDINAL.match(text, at)
    number = parse_numeral(match["n"] or match["m"]) if match else None
    if match is None or number is None:
        return None
    return Amount(at, match.end(), number.value, match["mark"] or "号", "ordinal")


def _priced(text: str, at: int) -> Amount | None:
    match = patterns.PRICED.match(text, at)
    number = parse_numeral(match["n"]) if match else None
    return _made(at, match.end(), number, UNITS["元"]) if match and number else None


def _quantity(text: str, at: int) -> Amount | None:
    match = patterns.QUANTITY.match(text, at)
    if match is None:
        return None
    number = parse_numeral(match["n"])
    unit = _unit(text, match.end("unit"), match["unit"])
    if number is None or unit is None or (match["n"] == "两" and unit.name == "两"):
        return None
    if unit.name == "克" and match["unit"] == "G" and number.value < 10:
        return None  # 5G is a network, 500G a weight
    if unit.name == "分钱" or unit.name == "角":
        return _with_tail(text, match.end(), at, number, unit)
    if match["upper"]:
        upper = parse_numeral(match["upper"])
        if upper is None or upper.value <= number.value:
            return None
        number = Numeral(number.value, upper.high or upper.value, number.approximate or upper.approximate)
        return _made(at, match.end(), number, unit)
    if unit.kind == "degree" and (sign := patterns.BELOW_ZERO.search(text, max(0, at - 2), at)):
        return _made(sign.start(), match.end(), replace(number, value=-number.value), unit)
    if match["vague"] or patterns.ABOUT.search(text, max(0, at - 3), at):
        number = replace(number, approximate=True)
    return _with_tail(text, match.end(), at, number, unit)


def _unit(text: str, end: int, spelling: str) -> Unit | None:
    """The unit that ``spelling`` names where it ends at ``end``; None where it begins another word."""
    if patterns.clashes(text, end, spelling):
        return None
    if spelling == "块" and patterns.PIECE_NOUN.match(text, end):
        return PIECE
    if spelling == "角" and not patterns.JIAO.match(text, end):
        return None
    return UNITS["个月"] if spelling == "月" else UNITS[spelling]


def _with_tail(text: str, end: int, start: int, number: Numeral, unit: Unit) -> Amount:
    """三块八, 三块八毛五, 八毛五, 三斤二两, 两斤半, 三块多: what follows the unit belongs to the value."""
    extra = Decimal(0)
    pattern = patterns.TAILS.get(unit.name) if unit.kind in ("money", "mass") else None
    match = (pattern.match(text, end) if pattern else None) or patterns.HALF_TAIL.match(text, end)
    if patterns.NUMBERED_WORD.match(text, end):
        match = None
    if match and not number.high:
        # One name for a place in every alternative of the pattern: tenth, tenth3, tenth4.
        places = {name.rstrip("0123456789"): digit for name, digit in match.groupdict().items() if digit}
        cent = _TENTH if unit.name == "角" else Decimal("0.01")
        for name, worth in (("tenth", _TENTH), ("hundredth", cent)):
            if places.get(name):
                extra += Decimal(_digits(places[name])) * worth
        if places.get("half"):
            extra += _HALF * (_TENTH if places.get("tenth") else 1)
        end = match.end()
    vague = patterns.AFTER.match(text, end)
    if vague:
        end = vague.end()
    value = EXACT.add(number.value, extra)
    return _made(start, end, Numeral(value, number.high, number.approximate or bool(vague)), unit)


def _made(start: int, end: int, number: Numeral, unit: Unit) -> Amount:
    name, factor = (unit.name, Decimal(1)) if unit.kind != "money" else ("元", unit.factor)
    low = EXACT.multiply(number.value, factor)
    high = None if number.high is None else EXACT.multiply(number.high, factor)
    return Amount(start, end, low, name, unit.kind, number.approximate, high)


def _and_half(text: str, at: int) -> Amount | None:
    """一个半小时, 一个半月; and 块五, where the one is not said."""
    if match := patterns.YUAN_AND.match(text, at):
        alone = not at or not ("\u4e00" <= text[at - 1] <= "\u9fff") or text[at - 1] in patterns.SAYS_PRICE
        value = Decimal(f"1.{_digits(match['n'])}")
        return Amount(at, match.end(), value, "元", "money") if alone else None
    match = patterns.AND_HALF.match(text, at)
    number = parse_numeral(match["n"]) if match else None
    if match is None or number is None:
        return None
    unit = UNITS["个月" if match["unit"] == "月" else match["unit"]]
    return _made(at, match.end(), replace(number, value=number.value + _HALF), unit)


def _half(text: str, at: int) -> Amount | None:
    match = patterns.HALF_OF.match(text, at)
    unit = _unit(text, match.end(), match["unit"]) if match else None
    if match is None or unit is None or (at and text[at - 1] in "大多一前后上下"):
        return None
    vague = patterns.AFTER.match(text, match.end())
    return _made(at, vague.end() if vague else match.end(), Numeral(_HALF, None, bool(vague)), unit)


def _bare(text: str, at: int) -> Amount | None:
    match = patterns.BARE.match(text, at)
    if match is None:
        return None
    written = match[0]
    if not written[0].isdigit() and not re.search(patterns.COMPOUND, written):
        return None
    number = parse_numeral(written)
    return _made(at, match.end(), number, NO_UNIT) if number else None
