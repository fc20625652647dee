"""A whole programme without a stage: as fast as the voice allows, on the time line of its sound."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from anchor.comments.sources import Arrival
from anchor.dialogue import Ask
from anchor.director import Director
from anchor.host import Host
from anchor.persona import DEFAULT, Persona
from anchor.programme import Programme
from anchor.rundown import Rundown
from anchor.script import Plan, Saved
from anchor.speech.speaker import Clause, Speaker
from anchor.writer.author import Author
from anchor.writer.memory import Memory
from compliance.guard import Guard
from core.clock import Clock
from core.events import Comment, Event, Line, Notice, Played, Utterance, Verdict
from core.files import storage_error
from core.ports import Cancelled
from knowledge_graph.facts import Shop
from media import srt
from media.audio import WavWriter
from media.cues import Block, Run
from service.programme import Knowledge
from service.show_records import bound_facts, facts_by_id, verdict_record


class AudioClock:
    """The time line of the sound: it moves on exactly as far as is asked, and at once."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Seconds of sound."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self._now += max(0.0, seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a programme amounted to. ``waits`` are seconds from a comment to the first word of its reply."""

    seconds: float
    lines: int
    refused: int
    comments: int
    answered: int
    deferred: int
    waits: tuple[float, ...] = ()
    memory: Memory = field(default_factory=Memory)


@dataclass(slots=True)
class _Said:
    line: Line
    verdicts: list[Verdict] = field(default_factory=list)
    sounds: list[Utterance] = field(default_factory=list)


class ShowRecord:
    """Writes sound, subtitles and record of a show as its events come: three files beside each other.

    ``show.jsonl`` has a line for every line meant to be said (``type`` ``line``: facts, verdicts, timings,
    the comments it answers), every decision on a comment (``comment``) and notice (``notice``).
    """

    def __init__(self, path: Path, rate: int, shop: Shop) -> None:
        self._path = path
        self._wave = WavWriter(path, rate)
        self._rate = rate
        self._facts = facts_by_id(shop)
        self._blocks: list[Block] = []
        self._comments: dict[str, Comment] = {}
        self._current: _Said | None = None
        self._counts = {"lines": 0, "refused": 0, "answered": 0, "deferred": 0}
        self._waits: list[float] = []
        try:
            self._out: IO[str] = path.with_suffix(".jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise storage_error(error, path) from error

    def __enter__(self) -> ShowRecord:
        self._wave.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish_line()
        self._out.close()
        self._wave.__exit__(kind, error, trace)
        self._path.with_suffix(".srt").write_text(srt.write(self._blocks), encoding="utf-8")

    async def publish(self, event: Event) -> Event:
        """Take an event; every line is on disk before the next begins."""
        match event:
            case Line():
                self._finish_line()
                self._current = _Said(event)
            case Verdict() if self._current and event.on == self._current.line.id:
                self._current.verdicts.append(event)
            case Verdict():
                self._decided(event)
            case Utterance():
                self._hear(event)
            case Comment():
                self._comments[event.id] = event
            case Notice():
                self._write(
                    {"type": "notice", "at": round(event.at, 3), "code": event.code, "text": event.text,
                     "level": event.level, "subject": event.subject}
                )  # fmt: skip
            case Played():
                pass
        return event

    def summary(self, memory: Memory) -> Summary:
        """What was said, the line that is open included; it ends here."""
        self._finish_line()
        waits = tuple(self._waits)
        return Summary(
            self._wave.seconds, comments=len(self._comments), waits=waits, memory=memory, **self._counts
        )

    def _hear(self, event: Utterance) -> None:
        assert event.samples is not None
        gap = round((event.at - self._wave.seconds) * self._rate)
        if gap > 0:
            self._wave.write(np.zeros(gap, np.float32))
        self._wave.write(event.samples)
        self._blocks.append(Block(event.at, event.at + event.seconds, ((Run(event.text.strip()),),)))
        if self._current:
            self._current.sounds.append(event)

    def _decided(self, verdict: Verdict) -> None:
        comment = self._comments.get(verdict.on)
        if verdict.action == "answer":
            self._counts["answered"] += 1
        if verdict.action == "defer":
            self._counts["deferred"] += 1
        self._write(
            {"type": "comment", "at": round(verdict.at, 3), "comment": _comment(comment), "by": verdict.by,
             "action": verdict.action, "why": [f.rule for f in verdict.findings]}
        )  # fmt: skip

    def _finish_line(self) -> None:
        if self._current is None:
            return
        said, self._current = self._current, None
        line, sounds = said.line, said.sounds
        asked = [c for a in line.answers if (c := self._comments.get(a))]
        waited = sounds[0].at - min(c.at for c in asked) if sounds and asked else None
        self._counts["lines" if sounds else "refused"] += 1
        if waited is not None and line.purpose in ("answer", "defer"):
            self._waits.append(waited)
        self._write(
            {
                "type": "line",
                "id": line.id,
                "text": line.text,
                "purpose": line.purpose,
                "writer": line.writer,
                "product": line.product,
                "spoken": bool(sounds),
                "start": round(sounds[0].at, 3) if sounds else None,
                "end": round(sounds[-1].at + sounds[-1].seconds, 3) if sounds else None,
                "segments": [{"text": s.text, "fact": s.fact} for s in line.segments],
                "facts": bound_facts(line, self._facts),
                "verdicts": [verdict_record(v) for v in said.verdicts],
                "answers": [_comment(c) for c in asked],
                "waited": None if waited is None else round(waited, 3),
            }
        )

    def _write(self, record: dict[str, Any]) -> None:
        try:
            self._out.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._out.flush()
        except OSError as error:
            raise storage_error(error, self._path) from error


def _comment(comment: Comment | None) -> dict[str, Any] | None:
    if comment is None:
        return None
    return {"id": comment.source_id, "user": comment.who, "text": comment.text, "at": round(comment.at, 3)}


@dataclass(frozen=True, slots=True)
class Production:
    """A show to be recorded: ``minutes`` of a programme over ``shop``, in the voice of ``speaker``.

    ``memory`` is what earlier shows of the shop said. ``begins`` is the time of day at its beginning; rituals
    that have an hour come only where it is given. Facts are those of ``as_of``, the shop's day by default.
    """

    shop: Shop
    speaker: Speaker
    minutes: float
    persona: Persona = DEFAULT
    author: Author | None = None
    programme: Programme | None = None
    memory: Memory = field(default_factory=Memory)
    as_of: date | None = None
    begins: datetime | None = None
    seed: int = 0

    def plan(self, day: date, clock: Clock) -> Plan:
        """What the show goes through, its hours by the time line of ``clock``."""

        def time_of_day() -> datetime | None:
            return self.begins + timedelta(seconds=clock.now()) if self.begins else None

        rundown = Rundown.of(self.shop.products(), self.minutes, self.programme)
        return Plan(self.shop, rundown, day, Saved.fresh(self.seed), self.memory, time_of_day)

    def host(self, ask: Ask) -> Host:
        """The host, whose voice takes the time it needs."""

        async def voice(line: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
            for clause in self.speaker.speak(line, cancelled):
                yield clause

        persona = replace(self.persona, voice=self.speaker.name, speed=self.speaker.speed)
        return Host(ask, voice, persona, self.author)


def perform(
    made: Production,
    comments: Sequence[Arrival],
    out: Path,
    progress: Callable[[float], None] = lambda _: None,
) -> Summary:
    """Play a show and write ``out`` (wav), with .srt and .jsonl beside it.

    The summary has the memory for the next show. InputError (``anchor.empty_shop``): there is no product.
    """
    day = made.as_of or made.shop.meta.as_of
    knowledge = Knowledge.of(made.shop, Guard.load(day), day)
    clock = AudioClock()
    with ShowRecord(out, made.speaker.voice.capabilities.rate, made.shop) as record:
        plan, host = made.plan(day, clock), made.host(knowledge.ask)
        director = Director(plan, host, knowledge.gate, record.publish, clock)
        asyncio.run(_played(director, clock, comments, progress))
        return record.summary(director.script.used.remembered())


async def _played(
    director: Director, clock: AudioClock, comments: Sequence[Arrival], progress: Callable[[float], None]
) -> None:
    coming = sorted(comments, key=lambda a: a.at)
    going = True
    while going:
        while coming and coming[0].at <= clock.now():
            arrival = coming.pop(0)
            await director.comment(arrival.user, arrival.text, "replay", arrival.key, arrival.at)
        going = await director.step()
        progress(clock.now())
    await director.finish()
