"""Language models."""

from __future__ import annotations

from backends import SERVER, BackendSpec
from core.ports import ChatCapabilities, ChatModel

_HERE = (("folder", "model"), ("threads", "threads"))

_SPECS: tuple[BackendSpec[ChatModel], ...] = (
    BackendSpec(
        "llama",
        "backends.chat.llama:Llama",
        "",
        ChatCapabilities(json_schema=True),
        (("folder", "qwen-0.5b"),),
        _HERE,
    ),
    BackendSpec(
        "llama-1.5b",
        "backends.chat.llama:Llama",
        "",
        ChatCapabilities(json_schema=True),
        (("folder", "qwen-1.5b"),),
        _HERE,
    ),
    BackendSpec(
        "openai",
        "backends.chat.openai:OpenAIChat",
        "",
        ChatCapabilities(json_schema=True, context=32_768),
        settings=SERVER,
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
