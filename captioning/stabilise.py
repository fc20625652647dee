"""Settle partial text: what two consecutive hypotheses agree on will stay.

LocalAgreement-2 (Liu et al. 2020; Macháček et al. 2023) on characters, never on space-separated tokens,
and never ending inside one of the given unbreakable words.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise


def shared_prefix(a: str, b: str) -> int:
    """How many leading characters two texts share."""
    for index, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return index
    return min(len(a), len(b))


def agreed(previous: str, current: str, unbreakable: Collection[str] = ()) -> int:
    """How many leading characters of ``current`` are stable, given the hypothesis before it."""
    stable = shared_prefix(previous, current)
    for word in unbreakable:
        at = current.find(word)
        while at != -1:
            if at < stable < at + len(word):
                stable = at
            at = current.find(word, at + 1)
    return stable


class Stabiliser:
    """The stable length of one segment's hypotheses; it never shrinks while the text agrees."""

    def __init__(self) -> None:
        self._previous = ""
        self._stable = ""

    def accept(self, text: str, unbreakable: Collection[str] = ()) -> int:
        """Take the next hypothesis; return the length of its stable prefix."""
        agreement = agreed(self._previous, text, unbreakable)
        kept = len(self._stable) if text.startswith(self._stable) else 0
        self._previous = text
        self._stable = text[: max(agreement, kept)]
        return len(self._stable)


def erasure(updates: list[str]) -> float:
    """Normalised erasure (Arivazhagan et al. 2020): characters deleted over all updates by the length of
    the last one. 0 where nothing shown was ever taken back.
    """
    deleted = sum(len(a) - shared_prefix(a, b) for a, b in pairwise(updates))
    return deleted / max(1, len(updates[-1])) if updates else 0.0
