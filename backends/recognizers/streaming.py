"""Batch to stream: a growing window is recognised again and again.

What lies further back than the window is settled and not heard again, so that cost stays bounded however
long someone speaks without a pause.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.recognizers.windows import RATE, Piece, join, quietest
from core.events import Samples
from core.ports import (
    Cancelled,
    RecognitionRequest,
    Recognizer,
    RecognizerCapabilities,
    RecognizerStream,
    Transcript,
    never,
)

Transcribe = Callable[[Samples, RecognitionRequest], Transcript]


class GrowingWindow:
    """One segment of speech.

    ``accept`` recognises by itself whenever ``step`` seconds of new sound have come; with ``step`` None only
    when :meth:`revise` is called, so that a scheduler decides when a partial is worth its time.
    """

    def __init__(
        self, transcribe: Transcribe, request: RecognitionRequest, step: float | None, window: float
    ) -> None:
        self._transcribe = transcribe
        self._request = request
        self._step = step
        self._limit = int(window * RATE)
        self._open = np.zeros(0, dtype=np.float32)
        self._settled: list[Piece] = []
        self._start = 0.0
        self._heard = 0
        self._last = Transcript("", 0.0)

    @property
    def pending(self) -> float:
        """Seconds of sound that no transcript has heard yet."""
        return (len(self._open) - self._heard) / RATE

    def accept(self, samples: Samples) -> Transcript | None:
        """Take more sound; return the revised transcript when it was recognised again and changed."""
        self._open = np.concatenate([self._open, samples])
        self._settle()
        if self._step is None or self.pending < self._step:
            return None
        return self.revise()

    def revise(self) -> Transcript | None:
        """Recognise the open window now; return the transcript if it changed."""
        before = self._last
        if self.pending > 0:
            self._last = self._recognise()
        return self._last if self._last != before else None

    def finish(self) -> Transcript:
        """The transcript of all sound; recognised once more only if sound came since the last time."""
        if self.pending > 0:
            self._last = self._recognise()
        return self._last

    def _recognise(self) -> Transcript:
        heard = self._transcribe(self._open, self._request)
        self._heard = len(self._open)
        return join([*self._settled, Piece(heard, self._start, len(self._open) / RATE)])

    def _settle(self) -> None:
        while len(self._open) > self._limit:
            end = quietest(self._open, self._limit // 2, self._limit)
            seconds = end / RATE
            self._settled.append(
                Piece(self._transcribe(self._open[:end], self._request), self._start, seconds)
            )
            self._open = self._open[end:]
            self._heard = 0
            self._start += seconds


class Streaming:
    """Lifts a batch recogniser to a streaming one.

    ``step`` and ``window`` are seconds, as in :class:`GrowingWindow`.
    """

    def __init__(self, recognizer: Recognizer, step: float | None = 0.8, window: float = 28.0) -> None:
        base = recognizer.capabilities
        self.name = recognizer.name
        self.capabilities = RecognizerCapabilities(
            streaming=True,
            hotwords=base.hotwords,
            word_times=base.word_times,
            dialect_label=base.dialect_label,
        )
        self._recognizer = recognizer
        self._step = step
        self._window = min(window, base.max_seconds or window)

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """As the recogniser below."""
        return self._recognizer.transcribe(samples, request, cancelled)

    def stream(
        self,
        request: RecognitionRequest = RecognitionRequest(),
    ) -> RecognizerStream:
        """Open a :class:`GrowingWindow` for one segment of speech."""
        return GrowingWindow(self._recognizer.transcribe, request, self._step, self._window)
