"""Where speech starts, pauses and ends: a pure state machine over voice-activity probabilities.

The silence that ends a segment shortens as the segment grows (FunASR's realtime server does the same), so
that a long talker is not kept waiting and a short answer is not cut. A *pause* comes before the end: what
is decoded at the pause may serve as the final when nothing more is said.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

RATE = 16_000


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Probabilities in [0, 1]; times in seconds.

    ``end_silence`` lists (segment length up to, silence that ends it); the last pair holds beyond.
    """

    window: int = 512
    speech: float = 0.5
    release: float = 0.35
    onset: float = 0.16
    pause: float = 0.2
    end_silence: tuple[tuple[float, float], ...] = ((4.0, 0.6), (8.0, 0.5), (12.0, 0.36), (60.0, 0.26))
    max_seconds: float = 12.0
    cut_search: float = 3.0


class BoundaryKind(Enum):
    """What happened at a window."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A change of state. ``at`` is the time of the first voiced sample (start, resume) or the end of the
    last voiced one (pause, end), in seconds of the stream; ``forced`` marks a cut inside speech.
    """

    kind: BoundaryKind
    at: float
    forced: bool = False


class Endpointer:
    """Feed one probability a window; get the boundaries it causes."""

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        self._settings = settings or EndpointSettings()
        self._step = self._settings.window / RATE
        self._count = 0
        self._run = 0
        self._started: float | None = None
        self._voiced_end = 0.0
        self._paused = False
        self._recent: deque[tuple[float, float]] = deque(
            maxlen=max(1, round(self._settings.cut_search / self._step))
        )

    @property
    def speaking(self) -> bool:
        """Whether a segment is open."""
        return self._started is not None

    @property
    def quiet_windows(self) -> bool:
        """Whether the newest window fell below the release threshold (an end may be near)."""
        return self._started is not None and self._now - self._voiced_end > self._step / 2

    @property
    def _now(self) -> float:
        return self._count * self._step

    def follow(self, settings: EndpointSettings) -> None:
        """Other silences from now on; the window stays."""
        self._settings = settings

    def accept(self, probability: float) -> list[Boundary]:
        """Advance by one window."""
        begin = self._now
        self._count += 1
        if self._started is None:
            return self._idle(probability, begin)
        return self._open(probability)

    def finish(self) -> list[Boundary]:
        """End of the stream: close an open segment."""
        if self._started is None:
            return []
        return [self._close(self._voiced_end)]

    def _idle(self, probability: float, begin: float) -> list[Boundary]:
        self._run = self._run + 1 if probability >= self._settings.speech else 0
        if self._run * self._step < self._settings.onset:
            return []
        self._started = max(0.0, begin - (self._run - 1) * self._step)
        self._voiced_end = self._now
        self._paused = False
        self._recent.clear()
        return [Boundary(BoundaryKind.START, self._started)]

    def _open(self, probability: float) -> list[Boundary]:
        assert self._started is not None
        voiced = probability >= (self._settings.speech if self._paused else self._settings.release)
        self._recent.append((probability, self._now))
        if voiced:
            return self._voiced()
        silence = self._now - self._voiced_end
        if silence >= self._end_silence(self._voiced_end - self._started):
            return [self._close(self._voiced_end)]
        if not self._paused and silence >= self._settings.pause:
            self._paused = True
            return [Boundary(BoundaryKind.PAUSE, self._voiced_end)]
        return []

    def _voiced(self) -> list[Boundary]:
        assert self._started is not None
        resumed_at = self._now - self._step
        out = [Boundary(BoundaryKind.RESUME, resumed_at)] if self._paused else []
        self._paused = False
        self._voiced_end = self._now
        if self._now - self._started < self._settings.max_seconds:
            return out
        return [*out, *self._cut()]

    def _cut(self) -> list[Boundary]:
        """Split a segment that grew too long at its least voiced recent window, and go on speaking."""
        _, at = min(self._recent, key=lambda pair: (pair[0], -pair[1]))
        end = self._close(at, forced=True)
        self._started = at
        self._voiced_end = self._now
        return [end, Boundary(BoundaryKind.START, at, forced=True)]

    def _close(self, at: float, forced: bool = False) -> Boundary:
        self._started, self._run, self._paused = None, 0, False
        self._recent.clear()
        return Boundary(BoundaryKind.END, at, forced)

    def _end_silence(self, length: float) -> float:
        for up_to, silence in self._settings.end_silence:
            if length <= up_to:
                return silence
        return self._settings.end_silence[-1][1]
