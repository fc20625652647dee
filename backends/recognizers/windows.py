"""Cutting long sound into windows a batch recogniser takes, at the quietest spots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from core.events import Samples
from core.ports import Cancelled, RecognitionRequest, RecognizerCapabilities, Transcript, never

RATE = 16_000
FRAME = 320


@dataclass(frozen=True, slots=True)
class Piece:
    """A transcript of ``seconds`` of sound beginning ``start`` seconds into the whole."""

    transcript: Transcript
    start: float
    seconds: float


def quietest(samples: Samples, low: int, high: int) -> int:
    """The sample between ``low`` and ``high`` in the middle of the quietest 100 ms; ties go to the latest."""
    stretch = samples[low:high]
    count = len(stretch) // FRAME
    if count < 1:
        return high
    energy = np.square(stretch[: count * FRAME], dtype=np.float64).reshape(count, FRAME).sum(axis=1)
    smooth = np.convolve(energy, np.ones(5), mode="same")
    frame = count - 1 - int(np.argmin(smooth[::-1]))
    return low + frame * FRAME + FRAME // 2


def cuts(samples: Samples, longest: float) -> list[tuple[int, int]]:
    """Spans that cover ``samples`` in order without gaps, none longer than ``longest`` seconds."""
    limit = int(longest * RATE)
    spans: list[tuple[int, int]] = []
    start = 0
    while len(samples) - start > limit:
        end = quietest(samples, start + limit * 2 // 3, start + limit)
        spans.append((start, end))
        start = end
    spans.append((start, len(samples)))
    return spans


def recognise(
    samples: Samples, longest: float, window: Callable[[Samples], Transcript], cancelled: Cancelled
) -> Transcript:
    """Recognise window by window with ``window`` and join; cancelled, what there is so far."""
    pieces: list[Piece] = []
    for start, end in cuts(samples, longest):
        if cancelled():
            break
        pieces.append(Piece(window(samples[start:end]), start / RATE, (end - start) / RATE))
    return join(pieces)


class Window(Protocol):
    """An engine that hears one stretch of sound of at most ``longest`` seconds."""

    name: str
    capabilities: RecognizerCapabilities
    longest: float

    def hear(self, samples: Samples, request: RecognitionRequest) -> Transcript:
        """Recognise one stretch of 16 kHz mono float32 sound; called by one thread at a time."""
        ...


class Windowed:
    """A batch recogniser of a :class:`Window`: sound of any length, one caller at a time."""

    def __init__(self, engine: Window) -> None:
        self.name = engine.name
        self.capabilities = engine.capabilities
        self.engine = engine
        self._lock = threading.Lock()

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise 16 kHz mono sound of any length; cancelled, it returns what it has so far."""

        def hear(piece: Samples) -> Transcript:
            with self._lock:
                return self.engine.hear(piece, request)

        return recognise(samples, self.engine.longest, hear, cancelled)


def join(pieces: Sequence[Piece]) -> Transcript:
    """One transcript of consecutive pieces: texts in order, word times shifted, scores weighted by time."""
    if not pieces:
        return Transcript("", 0.0)
    heard = [p for p in pieces if p.transcript.text]
    words = tuple(
        replace(w, start=w.start + p.start, end=w.end + p.start) for p in pieces for w in p.transcript.words
    )
    return Transcript(
        "".join(p.transcript.text for p in pieces),
        _mean([(p.transcript.confidence, p.seconds) for p in heard]) or 0.0,
        words,
        _mean([(p.transcript.no_speech, p.seconds) for p in pieces]),
        max((p.transcript.compression for p in pieces if p.transcript.compression is not None), default=None),
        next((p.transcript.dialect for p in heard if p.transcript.dialect), None),
    )


def _mean(values: Sequence[tuple[float | None, float]]) -> float | None:
    known = [(value, weight) for value, weight in values if value is not None]
    total = sum(weight for _, weight in known)
    if not known:
        return None
    return sum(v * w for v, w in known) / total if total else known[0][0]
