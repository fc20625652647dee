"""The second writer: a language model whose every sentence passes the gate before it reaches a voice.

It is told the facts of one product and nothing else (:mod:`anchor.writer.prompts`). What it writes is judged
by the gate; refused, the offending clause is cut where the rest stands by itself, else the line is written
once more with the reasons, and judged again. After that the phrase bank (or the answer from facts) speaks. A
model that fails rests for a minute; the show goes on without it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date

from anchor.persona import DEFAULT, Persona
from anchor.writer import prompts, stretches
from anchor.writer.agreement import agrees, begins, careful, complete
from anchor.writer.author import Assignment, Author, Draft, Phrases
from anchor.writer.gate import passed
from anchor.writer.memory import ALIKE
from anchor.writer.opening import Opening, opening
from anchor.writer.phrases import Move
from anchor.writer.pieces import NoTurn, Run, at_once, pieces
from core.errors import XiangyinError
from core.events import Finding, Line, Notice, Segment, Verdict
from core.ports import Cancelled, ChatMessage, ChatModel, ChatRequest, never
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer

TOKENS = 72
"""Tokens of a line at most."""
REST = 60.0
"""Seconds a model rests after it failed; people are told at most that often."""
SCRIPT_SECONDS = 30.0
ANSWER_SECONDS = 6.0
"""Seconds in which an answer has to be written; a viewer does not wait longer."""

HELD = 1.2
"""Seconds that the name an answer begins with waits for the words after it: a silence there is worse."""

BEFORE = " \t\r\n\u3000，,、"
"""What is left out where an answer begins with it."""

Judge = Callable[[Line], tuple[Verdict, ...]]


class ModelWriter:
    """Writes lines of one shop. Blocking; one call at a time."""

    name = "model"

    def __init__(
        self,
        chat: ChatModel,
        judge: Judge,
        shop: Shop,
        *,
        as_of: date | None = None,
        persona: Persona = DEFAULT,
        temperature: float = 0.7,
        answer_seconds: float = ANSWER_SECONDS,
        script_seconds: float = SCRIPT_SECONDS,
        names: Sequence[str] = (),
        run: Run = at_once,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``judge`` is :meth:`anchor.writer.gate.Gate.judge`; ``clock`` tells seconds.

        With ``names``, the products as answers call them, an answer that begins with one begins with it at
        once, where the model can go on from there.

        ``run`` may let a call wait for others; what a viewer waits for ends all the same.
        """
        self._chat = chat
        self._judge = judge
        self._shop = shop
        self._day = as_of or shop.meta.as_of
        self._persona = persona
        self._temperature = temperature
        self._answer_seconds = answer_seconds
        self._script_seconds = script_seconds
        self._names = tuple(names) if chat.capabilities.continues else ()
        self._run = run
        self._clock = clock
        self._resting_until = float("-inf")
        self._notices: list[Notice] = []

    @property
    def resting(self) -> bool:
        """Whether the model failed less than :data:`REST` seconds ago and is left alone."""
        return self._clock() < self._resting_until

    def notices(self) -> tuple[Notice, ...]:
        """What people should be told since the last call."""
        told, self._notices = tuple(self._notices), []
        return told

    def warm(self) -> None:
        """Let the model read what all prompts begin with, so that the first answer comes sooner."""
        greeted = prompts.answer(self._persona, "", "您好")
        with closing(self._pieces(greeted, 0, self._script_seconds)) as coming:
            try:
                next(filter(None, coming), None)
            except XiangyinError as error:
                self._rest(error)

    def script(self, move: Move, product: str, seed: int, cancelled: Cancelled = never) -> tuple[Draft, ...]:
        """The drafts of a script line in order; only the last one may have passed. Empty: the bank speaks."""
        facts = prompts.gathered(move, self._shop, product, self._day, seed)
        if not facts or self.resting:
            return ()
        messages = prompts.script(self._persona, facts, move)
        made = Line(segments=(), purpose=move, product=product, writer=self.name)
        text = self._written(messages, seed, self._script_seconds, cancelled)
        return tuple(self._mended(made, text, messages, seed, cancelled)) if text else ()

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        """Drafts of an answer that says what ``found`` says, each as soon as it is judged.

        Speak those that passed, in order. ``line`` is the answer from facts: it comes last where the model
        wrote nothing, nothing that passed, or too little. Health, people who must be careful and questions
        that facts do not answer never reach the model.
        """
        if careful(question, found) or self.resting:
            yield self._draft(line)
            return
        opened = opening(line, self._names, self._persona.address)
        first = self._begun(opened, line) if opened else None
        said = begun = opened.name if opened and first else ""
        for draft in self._streamed(question, line, found, seed, cancelled, begun, first):
            said += draft.line.text if draft.passed and not draft.goes_on else ""
            yield draft
        if not cancelled() and not complete(found, said):
            whole = self._draft(line)
            yield replace(whole, line=opened.rest) if opened and begun and said == begun else whole

    def _begun(self, opened: Opening, line: Line) -> Draft | None:
        """The name to begin with, where all that facts say after it may be said."""
        verdicts = self._judge(replace(opened.line, segments=line.segments))
        return Draft(opened.line, verdicts, goes_on=True) if passed(verdicts) else None

    def _streamed(
        self, question: str, line: Line, found: Answer, seed: int, cancelled: Cancelled, begun: str,
        first: Draft | None,
    ) -> Iterator[Draft]:  # fmt: skip
        messages = prompts.answer(self._persona, found.text, question, begun)
        made = replace(line, segments=(), writer=self.name)
        said = whole = judged = ""
        waits_until = self._clock() + HELD
        try:
            for whole in self._growing(messages, seed, self._answer_seconds, cancelled):
                if first is not None and (self._next_end(whole, 0) or self._clock() >= waits_until):
                    yield first
                    first = None
                if first is not None or whole == judged:
                    continue
                judged = whole
                while end := self._next_end(whole, len(said)):
                    if not said and not begins(found, whole[:end]):
                        break  # what was asked has not come yet
                    draft = self._stretch(made, begun, said, whole[len(said) : end], found)
                    if not draft.passed and said:
                        yield draft
                        return  # what was said stands; the rest comes from facts
                    if not draft.passed:
                        break  # held: perhaps the sentence stands where its beginning alone does not
                    said = whole[:end]
                    yield draft
        except XiangyinError as error:
            if first is not None:
                yield first
            self._rest(error)
            return
        if first is not None:
            yield first
        text = "" if said or cancelled() else stretches.tidy(begun + whole)
        if text and begun:
            yield self._stretch(made, begun, "", text.removeprefix(begun), found)
        elif text:
            yield from self._mended(made, text, messages, seed, cancelled, found)

    def _next_end(self, whole: str, start: int) -> int:
        return stretches.next_end(whole, start) if start else stretches.first_end(whole)

    def _stretch(self, made: Line, begun: str, said: str, text: str, found: Answer) -> Draft:
        """A piece judged by itself, and together with what was said before it.

        The first piece after a name that was ``begun`` says nothing without it: it is judged with the name.
        """
        if not stretches.speakable(text):
            return self._draft(replace(made, segments=(Segment(text),)), found, spoilt=True)
        together = self._draft(_line(made, begun + said + text), found) if begun or said else None
        if together is not None and not together.passed:
            return together
        if together is not None and not said:
            return replace(together, line=replace(together.line, segments=(Segment(text),)))
        return self._draft(_line(made, text), found)

    def _mended(
        self,
        made: Line,
        text: str,
        messages: tuple[ChatMessage, ...],
        seed: int,
        cancelled: Cancelled,
        found: Answer | None = None,
    ) -> Iterator[Draft]:
        """The text, what is left of it without the offence, else a second text and what is left of that."""
        for last in (False, True):
            draft = self._draft(_line(made, text), found)
            yield draft
            if draft.passed:
                return
            findings = [f for v in draft.verdicts for f in v.findings]
            rest = stretches.without(text, [(f.start, f.end) for f in findings])
            if rest and (cut := self._draft(_line(made, rest), found)).passed:
                yield cut
                return
            if last or cancelled():
                return
            request = prompts.again(messages, [f.surface for f in findings if len(f.surface) < 12])
            text = self._written(request, seed + 1, self._answer_seconds, cancelled, 0.3)
            if not text:
                return

    def _draft(self, line: Line, found: Answer | None = None, spoilt: bool = False) -> Draft:
        """A line with its verdicts; the model's own faults (a human past, the wrong yes) are claims too."""
        if line.writer == self.name:
            fault = _fault(line.text, found, spoilt)
            if fault is not None:
                return Draft(line, (Verdict(on=line.id, by="claims", action="block", findings=(fault,)),))
        return Draft(line, self._judge(line))

    def _written(
        self, messages: tuple[ChatMessage, ...], seed: int, seconds: float, cancelled: Cancelled,
        temperature: float | None = None,
    ) -> str:  # fmt: skip
        """A whole tidy line; empty where the model failed or wrote none."""
        whole = ""
        try:
            for text in self._growing(messages, seed, seconds, cancelled, temperature):
                whole = text
        except XiangyinError as error:
            self._rest(error)
            return ""
        return "" if cancelled() else stretches.tidy(whole)

    def _growing(
        self, messages: tuple[ChatMessage, ...], seed: int, seconds: float, cancelled: Cancelled,
        temperature: float | None = None,
    ) -> Generator[str, None, None]:  # fmt: skip
        """The text so far, after each piece; ends at a new line or where it grows too long."""
        whole = ""
        with closing(self._pieces(messages, seed, seconds, cancelled, temperature)) as coming:
            for piece in coming:
                whole = (whole + piece[: 2 * stretches.LONGEST]).lstrip(BEFORE)
                yield whole.partition("\n")[0]
                if "\n" in whole or len(whole) > stretches.LONGEST:
                    return

    def _pieces(
        self, messages: tuple[ChatMessage, ...], seed: int, seconds: float, cancelled: Cancelled = never,
        temperature: float | None = None,
    ) -> Generator[str, None, None]:  # fmt: skip
        warmth = self._temperature if temperature is None else temperature
        request = ChatRequest(messages, TOKENS, warmth, seed, stop=("\n",))
        return pieces(self._chat, request, seconds, cancelled, self._run, self._clock)

    def _rest(self, error: XiangyinError) -> None:
        if isinstance(error, NoTurn):
            return
        if not self.resting:
            text = f"语言模型用不了，先用备好的话术讲：{error.message}"
            self._notices.append(Notice(code=error.code, text=text, level="warning", subject="writer"))
        self._resting_until = self._clock() + REST


