"""The one place that runs models: a priority queue over worker threads.

Whisper, Kokoro and a language model together exceed two cores, and a running encode cannot be cut. So what
is most urgent starts first, and a model never gets more threads than it was given. A model whose threads the
system lets wait for others (*yields*) need not end before something more urgent starts.

Jobs come from the event loop (:meth:`Compute.submit`, :meth:`Compute.stream`) or from any other thread
(:meth:`Compute.run`); one queue serves them all.
"""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from core.channel import Channel, ChannelClosed
from core.clock import Clock, SystemClock, busy
from core.ports import Cancelled, never
from core.telemetry import Telemetry

T = TypeVar("T")
M_ARENA_MAX = -8
ARENAS = 2
"""Glibc gives each thread a heap of its own and keeps what is free in it: a host grew by 4 MiB an hour."""


class Priority(IntEnum):
    """What runs first; the smallest is the most urgent."""

    FINAL_CAPTION = 0
    VOICE = 1
    PARTIAL = 2
    LANGUAGE_MODEL = 3
    EMBEDDING = 4


class JobDropped(Exception):
    """The job did not run: it was cancelled while it waited, or the compute was closed."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one model may use: ``threads`` each call occupies, ``calls`` at the same time.

    ``yields``: its threads run at a lower priority of the system, so more urgent jobs start beside it.
    """

    threads: int = 1
    calls: int = 1
    yields: bool = False


@dataclass(eq=False, slots=True)
class _Job:
    run: Callable[[], Any]
    priority: Priority
    model: str
    cancelled: Cancelled
    order: int
    result: Future[Any] = field(default_factory=Future)
    since: float = field(default_factory=time.perf_counter)
    running: ExitStack = field(default_factory=ExitStack)

    @property
    def urgency(self) -> tuple[int, int]:
        return self.priority, self.order

    def drop(self) -> None:
        if self.result.set_running_or_notify_cancel():
            self.result.set_exception(JobDropped())


