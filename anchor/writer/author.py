"""Who writes: one small interface before the phrase bank and the language model.

An author gives drafts. A draft that brings its verdicts was judged by the gate already; one without is judged
by the director. Refused drafts are given too, so that the ledger has them; the next draft takes their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from anchor.writer.compose import write
from anchor.writer.gate import passed
from anchor.writer.memory import Used
from anchor.writer.phrases import Move, Register
from core.events import Line, Notice, Verdict
from core.ports import Cancelled, never
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer


@dataclass(frozen=True, slots=True)
class Draft:
    """A line that may be spoken if its verdicts allow; ``pattern`` names where a script line comes from."""

    line: Line
    verdicts: tuple[Verdict, ...] = ()
    pattern: str = ""

    @property
    def passed(self) -> bool:
        """Whether both questions were answered with yes."""
        return passed(self.verdicts)


class Author(Protocol):
    """Writes the lines of a show. ``slow`` authors are called in a thread."""

    slow: bool

    def write(
        self,
        move: Move,
        shop: Shop,
        product: str,
        used: Used,
        seed: int,
        as_of: date | None,
        register: Register,
    ) -> Draft | None:
        """A new line of the script, or None where nothing new can be said. Refused: ask again."""
        ...

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        """What to say to ``question``, in order; ``line`` says it from facts."""
        ...

    def notices(self) -> tuple[Notice, ...]:
        """What people should be told since the last call."""
        ...


class Phrases:
    """The phrase bank, and answers in the words of the facts."""

    slow = False

    def write(
        self,
        move: Move,
        shop: Shop,
        product: str,
        used: Used,
        seed: int,
        as_of: date | None,
        register: Register,
    ) -> Draft | None:
        """A line of the bank."""
        found = write(move, shop, product, used, seed, as_of, register)
        return Draft(found[0], pattern=found[1].id) if found else None

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        """The line as it is."""
        yield Draft(line)

    def notices(self) -> tuple[Notice, ...]:
        """Nothing."""
        return ()