class ModelAuthor:
    """The model writer with the phrase bank behind it. Each draft comes in turn, the bank's last."""

    slow = True

    def __init__(self, writer: ModelWriter, bank: Author | None = None) -> None:
        self._writer = writer
        self._bank = bank or Phrases()
        self._due: tuple[Move, str] | None = None
        self._drafts: list[Draft] = []

    def write(self, wanted: Assignment) -> Draft | None:
        """The model's next draft, then the bank's line; None where nothing new can be said."""
        move, product, used = wanted.move, wanted.product, wanted.used
        if self._due != (move, product):
            self._due = (move, product)
            self._drafts = list(self._writer.script(move, product, wanted.seed + len(used.texts)))
        while self._drafts:
            draft = self._drafts.pop(0)
            if not draft.passed:
                return draft
            self._due = None
            if draft.line.text not in used.texts and used.similarity(draft.line.text) < ALIKE:
                return draft
        self._due = None
        return self._bank.write(wanted)

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        """The model's clauses as they come, the facts behind them."""
        return self._writer.answer(question, found, line, seed, cancelled)

    def notices(self) -> tuple[Notice, ...]:
        """That the model cannot be used, at most once a minute."""
        return self._writer.notices()

    def warm(self) -> None:
        """See :meth:`ModelWriter.warm`."""
        self._writer.warm()


def _line(made: Line, text: str) -> Line:
    fresh = Line(segments=(Segment(text),), purpose=made.purpose, product=made.product, writer=made.writer)
    return replace(fresh, answers=made.answers, room=made.room)


def _fault(text: str, found: Answer | None, spoilt: bool) -> Finding | None:
    if spoilt:
        return Finding("model.garbage", 0, len(text), text, "不是一句能说的中文")
    if (past := stretches.human(text)) is not None:
        return Finding("model.human", *past.span(), past[0], "虚拟主播没有自己的经历")
    if found is not None and (wrong := agrees(found, text)) is not None:
        return Finding("model.contradicts", *wrong.span(), wrong[0], "和资料里的回答相反")
    return None
