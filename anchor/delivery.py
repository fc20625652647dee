"""How a line is spoken: clause by clause, the next sound made while the one before it plays.

When a line has no more clauses to make, the voice begins with the line that probably comes next, so that no
one waits between two lines. What is made ahead and not wanted after all is dropped unheard.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from anchor.speech.speaker import Clause
from core.cancel import Turn
from core.clock import Clock
from core.errors import XiangyinError
from core.events import Event, Line, Played, Utterance
from core.ports import Cancelled

HEARD = 0.5
"""Seconds of an answer after which it counts as heard."""
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
    """The clauses of one line, the next always under way. It belongs to a turn once it is spoken."""

    def __init__(self, text: str, voice: Voice) -> None:
        self.text = text
        self.turn: Turn | None = None
        self._dropped = False
        self._clauses = voice(text, self._unwanted)
        self._coming = asyncio.ensure_future(self._following())

    def _unwanted(self) -> bool:
        return self._dropped or (self.turn is not None and self.turn.cancelled)

    async def _following(self) -> Clause | None:
        return await anext(self._clauses, None)

    async def take(self) -> Clause | None:
        """The next clause; the one after it begins to be made. None at the end."""
        clause = await self._coming
        if clause is not None and not self._unwanted():
            self._coming = asyncio.ensure_future(self._following())
        return clause

    async def drop(self) -> None:
        """Nobody will hear the rest; returns when the voice has let go of it."""
        self._dropped = True
        with suppress(asyncio.CancelledError, XiangyinError):
            await self._coming


class Delivery:
    """Speaks the lines of one host.

    ``foresee`` tells the text of the line that will probably come next, so many seconds from now.
    """

    def __init__(
        self,
        voice: Voice,
        name: str,
        publish: Callable[[Event], Awaitable[Event]],
        clock: Clock,
        foresee: Callable[[float], Awaitable[str | None]],
        *,
        stage: Stage | None = None,
        pause: float = 0.0,
    ) -> None:
        """``name`` of the voice goes into the record. ``pause`` is seconds of silence after a line.

        Without a ``stage`` sound takes the time of the clock, and all of it is heard.
        """
        self._voice = voice
        self._name = name
        self._publish = publish
        self._clock = clock
        self._foresee = foresee
        self._stage = stage
        self._pause = pause
        self._ahead: _Sound | None = None
        self._looking: asyncio.Future[None] | None = None
        self._changing = asyncio.Lock()
        self._free = True
        self._until = clock.now()

    def look_ahead(self) -> None:
        """Begin with the line that probably comes next, where the voice has nothing else to do."""
        if self._free and (self._looking is None or self._looking.done()):
            self._looking = asyncio.ensure_future(self._look_ahead())

    async def speak(self, line: Line, turn: Turn, pause: float = 0.0) -> float:
        """Speak ``line`` while ``turn`` lasts; the seconds that were heard. Raises what the voice raises.

        ``pause`` is seconds of silence after it, beyond the usual.
        """
        self._free = False
        sound = await self._sound_of(line.text)
        sound.turn = turn
        heard = 0.0
        try:
            clause = await sound.take()
            while clause is not None and not turn.cancelled:
                coming = asyncio.ensure_future(self._next(sound))
                heard += await self._play(line, clause, turn)
                clause = await coming
        finally:
            self._free = True
            await sound.drop()
        if not turn.cancelled:
            await self._wait(self._pause + pause, turn)
        return heard

    async def _next(self, sound: _Sound) -> Clause | None:
        clause = await sound.take()
        if clause is None:
            self._free = True
            self.look_ahead()
        return clause

    async def _look_ahead(self) -> None:
        text = await self._foresee(max(0.0, self._until - self._clock.now()))
        async with self._changing:
            if not self._free or text is None or (self._ahead is not None and self._ahead.text == text):
                return
            await self._let_go()
            if self._free:
                self._ahead = _Sound(text, self._voice)

    async def _sound_of(self, text: str) -> _Sound:
        if self._looking is not None and self._looking.done():
            self._looking.result()
        async with self._changing:
            if self._ahead is not None and self._ahead.text == text:
                sound, self._ahead = self._ahead, None
                return sound
            await self._let_go()
            return _Sound(text, self._voice)

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
