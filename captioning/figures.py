"""Spoken amounts in the form that is read fastest (inverse text normalisation): 五十九块九 → 59.9元.

After GB/T 15835-2011: measures, prices, dates and large counts in digits; small counts (两个, 三箱), 一 and
vague amounts (几十) as said. A change stands only where every amount of the sentence still has its value,
unit and range, as :mod:`core.text.numbers` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import rjieba

from captioning.edits import Edit, applied, touches
from core.text.numbers import Amount, canonical, find_amounts
from core.text.numerals import parse_numeral

_DIGIT = "零〇一二三四五六七八九"
_NUMERAL = re.compile(rf"[{_DIGIT}两十百千万亿廿卅]+")
_DECIMAL = re.compile(rf"[{_DIGIT}十百千万]+点[{_DIGIT}]+")
_NUMERALS = frozenset(_DIGIT + "两十百千万亿廿卅几半")
_SCALES = frozenset("十百千万亿")
_MEASURED = frozenset({"money", "mass", "volume", "length", "area", "degree", "energy", "age"})
_ALWAYS = frozenset({"percent", "discount", "date", "clock"})
_LEAST = 10
"""Counts below it are read as fast in characters, and look less like a price list."""
_WORD = 3
"""Characters from which a word of the dictionary that reaches out of an amount is a saying: 十里八乡."""


def edits(text: str, kept: Iterable[tuple[int, int]] = ()) -> list[Edit]:
    """What to write differently in ``text``; nothing that touches a ``kept`` span."""
    found = find_amounts(text)
    if not found:
        return []
    held, said = tuple(kept), _values(found)
    chosen: list[Edit] = []
    for amount in found:
        edit = Edit(amount.start, amount.end, _written(text, amount))
        if edit.text == text[amount.start : amount.end] or touches(edit, held):
            continue
        if _fits(text, amount, found) and _values(find_amounts(applied(text, [*chosen, edit]))) == said:
            chosen.append(edit)
    return chosen


def _values(found: Iterable[Amount]) -> list[tuple[object, bool]]:
    return [(canonical(amount), amount.approximate) for amount in found]


def _fits(text: str, amount: Amount, found: list[Amount]) -> bool:
    """Whether the amount is whole and is no part of a saying."""
    starts, ends = {a.start for a in found}, {a.end for a in found}
    if text[amount.end : amount.end + 1] in _NUMERALS and amount.end not in starts:
        return False
    if amount.start and text[amount.start - 1] in _NUMERALS and amount.start not in ends:
        return False
    return not any(
        end - start >= _WORD and (start < amount.start < end or start < amount.end < end)
        for _, start, end in rjieba.tokenize(text)
        if not _NUMERALS.issuperset(text[start:end])
    )


def _written(text: str, amount: Amount) -> str:
    said = text[amount.start : amount.end]
    if amount.value < 0 or not _worth(amount, said):
        return said
    exact = amount.high is None and not amount.approximate
    if text.startswith("钱", amount.end):  # 1毛1钱: said on, in a way that is no amount
        return said
    if amount.kind == "percent":
        return f"{_digits(amount.value)}%" if exact and amount.unit == "%" else said
    if exact and amount.kind == "discount" and amount.value != 5:
        return f"{_digits(amount.value)}折"
    if exact and amount.kind == "money" and _yuan(amount.value, said):
        return f"{_digits(amount.value)}元"
    if exact and (whole := re.fullmatch(r"[^斤]+?(公?斤)[^斤]+", said)):
        return f"{_digits(amount.value)}{whole[1]}"
    if exact and amount.unit == "两":
        return f"{_digits(amount.value)}两"
    return said if amount.kind == "clock" and "零" in said else "".join(_in_place(said, amount))


def _worth(amount: Amount, said: str) -> bool:
    if amount.kind in _ALWAYS:
        return True
    if amount.kind in _MEASURED:
        return amount.value > 1 or not said.startswith(("一", "半"))
    large = amount.value >= _LEAST and said[:1] not in ("百", "千", "万")
    return large and (amount.kind != "number" or (amount.value >= 100 and not _SCALES.isdisjoint(said)))


def _yuan(value: Decimal, said: str) -> bool:
    """Whether the amount can only be a price, and is read fastest in 元; 两块 may be two pieces."""
    if value < Decimal("0.1"):
        return False
    if value == value.to_integral_value():
        return said.endswith(("元", "钱"))
    return any(unit in said for unit in "块元") or value * 10 != (value * 10).to_integral_value()


def _in_place(said: str, amount: Amount) -> Iterator[str]:
    """The words as said, their numerals in digits."""
    pattern = _NUMERAL if amount.kind == "clock" else re.compile(f"{_DECIMAL.pattern}|{_NUMERAL.pattern}")
    at = 0
    for run in pattern.finditer(said):
        number = parse_numeral(run[0])
        yield said[at : run.start()]
        exact = number is not None and number.high is None and not number.approximate
        yield _digits(number.value) if number is not None and exact else run[0]
        at = run.end()
    yield said[at:]


def _digits(value: Decimal) -> str:
    """In digits as they are printed: 1.2万 rather than 12000, never an exponent."""
    for scale, name in ((Decimal(10**8), "亿"), (Decimal(10_000), "万")):
        if value >= scale and value % (scale / 10) == 0:
            return f"{_plain(value / scale)}{name}"
    return _plain(value)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
