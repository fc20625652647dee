"""Which kind is a comment most like? A ridge classifier over character n-grams and the frames that fired.

Frames know what is said outright; likeness to written examples knows how people say it around the corner.
Fitted once, in closed form (dual ridge regression), on ``data/exemplars.tsv``: deterministic, under a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from anchor.comments.cues import KINDS, Kind, bad, rows

Vector = npt.NDArray[np.float64]

FRAMES = 0.3
"""How much the frames count beside the n-grams (unit length)."""
RIDGE = 0.3
SEEN = 2
"""In how many examples an n-gram must occur to count; what occurs once teaches nothing general."""
SUREST = 3


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A written comment and its kind."""

    id: str
    kind: Kind
    text: str


@cache
def exemplars() -> tuple[Exemplar, ...]:
    """The written examples; ConfigurationError names file and line of a bad one."""
    found: dict[str, Exemplar] = {}
    for number, (name, kind, text) in rows("exemplars.tsv", 3):
        if kind not in KINDS or not text or name in found:
            raise bad("exemplars.tsv", number, f"编号重复，或类别“{kind}”不对，或没有文字")
        found[name] = Exemplar(name, kind, text)
    return tuple(found.values())


def grams(text: str) -> set[str]:
    """Characters, pairs and triples of the folded text, with its two ends marked."""
    marked = f"^{text}$"
    pairs = [a + b for a, b in pairwise(marked)]
    return {*text, *pairs, *(a + b[1] for a, b in pairwise(pairs))}


def frame_vector(scores: Mapping[Kind, int]) -> Vector:
    """What the frames say, a number in [-1/3, 1] for each kind."""
    return np.array([max(-1, min(SUREST, scores.get(kind, 0))) / SUREST for kind in KINDS])


class Likeness:
    """A fitted classifier. Immutable after fitting; safe to share between threads."""

    def __init__(self, texts: Sequence[str], frames: Sequence[Vector], kinds: Iterable[Kind]) -> None:
        """Fit on folded ``texts``, their :func:`frame_vector` s and their kinds."""
        features = [grams(text) for text in texts]
        counts = Counter(gram for found in features for gram in found)
        self._index = {gram: i for i, gram in enumerate(sorted(g for g in counts if counts[g] >= SEEN))}
        inputs = np.zeros((len(features), len(self._index) + len(KINDS)))
        for row, (found, frame) in enumerate(zip(features, frames, strict=True)):
            inputs[row, [self._index[g] for g in found if g in self._index]] = 1 / np.sqrt(max(1, len(found)))
            inputs[row, -len(KINDS) :] = FRAMES * frame
        targets = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]]
        middle, share = inputs.mean(0), targets.mean(0)
        centred = inputs - middle
        kernel = centred @ centred.T + RIDGE * np.eye(len(inputs))
        weights = centred.T @ np.linalg.solve(kernel, targets - share)
        self._bias: Vector = share - middle @ weights
        self._grams: Vector = np.ascontiguousarray(weights[: -len(KINDS)])
        self._frames: Vector = FRAMES * weights[-len(KINDS) :]

    def scores(self, text: str, frame: Vector) -> Vector:
        """How much the folded ``text`` is like each kind; about 1 for a sure one and 0 for the others."""
        found = grams(text)
        known = [i for i in map(self._index.get, found) if i is not None]
        like = np.add.reduce(self._grams.take(known, axis=0, mode="clip")) / np.sqrt(max(1, len(found)))
        return np.asarray(self._bias + like + frame @ self._frames)
