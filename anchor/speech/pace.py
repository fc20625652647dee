"""How long a voice works on a clause and how long the clause sounds, learnt from what it has spoken."""

from __future__ import annotations

from collections import deque
from statistics import median

SEEN = 15
"""Clauses that are looked back at: load and speed change within a show."""
WORK = (1.1, 0.1)
"""Seconds of work, and of each syllable, before anything was spoken: Kokoro on two cores."""
SOUND = (0.3, 0.21)
"""Seconds of sound, and of each syllable, likewise."""


class Pace:
    """What a voice needs; the shape of the estimate is fixed, its scale is learnt."""

    def __init__(self) -> None:
        self._work: deque[float] = deque([1.0], SEEN)
        self._sound: deque[float] = deque([1.0], SEEN)

    def note(self, syllables: int, worked: float, sounded: float) -> None:
        """A clause of so many syllables took so many seconds to make, and lasts so many."""
        self._work.append(worked / _line(WORK, syllables))
        self._sound.append(sounded / _line(SOUND, syllables))

    def work(self, syllables: int) -> float:
        """Seconds that the voice will probably work on a clause."""
        return median(self._work) * _line(WORK, syllables)

    def sound(self, syllables: int) -> float:
        """Seconds that it will probably last."""
        return median(self._sound) * _line(SOUND, syllables)


def _line(of: tuple[float, float], syllables: int) -> float:
    fixed, each = of
    return fixed + each * syllables
