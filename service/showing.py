"""The live show of a room: one director on the event loop, its voice in the worker threads of the compute.

Everything the host says, refuses and decides goes through the room's journal. The programme is saved before
each line is spoken, so that after a kill the next start goes on without repeating a sentence.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from anchor.director import Director
from anchor.relay import SETTLED, Word
from anchor.rundown import Rundown
from anchor.script import Plan
from compliance.goods import GENERIC
from core.channel import Channel, Fanout
from core.clock import Clock, SystemClock, busy
from core.errors import InputError, RefusedError, XiangyinError
from core.events import Act, Comment, Event, Line, Notice, Played
from core.stage import Supervised
from knowledge_graph.questions import Answer
from service.kept_shows import KeptShow, KeptShows
from service.performance import Performance, ToRoom
from service.picking_up import pick_up
from service.programme import Cast, Sources, Wish
from service.renewal import renewals
from service.rooms import Room
from service.screens import Screens
from service.show_records import SILENCING, Record, ShowLog
from service.show_state import Phase, ShowState

T = TypeVar("T")

TAIL = 0.4
"""Seconds after the host's last sound in which a microphone in the room still hears it."""


class Show:
    """The show of one room. Call its methods on the room's event loop."""

    def __init__(
        self,
        room: Room,
        path: Path,
        sources: Sources,
        clock: Clock | None = None,
        today: Callable[[], date] = date.today,
        seed: Callable[[], int] = lambda: random.randrange(1 << 31),
        permit: Callable[[], None] = lambda: None,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``path`` keeps the programme; facts are judged by ``today``, rituals and small talk by ``wall``.

        ``permit`` raises where a host may not go on air.
        """
        self._room = room
        self._sources = sources
        self._clock = clock or SystemClock()
        self._today = today
        self._seed = seed
        self._permit = permit
        self._wall = wall
        self._phase: Phase = "off"
        self._log = ShowLog()
        self._records: Fanout[Record] = Fanout()
        self._director: Director | None = None
        self._cast: Cast | None = None
        self._kept = KeptShows(path)
        self._running: asyncio.Task[None] | None = None
        self._ended = False
        self._answering = asyncio.Lock()
        self._told = ShowState()
        self.screens = Screens(self._publish, self._clock)

    @property
    def state(self) -> ShowState:
        """Where the show is now."""
        director, kept, speaking = self._director, self._kept.current, self._log.speaking
        state = ShowState(
            state=self._phase if director is None else director.state,
            questions=self._room.questions.open,
            screens=self.screens.count,
            sounding=self.screens.sounding,
            **asdict(self._log.counts),
        )
        if kept is not None:
            offer = "" if director or self._phase == "loading" else kept.offer
            state = replace(state, shop=kept.shop, total=kept.minutes * 60, offer=offer)
        if director is not None and self._cast is not None:
            state = replace(
                state,
                version=self._cast.knowledge.shop.meta.version,
                product=director.on_screen or "",
                part=director.script.position.kind,
                elapsed=round(director.script.position.total, 1),
                total=director.script.total,
                waiting=director.waiting,
            )
        if speaking is not None:
            state = replace(state, line=speaking["id"], text=speaking["text"], saying=speaking["saying"])
        return state

    def category(self) -> str:
        """The kind of goods that is on show, as the guard's rules name it."""
        return self._director.gate.category(self._director.on_screen) if self._director else GENERIC

    def label_in(self) -> float | None:
        """Seconds until the host says again that it is an AI; None where none is on."""
        return self._director.notice_in if self._director else None

    def snapshot(self) -> dict[str, list[Record]]:
        """The last lines, comments and notices, for a reader that joins now."""
        return self._log.snapshot()

    def subscribe(self) -> Channel[Record]:
        """Every record from now on; a reader that cannot keep up loses the oldest."""
        return self._records.subscribe(256, "drop_oldest")

    def hushes(self) -> bool:
        """Whether a microphone in the room hears the host rather than a person."""
        person = self._director and self._director.state == "person"
        return not person and self.screens.quiet_for() < TAIL

    async def start(
        self,
        shop: str,
        minutes: float | None = None,
        voice: str = "",
        persona: str = "",
        *,
        who: str = "店主",
        fresh: bool = False,
    ) -> ShowState:
        """Begin the show that is wished for (:class:`service.programme.Wish`), or go on with it.

        Returns once the first line is due. Raises what keeps it from beginning, in one sentence: no such
        shop, no product, no such persona, no weights of the voice.
        """
        if self._phase == "loading" or self._running is not None:
            raise InputError("show.running", "这个房间已经在播了。", "要换一场，请先按“下播”。")
        try:
            self._permit()
        except RefusedError as error:
            await self._publish(Notice(code=error.code, text=str(error), level="error", subject="show"))
            raise
        self._phase = "loading"
        await self._tell()
        try:
            await self._prepare(Wish(shop, minutes, voice, persona, fresh), who)
        except BaseException:
            self._phase = "off"
            await self._tell()
            raise
        self._direct()
        self._running = asyncio.create_task(self._run())
        return self.state

    async def _prepare(self, wish: Wish, who: str) -> None:
        """Load what the show needs, and journal that it begins."""
        left = self._kept.left(wish)
        if left is not None:
            wish = replace(wish, voice=left.voice, persona=left.persona)
        cast = await self._away(self._sources.cast, wish, self._today())
        show = left or KeptShow.new(wish, wish.minutes or cast.minutes, self._seed())
        await self._away(self._kept.begin, show)
        self._log.restart()
        self._log.know(cast.knowledge.shop)
        self._cast, self._ended = cast, False
        detail = {
            "shop": wish.shop, "version": cast.knowledge.shop.meta.version, "minutes": show.minutes,
            "voice": cast.speaker.name, "persona": cast.persona.name, "resumed": left is not None,
        }  # fmt: skip
        await self._publish(Act(kind="start_show", who=who, detail=detail))
        for text in cast.told:
            await self._publish(Notice(code="writer.missing", text=text, level="warning", subject="writer"))

    async def pause(self, who: str) -> ShowState:
        """Silence; the programme waits."""
        await self._on_air().pause(who)
        return await self._tell()

    async def resume(self, who: str) -> ShowState:
        """Go on after a pause."""
        await self._on_air().resume(who)
        return await self._tell()

    async def take_over(self, who: str) -> ShowState:
        """A person speaks; the host is silent at once."""
        await self._on_air().take_over(who)
        return await self._tell()

    async def hand_back(self, who: str) -> ShowState:
        """The host goes on, says that an AI speaks, and repeats nothing."""
        await self._on_air().hand_back(who)
        return await self._tell()

    async def stop(self, who: str) -> ShowState:
        """End the show; the next start begins a new one. Also withdraws the offer to go on."""
        running = self._running
        if running is None:
            await self._away(self._kept.forget)
            self._phase = "off"
            return await self._tell()
        await self._on_air().stop(who)
        await asyncio.shield(running)
        return await self._tell()

    async def comment(self, who: str, text: str, source: str = "console", key: str = "") -> Comment:
        """A viewer's comment, typed here or read from a platform."""
        said = await self._on_air().comment(who, text, source, key)
        await self._tell()
        return said

    async def hear(self, who: str, text: str, source: str, key: str = "") -> Comment:
        """Journal a viewer's comment; :meth:`consider` it when there is time. InputError: nothing is on."""
        return await self._on_air().hear(who, text, source, key)

    async def consider(self, comment: Comment, text: str) -> None:
        """Let a journalled comment, as it was typed, wait for its turn."""
        await self._on_air().wait_again(comment, text)

    async def answer(self, who: str, ticket: str, text: str) -> ShowState:
        """The host says a person's answer to a ticket next, as theirs; ``RefusedError`` tells why not."""
        async with self._answering:
            director = self._on_air()
            self._room.questions.expect(ticket)
            word = Word(who, ticket, text)
            word.check(director.gate)
            await self._publish(word.act())
            director.relays.put(word)
        return await self._tell()

    async def settle(self, who: str, ticket: str) -> ShowState:
        """A person has answered the question of a ticket (the id of its comment)."""
        await self._publish(Act(kind=SETTLED, who=who, detail={"ticket": ticket}))
        return await self._tell()

    async def audit(self, who: str, line: str, on_topic: bool, grounded: bool) -> None:
        """What a person who checks the host's answers found of one (M8)."""
        detail = {"line": line, "on_topic": on_topic, "grounded": grounded}
        await self._publish(Act(kind="audit", who=who, detail=detail))

    async def forget(self, comments: set[str]) -> None:
        """The words of these comments were erased: no reader is shown them again."""
        await self._send(self._log.forget(comments))

    async def close(self) -> None:
        """Leave the air without ending the show: the next start goes on."""
        if self._running is not None:
            self._room.turns.begin()
            self.screens.cut(self._room.turns.current)
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._records.close()

    def _direct(self) -> Director:
        """A director that goes on from what was saved."""
        cast, kept, before = self._cast, self._kept.current, self._director
        assert cast is not None and kept is not None
        shop, day = cast.knowledge.shop, cast.knowledge.day
        rundown = Rundown.of(shop.products(), kept.minutes, cast.programme)
        self._director = Director(
            Plan(shop, rundown, day, kept.saved, self._kept.memory, self._wall),
            cast.host(self._ask, self._sources.compute, self._leads),
            cast.knowledge.gate,
            self._publish,
            self._clock,
            turns=self._room.turns,
            stage=self.screens,
        )
        if before is not None:
            self._director.state = before.state  # where a person has it, a restart takes nothing away
        return self._director

    def _ask(self, text: str, on_screen: str | None) -> Answer:
        assert self._cast is not None
        return self._cast.knowledge.ask(text, on_screen)

    def _leads(self) -> tuple[str, ...]:
        return self._cast.leads if self._cast is not None else ()

    async def _run(self) -> None:
        try:
            inbox: Channel[Event] = Channel()
            inbox.close()
            stage = Supervised(
                lambda: Performance(self.perform), clock=self._clock, room=self._room.name, title="主播"
            )
            await stage.run(inbox, ToRoom(self._publish))
            await self.screens.settle()
        finally:
            self._running = self._director = None
            self._phase = "over" if self._ended else "off"
            await self._send(self._log.settle())
        await self._tell()

    async def perform(self) -> None:
        """Run the programme to its end, from where it was saved."""
        director = self._director or self._direct()
        renewing = asyncio.create_task(self._renew(director))
        try:
            for comment in self._room.questions.undecided:
                await self._send(self._log.take(comment))
            await pick_up(director, self._room.questions, self._publish)
            while await director.step():
                await self._away(self._kept.remember, director.script.used.memory)
                await self._save()
                await self._tell()
            await director.finish()
            await self._away(self._kept.remember, director.script.used.remembered())
        except Exception:
            await asyncio.shield(self._silence())
            self._direct()  # the next run goes on from what was saved
            raise
        finally:
            renewing.cancel()
        self._ended = True
        await self._away(self._kept.forget)

    async def _silence(self) -> None:
        self._room.turns.begin()
        self.screens.cut(self._room.turns.current)

    async def _renew(self, director: Director) -> None:
        """Speak from every newer version of the facts; where none is left, nothing carries another word."""
        assert self._cast is not None
        newer = renewals(self._cast.knowledge, self._sources, self._today, self._clock, self._publish)
        try:
            async for new in newer:
                author = await self._away(self._sources.author, new, self._cast.persona, lambda _: None)
                self._cast = replace(self._cast, knowledge=new, author=author)
                self._log.know(new.shop)
                director.renew(new.shop, new.gate, new.day, author)
                text = f"商品资料更新到第 {new.shop.meta.version} 版，主播从下一句开始照新的说。"
                await self._publish(Notice(code="show.facts_renewed", text=text, subject=new.shop.meta.name))
        except InputError as error:
            await self._publish(Notice(code=error.code, text=str(error), level="error", subject="show"))
            await director.stop("乡音")

    async def _publish(self, event: Event) -> Event:
        """Journal, show; silence and saving come before the disk is waited for."""
        if isinstance(event, Act) and event.kind in SILENCING:
            self.screens.cut(self._room.turns.current)
        if isinstance(event, Line):
            await self._save(event.text)
        # The director counts from its own beginning; the journal knows only the room's time.
        with busy(self._clock):
            event = await self._room.publish(replace(event, at=self._room.now))
        await self._send(self._log.take(event))
        if not isinstance(event, Played | Comment):
            await self._tell()
        return event

    async def _save(self, last: str = "") -> None:
        """What was begun is never said again, even after a kill in the middle of it."""
        if self._director is None:
            return
        try:
            await self._away(self._kept.mark, self._director.saved(), last)
        except XiangyinError as error:
            trouble = Notice(code=error.code, text=str(error), level="error", at=self._room.now)
            await self._room.publish(trouble)

    async def _tell(self) -> ShowState:
        state = self.state
        scene = {"type": "scene", "state": state.state, "shop": state.shop, "product": state.product}
        self.screens.show(scene)
        if state != self._told:
            self._told = state
            await self._send([{"type": "state"} | asdict(state)])
        return state

    async def _send(self, records: list[Record]) -> None:
        for record in records:
            await self._records.send(dict(record))

    async def _away(self, blocking: Callable[..., T], *arguments: Any) -> T:
        with busy(self._clock):
            return await asyncio.to_thread(blocking, *arguments)

    def _on_air(self) -> Director:
        if self._director is None:
            raise InputError("show.off", "现在没有在播。", "请先选店铺，再按“开播”。")
        return self._director
