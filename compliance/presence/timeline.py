"""Who was on air, second by second: human, typed, AI, pre-rendered or silence."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.events import Presence, PresenceKind

KINDS: tuple[PresenceKind, ...] = ("silence", "human", "typed", "ai", "prerendered")
"""What a second can be; where two kinds fill a second equally the earlier of the sounding ones wins."""

ENOUGH = 0.3
"""Seconds of sound that make a second more than silence. A live voice of that length makes it human, whatever
plays beside it: who speaks over the host is there."""


@dataclass(frozen=True, slots=True)
class Span:
    """Sound of one kind from ``start`` to ``end`` seconds of the room."""

    start: float
    end: float
    kind: PresenceKind


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of one kind in a row."""

    start: int
    seconds: int
    kind: PresenceKind

    @property
    def end(self) -> int:
        """The second after the last."""
        return self.start + self.seconds


def kind_of(second: int, spans: Iterable[Span]) -> PresenceKind:
    """What second ``second`` (from ``second`` to ``second + 1``) is."""
    lengths = dict.fromkeys(KINDS[1:], 0.0)
    for span in spans:
        if span.kind in lengths:
            lengths[span.kind] += max(0.0, min(span.end, second + 1) - max(span.start, second))
    if lengths["human"] >= ENOUGH:
        return "human"
    longest = max(lengths, key=lambda kind: lengths[kind])
    return longest if lengths[longest] >= ENOUGH else "silence"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The seconds from 0 to ``len``, each as its place in :data:`KINDS`; unknown ones are silence."""

    codes: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, presences: Iterable[Presence]) -> Timeline:
        """The seconds that presence events tell of; a later event about a second replaces an earlier one."""
        known = [(round(p.at), round(p.at + p.seconds), KINDS.index(p.kind)) for p in presences]
        codes = np.zeros(max((end for _, end, _ in known), default=0), np.uint8)
        for start, end, code in known:
            codes[start:end] = code
        return cls(codes)

    def count(self, *kinds: PresenceKind, start: float = 0, end: float | None = None) -> int:
        """How many seconds of ``[start, end)`` are of these kinds."""
        part = self.codes[max(0, round(start)) : None if end is None else max(0, round(end))]
        return int(np.isin(part, [KINDS.index(kind) for kind in kinds]).sum())

    def runs(self, start: float = 0, end: float | None = None) -> Iterator[Run]:
        """Seconds of one kind in a row, in order."""
        first = max(0, round(start))
        part = self.codes[first : None if end is None else max(0, round(end))]
        edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(part)]
        for a, b in itertools.pairwise(edges):
            if b > a:
                yield Run(first + a, b - a, KINDS[int(part[a])])
