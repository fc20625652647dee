"""What a show is made of: a version of a shop's facts, a persona with its voice, a writer, a programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from anchor.comments.triage import triage
from anchor.dialogue import Ask
from anchor.host import Host, Judge
from anchor.persona import Persona
from anchor.persona import persona as named
from anchor.programme import Programme, read_programme
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import Speaker
from anchor.writer.author import Author, Phrases
from anchor.writer.gate import Gate
from compliance.guard import Guard
from core.compute import Compute
from core.errors import InputError
from core.events import Line, Segment
from core.settings import Settings
from core.text.kernel import Embed
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer, Answerer, mandarin
from service.voicing import Leads, learning_of, replies_of, voice_of

MINUTES = 30.0
"""Length of a show that neither a person nor a programme tells."""

EVERYDAY = "这个多少钱"
"""What the readers of comments are tried with, so that the first viewer need not wait for their tables."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """The show that a person asks for; what is empty is left to the settings.

    Unless it is ``fresh`` it goes on where one of the same shop was interrupted. A ``voice`` comes before
    the persona's own.
    """

    shop: str
    minutes: float | None = None
    voice: str = ""
    persona: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """What a show is made of. All but ``version`` may block and are called in threads.

    ``speaker`` has a voice and a speed, where they are empty the settings'.
    ``author`` writes of one version of the facts, and tells a person where it is not the one that was wished.
    ``programme`` is None where a plain one will do. ``persona`` is the one of that name, or the settings'.
    ``shelf`` keeps what a host learns by heart about a shop; None where it learns nothing.
    """

    shop: Callable[[str], Shop]
    version: Callable[[str], int]
    guard: Callable[[], Guard]
    speaker: Callable[[str, float | None], Speaker]
    compute: Compute
    author: Callable[[Knowledge, Persona, Tell], Author] = lambda _, persona, __: Phrases(persona.hello)
    programme: Callable[[], Programme | None] = lambda: None
    judge: Callable[[], Judge] = lambda: triage
    persona: Callable[[str], Persona] = named
    shelf: Callable[[str], Shelf | None] = lambda _: None
    embed: Callable[[], Embed | None] = lambda: None

    def knowledge(self, shop: str, day: date) -> Knowledge:
        """The approved facts of a shop as they are now, on that day."""
        return Knowledge.of(self.shop(shop), self.guard(), day, self.embed())

    def cast(self, wish: Wish, day: date) -> Cast:
        """What a show is performed with, ready to speak. Raises what keeps it from beginning."""
        persona = self.persona(wish.persona)
        knowledge = self.knowledge(wish.shop, day)
        told: list[str] = []
        programme, speaker = self.programme(), self.speaker(wish.voice or persona.voice, persona.speed)
        shelf = self.shelf(wish.shop)
        speaker = speaker.keeping(shelf)
        author, judge = self.author(knowledge, persona, told.append), self.judge()
        author.warm()
        knowledge.warm()
        judge(EVERYDAY)
        persona = replace(persona, voice=speaker.name, speed=speaker.speed)
        return Cast(knowledge, persona, speaker, author, programme, tuple(told), judge, shelf)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One version of a shop's approved facts on one day, and what judges and answers by them."""

    shop: Shop
    gate: Gate
    answerer: Answerer
    day: date

    @classmethod
    def of(cls, shop: Shop, guard: Guard, day: date, embed: Embed | None = None) -> Knowledge:
        """Blocking: reads the whole shop. InputError (``anchor.empty_shop``) where it has no product.

        ``embed`` tells the answerer what a question means where words leave a doubt.
        """
        if not shop.products():
            raise InputError(
                "anchor.empty_shop",
                f"店铺“{shop.meta.name}”里还没有商品，没有东西可讲。",
                "请先导入商品表：xiangyin shop import 货单.xlsx",
            )
        return cls(
            shop, Gate(shop, guard, Checker(shop), day), Answerer(shop, mandarin(shop), embed=embed), day
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The products as answers call them."""
        return tuple(map(self.answerer.catalogue.label, self.shop.products()))

    def warm(self) -> None:
        """Answer and judge once, so that the first real answer is not the slowest; blocking."""
        found = self.ask(EVERYDAY, self.shop.products()[0])
        self.gate.judge(Line(segments=(Segment(found.text),), purpose="answer", writer="answers"))

    def ask(self, text: str, on_screen: str | None) -> Answer:
        """What the facts say to a question while a product is on screen."""
        return self.answerer.answer(text, on_screen, self.day)


@dataclass(frozen=True, slots=True)
class Cast:
    """What a show is performed with; ``told`` is what people should know about it."""

    knowledge: Knowledge
    persona: Persona
    speaker: Speaker
    author: Author
    programme: Programme | None
    told: tuple[str, ...]
    judge: Judge
    shelf: Shelf | None = None

    @property
    def minutes(self) -> float:
        """How long a show lasts when nobody says."""
        return self.programme.seconds / 60 if self.programme else MINUTES

    @property
    def leads(self) -> tuple[str, ...]:
        """What a reply may begin with: the persona's forms of address, the name of a product."""
        return (*self.persona.address, *self.knowledge.names)

    def host(self, ask: Ask, compute: Compute, leads: Leads) -> Host:
        """The host, who speaks in the worker threads of ``compute``.

        ``ask`` and ``leads`` are of the newest facts.
        """
        return Host(
            ask,
            voice_of(self.speaker, compute),
            self.persona,
            self.author,
            self.judge,
            replies_of(self.speaker, compute, leads),
            learning_of(self.speaker, compute, leads) if self.shelf is not None else None,
        )


def planned(settings: Settings, named: Path | None = None) -> Programme | None:
    """The programme of a file, the settings' where none is named; None where they name none either."""
    path = named or Path(settings.anchor.programme).expanduser()
    return read_programme(path) if named or settings.anchor.programme else None
