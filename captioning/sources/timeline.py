"""The time stamps of a live stream made into one rising clock: jitter, gaps, jumps and repeats."""

from __future__ import annotations

from dataclasses import dataclass

JITTER = 0.15
"""Seconds by which a time stamp may miss without meaning anything."""

LONGEST = 600.0
"""A larger jump forward is a new clock, not a gap."""

REPEAT = 120.0
"""Seconds that a reconnected playlist may give once more."""

SLIVER = 0.005
"""Seconds at the end of a repeated stretch that only rounding makes new."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of sound goes: ``at`` seconds, without its first ``skip`` seconds (heard before)."""

    at: float
    skip: float = 0.0


class Timeline:
    """Feed it stretches in the order they come. ``end`` is the time just after the last one.

    ``repeats`` says that the stream's clock survives a reconnection and that the same sound may come again
    (HLS); any other clock starts anew.
    """

    def __init__(self, repeats: bool = False) -> None:
        self.end = 0.0
        self._repeats = repeats
        self._offset: float | None = None
        self._away: float | None = None
        self._again = False

    def lost(self, seconds: float) -> None:
        """The connection was gone for so long; what comes next is after it."""
        self._away = (self._away or 0.0) + seconds
        self._again = self._repeats

    def place(self, stamp: float | None, seconds: float) -> Place:
        """The place of ``seconds`` of sound stamped ``stamp`` (None: no stamp) by the stream's clock."""
        away, self._away = self._away, None
        if stamp is None:
            return self._put(away or 0.0, seconds)
        if self._offset is None or (away is not None and not self._repeats):
            return self._anchor(stamp, away or 0.0, seconds)
        drift = stamp + self._offset - self.end
        if self._repeats and -REPEAT <= drift < (0.0 if self._again else -JITTER):
            skip = min(seconds, -drift)
            if skip > seconds - SLIVER:
                return Place(self.end, seconds)
            self._again = False
            return self._put(0.0, seconds - skip, skip)
        self._again = False
        if -JITTER <= drift <= JITTER:
            return self._put(0.0, seconds)
        if 0 < drift <= LONGEST:
            return self._put(drift, seconds)
        return self._anchor(stamp, away or 0.0, seconds)

    def _anchor(self, stamp: float, gap: float, seconds: float) -> Place:
        self._offset = self.end + gap - stamp
        return self._put(gap, seconds)

    def _put(self, gap: float, seconds: float, skip: float = 0.0) -> Place:
        at = self.end + gap
        self.end = at + seconds
        return Place(at, skip)
