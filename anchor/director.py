"""The director: one queue, one voice. Notices, answers, script take turns; a person always comes first.

Everything is journalled (``publish``) before it is acted on. A line speaks clause by clause; a new turn
(taking over, pausing, stopping) silences it within :data:`SLICE` seconds of sound. What was begun is never
said again: the script goes on with new words, an unheard answer waits its turn again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Protocol, TypeVar

from anchor import rundown as programme
from anchor.comments.queue import CommentQueue, Dropped, Waiting
from anchor.comments.triage import Triage, triage
from anchor.dialogue import Dialogue, Response, comments, ticket
from anchor.persona import DEFAULT, Persona
from anchor.rundown import Position, Rundown
from anchor.speech.speaker import Clause
from anchor.writer.author import Author, Draft, Phrases
from anchor.writer.compose import Used
from anchor.writer.gate import Gate, passed
from anchor.writer.phrases import Move
from compliance.privacy import mask
from core.cancel import Turn, Turns
from core.clock import Clock, busy
from core.errors import XiangyinError
from core.events import Act, Comment, Event, Finding, Line, Notice, Played, Utterance, Verdict
from core.ports import Cancelled
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer

SLICE = 0.1
"""Seconds of sound after which a playing clause looks whether it is still wanted."""
NOTICE_EVERY = 720.0
"""Seconds between spoken notices that an AI is speaking (the rules ask for one every 10 to 15 minutes)."""
HEARD = 0.5
"""Seconds of an answer after which it counts as heard."""
IDLE = 0.2
TRIES = 4
"""Refused script lines in a row after which the director looks at its queue again."""

T = TypeVar("T")
Publish = Callable[[Event], Awaitable[Event]]
Voice = Callable[[str, Cancelled], AsyncIterator[Clause]]
"""A line and a cancel question → its clauses in sound, the first as soon as it is ready."""
State = Literal["on", "paused", "person", "over"]


class Stage(Protocol):
    """Where utterances sound; it also tells how much of each was played (:class:`core.events.Played`)."""

    async def play(self, utterance: Utterance, turn: Turn) -> float:
        """Return when the next utterance may begin, or the turn is over; the seconds that were heard."""
        ...


@dataclass(frozen=True, slots=True)
class Saved:
    """What a show needs to go on after a restart; all plain data."""

    position: Mapping[str, Any]
    used: Mapping[str, Any]
    interest: Mapping[str, int]
    seed: int


class Director:
    """Runs the show of one room. Call its methods on one event loop."""

    def __init__(
        self,
        shop: Shop,
        rundown: Rundown,
        gate: Gate,
        dialogue: Dialogue,
        voice: Voice,
        publish: Publish,
        clock: Clock,
        *,
        turns: Turns | None = None,
        persona: Persona = DEFAULT,
        as_of: date | None = None,
        seed: int = 0,
        judge: Callable[[str], Triage] = triage,
        saved: Saved | None = None,
        notice_every: float = NOTICE_EVERY,
        stage: Stage | None = None,
        author: Author | None = None,
    ) -> None:
        """Without a ``stage`` sound takes the time of the clock, and all of it is heard."""
        self._shop = shop
        self._rundown = rundown
        self._gate = gate
        self._dialogue = dialogue
        self._voice = voice
        self._publish_to = publish
        self._clock = clock
        self.turns = turns or Turns()
        self._persona = persona
        self._as_of = as_of
        self._judge = judge
        self._notice_every = notice_every
        self._stage = stage
        self._author = author or Phrases()
        self._queue = CommentQueue()
        self._one_voice = asyncio.Lock()
        self._opened = clock.now()
        self._last_notice: float | None = None
        self._returning = False
        self._questions: dict[str, str] = {}
        self._dry: set[tuple[str, str]] = set()
        self.state: State = "on"
        self.position = Position.restored(saved.position) if saved else Position()
        self.used = Used.restored(saved.used) if saved else Used()
        self.interest: Counter[str] = Counter(saved.interest if saved else {})
        self._seed = saved.seed if saved else seed

    @property
    def now(self) -> float:
        """Seconds since this director began."""
        return self._clock.now() - self._opened

    @property
    def on_screen(self) -> str | None:
        """The product that is being shown."""
        return self.position.product or None

    @property
    def waiting(self) -> int:
        """Comments that wait for their turn, those that ask the same counted once."""
        return len(self._queue)

    @property
    def total(self) -> float:
        """Seconds of the whole programme."""
        return self._rundown.total

    def saved(self) -> Saved:
        """The programme as plain data; a director made with it goes on without repeating itself."""
        return Saved(self.position.record(), self.used.record(), dict(self.interest), self._seed)

    async def run(self) -> None:
        """Until the programme is over."""
        while await self.step():
            pass
        await self.finish()

    async def comment(
        self, who: str, text: str, source: str = "console", key: str = "", at: float | None = None
    ) -> Comment:
        """Journal a comment (personal data masked), judge it, and let it wait for its turn.

        ``at`` is when it came in, in seconds of the show; now when left out.
        """
        came = self.now if at is None else min(at, self.now)
        event = await self._publish_to(
            Comment(who=who, text=mask(text).text, source=source, source_id=key, at=came)
        )
        assert isinstance(event, Comment)
        await self.wait_again(event, text)
        return event

    async def wait_again(self, comment: Comment, text: str) -> None:
        """Judge a journalled comment, with its ``text`` as it was typed, and let it wait for its turn."""
        self._questions[comment.id] = text
        for dropped in self._queue.put(comment, await self._judged(comment, text), self.now):
            await self._drop(dropped)

    def renew(self, shop: Shop, gate: Gate, as_of: date | None = None) -> None:
        """Speak from other facts from the next line on; ``gate`` judges by them."""
        self._shop, self._gate, self._as_of = shop, gate, as_of
        self._rundown = replace(self._rundown, products=shop.products())
        left = tuple(p for p in self.position.left if p in self._rundown.products)
        self.position = replace(self.position, left=left)
        self._dry.clear()

    async def _judged(self, comment: Comment, text: str) -> Triage:
        try:
            return self._judge(text)
        except Exception as error:  # whatever a viewer wrote, the show goes on; facts alone may answer it
            told = f"评论分类出错（{type(error).__name__}），按商品问题处理。"
            await self._publish(Notice(code="triage.failed", text=told, level="error", subject=comment.id))
            return Triage("functional", (), 0.0)

    async def take_over(self, who: str) -> None:
        """A person speaks: the host is silent at once and waits. Without effect while a person has it."""
        if self.state in ("on", "paused"):
            await self._silence("person", "take_over", who)

    async def pause(self, who: str) -> None:
        """The host is silent at once, and nobody speaks for it; the programme waits."""
        if self.state == "on":
            await self._silence("paused", "pause", who)

    async def stop(self, who: str) -> None:
        """The programme ends here; the host is silent at once."""
        if self.state != "over":
            await self._silence("over", "stop", who)

    async def _silence(self, state: State, act: str, who: str) -> None:
        self.state = state  # first of all: silence does not wait for the journal
        self.turns.begin()
        await self._publish(Act(kind=act, who=who))

    async def resume(self, who: str) -> None:
        """The host goes on after a pause."""
        if self.state == "paused":
            await self._publish(Act(kind="resume", who=who))
            self.state = "on"

    async def hand_back(self, who: str) -> None:
        """The host goes on, says that an AI is speaking, and repeats nothing."""
        if self.state == "person":
            await self._publish(Act(kind="hand_back", who=who))
            self._returning = True
            self.turns.begin()
            self.state = "on"

    async def step(self) -> bool:
        """One act: a notice, a comment, or a line of the script. False when the programme is over."""
        if self.state == "over":
            return False
        if self.state != "on":
            await self._clock.sleep(IDLE)
            return True
        began = self._clock.now()
        await self._act()
        if self._clock.now() == began:
            await self._clock.sleep(IDLE)  # nothing was said; time goes on all the same
        self._pass(self._clock.now() - began)
        return True

    async def finish(self) -> None:
        """Questions that nobody came to become tickets: none is lost in silence."""
        waiting, dropped = self._queue.take(self.now)
        while waiting is not None or dropped:
            for one in dropped:
                await self._drop(one)
            if waiting is not None:
                await self._drop(Dropped(waiting, "stale"))
            waiting, dropped = self._queue.take(self.now)

    async def _act(self) -> None:
        if self._returning:
            self._returning = False
            await self._notice("resume")
        elif self._last_notice is None or self.now - self._last_notice >= self._notice_every:
            await self._notice("notice")
        elif not await self._answer_next():
            await self._script()

    async def _notice(self, kind: Literal["notice", "resume"]) -> None:
        self._last_notice = self.now
        await self._say(Draft(self._dialogue.fixed(kind, "notice")))

    async def _answer_next(self) -> bool:
        """Deal with the next comment; False where none waits or none wanted a word."""
        while True:
            waiting, dropped = self._queue.take(self.now)
            for one in dropped:
                await self._drop(one)
            if waiting is None:
                return False
            # The words themselves are kept in memory only; the journal has them masked.
            asked = replace(waiting.comment, text=self._question(waiting.comment))
            response = self._dialogue.respond(replace(waiting, comment=asked), self.on_screen, self.now)
            await self._decide(waiting, response)
            if response.line is not None and await self._reply(waiting, response):
                return True
            if self.state != "on":
                return True

    def _question(self, comment: Comment) -> str:
        return self._questions.get(comment.id, comment.text)

    async def _decide(self, waiting: Waiting, response: Response) -> None:
        for each in comments(waiting):
            found = Finding(f"triage.{waiting.triage.kind}", 0, len(each.text), each.text, response.reason)
            await self._publish(Verdict(on=each.id, by="triage", action=response.action, findings=(found,)))
        for notice in response.notices:
            await self._publish(notice)

    async def _reply(self, waiting: Waiting, response: Response) -> bool:
        """Speak the reply. One that is refused becomes a deferral and a ticket; one unheard waits again."""
        line = response.line
        assert line is not None
        if line.product:
            self.interest[line.product] += len(comments(waiting))
        if response.found is None:
            heard = await self._say(Draft(line))
        else:
            heard = await self._answer(self._question(waiting.comment), response.found, line)
        if heard is None and line.purpose in ("answer", "defer"):
            await self._publish(ticket(waiting.comment, "回答没有通过检查"))
            spare = self._dialogue.fixed("withheld", "defer")  # the sheet may well hold it: no "not written"
            heard = await self._say(Draft(replace(spare, answers=line.answers)))
        if heard is not None and heard < HEARD and self.state in ("person", "paused"):
            self._queue.put(waiting.comment, waiting.triage, self.now)
        return heard is not None

    async def _answer(self, question: str, found: Answer, line: Line) -> float | None:
        """Speak the author's drafts in order; seconds that were heard, None where all were refused."""
        drafts = self._author.answer(question, found, line, self._seed, lambda: self.state != "on")
        heard: float | None = None
        while (draft := await self._by_author(lambda: next(drafts, None))) is not None:
            said = await self._say(draft)
            heard = heard if said is None else (heard or 0.0) + said
        return 0.0 if heard is None and self.state != "on" else heard

    async def _by_author(self, work: Callable[[], T]) -> T:
        """What the author does, off the loop where it is slow; what it has to tell people is told."""
        if not self._author.slow:
            return work()
        with busy(self._clock):
            done = await asyncio.to_thread(work)
        for notice in self._author.notices():
            await self._publish(notice)
        return done

    async def _script(self) -> None:
        refused = skipped = 0
        while refused < TRIES and skipped < 2 * len(programme.PROGRAMME["round"]):
            due = programme.move(self.position)
            if due is None:
                return
            draft = await self._written(*due)
            if draft is None:
                self.position = programme.skipped(self._rundown, self.position, self.interest)
                skipped += 1
                continue
            text = draft.line.text
            self.used.refuse(text, draft.pattern)  # reserved: whatever happens, never twice
            heard = await self._say(draft)
            if heard is None:
                refused += 1
                continue
            self.used.hear(text)
            self.position = programme.said(self.position)
            return

    async def _written(self, move: Move, product: str) -> Draft | None:
        """A new line; a move that has none left for a product never has one again, as what was said stays."""
        if (move, product) in self._dry:
            return None
        asked = (self._shop, product, self.used, self._seed, self._as_of, self._persona.register)
        found = await self._by_author(lambda: self._author.write(move, *asked))
        if found is None:
            self._dry.add((move, product))
        return found

    async def _say(self, draft: Draft) -> float | None:
        """Judge, journal and speak; seconds that were heard, or None where the line was refused."""
        async with self._one_voice:
            line = replace(draft.line, at=self.now)
            verdicts = draft.verdicts or self._gate.judge(line)
            await self._publish(line)
            for verdict in verdicts:
                await self._publish(verdict)
            if not passed(verdicts):
                return None
            if self.state != "on":
                return 0.0
            turn = self.turns.begin()
            try:
                return await self._speak(line, turn)
            except XiangyinError as error:
                await self._publish(Notice(code=error.code, text=str(error), level="error", subject=line.id))
                return 0.0

    async def _speak(self, line: Line, turn: Turn) -> float:
        heard = 0.0
        sounds = self._voice(line.text, lambda: turn.cancelled)
        coming = asyncio.ensure_future(_following(sounds))
        try:
            while (clause := await coming) is not None and not turn.cancelled:
                coming = asyncio.ensure_future(_following(sounds))  # the next is made while this one plays
                heard += await self._play(line, clause, turn)
        finally:
            if not coming.done():
                with suppress(asyncio.CancelledError, XiangyinError):
                    await coming  # it ends by itself: the turn is over
            elif not coming.cancelled():
                coming.exception()
        if not turn.cancelled:
            await self._wait(self._persona.pause, turn)
        return heard

    async def _play(self, line: Line, clause: Clause, turn: Turn) -> float:
        made = Utterance(
            line=line.id, text=clause.written, rate=clause.speech.rate, seconds=clause.speech.seconds,
            samples=clause.speech.samples, visemes=clause.speech.visemes, voice=self._persona.voice,
            turn=turn.number,
        )  # fmt: skip
        utterance = await self._publish(made)
        assert isinstance(utterance, Utterance)
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

    async def _drop(self, dropped: Dropped) -> None:
        waiting = dropped.waiting
        for each in comments(waiting):
            self._questions.pop(each.id, None)
            found = Finding(f"comment.{dropped.reason}", 0, len(each.text), each.text, "没来得及回答")
            await self._publish(Verdict(on=each.id, by="triage", action="ignore", findings=(found,)))
        if waiting.triage.kind in ("functional", "distress", "minor", "scam", "overbuying"):
            await self._publish(ticket(waiting.comment, "直播里没来得及回答"))

    def _pass(self, seconds: float) -> None:
        self.position = programme.passed(self._rundown, self.position, seconds, self.interest)
        if self.position.kind == "over":
            self.state = "over"

    async def _publish(self, event: Event) -> Event:
        return await self._publish_to(replace(event, at=self.now))


async def _following(sounds: AsyncIterator[Clause]) -> Clause | None:
    return await anext(sounds, None)
