"""A second opinion on a line, learned from lines that people judged: what no rule foresees.

Rules know words and frames; a new wording of an old offence passes them, and an honest line that holds a
known word is stopped. A linear model (:mod:`core.text.linear`) over :mod:`compliance.opinion_features` tells
how a sentence as a whole reads. ``rules/opinion.npz`` holds it in 8
bits; ``python -m benchmarks.opinion --write`` fits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import BinaryIO

import numpy as np

from compliance.opinion_features import ENDS, LONGEST, sentences, told
from compliance.weighing import UNFITTED, Weighing
from core.files import shipped_model
from core.text import linear
from core.text.linear import (
    GRAMS,
    Classifier,
    Floats,
    Hashes,
    buckets,
    each_once,
    eight_bits,
    features,
    letters,
    runs,
)

BUCKETS, KIND_BUCKETS = 1 << 20, 1 << 15
WINDOW = 12
"""Characters that a finding bounds, at most."""
AROUND = 24
"""Characters of a clause that are read on either side of a match, at most."""
_BITS, _PLACE = np.uint64(BUCKETS.bit_length() - 1), np.uint64(BUCKETS - 1)
_OFFENDS = "offends"
"""The one kind of the model that tells whether a text offends."""
_PAUSES, _QUOTES = "，,：:、", "“”‘’「」『』"

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
    """The fitted models: whether a text offends, and as which of ``kinds``.

    These name the rows of ``by_kind``, of shape (kinds, KIND_BUCKETS).
    """

    offends: Classifier
    kinds: tuple[str, ...]
    by_kind: Floats
    weighing: Weighing = UNFITTED

    @property
    def version(self) -> str:
        """Which lines it was fitted to."""
        return self.offends.version

    def odds(self, text: str) -> float:
        """Log-odds that folded ``text``, a line or a sentence, offends."""
        return self._odds([told(text).hashes])[0]

    def _odds(self, held: Sequence[Sequence[Hashes]]) -> list[float]:
        """Log-odds of several texts that hold these hashes, in one go: numpy takes its time by the call."""
        sizes = [sum(map(len, hashes)) for hashes in held]
        of = np.repeat(np.arange(len(held), dtype=np.uint64), sizes)
        places = buckets(np.concatenate([*chain.from_iterable(held)]), BUCKETS)
        once = each_once((of << _BITS) + places)
        text = (once >> _BITS).astype(np.int64)
        sums = np.bincount(text, self.offends.weights[once & _PLACE, 0], len(held))
        counts = np.bincount(text, minlength=len(held))
        odds: list[float] = (sums / np.sqrt(np.maximum(1, counts)) + self.offends.bias).tolist()
        return odds

    def worst_and_whole(self, text: str) -> tuple[float, float]:
        """Log-odds of the worst sentence of folded ``text``, and of all of it."""
        held = told(text)
        parts = [s.hashes for s in held.sentences if s.hashes is not held.hashes]
        whole, *odds = self._odds([held.hashes, *parts])
        return max(odds, default=whole), whole

    def read(self, text: str) -> Reading | None:
        """The reading of the sentence of folded ``text`` that offends most; None where it has none."""
        parts = told(text).sentences
        if not parts:
            return None
        every = zip(self._odds([part.hashes for part in parts]), parts, strict=True)
        odds, part = max(every, key=lambda each: (each[0], each[1].start))
        row = features(part.hashes, KIND_BUCKETS)
        kind = self.kinds[int(self.by_kind[:, row].sum(1).argmax())]
        start, end = self._most_telling(part.text)
        return Reading(odds, kind, part.start + start, part.start + end)

    def passages(self, text: str) -> list[tuple[int, int]]:
        """Bounds of what is judged as one: all of a short text, else every sentence; never none."""
        whole = [(0, len(text))]
        if len(text) <= LONGEST:
            return whole
        return [(at, at + len(part)) for at, part in sentences(text)] or whole

    def _most_telling(self, text: str) -> tuple[int, int]:
        """The stretch of at most ``WINDOW`` characters whose runs weigh most."""
        told = np.zeros(len(text))
        places = np.flatnonzero([character.isalnum() for character in text])
        for size, hashes in enumerate(runs(letters(text))[: min(GRAMS, len(places))], 1):
            weights = self.offends.weights[buckets(hashes, BUCKETS), 0] / size
            for of_run in range(size):
                told[places[of_run : of_run + len(weights)]] += weights
        sums = np.concatenate([[0.0], np.cumsum(told)])
        size = min(WINDOW, len(text))
        start = int((sums[size:] - sums[: len(sums) - size]).argmax())
        inside = places[(places >= start) & (places < start + size)]
        return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (start, start + size)

    def write(self, file: BinaryIO) -> None:
        """Write the model in 8 bits a weight."""
        (weights, scale), (by_kind, kind_scale) = eight_bits(self.offends.weights), eight_bits(self.by_kind)
        np.savez_compressed(
            file,
            weights=weights[:, 0],
            by_kind=by_kind,
            numbers=np.array([scale, kind_scale, *self.offends.bias.tolist()]),
            kinds=np.array(self.kinds),
            weighing=np.array([self.weighing.bias, *self.weighing.weights]),
            rules=np.array(list(self.weighing.reliability)),
            reliability=np.array(list(self.weighing.reliability.values()), np.float32),
            about=np.array(self.offends.about),
        )


def fitted(examples: Sequence[Example], about: str = "{}") -> Opinion:
    """The model of these examples; those of a class teach also how the classes differ."""
    kinds = tuple(sorted({kind for _, kind in examples if kind}))
    judged = [(told(text).hashes, {kind} if kind else set()) for text, kind in examples]
    offends = [(hashes, {_OFFENDS} if told else set()) for hashes, told in judged]
    classes = linear.fitted([each for each in judged if each[1]], kinds, KIND_BUCKETS, orders=1)
    return Opinion(
        linear.fitted(offends, (_OFFENDS,), BUCKETS, about=about),
        kinds,
        np.ascontiguousarray(classes.weights.T),
    )


def clause(text: str, start: int, end: int) -> str:
    """The clause around ``[start, end)`` without its marks; what is put in quotes is one."""
    begin, close = max(0, start - AROUND), min(len(text), end + AROUND)
    marks = ENDS + _PAUSES + _QUOTES
    first = max(begin, *(text.rfind(mark, begin, start) + 1 for mark in marks))
    last = min([close, *(at for mark in marks if (at := text.find(mark, end, close)) >= 0)])
    return text[first:last]


@cache
def load_opinion() -> Opinion:
    """The opinion of the house; ConfigurationError where its file is damaged."""
    path = resources.files("compliance") / "rules" / "opinion.npz"
    with (
        shipped_model(path, "rules.bad_opinion", "合规判断") as file,
        np.load(file, allow_pickle=False) as held,
    ):
        scale, kind_scale, bias = held["numbers"].tolist()
        return Opinion(
            Classifier(
                (_OFFENDS,),
                (held["weights"].astype(np.float32) * np.float32(scale))[:, None],
                np.array([bias], np.float32),
                str(held["about"]),
            ),
            tuple(held["kinds"].tolist()),
            held["by_kind"].astype(np.float32) * np.float32(kind_scale),
            Weighing(
                held["weighing"][0].item(),
                tuple(held["weighing"][1:].tolist()),
                dict(zip(held["rules"].tolist(), held["reliability"].tolist(), strict=True)),
            ),
        )
