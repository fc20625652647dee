"""Who writes: one small interface before the phrase bank and the language model.

An author gives drafts. A draft that brings its verdicts was judged by the gate already; one without is judged
by the director. Refused drafts are given too, so that the ledger has them; the next draft takes their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """A line that may be spoken if its verdicts allow; ``pattern`` names where a script line comes from.

    ``pause`` is seconds of silence after it, beyond the persona's. One that ``goes_on`` is only the beginning
    of what the next one says.
    """

    line: Line
    verdicts: tuple[Verdict, ...] = ()
    pattern: str = ""
    pause: float = 0.0
    goes_on: bool = False

    @property
    def passed(self) -> bool:
        """Whether both questions were answered with yes."""
        return passed(self.verdicts)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A line that is wanted: ``move`` about ``product`` (empty: the shop) that is new beside ``used``."""

    move: Move
    shop: Shop
    product: str
    used: Used
    seed: int
    as_of: date | None = None
    register: Register = "warm"
    hour: int | None = None


class Author(Protocol):
    """Writes the lines of a show. ``slow`` authors are called in a thread."""

    slow: bool

    def write(self, wanted: Assignment) -> Draft | None:
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

    def warm(self) -> None:
        """Get ready, so that the first line is not the slowest; blocking."""
        ...


class Phrases:
    """The phrase bank, and answers in the words of the facts.

    ``hello`` are the persona's own greetings, one of which opens a show.
    """

    slow = False

    def __init__(self, hello: Sequence[str] = ()) -> None:
        self._hello = tuple(hello)

    def write(self, wanted: Assignment) -> Draft | None:
        """A line of the bank."""
        w = wanted
        found = write(w.move, w.shop, w.product, w.used, w.seed, w.as_of, w.register, hour=w.hour)
        if found is None:
            return None
        line, pattern = found
        if w.move == "greet" and self._hello and not w.used.texts:
            hello = Segment(self._hello[w.seed % len(self._hello)])
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

    def warm(self) -> None:
        """Nothing to do."""
