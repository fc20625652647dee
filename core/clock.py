"""Time as a port, so that a day-long programme can be tested in a second.

Everything that waits takes a :class:`Clock`. The virtual one is in :mod:`core.testing`.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, runtime_checkable


class Clock(Protocol):
    """Monotonic time and waiting."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only yields to the other tasks."""
        ...


@runtime_checkable
class HoldableClock(Clock, Protocol):
    """A clock that jumps when nobody is busy, and so must be told of work it cannot see."""

    def hold(self) -> AbstractContextManager[None]:
        """Keep the time where it is inside the block."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only yields to the other tasks."""
        await asyncio.sleep(max(0.0, seconds))


def busy(clock: Clock) -> AbstractContextManager[None]:
    """Mark work outside the event loop (a worker thread), so that a virtual clock waits for it."""
    return clock.hold() if isinstance(clock, HoldableClock) else nullcontext()
