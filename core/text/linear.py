"""Linear models over runs of characters: fitted in seconds, kept in 8 bits, read in 0.1 ms.

A text is the set of its runs of one to three letters, hashed as in fastText (Joulin et al. 2017); what else
is known of it may be told by name (:func:`named`). Weights are fitted with AdaGrad (Duchi et al. 2011) as
logistic regressions, one for each kind by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, BinaryIO

import numpy as np
import numpy.typing as npt

GRAMS = 3
"""Longest run of characters that counts as a feature."""
_EPOCHS, _STEP, _SHRINK = 4, 0.5, 1e-5
MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_EDGES = np.array([1, 2], np.uint64)
"""Set the beginning and the end of a text apart from its other runs."""

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]


def letters(text: str) -> Hashes:
    """The code points of letters and figures; marks and spaces do not count."""
    kept = "".join(filter(str.isalnum, text))
    return np.frombuffer(kept.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)


def mixed(hashes: Hashes) -> Hashes:
    """The hashes with the low bits told to the high ones, which name the place in a table."""
    return (hashes ^ (hashes >> _SHIFT)) * MIX


def longer(hashes: Hashes, of: Hashes) -> Hashes:
    """Hashes of the runs of letters ``of`` that are one longer than those of ``hashes``."""
    return mixed(hashes[:-1]) + of[len(of) - len(hashes) + 1 :]


def runs(of: Hashes) -> list[Hashes]:
    """Hashes of the runs of one to ``GRAMS`` letters in order; last, of how the text begins and ends."""
    found = [of * MIX]
    while len(found) < min(GRAMS, len(of)):
        found.append(longer(found[-1], of))
    return [*found, _edges(found)] if len(of) else [of]


def runs_within(found: Sequence[Hashes], start: int, end: int) -> list[Hashes]:
    """The :func:`runs` of the letters ``[start, end)`` of a text, out of those ``found`` in all of it."""
    own = [each[start : end - size] for size, each in enumerate(found[:-1]) if end - start > size]
    return [*own, _edges(own)] if own else [found[0][:0]]


def _edges(found: Sequence[Hashes]) -> Hashes:
    """How a text begins and ends, from its runs of one and of two letters."""
    return (found[min(1, len(found) - 1)][[0, -1]] + _EDGES) * MIX


def named(names: Iterable[str]) -> Hashes:
    """Hashes of features that are no runs of letters, the same in every process."""
    digests = (blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], np.uint64)


def buckets(hashes: Hashes, size: int) -> Hashes:
    """The places of these hashes in a table of ``size``, a power of two."""
    return mixed(hashes) >> np.uint64(65 - size.bit_length())


def features(hashes: Sequence[Hashes], size: int) -> Hashes:
    """The places, each once and ascending."""
    return each_once(buckets(np.concatenate(hashes), size))


def each_once(places: Hashes) -> Hashes:
    """The numbers, each once and ascending: over a few hundred in a quarter of the time of numpy.unique."""
    ascending = np.sort(places)
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def fit(
    rows: Sequence[Hashes], truth: npt.NDArray[np.bool_], size: int, orders: int = 1
) -> tuple[Floats, Floats]:
    """Weights of shape (``size``, kinds) and a bias for each kind.

    ``rows`` are the :func:`features` of each example, ``truth`` of shape (examples, kinds) what it is.
    Weights are averaged over as many ``orders`` of the examples: what one order taught by chance goes.
    """
    passes = [_adagrad(rows, truth, size, seed) for seed in range(orders)]
    weights = np.stack([w for w, _ in passes]).mean(axis=0, dtype=np.float32)
    return weights, np.mean([b for _, b in passes], axis=0, dtype=np.float32)


def _adagrad(
    rows: Sequence[Hashes], truth: npt.NDArray[np.bool_], size: int, seed: int
) -> tuple[Floats, Floats]:
    kinds = truth.shape[1]
    weights, squares, bias = np.zeros((size, kinds)), np.full((size, kinds), 1e-6), np.zeros(kinds)
    random = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        for at in random.permutation(len(rows)):
            row = rows[at]
            if not len(row):
                continue
            share, held = 1 / np.sqrt(len(row)), weights[row]
            odds = held.sum(axis=0) * share + bias
            wrong = 1 / (1 + np.exp(-odds)) - truth[at]
            slope = wrong * share + _SHRINK * held
            squares[row] += slope * slope
            weights[row] = held - _STEP * slope / np.sqrt(squares[row])
            bias -= 0.01 * wrong
    return weights.astype(np.float32), bias.astype(np.float32)


def eight_bits(weights: Floats) -> tuple[npt.NDArray[np.int8], float]:
    """The weights in 8 bits each, and what one step of them is worth."""
    step = float(np.abs(weights).max()) / 127 or 1.0
    return np.round(weights / step).astype(np.int8), step


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted model: ``weights`` of shape (size, kinds), a power of two, and a ``bias`` for each kind."""

    kinds: tuple[str, ...]
    weights: Floats
    bias: Floats
    about: str = "{}"
    """Author, source, licence, date and version of the examples, as JSON."""

    @property
    def version(self) -> str:
        """Which examples it was fitted to."""
        return str(json.loads(self.about).get("version", ""))

    def odds(self, hashes: Sequence[Hashes]) -> Floats:
        """Log-odds of each kind."""
        row = features(hashes, len(self.weights))
        return np.asarray(self.weights[row].sum(axis=0) / np.sqrt(max(1, len(row))) + self.bias, np.float32)

    def write(self, file: BinaryIO) -> None:
        """Write the model in 8 bits a weight."""
        held, step = eight_bits(self.weights)
        kinds, about = np.array(self.kinds), np.array(self.about)
        np.savez_compressed(file, weights=held, step=np.array(step), bias=self.bias, kinds=kinds, about=about)


def fitted(
    examples: Sequence[tuple[Sequence[Hashes], Collection[str]]],
    kinds: tuple[str, ...],
    size: int,
    orders: int = 3,
    about: str = "{}",
) -> Classifier:
    """The model of these examples, each its hashes and its kinds (any number)."""
    truth = np.array([[kind in told for kind in kinds] for _, told in examples])
    weights, bias = fit([features(hashes, size) for hashes, _ in examples], truth, size, orders)
    return Classifier(kinds, weights, bias, about)


def read(file: IO[bytes]) -> Classifier:
    """The model that :meth:`Classifier.write` wrote; OSError, ValueError or KeyError where it is damaged."""
    with np.load(file, allow_pickle=False) as held:
        return Classifier(
            tuple(held["kinds"].tolist()),
            held["weights"].astype(np.float32) * np.float32(held["step"]),
            held["bias"],
            str(held["about"]),
        )
