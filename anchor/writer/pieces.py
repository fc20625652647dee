"""What a language model writes, piece by piece and in time: it has its turn, and its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue

from core.errors import ModelUnavailableError, XiangyinError
from core.ports import Cancelled, ChatModel, ChatRequest

POLL = 0.05

Run = Callable[[Callable[[], None], Cancelled], None]
"""Runs one blocking model call, at once or when it is its turn; drops it where nobody wants it by then."""


def at_once(call: Callable[[], None], cancelled: Cancelled) -> None:
    """Run it here and now."""
    call()


class NoTurn(ModelUnavailableError):
    """Captions and the voice had the cores all the time; the model itself is not slow."""


def pieces(
    chat: ChatModel,
    request: ChatRequest,
    seconds: float,
    cancelled: Cancelled,
    run: Run,
    clock: Callable[[], float],
) -> Generator[str, None, None]:
    """The pieces of an answer; an empty one every :data:`POLL` seconds in which none comes.

    ModelUnavailableError where ``seconds`` pass before it has ended, :class:`NoTurn` where most of them
    passed before it could begin.
    """
    coming: SimpleQueue[str | Exception | None] = SimpleQueue()
    closed = threading.Event()
    began: list[float] = []

    def unwanted() -> bool:
        return closed.is_set() or cancelled()

    def pump() -> None:
        began.append(clock())
        for piece in chat.stream(request, unwanted):
            coming.put(piece)

    def work() -> None:
        try:
            run(pump, unwanted)
        except Exception as error:  # crosses to the caller's thread
            coming.put(error)
        coming.put(None)

    deadline = clock() + seconds
    threading.Thread(target=work, daemon=True).start()
    try:
        while (piece := _next(coming, lambda: cancelled() or clock() >= deadline)) is not None:
            yield piece
        if clock() >= deadline and not cancelled():
            in_time = began and deadline - began[0] > seconds / 2
            raise _slow(seconds) if in_time else _waited()
    finally:
        closed.set()


def _next(coming: SimpleQueue[str | Exception | None], over: Cancelled) -> str | None:
    if over():
        return None
    try:
        item = coming.get(timeout=POLL)
    except Empty:
        return ""
    if isinstance(item, XiangyinError):
        raise item
    if isinstance(item, Exception):
        raise _failed(item) from item
    return item


def _slow(seconds: float) -> ModelUnavailableError:
    return ModelUnavailableError(
        "chat.slow", f"语言模型 {seconds:g} 秒内没有写完。", "可以换一个小一点的模型，或换成 phrases。"
    )


def _waited() -> NoTurn:
    return NoTurn("chat.waited", "字幕和声音先用，语言模型没有轮上。", "这一句由备好的话术讲。")


def _failed(error: Exception) -> ModelUnavailableError:
    return ModelUnavailableError(
        "chat.failed", f"语言模型出错（{type(error).__name__}）。", "请运行 xiangyin doctor 看一看。"
    )
