"""Sound for tests: tones that an energy detector takes for speech, and silence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.events import AudioChunk, Samples

RATE = AudioChunk.rate


def speech(seconds: float) -> Samples:
    """A tone."""
    return (0.4 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.float32)


def chunks(*parts: Samples, start: float = 0.0, size: int = 1600) -> Iterator[AudioChunk]:
    """The parts one after another as events of 0.1 s."""
    sound = np.concatenate(parts)
    for at in range(0, len(sound), size):
        yield AudioChunk(samples=sound[at : at + size], at=start + at / RATE)
