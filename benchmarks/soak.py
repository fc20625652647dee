"""Hours of live captions with a scripted recogniser, as fast as the machine goes: do memory and lag grow?

usage: python -m benchmarks.soak [--hours 8] [--seed 1]

A sentence of 2 s and a pause of 1 s, again and again, through the live stage. After each hour: resident
memory, processor time a sentence (which neighbours on the machine hardly change), and p50 and p95 of the time
from the last chunk of a silence to the final. The bar: the last hour within 5 % of the second (the first
fills caches). No real model runs here. Two hundred reconnections and twenty kills are tests:
tests/service/test_reconnects.py, tests/service/test_crashes.py.
"""

from __future__ import annotations

import argparse
import asyncio
import time

import numpy as np

from benchmarks.report import machine, memory, quantile, row
from captioning.captioner import Captioner
from captioning.session import LiveCaptions
from core.channel import Channel
from core.compute import Compute
from core.events import AudioChunk, Cue, Event
from core.testing import ScriptedRecognizer, ScriptedVoiceActivity
from dialects.render import default_renderer

RATE = AudioChunk.rate
SPEECH, PERIOD = 2.0, 3.0


async def soak(hours: float, seed: int) -> None:
    """Feed one sentence, wait for its final, and so on."""
    chance = np.random.default_rng(seed)
    tone = (0.4 * np.sin(2 * np.pi * 220 * np.arange(round(SPEECH * RATE)) / RATE)).astype(np.float32)
    sound = np.concatenate([tone, np.zeros(round((PERIOD - SPEECH) * RATE), np.float32)])
    script = ["".join(chr(0x4E00 + int(c)) for c in chance.integers(0, 3000, 8)) for _ in range(500)]
    inbox: Channel[Event] = Channel(64)
    outbox: Channel[Event] = Channel(64)
    async with Compute(threads=2) as compute:
        recognizer = ScriptedRecognizer(script)
        captioner = Captioner(default_renderer(), lambda text: text)
        stage = LiveCaptions(recognizer, ScriptedVoiceActivity(), captioner, compute)
        running = asyncio.create_task(stage.run(inbox, outbox))
        lags: list[float] = []
        hours_seen: list[tuple[float, float, float]] = []
        spent = time.process_time()
        for number in range(round(hours * 3600 / PERIOD)):
            for at in range(0, len(sound), 1600):
                chunk = AudioChunk(samples=sound[at : at + 1600], at=number * PERIOD + at / RATE)
                await inbox.send(chunk)
            began = time.perf_counter()
            while not (isinstance(event := await outbox.receive(), Cue) and event.final):
                pass
            lags.append(time.perf_counter() - began)
            if (number + 1) % round(3600 / PERIOD) == 0:
                hour = round((number + 1) * PERIOD / 3600)
                work = 1000 * (time.process_time() - spent) / len(lags)
                spent = time.process_time()
                print(f"hour {hour:2}  {memory():7.1f} MiB  {work:5.2f} ms  {row('final', lags)}", flush=True)
                hours_seen.append((memory(), work, quantile(lags, 0.5)))
                lags.clear()
                recognizer.requests.clear()  # what the script keeps for tests would grow
                recognizer.heard.clear()
        inbox.close()
        outbox.close()
        running.cancel()
    if len(hours_seen) > 2:
        growth = (
            f"{last / second - 1:+.1%}" for second, last in zip(hours_seen[1], hours_seen[-1], strict=True)
        )
        print("growth from hour 2: memory {}, processor time {}, final p50 {}".format(*growth))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(machine())
    asyncio.run(soak(args.hours, args.seed))


if __name__ == "__main__":
    main()
