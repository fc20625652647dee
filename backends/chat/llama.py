"""A GGUF model through llama.cpp in this process (xllamacpp).

The server keeps the prompt's cache between calls, so a request that repeats its beginning answers sooner.
Its calls run in a thread that the interpreter waits for when it ends: one that is still inside the engine
by then takes the whole process down.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import xllamacpp

from backends.chat.openai import body, piece
from backends.threads import stand_back
from core.errors import ModelUnavailableError
from core.ports import Cancelled, ChatCapabilities, ChatRequest, never

BATCH = 128
"""Prompt tokens between two looks at ``cancelled``: about two seconds on two cores."""
NICENESS = 10
"""How far it stands back where captions (0) or the voice (5) want the same cores."""
POLL = 0.05
QUIET = -1


class _Answer:
    """One running request: pieces come out of a queue that ends with None or an error."""

    def __init__(self, cancelled: Cancelled) -> None:
        self.pieces: SimpleQueue[str | BaseException | None] = SimpleQueue()
        self.closed = threading.Event()
        self._cancelled = cancelled

    @property
    def over(self) -> bool:
        return self.closed.is_set() or self._cancelled()

    def heard(self, chunk: Any) -> bool:
        """Take one chunk of the server; true stops it."""
        if isinstance(chunk, dict) and "error" in chunk:
            self.pieces.put(_failed(chunk["error"]))
            return True
        if isinstance(chunk, dict) and (text := piece(chunk)):
            self.pieces.put(text)
        return self.over


class Llama:
    """Embedded language model; one answer at a time (further callers wait), in threads that stand back."""

    name = "llama"

    def __init__(self, folder: Path, threads: int = 2, context: int = 4096) -> None:
        self.capabilities = ChatCapabilities(json_schema=True, continues=True, context=context)
        files = [folder] if folder.is_file() else sorted(folder.glob("*.gguf"))
        if not files:
            raise ModelUnavailableError(
                "chat.unloadable", f"{folder} 里没有 .gguf 语言模型。", "请运行：xiangyin weights fetch"
            )
        self._worker = ThreadPoolExecutor(1, "llama", stand_back, (NICENESS,))
        try:
            # Its threads inherit from the one that starts it.
            self._server = self._worker.submit(
                xllamacpp.Server, _parameters(files[0], threads, context)
            ).result()
        except RuntimeError as error:
            raise ModelUnavailableError(
                "chat.unloadable",
                f"语言模型打不开（{files[0]}）：{error}。",
                "请运行：xiangyin weights check",
            ) from error

    def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
        """Yield the answer piece by piece; ends within 50 ms of being cancelled.

        The seed makes an answer repeatable only at equal prompt cache and thread count.
        """
        answer = _Answer(cancelled)
        self._worker.submit(self._complete, request, answer)
        try:
            while not answer.over:
                try:
                    part = answer.pieces.get(timeout=POLL)
                except Empty:
                    continue
                if part is None:
                    return
                if isinstance(part, BaseException):
                    raise part
                yield part
        finally:
            answer.closed.set()

    def _complete(self, request: ChatRequest, answer: _Answer) -> None:
        content = body(request) | {"stream": True, "cache_prompt": True, "return_progress": True}
        try:
            if not answer.over:
                self._server.handle_chat_completions(content, answer.heard)
        except Exception as error:  # crosses to the caller's thread
            answer.pieces.put(_failed(error))
        finally:
            answer.pieces.put(None)


def _failed(reason: object) -> ModelUnavailableError:
    detail = str(reason.get("message", reason) if isinstance(reason, dict) else reason).rstrip(".")
    return ModelUnavailableError(
        "chat.failed", f"语言模型没有答上来：{detail}。", "主播会先用备好的话术继续；可以换短一些的问题。"
    )


def _parameters(model: Path, threads: int, context: int) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx = context
    parameters.n_batch = BATCH
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.verbosity = QUIET
    # The engine also listens on the loopback; nobody knows this key.
    parameters.api_keys = [secrets.token_hex(16)]
    parameters.ui = False
    return parameters
