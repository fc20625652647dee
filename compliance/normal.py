"""Folding of what a seller says or types, with a map back to the raw text.

:mod:`core.text.normalise` folds width, invisible characters, traditional forms and case; here come formal
numerals, and texts that can be edited again and again while the map still leads to the raw text, so that a
finding is underlined where the viewer reads it. Offsets are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text.normalise import Folds, normalise

Edit = tuple[int, int, str]
"""Replace ``[start, end)`` of a folded text by a string."""

_FORMAL = zip("〇壹贰叁肆伍陆柒捌玖拾", "零一二三四五六七八九十", strict=True)
_BRACKETED = [(chr(0x2474 + i), str(i + 1)) for i in range(20)] + [
    (chr(0x3220 + i), c) for i, c in enumerate("一二三四五六七八九十")
]
_FOLDS = Folds(words=(*_FORMAL, *_BRACKETED))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; character ``i`` stands for ``raw[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span that the folded span ``[start, end)`` stands for."""
        if start >= end:
            at = self.ends[end - 1] if end else 0
            return at, at
        return self.starts[start], max(self.ends[start:end])

    def edited(self, edits: Iterable[Edit]) -> Folded:
        """Apply non-overlapping ``edits``; every new character stands for the whole replaced stretch."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, new in sorted(edits):
            if start < at:
                continue
            text += (self.text[at:start], new)
            low, high = self.span(start, end)
            starts += (*self.starts[at:start], *([low] * len(new)))
            ends += (*self.ends[at:start], *([high] * len(new)))
            at = end
        text.append(self.text[at:])
        return Folded("".join(text), (*starts, *self.starts[at:]), (*ends, *self.ends[at:]))


def fold(raw: str) -> Folded:
    """Fold width, case, invisible characters, traditional forms and formal digits, character by character."""
    folded = normalise(raw, _FOLDS)
    return Folded(folded.text, folded.offsets, folded.ends)
