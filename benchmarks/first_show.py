"""The first show, live: real voice, real clock, 30 questions a shop, a recorded seller captioned beside it.

usage: python -m benchmarks.first_show ../shared/eval/shops [--audio ../shared/audio] [--minutes 3] [--out F]

Every shop of the folder is imported and performed as of its own day by the live show of a room, on the
system's clock and with the settings' voice in the workers of the one compute scheduler. The voice's work is
therefore in every figure (``xiangyin anchor``, on the time line of its sound, leaves it out). Meanwhile
clips are captioned in real time by the same scheduler; first the same clips alone. Claims are counted from
``show.jsonl`` by ``spoken_claims``, which knows the shop's papers only. A reply's first content word is the
first voiced sound of its first clause; ``from taken`` begins when the host took the comment from the queue.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from anchor.comments.sources import Arrival
from anchor.speech.speaker import Speaker
from benchmarks.live_captions import latencies, play, programme
from benchmarks.report import machine, row
from benchmarks.spoken_claims import check
from compliance.guard import Guard
from core.channel import Channel
from core.events import AudioChunk, Event, Samples, Utterance
from core.settings import load
from core.testing import ScriptedVoice
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from service.assemble import Assembly
from service.programme import Sources
from service.rooms import Room
from service.show_of_shop import Production, ShowRecord
from service.show_of_shop import perform as on_the_sound
from service.showing import Show

QUESTIONS = 30
VOICED = 0.02
"""Level of the first voiced sample of a clause."""


def questions(folder: Path, seed: int) -> list[dict[str, Any]]:
    """Questions that make sense without a product on screen, in a seeded order."""
    asked = [json.loads(x) for x in (folder / "qa.jsonl").read_text(encoding="utf-8").splitlines()]
    open_ones = [q for q in asked if not q.get("on_screen")]
    return random.Random(seed).sample(open_ones, min(QUESTIONS, len(open_ones)))


async def record_events(events: Channel[Event], record: ShowRecord, onsets: dict[str, float]) -> None:
    """Write the record of a show, and remember when each line was first heard."""
    async for event in events:
        await record.publish(event)
        if isinstance(event, Utterance) and event.samples is not None and event.line not in onsets:
            loud = np.flatnonzero(np.abs(event.samples) > VOICED)
            onsets[event.line] = event.at + (float(loud[0]) / event.rate if len(loud) else 0.0)


async def perform(
    assembly: Assembly,
    shop: Shop,
    asked: Sequence[dict[str, Any]],
    minutes: float,
    out: Path,
    day: date,
    sound: Samples,
) -> tuple[dict[str, float], list[float]]:
    """One show with captions beside it: first sounds by line, delays of final captions."""
    room = Room("bench", out.parent / f"{out.stem}-room")
    sources = Sources(
        lambda _: shop,
        lambda _: shop.meta.version,
        lambda: Guard.load(day),
        assembly.speaker,
        assembly.compute,
    )
    show = Show(room, out.parent / f"{out.stem}.programme", sources, today=lambda: day, seed=lambda: 1)
    onsets: dict[str, float] = {}
    with ShowRecord(out, assembly.speaker().voice.capabilities.rate, shop) as record:
        recording = asyncio.create_task(record_events(room.subscribe(), record, onsets))
        captioning = asyncio.create_task(play(assembly.caption_stage("bench"), sound))
        await show.start(shop.meta.name, minutes)
        step = (minutes * 60 - 15) / len(asked)
        for question in asked:
            await show.comment("观众", question["question"], "replay", question["id"])
            await asyncio.sleep(step)
        while show.state.state != "over":  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        _, final, _ = latencies(await captioning)
        await show.close()
        await room.close()
        await recording
    return onsets, final


class Figures:
    """What one show adds to the whole."""

    def __init__(
        self,
        gaps: list[float],
        waits: list[float],
        reaction: list[float],
        claims: tuple[int, int],
        answered: tuple[int, int],
    ) -> None:
        self.gaps, self.waits, self.reaction = gaps, waits, reaction
        self.claims, self.answered = claims, answered

    def print(self, final: Sequence[float]) -> None:
        """The distributions of a show, or of all."""
        print(row("gap between lines", self.gaps))
        print(row("comment to first content word", self.waits))
        print(row("from taken to first content word", self.reaction))
        print(row("final caption beside the show", final))

    def __add__(self, other: Figures) -> Figures:
        claims = (self.claims[0] + other.claims[0], self.claims[1] + other.claims[1])
        answered = (self.answered[0] + other.answered[0], self.answered[1] + other.answered[1])
        return Figures(
            self.gaps + other.gaps, self.waits + other.waits, self.reaction + other.reaction, claims, answered
        )


def report(out: Path, folder: Path, asked: Sequence[dict[str, Any]], onsets: dict[str, float]) -> Figures:
    """Print what a show's record says."""
    records = [json.loads(x) for x in out.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [r for r in records if r["type"] == "line"]
    spoken = [r for r in lines if r["spoken"]]
    tally = check(out.with_suffix(".jsonl"), folder)
    replies = [r for r in spoken if r["purpose"] in ("answer", "defer") and r["answers"]]
    by_id = {a["id"]: r for r in replies for a in r["answers"]}
    answerable = [q for q in asked if q["answerable"]]
    from_fact = sum(by_id.get(q["id"], {}).get("purpose") == "answer" for q in answerable)
    others = [q for q in asked if by_id.get(q["id"], {}).get("purpose") != "answer"]
    aloud = sum(q["id"] in by_id for q in others)
    taken = {c["comment"]["id"]: c["at"] for c in records if c["type"] == "comment" and c["comment"]}
    gaps = [b["start"] - a["end"] for a, b in pairwise(spoken)]
    waits = [onsets[r["id"]] - min(a["at"] for a in r["answers"]) for r in replies]
    reaction = [onsets[r["id"]] - max(taken[a["id"]] for a in r["answers"]) for r in replies]
    print(f"\n{folder.name}: {len(spoken)} lines spoken, {len(lines) - len(spoken)} refused")
    print(
        f"claims {tally.claims}: {tally.stated} in the facts, {tally.reckoned} asked with or reckoned, "
        f"{len(tally.wrong)} not carried"
    )
    for wrong in tally.wrong:
        print("  not carried:", wrong)
    print(
        f"answerable {len(answerable)}: {from_fact} from a fact; {len(others)} others: {aloud} deferred aloud"
    )
    return Figures(gaps, waits, reaction, (tally.claims, tally.carried), (from_fact, len(answerable)))


def rehearse(args: argparse.Namespace, out: Path) -> None:
    """Every shop on the time line of a scripted voice's sound: the same lines, no work of voice or ears."""
    for folder in sorted(f for f in args.shops.iterdir() if f.is_dir()):
        day, shop = imported(folder)
        asked, wav = questions(folder, args.seed), out / f"{folder.name}.wav"
        step = (args.minutes * 60 - 15) / len(asked)
        comments = [Arrival(n * step, "观众", q["question"], q["id"]) for n, q in enumerate(asked)]
        made = Production(shop, Speaker(ScriptedVoice(0.22)), args.minutes, as_of=day, seed=1)
        on_the_sound(made, comments, wav)
        lines = [json.loads(x) for x in wav.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
        onsets = {r["id"]: r["start"] for r in lines if r["type"] == "line" and r["spoken"]}
        report(wav, folder, asked, onsets).print([])


def imported(folder: Path) -> tuple[date, Shop]:
    """The shop of a folder as of its own day."""
    day = date.fromisoformat(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["as_of"])
    return day, import_file(folder / "products.xlsx", day).shop(folder.name)


async def run(args: argparse.Namespace, out: Path) -> None:
    """The captions alone, then every shop."""
    assembly = Assembly(load(None))
    sound, names = programme(args.audio, args.clips, args.seed)
    assembly.recognizer().transcribe(np.zeros(AudioChunk.rate, np.float32))  # warm
    assembly.speaker().voice.synthesize("大家好", assembly.speaker().name)
    _, alone, _ = latencies(await play(assembly.caption_stage("alone"), sound))
    print(f"{len(names)} clips, {len(sound) / AudioChunk.rate:.0f} s; load average {os.getloadavg()[0]:.1f}")
    print(row("final caption, no show", alone), flush=True)
    total, finals = Figures([], [], [], (0, 0), (0, 0)), list[float]()
    for folder in sorted(f for f in args.shops.iterdir() if f.is_dir()):
        day, shop = imported(folder)
        asked, wav = questions(folder, args.seed), out / f"{folder.name}.wav"
        onsets, final = await perform(assembly, shop, asked, args.minutes, wav, day, sound)
        found = report(wav, folder, asked, onsets)
        found.print(final)
        print(f"load average {os.getloadavg()[0]:.1f}", flush=True)
        total, finals = total + found, finals + final
    print(f"\nall: claims {total.claims[1]} of {total.claims[0]} carried; answerable questions from a fact "
          f"{total.answered[0]} of {total.answered[1]}")  # fmt: skip
    total.print(finals)
    await assembly.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shops", type=Path)
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rehearse", action="store_true", help="scripted voice, no clock: claims only")
    args = parser.parse_args()
    print(machine("faster-whisper", "onnxruntime"))
    with tempfile.TemporaryDirectory() as folder:
        out = args.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        if args.rehearse:
            rehearse(args, out)
        else:
            asyncio.run(run(args, out))


if __name__ == "__main__":
    main()
