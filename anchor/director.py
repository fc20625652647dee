"""The director: one queue, one voice. Notices, answers, script take turns; a person always comes first.

Everything is journalled (``publish``) before it is acted on. A line speaks clause by clause; a new turn
(taking over, pausing, stopping) silences it within :data:`SLICE` seconds of sound. What was begun is never
said again: the script goes on with new words, an unheard answer waits its turn again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Literal, TypeVar

from anchor.asides import Asides
from anchor.audience import Audience, topics
from anchor.comments.queue import Waiting
from anchor.delivery import HEARD, Delivery, Stage
from anchor.dialogue import Dialogue, Response, comments, ticket
from anchor.expected import Expected
from anchor.host import Host
from anchor.rehearsal import Rehearsal
from anchor.relay import Relays
from anchor.script import Plan, Saved, Script
from anchor.writer.author import Author, Draft
from anchor.writer.gate import Gate, passed
from compliance.privacy import mask
from core.cancel import Turns
from core.clock import Clock, busy
from core.errors import XiangyinError
from core.events import Act, Comment, Event, Line, Notice
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer

NOTICE_EVERY = 720.0
"""Seconds between spoken notices that an AI is speaking (the rules ask for one every 10 to 15 minutes)."""
ANSWERS_IN_A_ROW = 3
"""Answers after which a line of the script has its turn: no flood of questions starves the programme."""
IN_A_RITUAL = 1
"""The same while a ritual is on: whoever came for it gets it."""
IDLE = 0.2
TRIES = 4
"""Refused lines of the script in a row after which the director looks at its queue again."""

T = TypeVar("T")
Publish = Callable[[Event], Awaitable[Event]]
State = Literal["on", "paused", "person", "over"]


class Director:
    """Runs the show of one room. Call its methods on one event loop."""

    def __init__(
        self,
        plan: Plan,
        host: Host,
        gate: Gate,
        publish: Publish,
        clock: Clock,
        *,
        turns: Turns | None = None,
        stage: Stage | None = None,
        notice_every: float = NOTICE_EVERY,
    ) -> None:
        """``gate`` judges every line by the facts of ``plan``; without ``stage`` sound takes its own time."""
        persona = host.persona
        self.gate = gate
        self.turns = turns or Turns()
        self.relays = Relays()
        self.state: State = "on"
        self._publish_to = publish
        self._clock = clock
        self._notice_every = notice_every
        self._author = host.writer
        self._dialogue = Dialogue(host.ask, address=persona.address)
        self._audience = Audience(self._dialogue, self._publish, host.judge, lambda: self.now)
        self._expected = Expected(self._dialogue, lambda line: self._speakable(Draft(line)))
        self._delivery = Delivery(
            host.voice_for,
            persona.voice,
            self._publish,
            clock,
            self._foresee,
            stage=stage,
            pause=persona.pause,
            rehearsal=Rehearsal(host.learn, self._replies, self._about) if host.learn else None,
        )
        self.script = Script(plan, self._author, self._by_author, persona.register)
        self._one_voice = asyncio.Lock()
        self._asides = Asides(persona.explains, self._speakable)
        self._last_notice: float | None = None
        self._answered = 0
        self._returning = False
        self._in_script = False
        self._coming: asyncio.Task[Draft | None] | None = None
        self._opened = self._step_began = clock.now()

    @property
    def now(self) -> float:
        """Seconds since this director began."""
        return self._clock.now() - self._opened

    @property
    def on_screen(self) -> str | None:
        """The product that is being shown."""
        return self.script.position.product or None

    @property
    def waiting(self) -> int:
        """Comments that wait for their turn, those that ask the same counted once."""
        return len(self._audience)

    def saved(self) -> Saved:
        """The programme as plain data; a director made with it goes on without repeating itself."""
        return self.script.saved()

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
        event = await self.hear(who, text, source, key, at)
        await self.wait_again(event, text)
        return event

    async def hear(
        self, who: str, text: str, source: str = "console", key: str = "", at: float | None = None
    ) -> Comment:
        """Journal a comment, no more: :meth:`wait_again` lets it wait for its turn."""
        came = self.now if at is None else min(at, self.now)
        event = await self._publish_to(
            Comment(who=who, text=mask(text).text, source=source, source_id=key, at=came)
        )
        assert isinstance(event, Comment)
        return event

    async def wait_again(self, comment: Comment, text: str) -> None:
        """Judge a journalled comment, with its ``text`` as it was typed, and let it wait for its turn."""
        await self._audience.take_in(comment, text)
        self._delivery.look_ahead()

    def renew(self, shop: Shop, gate: Gate, as_of: date | None = None, author: Author | None = None) -> None:
        """Speak from other facts from the next line on: ``gate`` judges by them, ``author`` writes."""
        self.gate = gate
        self._author = author or self._author
        self._audience.renew()
        self._expected.renew()
        self.script.renew(shop, as_of, author)

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
        self._asides.take()
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
        began = self._step_began = self._clock.now()
        await self._act()
        if self._clock.now() == began:
            await self._clock.sleep(IDLE)  # nothing was said; time goes on all the same
        self.script.passed(self._clock.now() - began)
        if self.script.position.kind == "over" and self.state == "on":
            await self._audience.dismiss()
            await self._say_sorry(last=True)
            self.state = "over"
        return True

    async def finish(self) -> None:
        """Questions that nobody came to become tickets: none is lost in silence."""
        await self._audience.dismiss()

    async def _act(self) -> None:
        if self._returning:
            self._returning = False
            await self._notice("resume")
        elif self._notice_due:
            await self._notice("notice")
        elif (aside := self._asides.take()) is not None:
            await self._say(aside)
        elif self.relays:
            await self.relays.say(self._say, self._publish, lambda: self.state == "on")
        elif not await self._say_sorry():
            await self._take_turns()

    @property
    def _notice_due(self) -> bool:
        return self._last_notice is None or self.now - self._last_notice >= self._notice_every

    @property
    def notice_in(self) -> float:
        """Seconds until it says again that an AI speaks; 0 where that is due."""
        return (
            0.0 if self._last_notice is None else max(0.0, self._last_notice + self._notice_every - self.now)
        )

    async def _notice(self, kind: Literal["notice", "resume"]) -> None:
        self._last_notice = self.now
        await self._say(Draft(self._dialogue.fixed(kind, "notice")))

    async def _say_sorry(self, *, last: bool = False) -> bool:
        """A word to those whose questions became tickets, where it is owed."""
        line = self._audience.sorry(last=last)
        return line is not None and await self._say(Draft(line)) is not None

    @property
    def _script_has_turn(self) -> bool:
        """Whether viewers had so many answers in a row that the programme comes before the next."""
        most = IN_A_RITUAL if self.script.position.kind == "ritual" else ANSWERS_IN_A_ROW
        free = self.script.position.kind == "questions" or self._audience.in_need
        return self._answered >= most and not free

    async def _take_turns(self) -> None:
        """A comment or a line of the script, whichever has its turn and anything to say."""
        if self._script_has_turn and await self._go_on():
            return
        if not await self._answer_next():
            await self._go_on()

    async def _answer_next(self) -> bool:
        """Deal with the next comment; False where none waits or none wanted a word."""
        while (decided := await self._audience.decide(self.on_screen)) is not None:
            waiting, response = decided
            if response.line is not None and await self._reply(waiting, response):
                return True
            self._audience.done(waiting)
            if self.state != "on":
                return True
        return False

    async def _reply(self, waiting: Waiting, response: Response) -> bool:
        """Speak the reply. One that is refused becomes a deferral and a ticket; one unheard waits again."""
        line = response.line
        assert line is not None
        self.script.asked(line.product or "", topics(response.found), len(comments(waiting)))
        self._answered += 1
        if response.found is None:
            heard = await self._say(Draft(line))
        else:
            heard = await self._answer(self._audience.typed(waiting.comment), response.found, line)
        if heard is None and line.purpose in ("answer", "defer"):
            await self._publish(ticket(waiting.comment, "回答没有通过检查"))
            spare = self._dialogue.instead(response.found)
            heard = await self._say(Draft(replace(spare, answers=line.answers)))
        if heard is not None and heard < HEARD and self.state in ("person", "paused"):
            self._audience.again(waiting)
        else:
            self._audience.done(waiting)
        return heard is not None

    async def _answer(self, question: str, found: Answer, line: Line) -> float | None:
        """Speak the author's drafts in order; seconds that were heard, None where all were refused."""
        drafts = self._author.answer(question, found, line, self.script.seed, lambda: self.state != "on")
        heard: float | None = None
        draft = await self._by_author(lambda: next(drafts, None))
        while draft is not None:
            async with asyncio.TaskGroup() as group:
                self._coming = group.create_task(self._draft_after(drafts))
                said = await self._say(draft)
            if said is not None and not draft.goes_on:
                heard = (heard or 0.0) + said
            draft, self._coming = self._coming.result(), None
        return 0.0 if heard is None and self.state != "on" else heard

    async def _draft_after(self, drafts: Iterator[Draft]) -> Draft | None:
        """The next draft of an answer, whose sound is made while the one before it is heard."""
        draft = await self._by_author(lambda: next(drafts, None))
        if draft is not None:
            asyncio.get_running_loop().call_soon(self._delivery.look_ahead)
        return draft

    async def _by_author(self, work: Callable[[], T]) -> T:
        """What the author does, off the loop where it is slow; what it has to tell people is told."""
        if not self._author.slow:
            return work()
        with busy(self._clock):
            done = await asyncio.to_thread(work)
        for notice in self._author.notices():
            await self._publish(notice)
        return done

    async def _go_on(self) -> bool:
        """Say the next line of the script, after a refused one another. False: nothing new to say."""
        self._answered = 0
        for _ in range(TRIES):
            draft = await self.script.due()
            if draft is None:
                return False
            self._in_script = True
            heard = await self._say(draft)
            self._in_script = False
            if heard is not None:
                self.script.said(draft)
                return True
        return False

    async def _foresee(self, left: float) -> Line | None:
        """The line, already judged, that will probably be said in ``left`` seconds; None: nobody can tell."""
        draft = await self._probable(left)
        return draft.line if draft is not None and self._speakable(draft) else None

    async def _probable(self, left: float) -> Draft | None:
        if self.state != "on" or self._notice_due:
            return None
        if self._coming is not None and not self._coming.done():
            return None  # the answer goes on
        if self._coming is not None and (draft := self._coming.result()) is not None:
            return draft
        if self._asides.waiting is not None:
            return self._asides.waiting
        if self.relays:
            return Draft(self.relays.next)
        if self._audience.first is None or self._script_has_turn:
            spent = self._clock.now() - self._step_began + left
            return await self.script.ahead(spent, saying=self._in_script)
        if self._author.slow:
            return None  # it writes its answer when it is asked
        response = self._audience.foresee(self.on_screen)
        return None if response is None or response.line is None else Draft(response.line)

    def _speakable(self, draft: Draft) -> bool:
        """Whether a voice may have it."""
        return passed(draft.verdicts or self.gate.judge(draft.line))

    def _replies(self) -> Iterator[str]:
        """What viewers may want to hear next, about what is on screen before all else."""
        products = (self.script.position.product, *self.script.products)
        wanted = self.script.position.wanted
        return self._expected.replies(dict.fromkeys(filter(None, products)), self._audience.asked, wanted)

    def _about(self) -> object:
        """What the replies depend on."""
        return self.on_screen, self.gate

    async def _say(self, draft: Draft) -> float | None:
        """Judge, journal and speak; seconds that were heard, or None where the line was refused."""
        async with self._one_voice:
            line = replace(draft.line, at=self.now)
            verdicts = draft.verdicts or self.gate.judge(line)
            await self._publish(line)
            for verdict in verdicts:
                await self._publish(verdict)
            if not passed(verdicts):
                return None
            if self.state != "on":
                return 0.0
            turn = self.turns.begin()
            self._asides.follow(line, self.now)
            try:
                return await self._delivery.speak(line, turn, draft.pause, draft.goes_on)
            except XiangyinError as error:
                await self._publish(Notice(code=error.code, text=str(error), level="error", subject=line.id))
                return 0.0

    async def _publish(self, event: Event) -> Event:
        return await self._publish_to(replace(event, at=self.now))
