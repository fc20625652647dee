"""What the live stage and the file reader share: from decoded sound to a hypothesis, or a reason not to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from captioning.endpoint import RATE
from captioning.plausible import PlausibilitySettings, implausible
from core.events import Hypothesis, Samples, Word
from core.ports import Effort, RecognitionRequest, Transcript

FINAL_BEAM = 5
"""Hypotheses that a final keeps: a greedy one has more wrong amounts."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of sound whose transcript must not be shown; ``reason`` as in ``captioning.plausible``."""

    start: float
    end: float
    reason: str
    text: str = ""


def final_request(hotwords: tuple[str, ...], effort: Effort = "live") -> RecognitionRequest:
    """How what stays is decoded."""
    return RecognitionRequest(hotwords=hotwords, effort=effort, beam_size=FINAL_BEAM)


def judge(
    transcript: Transcript,
    segment: str,
    start: float,
    end: float,
    *,
    final: bool = True,
    stable: int = 0,
    origin: float | None = None,
    plausibility: PlausibilitySettings | None = None,
) -> Hypothesis | Dropped:
    """A hypothesis of the segment from ``start`` to ``end`` seconds, or why it is dropped.

    ``origin`` is the time of the first decoded sample, from which the words' times count.
    """
    reason = implausible(transcript, end - start, plausibility)
    if reason:
        return Dropped(start, end, reason, transcript.text)
    base = start if origin is None else origin
    words = tuple(Word(w.text, w.start + base, w.end + base, w.probability) for w in transcript.words)
    return Hypothesis(
        segment=segment,
        text=transcript.text,
        start=start,
        end=end,
        at=end,
        stable=stable,
        confidence=transcript.confidence,
        words=words,
        final=final,
        dialect=transcript.dialect,
    )


class SampleBuffer:
    """The newest stretch of a stream, addressed by its times in seconds; memory is bounded by ``trim``."""

    def __init__(self, origin: float = 0.0) -> None:
        self._origin = origin
        self._chunks: list[Samples] = []
        self._length = 0

    @property
    def start(self) -> float:
        """Time of the first sample held."""
        return self._origin

    @property
    def end(self) -> float:
        """Time just after the last sample held."""
        return self._origin + self._length / RATE

    def append(self, samples: Samples) -> None:
        """Add sound at the end."""
        self._chunks.append(samples)
        self._length += len(samples)

    def cut(self, start: float, end: float) -> tuple[float, Samples]:
        """The sound between two times, as far as it is held, and the time of its first sample."""
        if len(self._chunks) > 1:
            self._chunks = [np.concatenate(self._chunks)]
        held = self._chunks[0] if self._chunks else np.zeros(0, np.float32)
        first = max(0, round((start - self._origin) * RATE))
        last = max(first, round((end - self._origin) * RATE))
        return self._origin + first / RATE, held[first:last].copy()

    def trim(self, before: float) -> None:
        """Forget what lies before a time."""
        gone = min(self._length, round((before - self._origin) * RATE))
        if gone <= 0:
            return
        self._origin += gone / RATE
        self._length -= gone
        while gone >= len(self._chunks[0]):
            gone -= len(self._chunks.pop(0))
            if not self._chunks:
                return
        self._chunks[0] = self._chunks[0][gone:].copy()  # a view would keep the whole
