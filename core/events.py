"""The eleven nouns that flow through a room: the single source of truth.

Every event is a frozen dataclass. *Durable* events carry ``seq``, gapless per room across restarts; the
journal assigns it when the event is written, before anyone acts on it. The others live only in memory.
Times are seconds: ``at`` since the room opened, ``wall`` in UTC. Offsets are code points.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

_counter = itertools.count()
_process = uuid.uuid4().hex[:8]


def new_id() -> str:
    """A short identifier, unique across processes and ordered within one."""
    return f"{_process}-{next(_counter):x}"


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share. ``turn`` is set where the event can be cancelled by a newer turn."""

    durable: ClassVar[bool] = False

    room: str = "main"
    at: float = 0.0
    id: str = field(default_factory=new_id)
    wall: datetime = field(default_factory=utc_now)
    turn: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioChunk(Event):
    """Mono float32 sound at 16 kHz, in [-1, 1]. ``at`` is the time of its first sample."""

    rate: ClassVar[int] = 16_000

    samples: Samples

    @property
    def seconds(self) -> float:
        """Length of the chunk in seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word with its times in seconds and its probability in [0, 1]."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis(Event):
    """What the recogniser heard so far in one segment of speech.

    ``stable`` counts the leading characters that will not change; ``confidence`` is in [0, 1].
    """

    segment: str
    text: str
    start: float
    end: float
    stable: int = 0
    confidence: float = 1.0
    words: tuple[Word, ...] = ()
    final: bool = False
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class Gloss:
    """A dialect word that was rendered: its span in the raw text and in the Mandarin, and its note.

    ``function`` marks grammatical words that are rendered but not worth a note on screen. ``word`` is how the
    lexicon writes what was misspelt by its sound; empty where the surface is written so.
    """

    surface: str
    start: int
    end: int
    mandarin: str
    mandarin_start: int
    mandarin_end: int
    note: str = ""
    region: str = ""
    entry: str = ""
    function: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """``heard`` was taken for the word ``became``, which stands at ``start:end`` of the raw text.

    ``why`` is ``word`` (one of the shop's, by its sound) or ``amount`` (by the grammar of prices).
    """

    start: int
    end: int
    heard: str
    became: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Event):
    """One caption: raw and Mandarin text with glosses aligned to both.

    A cue keeps its ``cue`` name through its revisions. Only ``final`` cues are durable. ``repairs`` tell what
    the recogniser wrote where ``raw`` was repaired.
    """

    durable: ClassVar[bool] = True

    cue: str
    start: float
    end: float
    raw: str
    mandarin: str
    glosses: tuple[Gloss, ...] = ()
    group: str | None = None
    confidence: float = 1.0
    revision: int = 0
    final: bool = False
    notes: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Event):
    """What a viewer wrote. Data, never an instruction."""

    durable: ClassVar[bool] = True

    who: str
    text: str
    source: str
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line: literal text, or (with ``fact``) a slot bound to a fact of the graph."""

    text: str
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Event):
    """What the host means to say. ``purpose`` is a move of the writer or ``answer``, ``notice`` …"""

    durable: ClassVar[bool] = True

    segments: tuple[Segment, ...]
    purpose: str
    product: str | None = None
    answers: tuple[str, ...] = ()
    writer: str = "phrases"

    @property
    def text(self) -> str:
        """The line as it is spoken."""
        return "".join(s.text for s in self.segments)


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason of a verdict: a span of the judged text, the rule, its class and its law article."""

    rule: str
    start: int
    end: int
    surface: str
    reason: str
    kind: str = ""
    law: str = ""


Action = Literal["allow", "rewrite", "block", "alert", "answer", "defer", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Event):
    """A judgement ``by`` a room on the event ``on``: what shall happen to it, and why."""

    durable: ClassVar[bool] = True

    on: str
    by: Literal["claims", "guard", "triage", "privacy"]
    action: Action
    findings: tuple[Finding, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Viseme:
    """A mouth shape held from ``start`` to ``end`` seconds of an utterance."""

    shape: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance(Event):
    """A line made audible. Its record is durable; its ``samples`` are not."""

    durable: ClassVar[bool] = True

    line: str
    text: str
    rate: int
    seconds: float
    samples: Samples | None = field(default=None, repr=False, compare=False)
    visemes: tuple[Viseme, ...] = ()
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(Event):
    """The part of an utterance, in seconds, that the screen really played."""

    durable: ClassVar[bool] = True

    utterance: str
    start: float
    end: float


PresenceKind = Literal["human", "typed", "ai", "prerendered", "silence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Event):
    """Who was on air for ``seconds`` from ``at``."""

    durable: ClassVar[bool] = True

    kind: PresenceKind
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Event):
    """Something a person did: take over, hand back, approve, correct a cue, answer a question."""

    durable: ClassVar[bool] = True

    kind: str
    who: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Event):
    """Something people should know. ``code`` is stable, ``text`` is for a person; without one it is a figure
    for the record.
    """

    durable: ClassVar[bool] = True

    code: str
    text: str
    level: Literal["info", "warning", "error"] = "info"
    subject: str = ""


EVENTS: dict[str, type[Event]] = {
    c.__name__: c
    for c in (AudioChunk, Hypothesis, Cue, Comment, Line, Verdict, Utterance, Played, Presence, Act, Notice)
}
"""Every event by name, for the journal and the wire."""


def is_durable(event: Event) -> bool:
    """Whether the event is journalled before anyone acts on it (a partial cue is not)."""
    return event.durable and not (isinstance(event, Cue) and not event.final)
