"""Which kind is a comment most like? A ridge classifier over character n-grams, word families and frames.

Frames know what is said outright; likeness to written examples knows how people say it around the corner,
and the families let it learn from a written 外婆 what a 姥爷 means in the same place.
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

FRAMES = 0.1
"""How much the frames count beside the n-grams (unit length)."""
FAMILIES = 0.4
"""How much the word families count. Both chosen by five-fold cross-validation over the examples."""
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


def signals(scores: Mapping[Kind, int], families: int, width: int) -> Vector:
    """What the cues say: a number for each kind (frames), then one for each of ``width`` word families.

    ``families`` is the bit mask of those that occur; they share one unit of length, as the n-grams do.
    """
    frames = [FRAMES * max(-1, min(SUREST, scores.get(kind, 0))) / SUREST for kind in KINDS]
    share = FAMILIES / max(1, families.bit_count()) ** 0.5
    mask = np.frombuffer(families.to_bytes(-(-width // 8), "little"), np.uint8)
    return np.concatenate((frames, share * np.unpackbits(mask, count=width, bitorder="little")))


class Likeness:
    """A fitted classifier. Immutable after fitting; safe to share between threads."""

    def __init__(self, texts: Sequence[str], told: Sequence[Vector], kinds: Iterable[Kind]) -> None:
        """Fit on folded ``texts``, their :func:`signals` and their kinds."""
        features = [grams(text) for text in texts]
        counts = Counter(gram for found in features for gram in found)
        self._index = {gram: i for i, gram in enumerate(sorted(g for g in counts if counts[g] >= SEEN))}
        known = len(self._index)
        inputs = np.zeros((len(features), known + len(told[0])))
        for row, (found, signal) in enumerate(zip(features, told, strict=True)):
            inputs[row, [self._index[g] for g in found if g in self._index]] = 1 / np.sqrt(max(1, len(found)))
            inputs[row, known:] = signal
        targets = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]]
        middle, share = inputs.mean(0), targets.mean(0)
        centred = inputs - middle
        kernel = centred @ centred.T + RIDGE * np.eye(len(inputs))
        weights = centred.T @ np.linalg.solve(kernel, targets - share)
        self._bias: Vector = share - middle @ weights
        self._grams: Vector = np.ascontiguousarray(weights[:known])
        self._signals: Vector = np.ascontiguousarray(weights[known:])

    def scores(self, text: str, signal: Vector) -> Vector:
        """How much the folded ``text`` is like each kind; about 1 for a sure one and 0 for the others."""
        found = grams(text)
        known = [i for i in map(self._index.get, found) if i is not None]
        like = np.add.reduce(self._grams.take(known, axis=0, mode="clip")) / np.sqrt(max(1, len(found)))
        return np.asarray(self._bias + like + signal @ self._signals)
