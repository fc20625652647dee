"""Two recognisers as one: the second hears what the first cannot."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from backends import BackendSpec, equip
from core.errors import ModelUnavailableError, OverloadedError
from core.events import Samples
from core.ports import (
    Cancelled,
    RecognitionRequest,
    Recognizer,
    RecognizerCapabilities,
    Transcript,
    never,
)
from core.settings import Recognizer as Settings
from core.weights import Weights

Failure = ModelUnavailableError | OverloadedError


class Fallback:
    """Asks ``first``; where it is unavailable or overloaded, asks ``second``.

    After a failure ``first`` is left alone for ``rest`` seconds of ``clock``. ``told`` hears, in the caller's
    thread, why ``second`` takes over, and None when ``first`` is back, so that it becomes a notice.
    """

    def __init__(
        self,
        first: Recognizer,
        second: Recognizer,
        clock: Callable[[], float],
        rest: float = 10.0,
        told: Callable[[Failure | None], None] = lambda _: None,
    ) -> None:
        a, b = first.capabilities, second.capabilities
        limits = [c.max_seconds for c in (a, b) if c.max_seconds is not None]
        self.name = f"{first.name}+{second.name}"
        self.capabilities = RecognizerCapabilities(
            hotwords=a.hotwords and b.hotwords,
            word_times=a.word_times and b.word_times,
            dialect_label=a.dialect_label and b.dialect_label,
            max_seconds=min(limits, default=None),
        )
        self._first = first
        self._second = second
        self._clock = clock
        self._rest = rest
        self._told = told
        self._retry_at = float("-inf")
        self._failing = False

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise with whichever recogniser answers; what the second raises is raised."""
        if self._clock() >= self._retry_at:
            try:
                transcript = self._first.transcribe(samples, request, cancelled)
            except (ModelUnavailableError, OverloadedError) as error:
                self._retry_at = self._clock() + self._rest
                self._tell(error)
            else:
                self._tell(None)
                return transcript
        return self._second.transcribe(samples, request, cancelled)

    def _tell(self, error: Failure | None) -> None:
        if self._failing != (error is not None):
            self._failing = error is not None
            self._told(error)


def with_fallback(
    backends: Mapping[str, BackendSpec[Recognizer]],
    settings: Settings,
    weights: Weights,
    told: Callable[[Failure | None], None],
) -> Recognizer:
    """The recogniser that the settings name, and behind it the one they name for when it fails.

    Where the first cannot be opened at all, ``told`` hears why and the second is all there is.
    """
    if not settings.fallback:
        return equip(backends, settings, weights)
    spare = Settings(backend=settings.fallback, threads=settings.threads)
    second = equip(backends, spare, weights)
    try:
        first = equip(backends, settings, weights)
    except ModelUnavailableError as error:
        told(error)
        return second
    return Fallback(first, second, time.monotonic, told=told)
