"""Two recognisers as one: the second hears what the first cannot."""

from __future__ import annotations

from collections.abc import Callable

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

FAILURES = (ModelUnavailableError, OverloadedError)


class Fallback:
    """Asks ``first``; where it is unavailable or overloaded, asks ``second``.

    After a failure ``first`` is left alone for ``rest`` seconds of ``clock``. ``told`` hears each failure, so
    that it becomes a notice.
    """

    def __init__(
        self,
        first: Recognizer,
        second: Recognizer,
        clock: Callable[[], float],
        rest: float = 10.0,
        told: Callable[[ModelUnavailableError | OverloadedError], None] = lambda _: None,
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

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),  # noqa: B008 - frozen
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise with whichever recogniser answers; what the second raises is raised."""
        if self._clock() >= self._retry_at:
            try:
                return self._first.transcribe(samples, request, cancelled)
            except FAILURES as error:
                self._retry_at = self._clock() + self._rest
                self._told(error)
        return self._second.transcribe(samples, request, cancelled)
