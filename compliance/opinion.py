"""A second opinion on a line, learned from lines that people judged: what no rule foresees.

Rules know words and frames; a new wording of an old offence passes them, and an honest line that holds a
known word is stopped. A linear model over runs of one to three characters, hashed as in fastText (Joulin et
al. 2017) and fitted with AdaGrad (Duchi et al. 2011), tells how a sentence as a whole reads.
``rules/opinion.npz`` holds it in 8 bits; ``python -m benchmarks.opinion --write`` fits it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from core.errors import ConfigurationError

GRAMS = 3
"""Longest run of characters that counts as a feature."""
BUCKETS, KIND_BUCKETS = 1 << 20, 1 << 15
LONGEST, AROUND = 60, 24
"""Characters of a sentence that are read at a time; those read on either side of a match."""
WINDOW = 10
"""Characters within which the offence is looked for."""
_EPOCHS, _STEP, _SHRINK = 4, 0.5, 1e-5
_ORDERS = 3
"""Orders of the examples over which the weights are averaged: what one order taught by chance goes."""
_ENDS, _PAUSES = "。！？!?；;\n", "，,：:、"
_SENTENCE = re.compile(f"[^{_ENDS}]+[{_ENDS}]*")

_MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_BEGINS, _ENDING = np.uint64(1), np.uint64(2)

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]
Example = tuple[str, str]
"""A folded line and its class, empty where it is lawful."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stretch of a text reads: ``odds`` are log-odds that it offends, ``kind`` the likeliest class.

    ``start`` and ``end`` bound what speaks for an offence most.
    """

    odds: float
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """The fitted model. ``kinds`` name the rows of ``by_kind``, of shape (kinds, KIND_BUCKETS)."""

    weights: Floats
    bias: float
    kinds: tuple[str, ...]
    by_kind: Floats
    about: str = "{}"
    """Author, source, licence, date and version of the lines, as JSON."""

    @property
    def version(self) -> str:
        """Which lines it was fitted to."""
        return str(json.loads(self.about).get("version", ""))

    def odds(self, text: str) -> float:
        """Log-odds that folded ``text``, a line or a sentence, offends."""
        features = _features(_hashes(_letters(text)), BUCKETS)
        if not len(features):
            return self.bias
        return float(self.weights[features].sum() / np.sqrt(len(features)) + self.bias)

    def read(self, text: str, above: float = -np.inf) -> Reading | None:
        """The reading of the sentence of folded ``text`` that offends most; None unless its odds exceed."""
        parts = [(m.start() + at, m[0][at : at + LONGEST]) for m in _SENTENCE.finditer(text)
                 for at in range(0, len(m[0]), LONGEST)]  # fmt: skip
        worst = max(((self.odds(part), start, part) for start, part in parts), default=None)
        if worst is None or worst[0] <= above:
            return None
        odds, offset, part = worst
        features = _features(_hashes(_letters(part)), KIND_BUCKETS)
        kind = self.kinds[int(self.by_kind[:, features].sum(1).argmax())]
        start, end = self._most_telling(part)
        return Reading(odds, kind, offset + start, offset + end)

    def around(self, text: str, start: int, end: int) -> float:
        """Log-odds of the words around ``[start, end)``: of its sentence or of its clause, the worse."""
        return max(self.odds(_stretch(text, start, end, marks)) for marks in (_ENDS, _ENDS + _PAUSES))

    def _most_telling(self, text: str) -> tuple[int, int]:
        """The stretch of at most ``WINDOW`` characters whose runs weigh most."""
        told = np.zeros(len(text))
        places = np.flatnonzero([character.isalnum() for character in text])
        for size, hashes in enumerate(_hashes(_letters(text))[: min(GRAMS, len(places))], 1):
            weights = self.weights[_buckets(hashes, BUCKETS)] / size
            for of_run in range(size):
                told[places[of_run : of_run + len(weights)]] += weights
        sums = np.concatenate([[0.0], np.cumsum(told)])
        best, span = -np.inf, (0, len(text))
        for size in range(2, min(WINDOW, len(text)) + 1):
            gains = (sums[size:] - sums[:-size]) / np.sqrt(size)
            at = int(gains.argmax())
            if gains[at] > best:
                best, span = float(gains[at]), (at, at + size)
        return span

    def write(self, file: BinaryIO) -> None:
        """Write the model in 8 bits a weight."""
        scale, kind_scale = (float(np.abs(w).max()) / 127 or 1.0 for w in (self.weights, self.by_kind))
        np.savez_compressed(
            file,
            weights=np.round(self.weights / scale).astype(np.int8),
            by_kind=np.round(self.by_kind / kind_scale).astype(np.int8),
            numbers=np.array([scale, kind_scale, self.bias]),
            kinds=np.array(self.kinds),
            about=np.array(self.about),
        )


def fitted(examples: Sequence[Example], about: str = "{}") -> Opinion:
    """The model of these examples; those of a class teach also how the classes differ."""
    hashes = [_hashes(_letters(text)) for text, _ in examples]
    kinds = tuple(sorted({kind for _, kind in examples if kind}))
    rows = [_features(each, BUCKETS) for each in hashes]
    offends = np.array([bool(kind) for _, kind in examples])
    passes = [_logistic(rows, offends, BUCKETS, seed) for seed in range(_ORDERS)]
    weights = np.stack([w for w, _ in passes]).mean(axis=0, dtype=np.float32)
    told = [
        (_features(each, KIND_BUCKETS), kind)
        for each, (_, kind) in zip(hashes, examples, strict=True)
        if kind
    ]
    by_kind = [
        _logistic([row for row, _ in told], np.array([kind == one for _, kind in told]), KIND_BUCKETS, 0)[0]
        for one in kinds
    ]
    table = np.array(by_kind, np.float32).reshape(len(kinds), KIND_BUCKETS)
    return Opinion(weights, float(np.mean([b for _, b in passes])), kinds, table, about)


def _logistic(
    rows: Sequence[Hashes], offends: npt.NDArray[np.bool_], size: int, seed: int
) -> tuple[Floats, float]:
    """Logistic regression over sets of features, with AdaGrad."""
    weights, squares = np.zeros(size), np.full(size, 1e-6)
    bias = 0.0
    random = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        for at in random.permutation(len(rows)):
            row = rows[at]
            if not len(row):
                continue
            share = 1 / np.sqrt(len(row))
            wrong = 1 / (1 + np.exp(-(weights[row].sum() * share + bias))) - offends[at]
            slope = wrong * share + _SHRINK * weights[row]
            squares[row] += slope * slope
            weights[row] -= _STEP * slope / np.sqrt(squares[row])
            bias -= 0.01 * wrong
    return weights.astype(np.float32), float(bias)


def _stretch(text: str, start: int, end: int, marks: str) -> str:
    """The text between the marks around ``[start, end)``, at most ``AROUND`` characters on each side."""
    first = max(start - AROUND, *(text.rfind(mark, 0, start) + 1 for mark in marks), 0)
    last = min([end + AROUND, len(text), *(at for mark in marks if (at := text.find(mark, end)) >= 0)])
    return text[first:last]


def _letters(text: str) -> Hashes:
    return np.array([ord(character) for character in text if character.isalnum()], np.uint64)


def _hashes(letters: Hashes) -> list[Hashes]:
    """Hashes of the runs of one to ``GRAMS`` letters in order; last, of how the text begins and ends."""
    found = [letters * _MIX]
    for size in range(2, min(GRAMS, len(letters)) + 1):
        before = found[-1][:-1]
        found.append((before ^ (before >> _SHIFT)) * _MIX + letters[size - 1 :])
    pairs = found[min(1, len(found) - 1)]
    return [*found, np.array([pairs[0] + _BEGINS, pairs[-1] + _ENDING]) * _MIX] if len(letters) else [letters]


def _buckets(hashes: Hashes, size: int) -> Hashes:
    return (hashes ^ (hashes >> _SHIFT)) * _MIX >> np.uint64(65 - size.bit_length())


def _features(hashes: Sequence[Hashes], size: int) -> Hashes:
    return np.unique(_buckets(np.concatenate(hashes), size))


@cache
def load_opinion() -> Opinion:
    """The opinion of the house; ConfigurationError where its file is damaged."""
    path = resources.files("compliance") / "rules" / "opinion.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            scale, kind_scale, bias = held["numbers"].tolist()
            return Opinion(
                held["weights"].astype(np.float32) * np.float32(scale),
                bias,
                tuple(held["kinds"].tolist()),
                held["by_kind"].astype(np.float32) * np.float32(kind_scale),
                str(held["about"]),
            )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            "rules.bad_opinion", f"合规判断的数据文件 {path} 读不了：{error}。", "请重新安装乡音。"
        ) from error
