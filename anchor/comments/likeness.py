"""Which kind is a comment most like? A linear model over runs of characters, word families and frames.

Frames know what is said outright; likeness to comments that people labelled knows how one says it around the
corner, and the families let it learn from a written 外婆 what a 姥爷 means in the same place.
``data/likeness.npz`` holds it in 8 bits; ``python -m benchmarks.triage --write`` fits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from anchor.comments.cues import KINDS, Kind
from core.files import shipped_model
from core.text.linear import Classifier, Hashes, fitted, letters, named, read, runs

FILE = "likeness.npz"
BUCKETS = 1 << 16
ALONE = frozenset({"number_alone", "letters_alone"})
"""Families of a comment that is one number or abbreviation: which one it is tells nothing."""
Vector = npt.NDArray[np.float64]
"""A number for each of ``KINDS``, in their order."""


def told(folded: str, heard: Iterable[str]) -> list[Hashes]:
    """What the model knows of a comment: its runs of characters, and the cues ``heard`` in it."""
    cues = list(heard)
    return [*runs(letters(folded if ALONE.isdisjoint(cues) else "")), named(cues)]


def fit(examples: Sequence[tuple[list[Hashes], Kind]], about: str = "{}") -> Classifier:
    """The model of these comments, each :func:`told` with its kind."""
    return fitted([(hashes, {kind}) for hashes, kind in examples], KINDS, BUCKETS, about=about)


@cache
def load() -> Classifier:
    """The model of the house; ConfigurationError where its file is damaged."""
    path = resources.files("anchor.comments") / "data" / FILE
    with shipped_model(path, "comments.bad_likeness", "评论分类") as file:
        return read(file)
