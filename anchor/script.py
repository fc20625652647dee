"""The script of one show: where the programme is, what was said, and the line that is due next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from anchor import rundown as steps
from anchor.rundown import Due, Position, Rundown
from anchor.writer.author import Assignment, Author, Draft
from anchor.writer.gate import RITUAL
from anchor.writer.memory import Memory, Used
from anchor.writer.phrases import Move, Register
from core.events import Line, Segment
from knowledge_graph.facts import Shop

Write = Callable[[Callable[[], Draft | None]], Awaitable[Draft | None]]
"""Runs what the author does, off the loop where it is slow."""
Now = Callable[[], datetime | None]
"""The time of day; None where it is not known."""

QUIET = 10.0
"""Seconds without a new line after which a session has nothing left to say."""
LONGEST_SEARCH = 26
"""Moves in a row that may have nothing new to say before the script is silent for once."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a show needs to go on after a restart; all plain data."""

    position: Mapping[str, Any]
    used: Mapping[str, Any]
    seed: int

    @classmethod
    def fresh(cls, seed: int) -> Saved:
        """A show at its beginning; another ``seed`` says other words."""
        return cls(Position().record(), Used().record(), seed)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a show goes through: a rundown over the facts of a shop as of a day, from where it was saved.

    ``memory`` is what earlier shows of the shop said; ``time_of_day`` is the hour for rituals and small talk.
    """

    shop: Shop
    rundown: Rundown
    as_of: date | None = None
    saved: Saved = field(default_factory=lambda: Saved.fresh(0))
    memory: Memory = field(default_factory=Memory)
    time_of_day: Now = lambda: None


class Script:
    """Moves through the programme of one shop."""

    def __init__(self, plan: Plan, author: Author, write: Write, register: Register) -> None:
        """``write`` runs what the author does, off the loop where it is slow."""
        self._plan = plan
        self._author = author
        self._off_loop = write
        self._register: Register = register
        self.position = Position.restored(plan.saved.position)
        self.used = Used.restored(plan.saved.used, plan.memory)
        self._dry: set[tuple[Move, str]] = set()
        self._saying: Due | None = None
        self._speechless = False
        self._quiet = 0.0
        self._ahead: tuple[tuple[Move, str], asyncio.Future[Draft | None]] | None = None

    @property
    def seed(self) -> int:
        """What chooses the words of this session."""
        return self._plan.saved.seed + self.position.session

    @property
    def products(self) -> tuple[str, ...]:
        """The products of the programme, in the order in which they are shown."""
        return self._plan.rundown.ordered

    @property
    def total(self) -> float:
        """Seconds of the whole programme."""
        return self._plan.rundown.total

    def saved(self) -> Saved:
        """The programme as plain data."""
        return Saved(self.position.record(), self.used.record(), self._plan.saved.seed)

    def renew(self, shop: Shop, as_of: date | None, author: Author | None = None) -> None:
        """Go on with other facts: what was written ahead is void, what had no words may have some now."""
        rundown = replace(self._plan.rundown, products=shop.products())
        self._plan = replace(self._plan, shop=shop, as_of=as_of, rundown=rundown)
        self._author = author or self._author
        self._dry.clear()
        self._ahead = None

    def asked(self, product: str, topics: frozenset[Move], viewers: int) -> None:
        """Viewers asked about a product (empty: none) and topics: the programme follows."""
        self.position = steps.asked(self.position, product, topics, viewers)

    async def due(self) -> Draft | None:
        """The line that is due, reserved: whatever becomes of it, it is never said twice."""
        for _ in range(LONGEST_SEARCH):
            what = steps.due(self._plan.rundown, self.position)
            if what is None and self.position.kind == "over":
                return None
            draft = None if what is None else await self._written(what)
            if draft is not None:
                self._ahead, self._saying, self._quiet = None, what, 0.0
                self.used.refuse(draft.line.text, draft.pattern)
                return draft
            self.position = steps.skipped(self._plan.rundown, self.position, what)
        self._speechless = True
        return None

    async def ahead(self, spent: float, *, saying: bool) -> Draft | None:
        """The line that will be due when ``spent`` seconds more have passed of what is said now.

        ``saying`` tells that it is a line of this script.
        """
        position = self.position
        if saying and self._saying is not None:
            position = steps.said(position, self._saying)
        position = steps.passed(self._plan.rundown, position, spent, self._plan.time_of_day())
        for _ in range(LONGEST_SEARCH):
            what = steps.due(self._plan.rundown, position)
            if position.session != self.position.session or (what is None and position.kind == "over"):
                return None
            draft = None if what is None else await self._written(what)
            if draft is not None:
                return draft
            position = steps.skipped(self._plan.rundown, position, what)
        return None

    def said(self, draft: Draft) -> None:
        """``draft``, which was due, was spoken; the programme goes to its next move."""
        assert self._saying is not None
        self.used.hear(draft.line.text)
        self.position = steps.said(self.position, self._saying)

    def passed(self, seconds: float) -> None:
        """So much of the programme is over, whatever filled it. A new session begins with fresh words.

        So does one that has nothing left to say, before its time.
        """
        session = self.position.session
        self._quiet += seconds if self._speechless else 0.0
        self._speechless = False
        if self._quiet >= QUIET:
            self.position, self._quiet = steps.exhausted(self._plan.rundown, self.position), 0.0
        self.position = steps.passed(self._plan.rundown, self.position, seconds, self._plan.time_of_day())
        if self.position.session != session:
            self.used = Used(memory=self.used.remembered())
            self._dry.clear()
            self._ahead = None

    async def _written(self, what: Due) -> Draft | None:
        """A new line; a move that has none left for a product never has one again, as what was said stays."""
        if what.move is None:
            return self._verbatim(what)
        key = (what.move, what.product)
        if key in self._dry:
            return None
        if self._ahead is None or self._ahead[0] != key:
            plan, clock = self._plan, self._plan.time_of_day()
            wanted = Assignment(
                what.move, plan.shop, what.product, self.used, self.seed, plan.as_of, self._register,
                clock.hour if clock else None,
            )  # fmt: skip
            self._ahead = key, asyncio.ensure_future(self._off_loop(lambda: self._author.write(wanted)))
        draft = await self._ahead[1]
        if draft is None:
            self._dry.add(key)
        return draft

    def _verbatim(self, what: Due) -> Draft | None:
        if what.words in self.used.texts or what.words in self.used.refused:
            return None
        line = Line(segments=(Segment(what.words),), purpose=RITUAL, writer=RITUAL)
        return Draft(line, pause=what.pause)
