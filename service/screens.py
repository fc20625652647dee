"""The screens of a room: what they play, when it is sent, and what they report back.

Sound is sent in slices, at most :data:`LEAD` seconds ahead of the time it is due, so that little is under way
when a person takes over. The director's clock decides when a clause is over; with a screen that sounds, what
was really played comes from its report.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from anchor.delivery import SLICE as LOOK
from core.cancel import Turn
from core.channel import Channel
from core.clock import Clock
from core.events import Event, Notice, Played, Utterance
from media.audio import to_int16

Record = dict[str, Any]

LEAD = 0.5
"""Seconds of sound that a screen is sent ahead of time."""
JITTER = 0.2
"""Seconds by which a screen begins a clause later than it is told, so that late slices leave no hole."""
SLICE = 0.1
"""Seconds of sound in one message."""
PATIENCE = 2.0
"""Seconds that a screen's report may be late before the clock is believed."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """An utterance that began at ``began`` seconds of the clock; a screen plays it from ``start`` on."""

    utterance: Utterance
    began: float
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Silence at once: everything of this turn and the turns before it is dropped."""

    turn: int


Item = Sounding | Cut | Record


class Screen:
    """One connected screen. ``ready`` tells that its sound is on."""

    def __init__(self) -> None:
        self.inbox: Channel[Item] = Channel(256, "drop_oldest")
        self.ready = False


class Screens:
    """All screens of one room; the director's stage."""

    def __init__(self, publish: Callable[[Event], Awaitable[Event]], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._screens: list[Screen] = []
        self._now: Sounding | None = None
        self._scene: Record = {}
        self._awaited: dict[str, Sounding] = {}
        self._late: set[asyncio.Task[None]] = set()
        self._until = float("-inf")

    @property
    def count(self) -> int:
        """Screens that are connected."""
        return len(self._screens)

    @property
    def sounding(self) -> int:
        """Screens whose sound is on."""
        return sum(screen.ready for screen in self._screens)

    def quiet_for(self) -> float:
        """Seconds since the host was last to be heard; negative while it is heard."""
        return self._clock.now() - self._until

    def join(self) -> Screen:
        """A new screen: it gets the scene, and the clause that is on from where it is now."""
        screen = Screen()
        screen.inbox.offer(self._scene)
        if self._now is not None:
            held = self._now
            start = self._clock.now() - held.began
            if start < held.utterance.seconds:
                screen.inbox.offer(Sounding(held.utterance, held.began, start))
        self._screens.append(screen)
        return screen

    def leave(self, screen: Screen) -> None:
        """A screen that is gone."""
        screen.inbox.close()
        if screen in self._screens:
            self._screens.remove(screen)

    def show(self, scene: Record) -> None:
        """What is on show: state and product. Sent where it changed."""
        if scene != self._scene:
            self._scene = scene
            self._send(scene)

    def cut(self, turn: int) -> None:
        """Silence every screen at once; ``turn`` is the one that has begun."""
        self._now = None
        self._until = min(self._until, self._clock.now())
        self._send(Cut(turn))

    async def play(self, utterance: Utterance, turn: Turn) -> float:
        """Sound on every screen for as long as it lasts by the clock, or the turn does."""
        began = self._clock.now()
        reported = self.sounding > 0
        late = JITTER if reported else 0.0
        held = self._now = self._awaited[utterance.id] = Sounding(utterance, began)
        self._until = began + utterance.seconds + late
        self._send(held)
        while not turn.cancelled and (left := utterance.seconds - (self._clock.now() - began)) > 1e-9:
            await self._clock.sleep(min(LOOK, left))
        heard = min(utterance.seconds, self._clock.now() - began)
        if self._now is held:
            self._now = None
        if turn.cancelled:
            heard = max(0.0, heard - late)
        await self._settle(utterance.id, heard, reported)
        return heard

    async def played(self, utterance: str, start: float, end: float) -> None:
        """A screen's report; the first one of an utterance counts."""
        held = self._awaited.pop(utterance, None)
        if held is not None:
            longest = held.utterance.seconds
            start, end = max(0.0, min(start, longest)), max(0.0, min(end, longest))
            await self._publish(Played(utterance=utterance, start=start, end=max(start, end)))

    async def looked(self, seen: int, looks: int) -> None:
        """A screen's count: in ``seen`` of ``looks`` the label that an AI made this stood on its page."""
        await self._publish(Notice(code="label.sampled", text="", subject=f"{seen}/{looks}"))

    async def _settle(self, utterance: str, heard: float, reported: bool) -> None:
        if not reported or not self.sounding:
            await self.played(utterance, 0.0, heard)
            return
        waiting = asyncio.create_task(self._believe_the_clock(utterance, heard))
        self._late.add(waiting)
        waiting.add_done_callback(self._late.discard)

    async def _believe_the_clock(self, utterance: str, heard: float) -> None:
        await self._clock.sleep(PATIENCE)
        await self.played(utterance, 0.0, heard)

    async def settle(self) -> None:
        """Wait until everything that was played is told of."""
        if self._late:
            await asyncio.gather(*self._late)

    def _send(self, item: Item) -> None:
        for screen in self._screens:
            screen.inbox.offer(item)


class Feed:
    """Turns what a screen shall play into messages: records, and slices of 16-bit PCM when they are due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slices: deque[tuple[float, bytes]] = deque()

    def take(self, item: Item) -> list[Record | bytes]:
        """The messages to send at once."""
        if isinstance(item, Cut):
            self._slices.clear()
            return [{"type": "cut", "turn": item.turn}]
        if isinstance(item, Sounding):
            left: list[Record | bytes] = [data for _, data in self._slices]
            self._slices.clear()
            return [*left, self._begin(item), *self.due()]
        return [item]

    def due(self) -> list[Record | bytes]:
        """The slices that are due now."""
        now = self._clock.now()
        found: list[Record | bytes] = []
        while self._slices and self._slices[0][0] - LEAD <= now:
            found.append(self._slices.popleft()[1])
        return found

    def wait(self) -> float | None:
        """Seconds until the next slice is due; None where there is none."""
        return max(0.0, self._slices[0][0] - LEAD - self._clock.now()) if self._slices else None

    def _begin(self, item: Sounding) -> Record:
        made = item.utterance
        assert made.samples is not None
        first = round(item.start * made.rate)
        sound = to_int16(made.samples[first:])
        each = round(SLICE * made.rate)
        for at in range(0, len(sound), each):
            due = item.began + (first + at) / made.rate
            self._slices.append((due, sound[at : at + each].tobytes()))
        return {
            "type": "clause",
            "utterance": made.id,
            "line": made.line,
            "turn": made.turn,
            "text": made.text,
            "rate": made.rate,
            "seconds": round(made.seconds, 3),
            "start": round(item.start, 3),
            "samples": len(sound),
            "visemes": [[v.shape, round(v.start, 3), round(v.end, 3)] for v in made.visemes],
        }
