"""A room's presence meter and on-air check, running beside its captions and its host."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.guard import Guard
from compliance.on_air import OnAir
from compliance.presence.meter import Decision, Meter, sentence
from compliance.presence.metrics import Metric
from compliance.presence.policy import Policy, refusal
from compliance.presence.stage import PresenceMeter
from compliance.presence.timeline import Timeline
from compliance.tickets import Board, Patience, Ticket, restored
from core.channel import Channel, ChannelClosed
from core.errors import RefusedError, XiangyinError
from core.events import AudioChunk, Cue, Event, Notice, Presence, Verdict
from core.journal import read
from core.ports import VoiceActivity
from core.stage import Stage, Supervised
from service.rooms import Room

if TYPE_CHECKING:
    from service.showing import Show

log = logging.getLogger(__name__)

WHO = "在场检查"
BACKLOG = 1200
LOOK = 0.25
BLIND = 15.0
"""Seconds for which the meter may not look at the room before it counts as out; it looks every second."""
NEEDED = frozenset({"Presence", "Verdict", "Notice"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What is needed to watch a room; ``guard`` and ``activity`` may take a moment to load."""

    policy: Callable[[], Policy]
    registration: str
    guard: Callable[[], Guard]
    activity: Callable[[], VoiceActivity]


class RoomPresence:
    """Watches one room: counts who speaks, silences its host, keeps its correction tickets."""

    def __init__(self, room: Room, folder: Path, parts: Parts, show: Callable[[], Show]) -> None:
        """``folder`` is the room's; make it inside the event loop."""
        self._room, self._folder, self._parts, self._show = room, folder, parts, show
        self._sound: Channel[Event] = Channel(BACKLOG, "drop_oldest")
        self._meter: Meter | None = None
        self._on_air: OnAir | None = None
        self._board = Board()
        self._held = self._broken = False
        self._running = asyncio.create_task(self._run())

    @property
    def policy(self) -> Policy:
        """The policy that holds here."""
        return self._parts.policy()

    @property
    def decision(self) -> Decision:
        """What the meter says now; in doubt while there is none, or none that looks."""
        meter = self._meter
        if meter is None or abs(self._room.now - meter.looked_at) > BLIND:
            return Decision("doubt", doubts=("meter",), why=sentence("doubt", (), ("meter",)))
        return meter.decision

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """M1 to M13 as last counted."""
        return self._meter.metrics if self._meter else ()

    @property
    def corrections(self) -> tuple[Ticket, ...]:
        """Slips and their corrections, oldest first."""
        return (self._on_air.board if self._on_air else self._board).tickets

    def permit(self) -> None:
        """Raise :class:`RefusedError` where an AI host may not go on air."""
        refused = refusal(self._parts.policy(), date.today(), self._parts.registration)
        if refused is not None:
            raise refused
        if self._broken:
            raise RefusedError(
                "presence.unavailable",
                "在场检查开不起来，虚拟主播不能开播。",
                "真人照常直播；重新启动乡音再试，还不行请看日志。",
            )

    def hear(self, chunk: AudioChunk) -> None:
        """The microphone's sound, the host's echo included."""
        with suppress(ChannelClosed):
            self._sound.offer(chunk)

    async def close(self) -> None:
        """Stop watching."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hold())  # first, and whatever becomes of the others
            group.create_task(self._or_told(self._measure(), "presence.unavailable", "在场检查"))

    async def _or_told(self, work: Coroutine[Any, Any, None], code: str, title: str) -> None:
        """A part that cannot start or breaks is told of. People go on; without a meter the AI does not."""
        try:
            await work
        except Exception as error:
            log.error("%s: %s", code, type(error).__name__, exc_info=error)
            if code == "presence.unavailable":
                self._meter, self._broken = None, True
            text = f"{title}开不起来：{error}"
            await self._room.publish(Notice(code=code, text=text, level="error", at=self._room.now))

    async def _measure(self) -> None:
        self._board, past = await asyncio.to_thread(_remembered, self._folder)
        policy = self._parts.policy()

        def now() -> float:
            return self._room.now

        async def count() -> None:
            activity = await asyncio.to_thread(self._parts.activity)

            def meter() -> Stage:
                self._meter = Meter(
                    policy, activity, room=self._room.name, listening=lambda: self._room.listening,
                    start=self._room.now, past=past,
                )  # fmt: skip
                return PresenceMeter(self._meter, now)

            await self._feed(meter, "在场检查", self._sound, self._room.subscribe(1024))

        async with asyncio.TaskGroup() as group:
            group.create_task(self._or_told(count(), "presence.unavailable", "在场检查"))
            group.create_task(self._or_told(self._check(policy), "on_air.unavailable", "口误提醒"))

    async def _check(self, policy: Policy) -> None:
        """The on-air check. The rules load when the first caption comes: nobody waits for them before."""
        events, first = self._room.subscribe(1024), list[Event]()
        while not self._board.open and not (first and isinstance(first[0], Cue) and first[0].final):
            first = [await events.receive()]
        guard = await asyncio.to_thread(self._parts.guard)
        limit = policy.limits.get("M12")
        patience = Patience(limit.warn or 30.0, limit.act or 60.0) if limit else Patience()

        def on_air() -> Stage:
            held = self._on_air.board if self._on_air else self._board
            self._on_air = OnAir(
                guard, lambda: self._room.now, board=held, patience=patience,
                category=lambda: self._show().category(),
            )  # fmt: skip
            return self._on_air

        inbox: Channel[Event] = Channel(BACKLOG, "drop_oldest")
        for event in first:
            inbox.offer(event)
        await self._feed(on_air, "口误提醒", inbox, events)

    async def _feed(
        self, make: Callable[[], Stage], title: str, inbox: Channel[Event], events: Channel[Event]
    ) -> None:
        """One stage over the room's events; what it makes goes back into the room."""
        outbox: Channel[Event] = Channel(256)
        stage = Supervised(make, room=self._room.name, title=title)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(stage.run(inbox, outbox))
                group.create_task(_pour(events, inbox))
                group.create_task(self._publish(outbox))
        finally:
            events.close()

    async def _publish(self, outbox: Channel[Event]) -> None:
        async for event in outbox:
            with suppress(ChannelClosed):
                await self._room.publish(event)

    async def _hold(self) -> None:
        """Silence the host while the meter says so, and let it go on; a stop ends its show."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self._look()
            except Exception as error:  # this loop is what silences the host
                log.error("the host cannot be held: %s", type(error).__name__, exc_info=error)

    async def _look(self) -> None:
        decision, show = self.decision, self._show()
        phase = show.state.state
        with suppress(XiangyinError):  # it went off the air meanwhile
            if decision.standing == "stop" and phase in ("on", "paused"):
                self._held = False
                await show.stop(WHO)
            elif decision.paused and phase == "on":
                self._held = True
                await show.pause(WHO)
            elif not decision.paused and self._held:
                self._held = False
                if phase == "paused":
                    await show.resume(WHO)


async def _pour(events: Channel[Event], inbox: Channel[Event]) -> None:
    async for event in events:
        inbox.offer(event)


def _remembered(folder: Path) -> tuple[Board, Timeline]:
    """The tickets and the seconds of earlier runs of a room."""
    kept: list[Event] = []
    if (folder / "events").is_dir():
        kept = [e.event() for e in read(folder / "events") if e.record.get("event") in NEEDED]
    presences = [e for e in kept if isinstance(e, Presence)]
    return restored(e for e in kept if isinstance(e, Verdict | Notice)), Timeline.of(presences)
