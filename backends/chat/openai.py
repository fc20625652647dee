"""Client of a server that speaks OpenAI's ``/v1/chat/completions`` (vLLM, SGLang, Ollama, llama.cpp …).

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backends.remote import Remote
from core.ports import Cancelled, ChatCapabilities, ChatRequest, never

LINE = 1 << 20
"""Bytes of one line of a stream; no answer of a language model needs more."""


class OpenAIChat:
    """Remote language model, streamed by server-sent events."""

    name = "openai"
    capabilities = ChatCapabilities(json_schema=True, context=32_768)

    def __init__(self, base_url: str, model: str, api_key: str = "", timeout: float = 30.0) -> None:
        self._remote = Remote(base_url, "语言模型", api_key, timeout)
        self._model = model

    def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
        """Yield the answer piece by piece; closes the connection once cancelled.

        A line of the stream that cannot be read is skipped; an answer with no readable line is an error.
        """
        content = body(request) | {"model": self._model, "stream": True}
        readable = False
        with self._remote.stream("chat/completions", json=content) as response:
            for line in lines(response.iter_bytes(), self._remote.garbage):
                if cancelled() or line.strip() == "data: [DONE]":
                    return
                event = parse(line)
                if event is None:
                    continue
                readable = True
                if text := piece(event):
                    yield text
        if not readable:
            raise self._remote.garbage()


def lines(chunks: Iterable[bytes], too_long: Callable[[], Exception]) -> Iterator[str]:
    """The lines of a body as they come; raises ``too_long()`` where one grows past :data:`LINE` bytes."""
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        if len(held) > LINE:
            raise too_long()
        for line in whole:
            yield line.decode("utf-8", "replace").rstrip("\r")
    yield held.decode("utf-8", "replace")


def body(request: ChatRequest) -> dict[str, Any]:
    """A request as the protocol's JSON, without model and streaming."""
    content: dict[str, Any] = {
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
    }
    if request.seed is not None:
        content["seed"] = request.seed
    if request.stop:
        content["stop"] = list(request.stop)
    if request.json_schema is not None:
        schema = {"name": "answer", "schema": request.json_schema, "strict": True}
        content["response_format"] = {"type": "json_schema", "json_schema": schema}
    return content


def parse(line: str) -> dict[str, Any] | None:
    """The JSON object of one ``data:`` line; None for comments, blank lines and garbage."""
    if not line.startswith("data:"):
        return None
    try:
        event = json.loads(line.removeprefix("data:"))
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def piece(event: dict[str, Any]) -> str:
    """The text a chunk adds; "" where it adds none or is not a chunk."""
    try:
        text = event["choices"][0]["delta"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    return text if isinstance(text, str) else ""
