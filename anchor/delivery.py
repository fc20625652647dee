"""How a line is spoken: clause by clause, the next sound made while the one before it plays.

When a line has no more clauses to make, the voice begins with the line that probably comes next, so that no
one waits between two lines. What is made ahead and not wanted after all is dropped unheard. When that is made
too, the host learns replies by heart until something is wanted (:mod:`anchor.rehearsal`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from anchor.rehearsal import Rehearsal
from anchor.speech.speaker import Clause
from core.cancel import Turn
from core.clock import Clock
from core.errors import XiangyinError
from core.events import Event, Line, Played, Utterance
from core.ports import Cancelled

HEARD = 0.5
"""Seconds of an answer after which it counts as heard."""
AMPLE = 5.0
"""Seconds until the next line in which a clause can be learnt before that line must be begun."""
SLICE = 0.1
"""Seconds of sound after which a playing clause looks whether it is still wanted."""

Voice = Callable[[str, Cancelled], AsyncIterator[Clause]]
"""A line and a cancel question → its clauses in sound, the first as soon as it is ready."""


class Stage(Protocol):
    """Where utterances sound; it also tells how much of each was played (:class:`core.events.Played`)."""

    async def play(self, utterance: Utterance, turn: Turn) -> float:
        """Return when the next utterance may begin, or the turn is over; the seconds that were heard."""
        ...


class _Sound:
    """The clauses of one line, made one after another. It belongs to a turn once it is spoken."""

    def __init__(self, text: str, voice: Voice) -> None:
        self.text = text
        self.turn: Turn | None = None
        self.left = 0.0
        """Seconds of sound that are made and were not taken."""
        self._dropped = False
        self._clauses: asyncio.Queue[Clause | None] = asyncio.Queue()
        self.making = asyncio.ensure_future(self._make(voice))

    def _unwanted(self) -> bool:
        return self._dropped or (self.turn is not None and self.turn.cancelled)

    async def _make(self, voice: Voice) -> None:
        try:
            async for clause in voice(self.text, self._unwanted):
                self.left += clause.speech.seconds
                self._clauses.put_nowait(clause)
        finally:
            self._clauses.put_nowait(None)

    async def take(self) -> Clause | None:
        """The next clause; None at the end. Raises what the voice raises."""
        clause = await self._clauses.get()
        if clause is None:
            await self.making
        else:
            self.left -= clause.speech.seconds
        return clause

    async def drop(self) -> None:
        """Nobody will hear the rest; returns when the voice has let go of it."""
        self._dropped = True
        with suppress(asyncio.CancelledError, XiangyinError):
            await self.making


class Delivery:
    """Speaks the lines of one host.

    ``foresee`` tells the line, already judged, that will probably come next, so many seconds from now.
    """

    def __init__(
        self,
        voice: Callable[[Line], Voice],
        name: str,
        publish: Callable[[Event], Awaitable[Event]],
        clock: Clock,
        foresee: Callable[[float], Awaitable[Line | None]],
        *,
        stage: Stage | None = None,
        pause: float = 0.0,
        rehearsal: Rehearsal | None = None,
    ) -> None:
        """``voice`` is the one for a line; its ``name`` goes into the record.

        ``pause`` is seconds of silence after a line. Without a ``stage`` sound takes the time of the clock,
        and all of it is heard.
        """
        self._voice = voice
        self._name = name
        self._publish = publish
        self._clock = clock
        self._foresee = foresee
        self._stage = stage
        self._pause = pause
        self._rehearsal = rehearsal
        self._now: _Sound | None = None
        self._ahead: _Sound | None = None
        self._looking: asyncio.Future[None] | None = None
        self._wanted = asyncio.Event()
        self._changing = asyncio.Lock()
        self._free = True
        self._until = clock.now()

    def look_ahead(self) -> None:
        """Begin with the line that probably comes next, where the voice has nothing else to do."""
        self._wanted.set()
        if self._free and (self._looking is None or self._looking.done()):
            self._looking = asyncio.ensure_future(self._look_ahead())

    async def speak(self, line: Line, turn: Turn, pause: float = 0.0, goes_on: bool = False) -> float:
        """Speak ``line`` while ``turn`` lasts; the seconds that were heard. Raises what the voice raises.

        ``pause`` is seconds of silence after it, beyond the usual; none where the next line ``goes_on``.
        """
        self._free = False
        self._wanted.set()
        sound = self._now = await self._sound_of(line)
        sound.turn = turn
        sound.making.add_done_callback(lambda _: self._made(sound))
        heard = 0.0
        try:
            while (clause := await sound.take()) is not None and not turn.cancelled:
                heard += await self._play(line, clause, turn)
        finally:
            self._free, self._now = True, None
            await sound.drop()
        if not turn.cancelled and not goes_on:
            await self._wait(self._pause + pause, turn)
        return heard

    def _made(self, sound: _Sound) -> None:
        """All clauses of ``sound`` are made; while it still sounds the voice is free."""
        if sound is self._now:
            self._free = True
            self.look_ahead()

    @property
    def _left(self) -> float:
        """Seconds until the next line begins."""
        playing = max(0.0, self._until - self._clock.now())
        return playing + (self._now.left if self._now is not None else 0.0)

    async def _look_ahead(self) -> None:
        while self._free and self._wanted.is_set():
            self._wanted.clear()
            await self._learn_in_time()
            line = await self._foresee(self._left)
            await self._make_ahead(line)
            if self._ahead is not None:
                await self._made_or_wanted(self._ahead)
            while await self._learn():
                pass

    async def _make_ahead(self, line: Line | None) -> None:
        async with self._changing:
            if not self._free or line is None or (self._ahead is not None and self._ahead.text == line.text):
                return
            await self._let_go()
            if self._free:
                self._ahead = _Sound(line.text, self._voice(line))

    async def _made_or_wanted(self, sound: _Sound) -> None:
        wanted = asyncio.ensure_future(self._wanted.wait())
        await asyncio.wait({sound.making, wanted}, return_when=asyncio.FIRST_COMPLETED)
        wanted.cancel()

    async def _learn_in_time(self) -> None:
        """Learn a clause where the line that sounds is long enough to make the next one in time after it."""
        if self._left >= AMPLE and (self._ahead is None or self._ahead.making.done()):
            await self._learn()

    async def _learn(self) -> bool:
        """Learn one more clause of a reply; False where all is known, or something else is to be done."""
        return self._rehearsal is not None and await self._rehearsal.one(self._needed)

    def _needed(self) -> bool:
        return self._wanted.is_set() or not self._free

    async def _sound_of(self, line: Line) -> _Sound:
        if self._looking is not None and self._looking.done():
            self._looking.result()
        async with self._changing:
            if self._ahead is not None and self._ahead.text == line.text:
                sound, self._ahead = self._ahead, None
                return sound
            await self._let_go()
            return _Sound(line.text, self._voice(line))

    async def _let_go(self) -> None:
        if self._ahead is not None:
            sound, self._ahead = self._ahead, None
            await sound.drop()

    async def _play(self, line: Line, clause: Clause, turn: Turn) -> float:
        made = Utterance(
            line=line.id, text=clause.written, rate=clause.speech.rate, seconds=clause.speech.seconds,
            samples=clause.speech.samples, visemes=clause.speech.visemes, voice=self._name, turn=turn.number,
        )  # fmt: skip
        utterance = await self._publish(made)
        assert isinstance(utterance, Utterance)
        self._until = self._clock.now() + clause.speech.seconds + self._pause
        if self._stage is not None:
            return await self._stage.play(utterance, turn)
        heard = await self._wait(clause.speech.seconds, turn)
        await self._publish(Played(utterance=utterance.id, start=0.0, end=heard))
        return heard

    async def _wait(self, seconds: float, turn: Turn) -> float:
        """Let time pass while the turn lasts; how much passed, at most ``seconds``."""
        began = self._clock.now()
        while not turn.cancelled and (left := seconds - (self._clock.now() - began)) > 1e-9:
            await self._clock.sleep(min(SLICE, left))
        return min(seconds, self._clock.now() - began)
