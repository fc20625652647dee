"""The grammar of spoken prices: which words may stand where, so that a misheard one can be told.

A price is a numeral, 块, perhaps a digit of tenths or 钱, perhaps what it buys (一斤, 一箱) or 包邮. A slot
is a place whose left side is settled; what stands there may be one of its words misspelt. So is 期 before
the figure of a shelf life, which is heard as one of its digits (保质七十八个月).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = "一二三四五六七八九"
_MEASURES = "斤份件箱盒瓶袋个只条包罐对套片枚桶筐提串"
_NUMERAL = r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千零]*[一二两三四五六七八九十百千])"
_AFTER_NUMERAL = re.compile(_NUMERAL + r"(?![0-9.一二两三四五六七八九十百千万零])")
_AFTER_YUAN = re.compile(_NUMERAL + r"[块元](?![钱])")
_AFTER_PRICE = re.compile(_NUMERAL + rf"(?:[块元](?:[0-9]|[{_DIGITS}]|钱)?|[毛角]钱?)")
_END = re.compile(rf"$|[^\w]|[一1每][{_MEASURES}]|[两二三2-9][{_MEASURES}]|包邮|的|左右")
_NO_MORE = re.compile(rf"(?:{_END.pattern})|(?![0-9{_DIGITS}两十百千万个斤件钱])")
_MONEY = re.compile(
    rf"钱|[0-9{_DIGITS}]?(?:{_END.pattern})|[0-9{_DIGITS}](?![0-9{_DIGITS}两十百千万年月点岁])"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place at ``start`` with the words that may stand there and their log-probabilities.

    ``ends`` is what must follow the word.
    """

    start: int
    words: tuple[tuple[str, float], ...]
    ends: re.Pattern[str] | None = None

    def fits(self, text: str, end: int) -> bool:
        """Whether a word that ends at ``end`` is followed as it must be."""
        return self.ends is None or self.ends.match(text, end) is not None


_SHELF = re.compile(rf"保[质治值](?=七[{_DIGITS}十])")
_TENTHS = tuple((d, math.log(0.6 / 9)) for d in _DIGITS)
_YUAN = (("块", -2.0), ("块钱", -3.0))
_EACH = tuple(("一" + m, -4.5) for m in _MEASURES)


def slots(text: str) -> Iterator[Slot]:
    """Every place of ``text`` where the grammar of prices expects one of few words."""
    for found in _AFTER_NUMERAL.finditer(text):
        yield Slot(found.end(), _YUAN, _MONEY)
    for found in _AFTER_YUAN.finditer(text):
        yield Slot(found.end(), _TENTHS, _NO_MORE)
    for found in _SHELF.finditer(text):
        yield Slot(found.end(), (("期", -2.0),))
    for found in _AFTER_PRICE.finditer(text):
        yield Slot(found.end(), (*_EACH, ("包邮", -4.0)))
