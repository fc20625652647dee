"""Masking a stream of caption segments: a number that is cut in two is masked in both halves.

The raw text of the last segments is carried in memory (at most ``carry`` characters and the segment before)
and never leaves this object. When a new segment completes a number, the earlier segment is revised.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from compliance.privacy import PersonalSpan, find, hide


@dataclass(frozen=True, slots=True)
class Revision:
    """A segment fed earlier (counted from 0) that must now be shown as ``text``."""

    segment: int
    text: str


@dataclass(frozen=True, slots=True)
class StreamMasked:
    """The new segment masked, its personal data, and earlier segments to revise."""

    text: str
    spans: tuple[PersonalSpan, ...]
    revised: tuple[Revision, ...] = ()


@dataclass(slots=True)
class _Segment:
    number: int
    raw: str
    shown: str


class StreamMasker:
    """Masks segments one after another, with a carried tail."""

    def __init__(self, carry: int = 48) -> None:
        self._carry = carry
        self._recent: list[_Segment] = []
        self._count = 0

    def feed(self, text: str) -> StreamMasked:
        """Mask the next segment in the light of those before it."""
        self._recent.append(_Segment(self._count, text, text))
        self._count += 1
        found: list[list[PersonalSpan]] = [[] for _ in self._recent]
        for glue in ("", " "):
            self._collect(glue, found)
        revised: list[Revision] = []
        for segment, spans in zip(self._recent, found, strict=True):
            shown = hide(segment.raw, spans)
            if shown != segment.shown and segment is not self._recent[-1]:
                revised.append(Revision(segment.number, shown))
            segment.shown = shown
        result = StreamMasked(self._recent[-1].shown, tuple(found[-1]), tuple(revised))
        while len(self._recent) > 1 and sum(len(s.raw) for s in self._recent[1:]) >= self._carry:
            self._recent.pop(0)
        return result

    def settle(self, text: str) -> str:
        """The text alone of :meth:`feed`."""
        return self.feed(text).text

    def preview(self, text: str) -> str:
        """What :meth:`feed` would make of ``text``, which is not settled yet and is not carried."""
        return deepcopy(self).feed(text).text

    def _collect(self, glue: str, found: list[list[PersonalSpan]]) -> None:
        joined = glue.join(s.raw for s in self._recent)
        at = 0
        for segment, spans in zip(self._recent, found, strict=True):
            end = at + len(segment.raw)
            for span in find(joined):
                start, stop = max(span.start, at) - at, min(span.end, end) - at
                if start < stop and all(stop <= s.start or start >= s.end for s in spans):
                    spans.append(PersonalSpan(start, stop, span.type))
            spans.sort(key=lambda s: s.start)
            at = end + len(glue)