class Compute:
    """Runs blocking model calls in ``threads`` worker threads, the most urgent first.

    ``limits`` caps models by name; an unnamed model runs one call at a time on one thread. Threads that the
    most urgent job waits for are kept free for it. ``cancelled`` of a job is asked from any thread.
    """

    def __init__(
        self,
        threads: int = 2,
        *,
        limits: Mapping[str, Limit] | None = None,
        telemetry: Telemetry | None = None,
        clock: Clock | None = None,
    ) -> None:
        _share_heaps()
        self.threads = threads
        self._limits = dict(limits or {})
        self._telemetry = telemetry
        self._clock = clock or SystemClock()
        beside = sum(limit.calls for limit in self._limits.values() if limit.yields)
        self._workers = ThreadPoolExecutor(threads + beside, thread_name_prefix="compute")
        self._order = itertools.count()
        self._lock = threading.RLock()
        self._waiting: list[_Job] = []
        self._running: set[_Job] = set()
        self._held: Counter[Priority] = Counter()
        self._closed = self._let_go = False

    async def __aenter__(self) -> Compute:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def running(self) -> int:
        """How many jobs run now."""
        with self._lock:
            return len(self._running)

    def wanted(self, priority: Priority) -> bool:
        """Whether anything more urgent than ``priority`` runs or waits. Any thread may ask."""
        with self._lock:
            return any(job.priority < priority for job in (*self._waiting, *self._running))

    async def submit(
        self, run: Callable[[], T], *, priority: Priority, model: str, cancelled: Cancelled = never
    ) -> T:
        """Run ``run()`` in a worker thread and return its result, or raise what it raised.

        Raises :class:`JobDropped` when ``cancelled()`` became true while the job waited, or on closing.
        When the awaiting task is cancelled a waiting job never runs; a running one ends unheard.
        """
        job = self._enqueue(run, priority, model, cancelled)
        try:
            result: T = await asyncio.wrap_future(job.result)
        finally:
            job.running.close()
        return result

    def run(self, run: Callable[[], T], *, priority: Priority, model: str, cancelled: Cancelled = never) -> T:
        """:meth:`submit` for callers outside the event loop, which wait blocking."""
        job = self._enqueue(run, priority, model, cancelled)
        try:
            result: T = job.result.result()
        finally:
            job.running.close()
        return result

    async def stream(
        self, run: Callable[[], Iterator[T]], *, priority: Priority, model: str, cancelled: Cancelled = never
    ) -> AsyncGenerator[T, None]:
        """Iterate ``run()`` in a worker thread, yielding its items as they come.

        Close the iterator (``contextlib.aclosing``) when you stop early: the model ends at its next item.
        Raises :class:`JobDropped` like :meth:`submit`, and what ``run`` raises.
        """
        channel: Channel[T] = Channel(1024)
        loop = asyncio.get_running_loop()

        def pump() -> None:
            for item in run():
                if channel.closed:  # perhaps the loop with it
                    return
                sending = asyncio.run_coroutine_threadsafe(channel.send(item), loop)
                if not self._sent(sending):
                    return

        job = asyncio.ensure_future(self.submit(pump, priority=priority, model=model, cancelled=cancelled))
        job.add_done_callback(lambda _: channel.close())
        try:
            async for item in channel:
                yield item
            await job
        finally:
            channel.close()
            job.cancel()

    @contextmanager
    def hold(self, priority: Priority = Priority.FINAL_CAPTION) -> Iterator[None]:
        """Inside the block nothing less urgent than ``priority`` starts."""
        with self._lock:
            self._held[priority] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[priority] -= 1
                self._dispatch()

    def close(self) -> None:
        """Drop what waits and block until what runs has ended or was let go. Closing twice is fine."""
        self._shut()
        with self._lock:
            running = [job.result for job in self._running]
        wait(running)
        self._workers.shutdown(wait=not self._let_go)

    def let_go(self) -> None:
        """Drop what waits and what runs: whoever waits for it gets :class:`JobDropped` now.

        What runs cannot be ended; it is only not waited for any more, neither here nor by :meth:`close`.
        """
        self._shut()
        with self._lock:
            self._let_go = bool(self._running)
            for job in self._running:
                if not job.result.done():
                    job.result.set_exception(JobDropped())

    async def aclose(self) -> None:
        """:meth:`close` without blocking the event loop."""
        await asyncio.to_thread(self.close)

    def _shut(self) -> None:
        with self._lock:
            self._closed = True
            for job in self._waiting:
                job.drop()
            self._waiting.clear()

    def _sent(self, sending: Future[None]) -> bool:
        """Wait until the item is in the channel; False when nobody listens any more."""
        while not self._closed:
            try:
                sending.result(0.2)
                return True
            except FutureTimeoutError:
                continue  # the reader is slow, or the loop is busy closing us
            except ChannelClosed:
                return False
        return False

    def _enqueue(self, run: Callable[[], Any], priority: Priority, model: str, cancelled: Cancelled) -> _Job:
        job = _Job(run, priority, model, cancelled, next(self._order))
        with self._lock:
            if self._closed:
                raise JobDropped
            self._waiting.append(job)
            self._dispatch()
        return job

    def _least_urgent(self) -> Priority:
        """The least urgent priority that may start now."""
        return min((priority for priority, count in self._held.items() if count), default=max(Priority))

    def _dispatch(self) -> None:
        """Start every waiting job that may start, the most urgent first. Call it with the lock held."""
        if self._closed:
            return
        self._drop_cancelled()
        calls = Counter(job.model for job in self._running)
        least = self._least_urgent()
        for job in sorted(self._waiting, key=lambda job: job.urgency):
            free = self._free_for(job)
            if job.priority > least or free <= 0:
                break
            if calls[job.model] >= self._limit(job).calls:
                continue
            if self._threads_of(job) > free:
                break  # the threads it waits for stay free for it
            self._waiting.remove(job)
            if job.result.set_running_or_notify_cancel():
                calls[job.model] += 1
                self._start(job)
        if self._telemetry:
            self._telemetry.waiting.set(len(self._waiting))

    def _free_for(self, job: _Job) -> int:
        """Threads that are free, or held by a less urgent job whose model yields."""
        in_the_way = (r for r in self._running if r.priority <= job.priority or not self._limit(r).yields)
        return self.threads - sum(self._threads_of(r) for r in in_the_way)

    def _drop_cancelled(self) -> None:
        for job in [job for job in self._waiting if job.result.cancelled() or job.cancelled()]:
            self._waiting.remove(job)
            job.drop()
            if self._telemetry:
                self._telemetry.dropped(f"compute.{_label(job)}")

    def _limit(self, job: _Job) -> Limit:
        return self._limits.get(job.model, Limit())

    def _threads_of(self, job: _Job) -> int:
        return min(self._limit(job).threads, self.threads)

    def _start(self, job: _Job) -> None:
        self._running.add(job)
        job.running.enter_context(busy(self._clock))
        if self._telemetry:
            self._telemetry.queued(job.model, _label(job), time.perf_counter() - job.since)
        self._workers.submit(self._work, job)

    def _work(self, job: _Job) -> None:
        started = time.perf_counter()
        value, error = _caught(job.run)
        if self._telemetry:
            self._telemetry.ran(job.model, _label(job), time.perf_counter() - started)
        with self._lock:
            self._running.remove(job)
            self._dispatch()
            if job.result.done():
                return  # let go
        if error is not None:
            job.result.set_exception(error)
        else:
            job.result.set_result(value)


def _label(job: _Job) -> str:
    return job.priority.name.lower()


def _caught(run: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Result and exception of ``run()``; the exception is for whoever awaits the job."""
    try:
        return run(), None
    except StopIteration as error:  # a future cannot carry one
        failure = RuntimeError("the model call raised StopIteration")
        failure.__cause__ = error
        return None, failure
    except BaseException as error:
        return None, error


def _share_heaps() -> None:
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
