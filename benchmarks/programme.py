"""A programme of a day: does its schedule drift, does anything grow, is every question settled?

usage: python -m benchmarks.programme [--hours 24] [--comments-per-minute 2] [--sheet F] [--programme F]
       python -m benchmarks.programme --real [--minutes 30] [--comments-per-minute 20]

In virtual time with a scripted voice: the live show of a room, with its journal on a disk in memory, is taken
over and handed back, paused, killed and started again while viewers ask. Printed: when rituals and sessions
began beside when they should, memory and objects at each sixth of the time, and what became of each
functional comment. With ``--real`` the settings' voice speaks on the system's clock, from beginning to end.
A comment is settled when a line that answers it was heard; a deferral needs a ticket as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from anchor.comments.triage import triage
from anchor.programme import Programme, read_programme
from anchor.rundown import Position
from anchor.speech.speaker import Speaker
from benchmarks.report import machine, memory, quantile, row
from compliance.guard import Guard
from core.channel import Channel
from core.clock import Clock, SystemClock
from core.compute import Compute
from core.events import Act, Comment, Event, Line, Notice, Utterance, Verdict
from core.ports import Cancelled, Speech, VoiceCapabilities, never
from core.settings import load
from core.testing import VirtualClock
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from service.assemble import Assembly
from service.programme import Sources
from service.rooms import Room
from service.showing import Show

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
DAWN = datetime(2026, 11, 22, 6, 0)
ASKS = (
    "{}多少钱", "{}哪里产的", "{}什么时候发货", "{}怎么存放", "{}怎么吃", "{}净重多少", "{}有人体工学设计吗",
    "{}坏了怎么办", "主播好", "一个人在家好冷清", "这个{}能便宜点吗", "新疆发货吗",
)  # fmt: skip
MEMORY = Path("/dev/shm")
RATE = 2_000
"""Samples a second of the scripted voice: nobody listens."""


class Murmur:
    """A voice that takes as long as speech does, and makes a sound that costs nothing."""

    name = "murmur"
    capabilities = VoiceCapabilities(voices=("murmur",), rate=RATE)

    def synthesize(
        self, text: str, voice: str = "murmur", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        """0.22 s a character."""
        return Speech(np.full(round(len(text) * 0.22 / speed * RATE), 0.1, np.float32), RATE)


class Ledger:
    """What became of every comment, followed from the room's events; keeps no event."""

    def __init__(self) -> None:
        self.functional: dict[str, float] = {}
        self.open: set[str] = set()
        self.ticketed: set[str] = set()
        self.waits: list[float] = []
        self.kinds: Counter[str] = Counter()
        self._lines: dict[str, Line] = {}

    def take(self, event: Event, now: float) -> None:
        """Follow one event at ``now`` seconds."""
        match event:
            case Comment():
                self.kinds["comments"] += 1
                if triage(event.text).kind == "functional":
                    self.functional[event.id] = now
                    self.open.add(event.id)
            case Notice(code="dialogue.ticket"):
                self.ticketed.add(event.subject)
            case Line():
                self._lines = {event.id: event}
            case Utterance() if event.line in self._lines:
                self._spoken(self._lines.pop(event.line), now)
            case Verdict(by="triage"):
                self.kinds[f"{event.action}"] += 1
            case Act():
                self.kinds[event.kind] += 1

    def _spoken(self, line: Line, now: float) -> None:
        self.kinds[f"{line.writer} lines"] += 1
        for comment in line.answers:
            if comment in self.open:
                self.open.discard(comment)
                self.waits.append(now - self.functional[comment])
                deferred = line.purpose == "defer"
                self.kinds["settled by a deferral" if deferred else "settled by an answer"] += 1


