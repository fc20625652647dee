"""A show of a tiny shop in virtual time, with everything real but the voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from anchor.speech.speaker import Speaker
from compliance.guard import Guard
from compliance.ledger_heads import SigningKey
from core.compute import Compute
from core.events import Event
from core.testing import ScriptedVoice, VirtualClock
from knowledge_graph.facts import MemoryShop
from service.programme import Sources
from service.rooms import Room
from service.showing import Show
from tests.anchor.shops import DAY, tiny

GUARD = Guard.load(DAY)
NOON = datetime.combine(DAY, time(10))


class House:
    """A room with its show. ``shop`` is what is approved at the moment."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        self.compute = Compute(1, clock=self.clock)
        self.shop: MemoryShop = tiny()
        self.voice = ScriptedVoice()
        self.key = folder / "keys" / "ledger.pem"
        self.room = Room("main", folder / "main", key=SigningKey.open(self.key))
        self.events: list[Event] = []
        sources = Sources(
            lambda _: self.shop,
            lambda _: self.shop.meta.version,
            lambda: GUARD,
            lambda name, speed: Speaker(self.voice, name, speed or 1.0),
            self.compute,
        )
        self.show = Show(
            self.room,
            folder / "main" / "show.json",
            sources,
            self.clock,
            today=lambda: DAY,
            seed=lambda: 7,
            wall=lambda: NOON,
        )
        self._log = self.room.subscribe(100_000)

    def seen(self) -> list[Event]:
        """Every event of the room so far."""
        while len(self._log):
            self.events.append(self._log._items.popleft())
        return self.events

    def approve(self, shop: MemoryShop) -> None:
        """Another version of the facts is in force."""
        self.shop = replace(shop, meta=replace(shop.meta, version=self.shop.meta.version + 1))

    async def until(self, done: Callable[[], bool], seconds: float = 600.0) -> None:
        """Let virtual time pass until ``done()``."""
        end = self.clock.now() + seconds
        while not done():
            assert self.clock.now() < end, "it did not come to pass"
            await self.clock.sleep(0.05)

    async def over(self) -> None:
        """Let the show run to its end."""
        await self.until(lambda: self.show.state.state in ("over", "off"), 7200)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """An open room that is closed in the end."""
    made = House(folder)
    try:
        yield made
    finally:
        await made.show.close()
        made.seen()
        await made.room.close()
        made.compute.close()


def played(folder: Path, act: Callable[[House], Awaitable[None]]) -> House:
    """Run ``act`` in a room of ``folder``; returns the room as it was left."""

    async def main() -> House:
        async with house(folder) as made:
            await act(made)
        return made

    return asyncio.run(main())
