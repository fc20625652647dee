"""What a show is made of: a version of a shop's facts, a persona with its voice, a writer, a programme."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from anchor.comments.triage import triage
from anchor.delivery import Voice
from anchor.dialogue import Ask
from anchor.host import Host, Judge
from anchor.persona import Persona
from anchor.persona import persona as named
from anchor.programme import Programme, read_programme
from anchor.speech.speaker import Clause, Speaker
from anchor.writer.author import Author, Phrases
from anchor.writer.gate import Gate
from compliance.guard import Guard
from core.compute import Compute, JobDropped, Priority
from core.errors import InputError
from core.ports import Cancelled
from core.settings import Settings
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer, Answerer, mandarin

MINUTES = 30.0
"""Length of a show that neither a person nor a programme tells."""

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

    def knowledge(self, shop: str, day: date) -> Knowledge:
        """The approved facts of a shop as they are now, on that day."""
        return Knowledge.of(self.shop(shop), self.guard(), day)

    def cast(self, wish: Wish, day: date) -> Cast:
        """What a show is performed with, ready to speak. Raises what keeps it from beginning."""
        persona = self.persona(wish.persona)
        knowledge = self.knowledge(wish.shop, day)
        told: list[str] = []
        programme, speaker = self.programme(), self.speaker(wish.voice or persona.voice, persona.speed)
        author = self.author(knowledge, persona, told.append)
        author.warm()
        persona = replace(persona, voice=speaker.name, speed=speaker.speed)
        return Cast(knowledge, persona, speaker, author, programme, tuple(told), self.judge())


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One version of a shop's approved facts on one day, and what judges and answers by them."""

    shop: Shop
    gate: Gate
    answerer: Answerer
    day: date

    @classmethod
    def of(cls, shop: Shop, guard: Guard, day: date) -> Knowledge:
        """Blocking: reads the whole shop. InputError (``anchor.empty_shop``) where it has no product."""
        if not shop.products():
            raise InputError(
                "anchor.empty_shop",
                f"店铺“{shop.meta.name}”里还没有商品，没有东西可讲。",
                "请先导入商品表：xiangyin shop import 货单.xlsx",
            )
        return cls(shop, Gate(shop, guard, Checker(shop), day), Answerer(shop, mandarin(shop)), day)

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

    @property
    def minutes(self) -> float:
        """How long a show lasts when nobody says."""
        return self.programme.seconds / 60 if self.programme else MINUTES

    def host(self, ask: Ask, compute: Compute) -> Host:
        """The host, who speaks in the worker threads of ``compute``; ``ask`` knows the newest facts."""
        return Host(ask, voice_of(self.speaker, compute), self.persona, self.author, self.judge)


def planned(settings: Settings, named: Path | None = None) -> Programme | None:
    """The programme of a file, the settings' where none is named; None where they name none either."""
    path = named or Path(settings.anchor.programme).expanduser()
    return read_programme(path) if named or settings.anchor.programme else None


def voice_of(speaker: Speaker, compute: Compute) -> Voice:
    """A speaker in the worker threads: a job a clause, so that a caption need not wait for a whole line."""

    async def speak(line: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        spoken = speaker.speak(line, cancelled)
        with suppress(JobDropped):
            while True:
                clause = await compute.submit(
                    lambda: next(spoken, None), priority=Priority.VOICE, model="voice", cancelled=cancelled
                )
                if clause is None:
                    return
                yield clause

    return speak
