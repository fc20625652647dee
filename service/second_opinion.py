"""The second opinion of triage, with the embedder that it was fitted on."""

from __future__ import annotations

import threading
from functools import partial

from anchor.comments.likeness import Vector
from anchor.comments.meaning import EMBEDDER, Meaning, Opinion
from backends import choose, load
from backends.embedders import BACKENDS
from core.errors import XiangyinError
from core.ports import Embedder


def second_opinion() -> Opinion:
    """The opinion by meaning. The embedder is loaded at the first doubt; without it there is no opinion."""
    return _Lazy()


class _Lazy:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._meaning: Meaning | None = None
        self._tried = False

    def __call__(self, text: str) -> Vector | None:
        with self._lock:
            if not self._tried:
                self._tried = True
                self._meaning = _made()
        return self._meaning(text) if self._meaning is not None else None


def _made() -> Meaning | None:
    try:
        embedder: Embedder = load(choose(BACKENDS, EMBEDDER))
    except XiangyinError:
        return None
    return Meaning(partial(embedder.embed, kind="passage"))
