"""Folding text for matching, with a map back to the code points it came from.

Every fold works on one code point at a time, so the map is exact: a span of the folded text always
names the raw characters a reader saw. Folded are width, enclosed digits and letters (Unicode NFKC, UAX 15),
case, accents (``ā`` → ``a``) and traditional characters (OpenCC's table, one to one; phrases are left alone);
controls, zero-width and bidi characters, variation selectors and tags go. Any string is accepted, lone
surrogates and private-use characters included.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import opencc

_DIGITS = frozenset("零〇一壹弌幺二贰弍两三叁弎四肆五伍六陆七柒八捌九玖")
"""Chinese digits, which may repeat as often as others do."""
_FANCY = (
    {chr(0x2776 + i): str(i + 1) for i in range(10)}
    | {chr(0x2780 + i): str(i + 1) for i in range(10)}
    | {chr(0x278A + i): str(i + 1) for i in range(10)}
    | {chr(0x24EB + i): str(i + 11) for i in range(10)}
    | {chr(0x24F5 + i): str(i + 1) for i in range(10)}
    | {"⓿": "0", "🄌": "0", "🄋": "0", "🔟": "10"}
    | {chr(base + i): chr(65 + i) for base in (0x1F150, 0x1F170) for i in range(26)}
)
"""Enclosed digits and letters that NFKC leaves alone."""
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Characters that show nothing although their category says letter, symbol or mark."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Which folds to apply beside the usual ones.

    ``separators``: spaces, punctuation, symbols and emoji go. ``repeats``: longer runs of one character are
    cut to this length, digits excepted; 0 leaves them. ``words``: further characters to replace, e.g.
    ``(("💰", "钱"),)``; they win over every other fold.
    """

    separators: bool = False
    repeats: int = 0
    words: tuple[tuple[str, str], ...] = ()


DEFAULT = Folds()


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded ``text``; character ``i`` of it came from ``raw[offsets[i]:ends[i]]``. Both maps ascend."""

    text: str
    offsets: Sequence[int]
    ends: Sequence[int]


def normalise(text: str, folds: Folds = DEFAULT) -> Normalised:
    """Fold ``text``; linear in its length."""
    table = _table(folds)
    pieces = list(map(table.__getitem__, text))
    folded = "".join(pieces)
    if len(folded) == len(text) and all(pieces):
        offsets: Sequence[int] = range(len(text))
        ends: Sequence[int] = range(1, len(text) + 1)
    else:
        offsets = [i for i, piece in enumerate(pieces) for _ in piece]
        ends = [i + 1 for i in offsets]
    result = Normalised(folded, offsets, ends)
    return _cut_repeats(result, folds.repeats) if folds.repeats > 0 else result


def fold(text: str, folds: Folds = DEFAULT) -> str:
    """The folded text alone."""
    return normalise(text, folds).text


def _cut_repeats(source: Normalised, most: int) -> Normalised:
    kept: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    run = 0
    for char, start, end in zip(source.text, source.offsets, source.ends, strict=True):
        run = run + 1 if kept and kept[-1] == char else 1
        if run > most and not char.isdigit() and char not in _DIGITS:
            ends[-1] = end
            continue
        kept.append(char)
        offsets.append(start)
        ends.append(end)
    return Normalised("".join(kept), offsets, ends)


class _Table(dict[str, str]):
    """What each character becomes, worked out when first met."""

    def __init__(self, folds: Folds) -> None:
        super().__init__(folds.words)
        self._folds = folds

    def __missing__(self, char: str) -> str:
        folded = _fold_character(char, self._folds)
        self[char] = folded
        return folded


@lru_cache(maxsize=64)
def _table(folds: Folds) -> _Table:
    return _Table(folds)


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(char: str) -> str:
    """The simplified form of one character; itself where there is none of the same length."""
    if char < "\u2e80" or unicodedata.category(char) in ("Cs", "Co", "Cn"):
        return char
    # Twice, so that folding is idempotent: 薴 becomes 苧, which itself becomes 苎.
    converted: str = _converter().convert(_converter().convert(char))
    return converted if len(converted) == 1 else char


def _fold_character(char: str, folds: Folds) -> str:
    wide = _FANCY.get(char) or unicodedata.normalize("NFKC", char)
    plain = "".join(_without_accent(c) for c in wide).casefold()
    return "".join(_fold_simple(c, folds.separators) for c in plain)


def _without_accent(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    # Only Latin letters carry removable accents: が and Hangul would become other sounds.
    return base if base.isascii() and base.isalpha() else char


def _fold_simple(char: str, separators: bool) -> str:
    category = unicodedata.category(char)
    hidden = category in ("Cf", "Cc") and char not in "\t\n\r"
    if hidden or category in ("Mn", "Me") or char in _INVISIBLE or _is_selector(char):
        return ""
    if separators and (category[0] in "ZPS" or char in "\t\n\r"):
        return ""
    return simplified(char)


def _is_selector(char: str) -> bool:
    return (
        "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or "\u180b" <= char <= "\u180f"
    )
