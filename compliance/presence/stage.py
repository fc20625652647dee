"""The presence meter as a stage: events in, presence and notices out, a look at the time every second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from compliance.presence.meter import Meter
from core.channel import Channel, ChannelClosed
from core.clock import Clock, SystemClock
from core.events import AudioChunk, Event, Utterance

TICK = 1.0


class PresenceMeter:
    """Runs a :class:`Meter` over a room's events. ``now`` is the room's time in seconds.

    Sound is compared in a worker thread, so that captions are not kept waiting.
    """

    name = "presence"

    def __init__(self, meter: Meter, now: Callable[[], float], clock: Clock | None = None) -> None:
        self.meter = meter
        self._now = now
        self._clock = clock or SystemClock()

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Until the inbox is closed and drained."""
        turn = asyncio.Lock()
        ticking = asyncio.create_task(self._tick(turn, outbox))
        try:
            async for event in inbox:
                async with turn:
                    if isinstance(event, AudioChunk | Utterance):
                        await asyncio.to_thread(self.meter.accept, event, self._now())
                    else:
                        self.meter.accept(event, self._now())
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError, ChannelClosed):
                await ticking
        for event in [*self.meter.advance(self._now()), *self.meter.finish()]:
            await outbox.send(event)

    async def _tick(self, turn: asyncio.Lock, outbox: Channel[Event]) -> None:
        while True:
            async with turn:
                found = await asyncio.to_thread(self.meter.advance, self._now(), self._clock.now())
            for event in found:
                await outbox.send(event)
            await self._clock.sleep(TICK)
