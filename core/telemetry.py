"""What is measured, and what is logged: latencies at ``/metrics``, logs without personal content.

What people said or wrote is logged only under ``extra={"content": text}``, and the formatters drop it
unless a redactor is given that lets (a masked form of) it pass.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import IO, Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""Media type of :meth:`Telemetry.render`."""

Redactor = Callable[[str], str | None]
"""Masks personal data in a text; None where nothing of it may be logged."""

# The bins are close where a promise is kept or broken: a caption within 1.5 s, a partial within 0.7 s.
FINAL_BINS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0)
PARTIAL_BINS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)
WORK_BINS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


class Telemetry:
    """The measures of one process, with a registry of its own. Safe to use from any thread.

    ``final_lag.observe(seconds)`` from the end of speech to the final caption, ``first_partial.observe`` from
    its start to the first partial; ``waiting.set(jobs)`` that wait for a model now.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.final_lag = self._histogram(
            "final_lag", "From the end of speech to the final caption.", FINAL_BINS
        )
        self.first_partial = self._histogram(
            "first_partial", "From the start of speech to the first partial caption.", PARTIAL_BINS
        )
        self._queue = self._histogram("queue", "Waiting for a model.", WORK_BINS, ("model", "priority"))
        self._run = self._histogram("run", "Running a model.", WORK_BINS, ("model", "priority"))
        self._dropped = Counter(
            "xiangyin_dropped", "Items dropped because they were late.", ("where",), registry=self.registry
        )
        self._notices = Counter(
            "xiangyin_notices", "Notices given.", ("code", "level"), registry=self.registry
        )
        self.waiting = Gauge("xiangyin_waiting", "Jobs waiting for a model.", registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, bins: Iterable[float], labels: tuple[str, ...] = ()
    ) -> Histogram:
        return Histogram(
            f"xiangyin_{name}_seconds", meaning, labels, buckets=tuple(bins), registry=self.registry
        )

    def queued(self, model: str, priority: str, seconds: float) -> None:
        """A job waited ``seconds`` for ``model``."""
        self._queue.labels(model, priority).observe(seconds)

    def ran(self, model: str, priority: str, seconds: float) -> None:
        """A job of ``model`` ran ``seconds``."""
        self._run.labels(model, priority).observe(seconds)

    def dropped(self, where: str, count: int = 1) -> None:
        """``count`` items were dropped at ``where``."""
        self._dropped.labels(where).inc(count)

    def notice(self, code: str, level: str) -> None:
        """A notice was given."""
        self._notices.labels(code, level).inc()

    def render(self) -> bytes:
        """All measures in the Prometheus text format; its media type is :data:`CONTENT_TYPE`."""
        return generate_latest(self.registry)


class _Formatter(logging.Formatter):
    """What both forms share. Of an exception only types and places are told: its words may be personal."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._redactor = redactor

    def content(self, record: logging.LogRecord) -> str | None:
        """The content of the record as far as the redactor lets it pass."""
        text = getattr(record, "content", None)
        return self._redactor(str(text)) if text is not None and self._redactor else None

    @staticmethod
    def failure(record: logging.LogRecord) -> str | None:
        """Types and places of the record's exception, its causes before it, its group members after."""
        error = record.exc_info[1] if record.exc_info else None
        return None if error is None else "\n".join(_places(error))

    @staticmethod
    def time(record: logging.LogRecord) -> str:
        """When, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _places(error: BaseException) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    where = "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    code = getattr(error, "code", "")
    here = f"{type(error).__name__}{code and f' ({code})'}{where}"
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    below = [place for member in members for place in _places(member)]
    return [*(_places(cause) if cause else ()), here, *below]


class PlainFormatter(_Formatter):
    """One line a record, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        line = f"{self.time(record)} {record.levelname.lower():7} {record.name}: {record.getMessage()}"
        if content := self.content(record):
            line += f" [{content}]"
        if failure := self.failure(record):
            line += f"\n{failure}"
        return line


class JsonFormatter(_Formatter):
    """One JSON object a record, for a collector."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        values: dict[str, Any] = {
            "time": self.time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if content := self.content(record):
            values["content"] = content
        if failure := self.failure(record):
            values["failure"] = failure
        return json.dumps(values, ensure_ascii=False)


def set_up_logging(
    level: str = "info",
    form: Literal["plain", "json"] = "plain",
    redactor: Redactor | None = None,
    stream: IO[str] | None = None,
) -> None:
    """Send all logs of the process to ``stream`` (standard error), replacing earlier handlers of the root."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redactor) if form == "json" else PlainFormatter(redactor))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
