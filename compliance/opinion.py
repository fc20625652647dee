"""A second opinion on a line, learned from lines that people judged: what no rule foresees.

Rules know words and frames; a new wording of an old offence passes them, and an honest line that holds a
known word is stopped. A linear model (:mod:`core.text.linear`) over runs of characters, words with their
neighbours and the ends of clauses tells how a sentence as a whole reads. ``rules/opinion.npz`` holds it in 8
bits; ``python -m benchmarks.opinion --write`` fits it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import BinaryIO
from zlib import crc32

import numpy as np
import rjieba

from compliance.weighing import UNFITTED, Weighing
from core.files import shipped
from core.text import linear
from core.text.linear import GRAMS, Classifier, Floats, Hashes, buckets, eight_bits, features, letters, runs

BUCKETS, KIND_BUCKETS = 1 << 20, 1 << 15
LONGEST = 60
"""Characters of a sentence that are read at a time, and of a text that is judged as one."""
WINDOW = 12
"""Characters that a finding bounds, at most."""
AROUND = 24
"""Characters of a clause that are read on either side of a match, at most."""
_OFFENDS = "offends"
"""The one kind of the model that tells whether a text offends."""
_ENDS, _PAUSES, _QUOTES = "。！？!?；;\n", "，,：:、", "“”‘’「」『』"
_SENTENCE = re.compile(f"[^{_ENDS}]+[{_ENDS}]*")
_CLAUSE = re.compile(r"\w+")
_SPREAD = np.uint64(0xD1342543DE82EF95)

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
        return float(self.offends.odds(_hashes(text))[0])

    def worst_and_whole(self, text: str) -> tuple[float, float]:
        """Log-odds of the worst sentence of folded ``text``, and of all of it."""
        whole = self.odds(text)
        return max((self.odds(part) for _, part in _parts(text)), default=whole), whole

    def read(self, text: str) -> Reading | None:
        """The reading of the sentence of folded ``text`` that offends most; None where it has none."""
        worst = max(((self.odds(part), start, part) for start, part in _parts(text)), default=None)
        if worst is None:
            return None
        odds, offset, part = worst
        row = features(_hashes(part), KIND_BUCKETS)
        kind = self.kinds[int(self.by_kind[:, row].sum(1).argmax())]
        start, end = self._most_telling(part)
        return Reading(odds, kind, offset + start, offset + end)

    def passages(self, text: str) -> list[tuple[int, int]]:
        """Bounds of what is judged as one: all of a short text, else every sentence; never none."""
        whole = [(0, len(text))]
        return whole if len(text) <= LONGEST else [(at, at + len(part)) for at, part in _parts(text)] or whole

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
    judged = [(_hashes(text), {kind} if kind else set()) for text, kind in examples]
    offends = [(hashes, {_OFFENDS} if told else set()) for hashes, told in judged]
    classes = linear.fitted([each for each in judged if each[1]], kinds, KIND_BUCKETS, orders=1)
    return Opinion(
        linear.fitted(offends, (_OFFENDS,), BUCKETS, about=about),
        kinds,
        np.ascontiguousarray(classes.weights.T),
    )


@lru_cache(maxsize=32)  # a sentence is judged alone, as part of a whole, and for its class
def _hashes(text: str) -> tuple[Hashes, ...]:
    """The runs of characters, the words with their neighbours, the ends of clauses of a text."""
    words = [word for word in rjieba.cut(text, False) if word[0].isalnum()]
    told = [
        *words,
        *map("{}|{}".format, words, words[1:]),
        *map("{}|*|{}".format, words, words[2:]),
    ]
    for clause in _CLAUSE.findall(text):
        told += ("^" + clause[:2], "^" + clause[:3], clause[-2:] + "$", clause[-3:] + "$")
    # A hundred a sentence: crc32 takes a seventh of the time of linear.named. Spread over 64 bits, as the
    # hashes of runs are, they meet those only by chance.
    return *runs(letters(text)), np.array([crc32(one.encode()) for one in told], np.uint64) * _SPREAD


def clause(text: str, start: int, end: int) -> str:
    """The clause around ``[start, end)`` without its marks; what is put in quotes is one."""
    begin, close = max(0, start - AROUND), min(len(text), end + AROUND)
    marks = _ENDS + _PAUSES + _QUOTES
    first = max(begin, *(text.rfind(mark, begin, start) + 1 for mark in marks))
    last = min([close, *(at for mark in marks if (at := text.find(mark, end, close)) >= 0)])
    return text[first:last]


def _parts(text: str) -> list[tuple[int, str]]:
    """The sentences with where they begin, long ones in parts."""
    return [(m.start() + at, m[0][at : at + LONGEST]) for m in _SENTENCE.finditer(text)
            for at in range(0, len(m[0]), LONGEST)]  # fmt: skip


@cache
def load_opinion() -> Opinion:
    """The opinion of the house; ConfigurationError where its file is damaged."""
    path = resources.files("compliance") / "rules" / "opinion.npz"
    with (
        shipped(path, "rules.bad_opinion", "合规判断") as file,
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
