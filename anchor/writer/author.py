"""Who writes: one small interface before the phrase bank and the language model.

An author gives drafts. A draft that brings its verdicts was judged by the gate already; one without is judged
by the director. Refused drafts are given too, so that the ledger has them; the next draft takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from anchor.writer.compose import write
from anchor.writer.gate import passed
from anchor.writer.memory import Used
from anchor.writer.phrases import Move, Register
from core.events import Line, Notice, Segment, Verdict
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
    """The phrase bank, and answers in the words of the facts.

    ``hello`` are the persona's own greetings, one of which opens a show; ``hour`` tells the hour of the day.
    """

    slow = False

    def __init__(self, hello: Sequence[str] = (), hour: Callable[[], int | None] = lambda: None) -> None:
        self._hello = tuple(hello)
        self._hour = hour

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
        found = write(move, shop, product, used, seed, as_of, register, hour=self._hour())
        if found is None:
            return None
        line, pattern = found
        if move == "greet" and self._hello and not used.texts:
            hello = Segment(self._hello[seed % len(self._hello)])
            line = replace(line, segments=(hello, *line.segments))
        return Draft(line, pattern=pattern.id)

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        """The line as it is."""
        yield Draft(line)

    def notices(self) -> tuple[Notice, ...]:
        """Nothing."""
        return ()
