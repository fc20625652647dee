"""A second opinion on the kind of a comment, from its meaning rather than its characters.

``data/meaning.npz`` holds kernel ridge regression over sentence embeddings of labelled comments, fitted
beforehand (``python -m benchmarks.triage --write``): a comment is of the kinds of those that mean much the
same. One embedding takes 15 to 40 ms, so only comments in doubt are asked about.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

import numpy as np

from anchor.comments.cues import KINDS
from anchor.comments.likeness import Vector
from core.files import shipped_model
from core.text import kernel
from core.text.kernel import Embed, Kernel
from core.text.linear import Floats

FILE = "meaning.npz"
RIDGE = 0.3
"""By leaving out authors."""

Opinion = Callable[[str], Vector | None]
"""A comment → scores of ``KINDS`` (about 1 and 0), None where it has none."""


def fit(vectors: Floats, kinds: Sequence[str], version: str = "") -> Kernel:
    """The classifier of ``vectors`` of shape (examples, size), each of one of ``KINDS``."""
    return kernel.fitted(vectors, np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]], RIDGE, version)


@cache
def load() -> Kernel:
    """The classifier of the house; ConfigurationError where its file is damaged."""
    path = resources.files("anchor.comments") / "data" / FILE
    with shipped_model(path, "comments.bad_meaning", "评论分类") as file:
        return kernel.read(file)


class Meaning:
    """Scores of the kinds by meaning."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._fitted = load()

    def __call__(self, text: str) -> Vector:
        """About 1 for a sure kind and 0 for the others, in the order of ``KINDS``."""
        return np.asarray(self._fitted.scores(self._embed(text)[None])[0])


class Sparing:
    """An opinion asked at most ``each_second`` times a second on average: in a flood the cues judge alone."""

    def __init__(
        self,
        opinion: Opinion,
        each_second: float = 2.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opinion = opinion
        self._rate = each_second
        self._now = now
        self._left, self._at = each_second, now()
        self._lock = threading.Lock()

    def __call__(self, text: str) -> Vector | None:
        """The opinion, or None where too many were asked."""
        with self._lock:
            now = self._now()
            self._left = min(self._rate, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1:
                return None
            self._left -= 1
        return self._opinion(text)
