"""Which group a sentence reads like: cross-validation of :mod:`dialects.affinity`, and fitting it anew.

usage: python -m benchmarks.dialect_affinity [--write] [--no-scores]

The examples and words of the lexicons teach it, as they are and misspelt by the groups' sound systems, with
the sentences of ``data/dialect`` (as written, misspelt, in Mandarin), and Mandarin words and lines. Printed:
how often the right group is the likeliest of the twelve for sentences of ``data/dialect`` that were left out,
and how often a Mandarin one is thought dialect. ``--write`` fits ``dialects/data/affinity.npz`` to all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.misspelling import Misspeller
from benchmarks.report import fitting_options, machine
from dialects import ordinary, phonology
from dialects.affinity import BUCKETS, CLASSES, Affinity, Ids, Sounds, Weights, features
from dialects.groups import MANDARIN, NAMES
from dialects.lexicon import NOTHING, Sense, built_in_files, read

DATA = Path(__file__).parent / "data"
FOLDS, SEED = 5, 20261122
EPOCHS, ORDERS, BATCH, STEP, SHRINK = 3, 3, 64, 0.3, 1e-5
SENTENCE, EXAMPLE, MISSPELT, WORD, COMMON_WORD = 3.0, 1.0, 0.5, 0.5, 0.4
"""What a sentence of ``data/dialect``, an example, a misspelling and a word count."""
COMMON = -11.0
"""Log-probability above which a Mandarin word teaches what Mandarin is."""

Floats = npt.NDArray[np.float32]


class Told(NamedTuple):
    """A text, its class and what it counts."""

    text: str
    group: str
    weight: float


class Sentence(NamedTuple):
    """One line of ``data/dialect``."""

    group: str
    text: str
    misspelt: str
    mandarin: str

    def told(self) -> Iterator[Told]:
        """What it teaches."""
        yield Told(self.text, self.group, SENTENCE)
        yield Told(self.misspelt, self.group, SENTENCE)
        yield Told(self.mandarin, MANDARIN, SENTENCE)


def sentences() -> list[Sentence]:
    """The lines of ``data/dialect``; a bad one is named by file and line."""
    found = []
    for path in sorted((DATA / "dialect").glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("#"):
                continue
            cells = line.split("\t")
            if path.stem not in NAMES or len(cells) != 3 or not all(cells):
                raise SystemExit(f"{path.name}, line {number}: want text, misspelt, mandarin of a group")
            found.append(Sentence(path.stem, *cells))
    return found


def lexicon_lines() -> Iterator[Told]:
    """Examples, words and renderings of the lexicons."""
    books = (read(data, file)[0] for file, data in built_in_files())
    senses = [sense for book in books if book for sense in book.senses]
    misspeller, chance, mandarin = Misspeller(), Random(SEED), ordinary.built_in().words
    for sense in senses:
        if sense.example:
            yield Told(sense.example, sense.group, EXAMPLE)
            heard = misspeller.misspell(sense.example, sense.group, sense.surfaces, chance)
            yield Told(heard, sense.group, MISSPELT)
        for surface in sense.surfaces:
            if len(surface) > 1 and surface not in mandarin:
                yield Told(surface, sense.group, WORD)
    yield from _mandarin_words(senses, mandarin)


def _mandarin_words(senses: Sequence[Sense], mandarin: Mapping[str, tuple[float, str]]) -> Iterator[Told]:
    """Renderings, common words, and words that dialects share with Mandarin; none that only dialects have."""
    own = {surface for sense in senses if not sense.shared for surface in sense.surfaces}
    shared = {surface for sense in senses if sense.shared for surface in sense.surfaces}
    common = {word for word, (usual, _) in mandarin.items() if usual > COMMON or word in shared}
    rendered = {sense.mandarin for sense in senses if sense.mandarin != NOTHING}
    for word in sorted((common | rendered) - own):
        if len(word) > 1:
            yield Told(word, MANDARIN, COMMON_WORD)


def mandarin_lines() -> Iterator[Told]:
    """Everyday sentences, those with words that dialects have too, and lawful lines of sales."""
    for name, counts in (("mandarin", EXAMPLE), ("mandarin_shared", SENTENCE)):
        for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield Told(line, MANDARIN, counts)
    for path in sorted((DATA / "guard").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("ok\t"):
                yield Told(line.split("\t")[1], MANDARIN, EXAMPLE)


def fitted(told: Sequence[tuple[Ids, int, float]], orders: int = ORDERS) -> Weights:
    """The mean of what ``orders`` orders of the examples teach, in 8 bits a weight."""
    passes = [_multinomial(told, seed) for seed in range(orders)]
    table = np.mean([w for w, _ in passes], axis=0)
    step = float(np.abs(table).max()) / 127
    bias = np.mean([b for _, b in passes], axis=0)
    return Weights(np.round(table / step).astype(np.int8), step, bias)


def _multinomial(told: Sequence[tuple[Ids, int, float]], seed: int) -> tuple[Floats, npt.NDArray[np.float64]]:
    """Multinomial logistic regression over sets of features, with AdaGrad (Duchi et al. 2011)."""
    shape = BUCKETS, len(CLASSES)
    weights, squares = np.zeros(shape, np.float32), np.full(shape, 1e-6, np.float32)
    bias = np.zeros(len(CLASSES))
    random = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = random.permutation(len(told))
        for at in range(0, len(told), BATCH):
            batch = [told[i] for i in order[at : at + BATCH]]
            sizes = np.array([len(ids) for ids, _, _ in batch])
            share = 1 / np.sqrt(sizes)[:, None]
            ids = np.concatenate([ids for ids, _, _ in batch])
            logits = np.add.reduceat(weights[ids], np.cumsum(sizes) - sizes) * share + bias
            wrong = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
            wrong[np.arange(len(batch)), [group for _, group, _ in batch]] -= 1
            wrong *= np.array([counts for _, _, counts in batch])[:, None]
            sort = np.argsort(ids, kind="stable")
            first = np.flatnonzero(np.diff(ids[sort], prepend=-1))
            slopes = np.repeat(wrong * share, sizes, axis=0)[sort]
            touched = ids[sort[first]]
            slope = np.add.reduceat(slopes, first) + SHRINK * weights[touched]
            squares[touched] += slope * slope
            weights[touched] -= STEP * slope / np.sqrt(squares[touched])
            bias -= 0.01 * wrong.sum(0)
    return weights, bias


class Reader:
    """Texts into features, once each."""

    def __init__(self) -> None:
        readings = phonology.mandarin_readings()
        self.heard = {character: " ".join(syllables) for character, syllables in readings.items()}
        self._sounds = Sounds(lambda character: self.heard.get(character, ""))

    def rows(self, told: Sequence[Told]) -> list[tuple[Ids, int, float]]:
        """What :func:`fitted` takes."""
        rows = ((features(t.text, self._sounds), CLASSES.index(t.group), t.weight) for t in told)
        return [row for row in rows if len(row[0])]


def left_out(
    lines: Sequence[Sentence], common: Sequence[tuple[Ids, int, float]], reader: Reader
) -> list[Floats]:
    """For each of ``lines`` the log-probabilities, of shape (3, classes), of a model that has not read it."""
    found: list[Floats] = [np.zeros(0, np.float32)] * len(lines)
    for fold in range(FOLDS):
        taught = [t for at, line in enumerate(lines) if at % FOLDS != fold for t in line.told()]
        affinity = Affinity(fitted([*common, *reader.rows(taught)], orders=1), reader.heard)
        for at in range(fold, len(lines), FOLDS):
            weighed = [list(affinity.weigh(told.text).values()) for told in lines[at].told()]
            found[at] = np.array(weighed, np.float32)
    return found


def report(lines: Sequence[Sentence], found: Sequence[Floats]) -> None:
    """Print how often a sentence is given to its group, to any group, and Mandarin to none."""
    odds = np.stack(found)
    right = np.array([NAMES.index(line.group) for line in lines])
    for at, name in enumerate(("as written", "misspelt")):
        likeliest = odds[:, at, :-1].argmax(1) == right
        dialect = odds[:, at, -1] < np.log(0.5)
        print(
            f"{name}: its group the likeliest of twelve {likeliest.mean():.3f}, dialect {dialect.mean():.3f}"
        )
    print(f"in Mandarin: thought dialect {np.mean(odds[:, 2, -1] < np.log(0.5)):.3f}")


def write(weights: Weights, lines: int) -> None:
    """Replace the model of the house."""
    about = {
        "author": "乡音词典组", "source": "python -m benchmarks.dialect_affinity --write",
        "licence": "CC-BY-4.0", "date": date.today().isoformat(), "texts": lines,
    }  # fmt: skip
    target = Path(str(resources.files("dialects") / "data" / "affinity.npz"))
    with target.open("wb") as file:
        Weights(weights.table, weights.step, weights.bias, json.dumps(about, ensure_ascii=False)).write(file)
    print(f"{target.name}: {lines} texts, {target.stat().st_size // 1024} KiB")


def main() -> None:
    args = fitting_options(__doc__)
    print(machine("numpy"))
    reader, lines = Reader(), sentences()
    common = reader.rows([*lexicon_lines(), *mandarin_lines()])
    if not args.no_scores:
        report(lines, left_out(lines, common, reader))
    if args.write:
        told = [*common, *reader.rows([t for line in lines for t in line.told()])]
        write(fitted(told), len(told))


if __name__ == "__main__":
    main()
