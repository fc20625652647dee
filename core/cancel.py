"""Cancellation by generation number: one implementation for the whole house.

A turn has a number. Barge-in, hand-over and a blocked line bump it; every stage from the model to the
last audio buffer drops what belongs to an older turn. Safe to read and bump from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A handle that model loops poll: ``cancelled`` becomes true when a newer turn has begun."""

    number: int
    turns: Turns

    @property
    def cancelled(self) -> bool:
        """Whether a newer turn has begun."""
        return self.number != self.turns.current


class Turns:
    """The room's turn counter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current = 0

    @property
    def current(self) -> int:
        """The number of the turn that is on."""
        return self._current

    def begin(self) -> Turn:
        """Cancel whatever was on and begin the next turn."""
        with self._lock:
            self._current += 1
            return Turn(self._current, self)

    def stale(self, turn: int | None) -> bool:
        """Whether an item stamped with ``turn`` belongs to an older turn; unstamped items never do."""
        return turn is not None and turn != self._current
