"""What the metrics read of a room's durable events: who said what when, what people were told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.events import (
    Act,
    Comment,
    Cue,
    Event,
    Line,
    Notice,
    Played,
    Presence,
    PresenceKind,
    Utterance,
    Verdict,
)

TYPED_WRITERS = frozenset({"person", "typed"})
"""Writers of lines that a person typed and the host voices."""
RECORDED_WRITERS = frozenset({"recording", "clip"})
"""Writers of lines that are played from a file."""

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Said:
    """Words on air from ``start`` to ``end`` seconds; ``wall`` is the hour they were said at."""

    text: str
    start: float
    end: float
    wall: datetime


@dataclass(frozen=True, slots=True)
class Voiced:
    """A line's sound as it was really heard."""

    line: str
    text: str
    start: float
    end: float


@dataclass(slots=True)
class Log:
    """A room's events by what they mean. ``at`` values are seconds of the room."""

    presences: list[Presence] = field(default_factory=list)
    cues: dict[str, Cue] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    decisions: dict[str, Verdict] = field(default_factory=dict)
    functional: set[str] = field(default_factory=set)
    alerts: list[Verdict] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    sounds: dict[str, Utterance] = field(default_factory=dict)
    played: dict[str, tuple[float, float]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Log:
        """The log of ``events``, in the order of the journal."""
        log = cls()
        for event in events:
            log.add(event)
        return log

    def add(self, event: Event) -> None:
        """Take one more event."""
        match event:
            case Presence():
                self.presences.append(event)
            case Cue(final=True):
                self.cues[event.cue] = event
            case Comment():
                self.comments[event.id] = event
            case Verdict(by="triage"):
                self._decided(event)
            case Verdict(by="guard", action="alert"):
                self.alerts.append(event)
            case Line():
                self.lines[event.id] = event
            case Utterance():
                self.sounds[event.id] = event
            case Played():
                self.played[event.utterance] = heard(self.sounds.get(event.utterance), event)
            case Act():
                self.acts.append(event)
            case Notice():
                self.notices.append(event)

    def _decided(self, verdict: Verdict) -> None:
        self.decisions[verdict.on] = verdict
        if any(f.rule == "triage.functional" for f in verdict.findings):
            self.functional.add(verdict.on)

    @property
    def end(self) -> float:
        """When the last thing happened."""
        ends = [p.at + p.seconds for p in self.presences[-1:]]
        ends += [end for _, end in self.played.values()]
        return max([*ends, *(cue.end for cue in self.cues.values()), *(n.at for n in self.notices), 0.0])

    def told(self, code: str) -> list[Notice]:
        """Notices of a code, in order."""
        return [n for n in self.notices if n.code == code]

    def human(self) -> list[Said]:
        """What people said, by final captions."""
        return [Said(c.mandarin, c.start, c.end, c.wall) for c in self.cues.values() if c.mandarin]

    def voiced(self) -> list[Voiced]:
        """What the host said, clause by clause, as far as it was heard."""
        found = []
        for name, sound in self.sounds.items():
            start, end = self.played.get(name, (sound.at, sound.at + sound.seconds))
            if end > start:
                found.append(Voiced(sound.line, sound.text, start, end))
        return found

    def answer_began(self) -> Mapping[str, float]:
        """When the answer to each comment began to sound."""
        begun: dict[str, float] = {}
        for sound in self.voiced():
            line = self.lines.get(sound.line)
            for comment in line.answers if line and line.purpose == "answer" else ():
                begun[comment] = min(sound.start, begun.get(comment, sound.start))
        return begun


def heard(sound: Utterance | None, played: Played) -> tuple[float, float]:
    """From when to when an utterance was on air: its parts count from when it was begun."""
    start = sound.at + played.start if sound else played.at - (played.end - played.start)
    return start, start + played.end - played.start


def kind_of_line(line: Line | None, fillers: frozenset[str] = frozenset()) -> PresenceKind:
    """Whose words a line is. What was typed only to fill time (its id in ``fillers``) is the machine's."""
    if line is None:
        return "ai"
    if line.writer in RECORDED_WRITERS:
        return "prerendered"
    typed = line.writer in TYPED_WRITERS and line.id not in fillers
    return "typed" if typed else "ai"


def han(text: str) -> str:
    """Only the Chinese characters of ``text``."""
    return "".join(_HAN.findall(text))


def is_filler(text: str, earlier: Sequence[str]) -> bool:
    """Whether typed words only fill time: under four different characters, or nearly said before."""
    words = han(text)
    if len(set(words)) < 4:
        return True
    pairs = _pairs(words)
    return any(
        len(pairs & other) >= 0.7 * min(len(pairs), len(other)) for e in earlier if (other := _pairs(han(e)))
    )


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