class Studio:
    """A room with its show over one shop; it can be left as a kill leaves it, and opened again."""

    def __init__(self, folder: Path, shop: Shop, plan: Programme, clock: Clock, day: date) -> None:
        self.folder, self.shop, self.plan, self.clock, self.day = folder, shop, plan, clock, day
        self.ledger = Ledger()
        self.begun: dict[str, float] = {}
        self.began = clock.now()
        self.position = Position()

    @property
    def now(self) -> float:
        """Seconds since the programme began."""
        return self.clock.now() - self.began

    @contextlib.asynccontextmanager
    async def open(self, sources: Sources) -> AsyncIterator[Show]:
        """The show on air, until the block ends."""
        room = Room("bench", self.folder)
        show = Show(
            room, self.folder / "show.json", sources, self.clock, today=lambda: self.day, seed=lambda: 1,
            wall=lambda: DAWN + timedelta(seconds=self.now),
        )  # fmt: skip
        events = room.subscribe(1_000_000)
        following = asyncio.create_task(self._follow(show, events))
        await show.start(self.shop.meta.name)
        try:
            yield show
        finally:
            await show.close()
            await room.close()
            await following

    async def _follow(self, show: Show, events: Channel[Event]) -> None:
        async for event in events:
            self.ledger.take(event, self.now)
            if show._director is not None:
                self._begins(show._director.script.position)

    def _begins(self, position: Position) -> None:
        if position.session != self.position.session:
            self.begun[f"session {position.session}"] = self.now
        for name, when in position.held.items():
            self.begun.setdefault(f"{name} {when}", self.now)
        self.position = position


def due(plan: Programme, key: str) -> float | None:
    """The second at which a session or ritual should begin."""
    name, _, when = key.rpartition(" ")
    if name == "session":
        return int(when) * plan.session
    if "T" in when:
        return (datetime.fromisoformat(when) - DAWN).total_seconds()
    ritual = next(one for one in plan.rituals if one.name == name)
    return int(when) * ritual.every


def comments(shop: Shop, per_minute: float, seconds: float, seed: int) -> Iterator[tuple[float, str, str]]:
    """When, who, what: questions about every product, greetings and a lonely voice in between."""
    chance, at, number = random.Random(seed), 0.0, 0
    while (at := at + chance.expovariate(per_minute / 60)) < seconds - 10:
        number += 1
        yield at, f"观众{chance.randrange(4000)}", chance.choice(ASKS).format(chance.choice(shop.products()))


async def ask(studio: Studio, show: Show, coming: Iterator[tuple[float, str, str]], until: float) -> None:
    """Comments as they are due, until ``until`` seconds of the programme."""
    for at, who, text in coming:
        while studio.now < min(at, until):
            await studio.clock.sleep(max(0.0, min(at, until) - studio.now))
        if studio.now >= until or show.state.state in ("over", "off"):
            return
        with contextlib.suppress(Exception):
            await show.comment(who, text, "bench")


async def people(studio: Studio, show: Show, until: float, seed: int) -> None:
    """Somebody takes over about once an hour for a minute, and pauses now and then."""
    chance = random.Random(seed)
    while True:
        await studio.clock.sleep(chance.uniform(1800, 5400))
        if studio.now > until - 300 or show.state.state != "on":
            return
        if chance.random() < 0.7:
            await show.take_over("店主")
            await studio.clock.sleep(chance.uniform(20, 100))
            await show.hand_back("店主")
        else:
            await show.pause("店主")
            await studio.clock.sleep(chance.uniform(5, 60))
            await show.resume("店主")


async def day(studio: Studio, asked: argparse.Namespace) -> None:
    """The whole programme; a kill and a new start after every sixth of it."""
    compute = Compute(1, clock=studio.clock)
    guard = Guard.load(studio.day)
    speaker = Speaker(Murmur(), "murmur")
    sources = Sources(
        lambda _: studio.shop, lambda _: studio.shop.meta.version, lambda: guard, lambda *_: speaker, compute,
        programme=lambda: studio.plan,
    )  # fmt: skip
    total = studio.plan.seconds
    coming = comments(studio.shop, asked.comments_per_minute, total, asked.seed)
    for part in range(1, 7):
        until = total * part / 6
        wall = time.perf_counter()
        async with studio.open(sources) as show:
            asking = asyncio.create_task(ask(studio, show, coming, until))
            acting = asyncio.create_task(people(studio, show, until, asked.seed + part))
            while show.state.state not in ("over", "off") and (part == 6 or studio.now < until):
                await studio.clock.sleep(5.0)
            for task in (asking, acting):
                task.cancel()
            await asyncio.gather(asking, acting, return_exceptions=True)
        gc.collect()
        print(
            f"{studio.now / 3600:5.1f} h  {memory():6.1f} MiB  {len(gc.get_objects())} objects  "
            f"show.json {_size(studio.folder / 'show.json')} KiB  {studio.position.rounds} rounds  "
            f"{len(studio.ledger.open)} questions open  ({time.perf_counter() - wall:.0f} s)",
            flush=True,
        )
    compute.close()


