"""Client of a server that speaks OpenAI's ``/v1/embeddings`` (vLLM, Text Embeddings Inference, Ollama …).

Source: https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backends.remote import Remote
from core.ports import EmbedderCapabilities

BATCH = 64


class OpenAIEmbedder:
    """Remote embedding. The protocol does not tell a query from a passage, so ``kind`` is disregarded."""

    name = "openai"

    def __init__(self, base_url: str, model: str, api_key: str = "", timeout: float = 30.0) -> None:
        self._remote = Remote(base_url, "文本向量", api_key, timeout)
        self._model = model

    @cached_property
    def capabilities(self) -> EmbedderCapabilities:
        """The size of the server's vectors; the first look asks the server."""
        return EmbedderCapabilities(self._ask(["好"]).shape[1])

    def embed(
        self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage"
    ) -> npt.NDArray[np.float32]:
        """Embed ``texts``; shape (len(texts), dimensions), rows of unit length."""
        parts = [self._ask(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        if not parts:
            return np.zeros((0, self.capabilities.dimensions), dtype=np.float32)
        return np.concatenate(parts)

    def _ask(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        # Servers refuse an empty string; a blank one says as little.
        content = {"model": self._model, "input": [text or " " for text in texts]}
        body = self._remote.parse(self._remote.post("embeddings", json=content))
        try:
            return _rows(body, len(texts))
        except (KeyError, TypeError, ValueError) as error:
            raise self._remote.garbage(error) from error


def _rows(body: dict[str, Any], count: int) -> npt.NDArray[np.float32]:
    ordered = sorted(body["data"], key=lambda item: int(item["index"]))
    rows = np.array([item["embedding"] for item in ordered], dtype=np.float32)
    if rows.ndim != 2 or len(rows) != count:
        raise ValueError(f"{rows.shape} for {count} texts")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("a vector without direction")
    return np.asarray(rows / lengths, dtype=np.float32)
