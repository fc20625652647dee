"""What a show is made of: a version of a shop's facts, and the programme that is kept across a restart."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from anchor.comments.triage import Triage, triage
from anchor.delivery import Voice
from anchor.programme import Programme, read_programme
from anchor.rundown import Position
from anchor.script import Saved
from anchor.speech.speaker import Clause, Speaker
from anchor.writer.author import Author, Phrases
from anchor.writer.gate import Gate
from anchor.writer.memory import Used
from compliance.guard import Guard
from core.compute import Compute, JobDropped, Priority
from core.errors import InputError
from core.files import write_atomic
from core.ports import Cancelled
from core.settings import Settings
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answerer, mandarin

log = logging.getLogger(__name__)

MINUTES = 30.0
"""Length of a show that neither a person nor a programme tells."""

Tell = Callable[[str], None]
Judge = Callable[[str], Triage]
"""A comment → its kind."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a show is made of. All but ``version`` may block and are called in threads.

    ``author`` writes of one version of the facts, and tells a person where it is not the one that was wished.
    ``programme`` is None where a plain one will do.
    """

    shop: Callable[[str], Shop]
    version: Callable[[str], int]
    guard: Callable[[], Guard]
    speaker: Callable[[str], Speaker]
    compute: Compute
    author: Callable[[Knowledge, Tell], Author] = lambda *_: Phrases()
    programme: Callable[[], Programme | None] = lambda: None
    judge: Callable[[], Judge] = lambda: triage

    def knowledge(self, shop: str, day: date) -> Knowledge:
        """The approved facts of a shop as they are now, on that day."""
        return Knowledge.of(self.shop(shop), self.guard(), day)

    def cast(self, shop: str, voice: str, day: date) -> Cast:
        """What a show of ``shop`` is performed with, ready to speak. Raises what keeps it from beginning."""
        knowledge = self.knowledge(shop, day)
        told: list[str] = []
        programme, speaker = self.programme(), self.speaker(voice)
        author = self.author(knowledge, told.append)
        author.warm()
        return Cast(knowledge, speaker, author, programme, tuple(told), self.judge())


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


@dataclass(frozen=True, slots=True)
class Cast:
    """What a show is performed with; ``told`` is what people should know about it."""

    knowledge: Knowledge
    speaker: Speaker
    author: Author
    programme: Programme | None
    told: tuple[str, ...] = ()
    judge: Judge = triage

    @property
    def minutes(self) -> float:
        """How long a show lasts when nobody says."""
        return self.programme.seconds / 60 if self.programme else MINUTES


@dataclass(frozen=True, slots=True)
class KeptShow:
    """What is kept on disk: which show, and how far it came. ``last`` is the line that was said last."""

    shop: str
    minutes: float
    voice: str
    last: str
    saved: Saved

    @classmethod
    def new(cls, shop: str, minutes: float, voice: str, seed: int) -> KeptShow:
        """A programme at its beginning; another ``seed`` says other words."""
        return cls(shop, minutes, voice, "", Saved.fresh(seed))

    @property
    def over(self) -> bool:
        """Whether nothing of it is left."""
        position = self.saved.position
        return position["kind"] == "over" or float(position["total"]) >= self.minutes * 60

    @property
    def offer(self) -> str:
        """What a person is told about going on with it."""
        position = self.saved.position
        minute = int(float(position["total"]) // 60) + 1
        about = f"正讲“{position['product']}”" if position["product"] else "还没有讲到商品"
        return f"上次“{self.shop}”播到第 {minute} 分钟，{about}，开播会接着播。"

    @classmethod
    def read(cls, path: Path) -> KeptShow | None:
        """The programme kept at ``path``; None where there is none that can be read."""
        try:
            held = json.loads(path.read_bytes())
            kept = cls(**{**held, "saved": Saved(**held["saved"])})
            Position.restored(kept.saved.position)
            Used.restored(kept.saved.used)
            return kept
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("a saved programme cannot be read: %s", type(error).__name__)
            return None

    def write(self, path: Path) -> None:
        """Keep it at ``path``, whole or not at all."""
        write_atomic(path, json.dumps(asdict(self), ensure_ascii=False).encode())


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
