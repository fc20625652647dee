"""Settle partial text: what a hypothesis shares with one shortly before it is shown and stays.

LocalAgreement-2 (Liu et al. 2020; Macháček et al. 2023) on characters, never on space-separated tokens,
and never ending inside a word. Of three hypotheses over little sound one is often off, so a new one is
compared with the last two. Until two agree, a lone one shows as much of its beginning as its confidence says
is right: in dialect the recogniser often begins differently every time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import pairwise

COMPARED = 2
"""Earlier hypotheses that a new one may agree with."""

LIKELY = 0.3
"""A lone hypothesis that is less confident shows nothing."""

Words = Callable[[str], Iterable[tuple[int, int]]]
"""A text → the spans of its words, which are not to be cut."""


def shared_prefix(a: str, b: str) -> int:
    """How many leading characters two texts share."""
    for index, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return index
    return min(len(a), len(b))


def whole_words(length: int, words: Iterable[tuple[int, int]]) -> int:
    """``length`` leading characters, or as many fewer as end on a border of words."""
    for start, end in sorted(words, reverse=True):
        if start < length < end:
            length = start
    return length


class Stabiliser:
    """What of one segment's hypotheses is shown. It grows with what two of them agree on, and is taken back
    only where two of them agree on something else.
    """

    def __init__(self, words: Words = lambda _: ()) -> None:
        self._words = words
        self._earlier: deque[str] = deque(maxlen=COMPARED)
        self._shown = ""

    def accept(self, text: str, confidence: float = 0.0) -> str:
        """Take the next hypothesis; return what is to be shown. ``confidence``: the share of its characters
        that are likely right, in [0, 1].
        """
        agreed = max((shared_prefix(earlier, text) for earlier in self._earlier), default=0)
        self._earlier.append(text)
        if not (agreed or self._shown) and confidence >= LIKELY:
            agreed = int(len(text) * confidence)
        if not agreed:
            return self._shown
        settled = text[: whole_words(agreed, self._words(text))]
        if settled.startswith(self._shown) or len(settled) >= len(self._shown):
            self._shown = settled
        return self._shown


def erasure(updates: list[str]) -> float:
    """Normalised erasure (Arivazhagan et al. 2020): characters deleted over all updates by the length of
    the last one. 0 where nothing shown was ever taken back.
    """
    deleted = sum(len(a) - shared_prefix(a, b) for a, b in pairwise(updates))
    return deleted / max(1, len(updates[-1])) if updates else 0.0