def _size(path: Path) -> int:
    return path.stat().st_size // 1024 if path.exists() else 0


async def real(studio: Studio, asked: argparse.Namespace) -> None:
    """The settings' voice on the system's clock."""
    assembly = Assembly(load(None))
    speaker = assembly.speaker()
    await asyncio.to_thread(speaker.voice.synthesize, "大家好", speaker.name)
    guard = Guard.load(studio.day)
    sources = Sources(
        lambda _: studio.shop, lambda _: studio.shop.meta.version, lambda: guard, assembly.speaker,
        assembly.compute, assembly._author, lambda: studio.plan,
    )  # fmt: skip
    coming = comments(studio.shop, asked.comments_per_minute, studio.plan.seconds, asked.seed)
    before = memory()
    async with studio.open(sources) as show:
        asking = asyncio.create_task(ask(studio, show, coming, studio.plan.seconds))
        while show.state.state not in ("over", "off"):
            await studio.clock.sleep(1.0)
        await asking
    print(f"memory {before:.0f} MiB when the voice was loaded, {memory():.0f} MiB at the end")
    await assembly.close()


def report(studio: Studio) -> None:
    """Drift, and what became of the questions."""
    late = {
        key: at - planned
        for key, at in studio.begun.items()
        if (planned := due(studio.plan, key)) is not None
    }
    print(row("begun after its time (sessions, rituals)", list(late.values())))
    worst = max(late, key=lambda key: late[key], default="")
    print(f"latest: {worst} by {late.get(worst, 0.0):.1f} s" if worst else "nothing was scheduled")
    ledger = studio.ledger
    settled = len(ledger.functional) - len(ledger.open)
    print(
        f"functional comments {len(ledger.functional)}: {settled} settled by a spoken word,"
        f" {len(ledger.open)} not"
    )
    print(f"of those not: {len(ledger.open & ledger.ticketed)} have a ticket and nobody heard of it")
    print(row("comment to the word that settles it", ledger.waits))
    print(f"within 60 s: {sum(w <= 60 for w in ledger.waits) / max(1, len(ledger.waits)):.1%}", end="; ")
    print(f"p99 {quantile(ledger.waits, 0.99):.1f} s; tickets {len(ledger.ticketed)}")
    print(", ".join(f"{name} {count}" for name, count in sorted(ledger.kinds.items())))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sheet", type=Path, default=EXAMPLES / "demo_shop.xlsx")
    parser.add_argument("--programme", type=Path, default=EXAMPLES / "programme.toml")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--comments-per-minute", type=float, default=None)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.comments_per_minute = asked.comments_per_minute or (20.0 if asked.real else 2.0)
    seconds = asked.minutes * 60 if asked.real else asked.hours * 3600
    plan = read_programme(asked.programme)
    plan = replace(plan, seconds=seconds, session=min(plan.session, seconds))
    today = DAWN.date()
    shop = import_file(asked.sheet, today).shop("bench")
    clock: Clock = SystemClock() if asked.real else VirtualClock()
    print(
        machine(),
        f"| {seconds / 3600:g} h, {asked.comments_per_minute:g} comments a minute, seed {asked.seed}",
    )
    began, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        studio = Studio(Path(folder), shop, plan, clock, today)
        asyncio.run((real if asked.real else day)(studio, asked))
        report(studio)
    print(f"took {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of processor time")


if __name__ == "__main__":
    main()
