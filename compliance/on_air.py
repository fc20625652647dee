"""The on-air check as a stage: final captions of people in, alerts and tickets out.

It reads captions after everyone else has them and judges in a worker thread: captions never wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from compliance.goods import GENERIC
from compliance.guard import Guard
from compliance.tickets import Board, Patience, acted, judged, tick
from core.channel import Channel, ChannelClosed
from core.clock import Clock, SystemClock, busy
from core.events import Act, Cue, Event, Finding

TICK = 1.0
TAIL, TAIL_SECONDS = 12, 2.0
"""Characters of the caption before, said so shortly before, that a claim may have begun in."""


class OnAir:
    """Checks one room. ``board`` may be one that was restored; ``now`` is the room's time in seconds."""

    name = "on_air"

    def __init__(
        self,
        guard: Guard,
        now: Callable[[], float],
        *,
        board: Board | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        category: Callable[[], str] = lambda: GENERIC,
    ) -> None:
        """``category`` is the kind of goods on show when a caption comes (``compliance.goods``)."""
        self.board = board or Board()
        self._guard = guard
        self._now = now
        self._patience = patience or Patience()
        self._clock = clock or SystemClock()
        self._category = category

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Until the inbox is closed and drained."""
        ticking = asyncio.create_task(self._tick(outbox))
        before: Cue | None = None
        try:
            async for event in inbox:
                out: list[Event] = []
                if isinstance(event, Cue) and event.final and event.mandarin:
                    with busy(self._clock):
                        findings = await asyncio.to_thread(
                            findings_of, self._guard, before, event, self._category()
                        )
                    self.board, out = judged(self.board, event, findings, self._now())
                    before = event
                elif isinstance(event, Act):
                    self.board, out = acted(self.board, event, self._now())
                for made in out:
                    await outbox.send(made)
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError, ChannelClosed):
                await ticking

    async def _tick(self, outbox: Channel[Event]) -> None:
        while True:
            self.board, out = tick(self.board, self._now(), self._patience)
            for made in out:
                await outbox.send(made)
            await self._clock.sleep(TICK)


def findings_of(guard: Guard, before: Cue | None, cue: Cue, category: str = GENERIC) -> tuple[Finding, ...]:
    """What the guard finds in a caption, a claim that began in the one before included.

    Offsets are code points of ``cue.mandarin``; where only the raw text offends they are of ``cue.raw``.
    """
    near = before is not None and before.cue != cue.cue and 0 <= cue.start - before.end <= TAIL_SECONDS
    tail = before.mandarin[-TAIL:] if before is not None and near else ""
    if tail and guard.check(tail, "human", category).findings:
        tail = ""  # said and judged there
    found = guard.check(tail + cue.mandarin, "human", category).findings
    ending = tuple(_moved(f, -len(tail)) for f in found if f.end > len(tail))
    if not ending and cue.raw != cue.mandarin:
        return guard.check(cue.raw, "human", category).findings
    return ending


def _moved(finding: Finding, by: int) -> Finding:
    return replace(finding, start=max(0, finding.start + by), end=finding.end + by)
