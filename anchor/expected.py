"""The replies that viewers will probably want to hear about a product, likeliest first.

They are thought of as live ones are, by the same answerer, and pass the same gate before a voice has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast, get_args

from anchor.dialogue import Dialogue
from anchor.replies import replies, table
from anchor.writer.phrases import Move
from core.events import Line, Segment
from core.tables import bad

FILE = "expected.tsv"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is often asked of what is on screen, and the topic of the programme it belongs to."""

    id: str
    topic: Move
    text: str


@cache
def questions() -> tuple[Question, ...]:
    """The questions of the house, likeliest first; ConfigurationError names file and line of a bad one."""
    found: list[Question] = []
    for number, (name, topic, text) in table(FILE, 3):
        if topic not in get_args(Move):
            raise bad(FILE, number, f"没有叫“{topic}”的环节")
        found.append(Question(name, cast(Move, topic), text))
    return tuple(found)


class Expected:
    """Thinks of replies. ``speakable`` tells whether a voice may have a line."""

    def __init__(self, dialogue: Dialogue, speakable: Callable[[Line], bool]) -> None:
        self._dialogue = dialogue
        self._speakable = speakable
        self._thought: dict[tuple[str, str | None], Line | None] = {}

    def renew(self) -> None:
        """Other facts are in force."""
        self._thought.clear()

    def replies(
        self, products: Iterable[str], asked: Iterable[str], wanted: Mapping[Move, int]
    ) -> Iterator[str]:
        """Texts about the first of ``products``, then where none is on screen, about the others, to anybody.

        After those about the first come the :meth:`openings` of all. Of the others the likeliest question
        comes first for each: which will be asked about is not known. ``asked`` are questions of this
        audience, which are likelier than others, as are topics ``wanted`` by many viewers.
        """
        often = sorted(questions(), key=lambda q: -wanted.get(q.topic, 0))
        likely = tuple(dict.fromkeys((*asked, *(q.text for q in often))))
        shown, *others = tuple(products) or (None,)
        yield from self._about(likely, (shown,))
        yield from self.openings(likely, (shown, *others))
        if shown is not None:
            yield from self._about(likely, (None,))
        yield from self._about(likely, others)
        for held in replies().values():
            for each in held:
                line = Line(segments=(Segment(each.text),), purpose="reply", writer="fixed")
                if self._speakable(line):
                    yield line.text

    def openings(self, questions: Iterable[str], products: Iterable[str | None]) -> Iterator[str]:
        """What replies begin with that facts do not carry; empty for the others, which begin with a name."""
        for line in self._lines(questions, tuple(products)):
            begun, comma, _ = line.text.partition("，")
            yield begun + comma if line.purpose == "defer" else ""

    def _about(self, questions: Iterable[str], products: Iterable[str | None]) -> Iterator[str]:
        return (line.text for line in self._lines(questions, tuple(products)))

    def _lines(self, questions: Iterable[str], products: tuple[str | None, ...]) -> Iterator[Line]:
        """Each question about each of the products, as far as there is a reply that may be said."""
        thought = (self._reply(question, product) for question in questions for product in products)
        return filter(None, thought)

    def _reply(self, question: str, product: str | None) -> Line | None:
        key = question, product
        if key not in self._thought:
            line = self._dialogue.expected(question, product)
            self._thought[key] = line if line is not None and self._speakable(line) else None
        return self._thought[key]
