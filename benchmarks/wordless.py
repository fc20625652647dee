"""Sound without a word to be understood, made in blocks: noise, wind, music, singing-like tones, babble."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.events import AudioChunk, Samples
from media.audio import decode

RATE = AudioChunk.rate
BLOCK = 10
"""Seconds made at a time."""

Make = Callable[[np.random.Generator, int], Samples]
"""A seeded chance and the number of the block → its sound."""


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


def drums(chance: np.random.Generator, block: int) -> Samples:
    """Music with a beat: bass drum and snare in turn, a hi-hat twice as often, a bass line, and chords."""
    out = music(chance, block).astype(np.float64)
    size = RATE // 2
    times = np.arange(size) / RATE
    for beat in range(len(out) // size):
        here = slice(beat * size, (beat + 1) * size)
        noise = chance.standard_normal(size)
        if beat % 2:
            out[here] += 0.15 * noise * np.exp(-times * 25)
        else:
            out[here] += 0.5 * np.sin(2 * np.pi * 8 * (1 - np.exp(-times * 20))) * np.exp(-times * 12)
        for half in (0, size // 2):
            hat = 0.05 * noise[: size // 2] * np.exp(-times[: size // 2] * 80)
            out[beat * size + half :][: size // 2] += hat
        pitch = np.full(size, 55.0 * 2 ** (chance.choice([0, 5, 7]) / 12))
        out[here] += 0.1 * harmonic(pitch, 4) * np.exp(-times * 3)
    return np.clip(out, -1, 1).astype(np.float32)


def voices(folder: Path) -> list[Samples]:
    """Recorded speech of the clips of a folder, equally loud."""
    rows = [json.loads(x) for x in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    clips = [np.concatenate(list(decode(folder / row["audio"]))) for row in rows]
    return [(clip / max(1e-6, float(np.std(clip)))).astype(np.float32) for clip in clips]


def babble(clips: list[Samples], speakers: int, market: float = 0.0) -> Make:
    """So many people at once, none of them near; ``market`` is the loudness of pink noise beside them."""

    def make(chance: np.random.Generator, block: int) -> Samples:
        out = np.zeros(BLOCK * RATE, np.float32)
        for _ in range(speakers):
            at = -int(chance.integers(0, 3 * RATE))
            while at < len(out):
                clip = clips[chance.integers(len(clips))]
                heard = clip[max(0, -at) : len(out) - at]
                out[max(0, at) :][: len(heard)] += heard
                at += len(clip)
        out *= 0.08 / max(1e-6, float(np.std(out)))
        return (out + market * shaped(chance, 1.0)).astype(np.float32)

    return make
