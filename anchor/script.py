"""The script of one show: where the programme is, what was said, and the line that is due next."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from anchor import rundown as programme
from anchor.rundown import Position, Rundown
from anchor.writer.author import Author, Draft
from anchor.writer.memory import Memory, Used
from anchor.writer.phrases import Move, Register
from knowledge_graph.facts import Shop

Write = Callable[[Callable[[], Draft | None]], Awaitable[Draft | None]]
"""Runs what the author does, off the loop where it is slow."""

LONGEST_SEARCH = 2 * len(programme.PROGRAMME["round"])
"""Moves in a row that may have nothing new to say before the script is silent for once."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a show needs to go on after a restart; all plain data."""

    position: Mapping[str, Any]
    used: Mapping[str, Any]
    interest: Mapping[str, int]
    seed: int

    @classmethod
    def fresh(cls, seed: int) -> Saved:
        """A show at its beginning; another ``seed`` says other words."""
        return cls(Position().record(), Used().record(), {}, seed)


class Script:
    """Moves through the programme of one shop. ``interest`` counts what viewers asked about each product."""

    def __init__(
        self,
        shop: Shop,
        rundown: Rundown,
        author: Author,
        write: Write,
        saved: Saved,
        register: Register,
        as_of: date | None = None,
        memory: Memory | None = None,
    ) -> None:
        """``memory`` is what earlier shows of this shop said."""
        self._shop = shop
        self._rundown = rundown
        self._author = author
        self._off_loop = write
        self._register: Register = register
        self._as_of = as_of
        self.seed = saved.seed
        self.position = Position.restored(saved.position)
        self.used = Used.restored(saved.used, memory)
        self.interest: Counter[str] = Counter(saved.interest)
        self._dry: set[tuple[str, str]] = set()
        self._ahead: tuple[tuple[str, str], asyncio.Future[Draft | None]] | None = None

    @property
    def total(self) -> float:
        """Seconds of the whole programme."""
        return self._rundown.total

    def saved(self) -> Saved:
        """The programme as plain data."""
        return Saved(self.position.record(), self.used.record(), dict(self.interest), self.seed)

    def renew(self, shop: Shop, as_of: date | None) -> None:
        """Go on with other facts: what was written ahead is void, what had no words may have some now."""
        self._shop, self._as_of = shop, as_of
        self._rundown = replace(self._rundown, products=shop.products())
        left = tuple(p for p in self.position.left if p in self._rundown.products)
        self.position = replace(self.position, left=left)
        self._dry.clear()
        self._ahead = None

    async def due(self) -> Draft | None:
        """The line that is due, reserved: whatever becomes of it, it is never said twice."""
        for _ in range(LONGEST_SEARCH):
            move = programme.move(self.position)
            if move is None:
                return None
            draft = await self._written(*move)
            if draft is not None:
                self._ahead = None
                self.used.refuse(draft.line.text, draft.pattern)
                return draft
            self.position = programme.skipped(self._rundown, self.position, self.interest)
        return None

    async def ahead(self, spent: float, *, saying: bool) -> Draft | None:
        """The line that will be due when ``spent`` seconds more have passed of what is said now.

        ``saying`` tells that it is a line of this script.
        """
        position = programme.said(self.position) if saying else self.position
        position = programme.passed(self._rundown, position, spent, self.interest)
        for _ in range(LONGEST_SEARCH):
            move = programme.move(position)
            draft = None if move is None else await self._written(*move)
            if move is None or draft is not None:
                return draft
            position = programme.skipped(self._rundown, position, self.interest)
        return None

    def said(self, draft: Draft) -> None:
        """``draft`` was spoken; the programme goes to its next move."""
        self.used.hear(draft.line.text)
        self.position = programme.said(self.position)

    def passed(self, seconds: float) -> None:
        """So much of the programme is over, whatever filled it."""
        self.position = programme.passed(self._rundown, self.position, seconds, self.interest)

    async def _written(self, move: Move, product: str) -> Draft | None:
        """A new line; a move that has none left for a product never has one again, as what was said stays."""
        if (move, product) in self._dry:
            return None
        if self._ahead is None or self._ahead[0] != (move, product):
            asked = (self._shop, product, self.used, self.seed, self._as_of, self._register)
            writing = asyncio.ensure_future(self._off_loop(lambda: self._author.write(move, *asked)))
            self._ahead = (move, product), writing
        draft = await self._ahead[1]
        if draft is None:
            self._dry.add((move, product))
        return draft
