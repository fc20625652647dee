"""A running show that is asked 4 times a minute: how long until a reply sounds, learnt by heart or not.

The real host of a room, on the system's clock, with the settings' voice in the workers of the one compute
scheduler. The questions are worded as viewers type them, other than those that the host expects. A reply was
*anticipated* where the voice made none of its clauses between the question and its first sound.

``--paced`` puts a tone in the voice's place that takes the time Kokoro takes on two idle cores, and no
processor time: what the host makes of such a voice, whatever else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from anchor.speech.front_end import read_out
from anchor.speech.pronunciation import Pronunciation
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import Speaker
from benchmarks.report import machine, row
from compliance.guard import Guard
from core.channel import Channel
from core.events import Act, Comment, Event, Line, Utterance
from core.ports import Cancelled, Speech, Voice, never
from core.settings import load
from core.testing import ScriptedVoice
from knowledge_graph.ingest.importer import import_file
from service.assemble import Assembly
from service.programme import Sources
from service.rooms import Room
from service.second_opinion import live_judge
from service.showing import Show
from service.spoken import model_of

ASKED = (
    "老板多少钱呀", "几斤装的", "产地在哪", "咋个吃法", "啥时候给发货", "放冰箱能放几天", "开封了咋存",
    "甜不甜", "包邮不", "西藏发不发", "坏了赔不赔", "用的哪家快递", "两份一起多少钱", "有证书没得",
    "里面加了啥", "哪天摘的",
)  # fmt: skip
EVERY = 15.0
VOICED = 0.02
"""Level of the first voiced sample."""


class Watched:
    """A voice that notes what it makes, and until when."""

    def __init__(self, voice: Voice, now: Callable[[], float]) -> None:
        self._voice = voice
        self._now = now
        self.name = voice.name
        self.capabilities = voice.capabilities
        self.made: list[tuple[float, str]] = []

    def synthesize(
        self, text: str, voice: str = "", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        """Speak, and note it where it was not broken off."""
        speech = self._voice.synthesize(text, voice, speed, cancelled)
        if len(speech.samples):
            self.made.append((self._now(), _bare(text)))
        return speech


class Paced(ScriptedVoice):
    """A tone of 0.22 s a syllable that takes 1.1 s and 0.1 s a syllable to make, as Kokoro does alone."""

    def __init__(self) -> None:
        super().__init__(0.22)

    def synthesize(
        self, text: str, voice: str = "tone", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        """A tone for what makes a sound; broken off when cancelled."""
        bare = _bare(text)
        until = time.monotonic() + 1.1 + 0.1 * len(bare)
        while time.monotonic() < until and not cancelled():
            time.sleep(0.02)
        return super().synthesize(bare, voice, speed, cancelled)


@dataclass(frozen=True, slots=True)
class Reply:
    """Seconds from the comment to the first sound, in ``busy`` of them the line before still sounded."""

    text: str
    waited: float
    busy: float
    anticipated: bool
    gaps: tuple[float, ...]

    @property
    def own(self) -> float:
        """Seconds that the host needed once it was its turn."""
        return self.waited - self.busy


async def perform(
    minutes: float, data: Path, sheet: Path, seed: int, paced: bool
) -> tuple[list[Event], Watched]:
    """A show over a sheet, asked all the while; its events and its voice."""
    settings = load()
    assembly = Assembly(settings)
    shop = import_file(sheet, date.today()).shop("bench")
    day, told = shop.meta.as_of, Speaker(Paced()) if paced else assembly.speaker()
    room = Room("bench", Path(tempfile.mkdtemp(dir=data)))
    voice = Watched(told.voice, lambda: room.now)
    sources = Sources(
        lambda _: shop,
        lambda _: shop.meta.version,
        lambda: Guard.load(day),
        lambda name, speed: Speaker(voice, name or told.name, speed or told.speed),
        assembly.compute,
        judge=live_judge,
        shelf=lambda _: Shelf(data / "shelf", "paced" if paced else model_of(settings.voice)),
    )
    show = Show(room, data / "show.json", sources, today=lambda: day, seed=lambda: seed)
    events: list[Event] = []
    collecting = asyncio.create_task(_collect(room.subscribe(100_000), events))
    await show.start("bench", minutes, fresh=True)
    asked = list(ASKED)
    random.Random(seed).shuffle(asked)
    count = max(1, int((minutes * 60 - 30) / EVERY))
    await asyncio.sleep(15)
    for at in range(count):
        await show.comment("观众", asked[at % len(asked)])
        await asyncio.sleep(EVERY)
    await show.stop("店主")
    await show.close()
    await room.close()
    await collecting
    await assembly.close()
    return events, voice


async def _collect(channel: Channel[Event], events: list[Event]) -> None:
    async for event in channel:
        events.append(event)


def replies(events: Sequence[Event], voice: Watched) -> list[Reply]:
    """What became of every question that was answered aloud."""
    comments = {e.id: e for e in events if isinstance(e, Comment)}
    lines = {e.id: e for e in events if isinstance(e, Line)}
    sounds = [e for e in events if isinstance(e, Utterance)]
    ends = [e.at + e.seconds for e in sounds]
    found: list[Reply] = []
    seen: set[str] = set()
    pronounced = Pronunciation.load()
    for at, sound in enumerate(sounds):
        line = lines[sound.line]
        asked = [comments[a] for a in line.answers if a in comments]
        if sound.line in seen or not asked or sound.samples is None:
            continue
        seen.add(sound.line)
        came = min(c.at for c in asked)
        loud = np.flatnonzero(np.abs(sound.samples) > VOICED)
        onset = sound.at + (float(loud[0]) / sound.rate if len(loud) else 0.0)
        before = ends[at - 1] if at else came
        said = _bare(read_out(line.text, pronounced))
        fresh = any(came < t < onset and text in said for t, text in voice.made)
        own = [s for s in sounds if s.line == sound.line]
        gaps = tuple(b.at - a.at - a.seconds for a, b in pairwise(own))
        found.append(Reply(line.text, onset - came, max(0.0, before - came), not fresh, gaps))
    return found


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def main(minutes: float, sheet: Path, kept: Path | None, paced: bool, seed: int = 1) -> None:
    """Perform and print. What is learnt is ``kept`` for the next run."""
    print(machine("onnxruntime"), f"| load average {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as made:
        data = kept or Path(made)
        data.mkdir(parents=True, exist_ok=True)
        events, voice = asyncio.run(perform(minutes, data, sheet, seed, paced))
    told = replies(events, voice)
    ready = [r for r in told if r.anticipated]
    started = next(e.at for e in events if isinstance(e, Act))
    spoken = [e for e in events if isinstance(e, Utterance)]
    print(f"first sound {spoken[0].at - started:.1f} s after the start; clauses spoken {len(spoken)}, made "
          f"{len(voice.made)}; load average {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"{len(told)} replies, {len(ready)} of them anticipated")
    kinds = {"anticipated": ready, "not anticipated": [r for r in told if not r.anticipated], "pooled": told}
    for name, some in kinds.items():
        print(row(f"{name}: from the comment", [r.waited for r in some]))
        print(row(f"{name}: from its turn", [r.own for r in some]))
    print(row("gap within a reply", [gap for r in told for gap in r.gaps]))
    print(row("gap between lines", _between(spoken)))
    for reply in told:
        how = "known" if reply.anticipated else "made"
        print(f"  {how:<6}{reply.waited:6.2f}{reply.own:6.2f}  {reply.text}")


def _between(spoken: Sequence[Utterance]) -> list[float]:
    return [b.at - a.at - a.seconds for a, b in pairwise(spoken) if a.line != b.line]
