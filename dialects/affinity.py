"""How much a text reads like each group and like Mandarin: log-probabilities learned from sentences.

Lexicons are never complete, and a misspelt word is none of theirs; the other words of a sentence, its
particles and the sounds of what was misheard still tell where it is from. A multinomial linear model over
runs of one and two characters and of their toneless syllables, hashed as in fastText (Joulin et al. 2017),
weighs them. ``data/affinity.npz`` holds it in 8 bits; ``python -m benchmarks.dialect_affinity --write``
fits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import BinaryIO
from zlib import crc32

import numpy as np
import numpy.typing as npt

from core.files import shipped_model
from core.text.linear import MIX, Hashes, each_once, longer, mixed
from dialects.groups import MANDARIN, NAMES

CLASSES = (*NAMES, MANDARIN)
BUCKETS = 1 << 17

_EDGES = (1, 2)
_HEARD = 1 << 40
"""Sets the codes of syllables apart from those of characters."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: ``table`` of shape (BUCKETS, classes) in steps of ``step``, ``bias`` by class."""

    table: npt.NDArray[np.int8]
    step: float
    bias: npt.NDArray[np.float64]
    about: str = "{}"
    """Author, source, licence and date of the sentences, as JSON."""

    def write(self, file: BinaryIO) -> None:
        """Write it as :func:`built_in` reads it."""
        step, about = np.array(self.step), np.array(self.about)
        np.savez_compressed(file, table=self.table, step=step, bias=self.bias, about=about)


class Sounds:
    """Codes of characters' first Mandarin syllables, tone aside; ``heard`` gives a character's syllables."""

    def __init__(self, heard: Callable[[str], str]) -> None:
        self._heard = heard
        self._codes: dict[str, int] = {}

    def codes(self, characters: Iterable[str]) -> list[int]:
        """One code a character; a character without a Mandarin syllable stands for itself."""
        known = self._codes
        return [known.get(c) or self._code(c) for c in characters]

    def _code(self, character: str) -> int:
        first = self._heard(character).partition(" ")[0]
        bare = character if "~" in first or not first else first.rstrip("1234")
        self._codes[character] = found = _HEARD + crc32(bare.encode())
        return found


def features(text: str, sounds: Sounds) -> Ids:
    """The buckets of what ``text`` holds, each once: runs of characters and syllables, and its two ends."""
    kept = [c for c in text if c.isalnum()]
    if not kept:
        return np.zeros(0, np.int64)
    begin, end = _EDGES
    written = np.array([begin, *map(ord, kept), end], np.uint64)
    heard = np.array([_HEARD + begin, *sounds.codes(kept), _HEARD + end], np.uint64)
    hashes = np.concatenate([h for codes in (written, heard) for h in _runs(codes)])
    return each_once(hashes >> np.uint64(65 - BUCKETS.bit_length())).astype(np.int64)


def _runs(codes: Hashes) -> tuple[Hashes, Hashes]:
    """Hashes of single codes, without the ends, and of pairs."""
    single = codes * MIX
    return mixed(single[1:-1]), longer(single, codes) * MIX


class Affinity:
    """Weighs texts by what was learned."""

    def __init__(self, weights: Weights, heard: Mapping[str, str]) -> None:
        self._weights = weights
        self._sounds = Sounds(lambda character: heard.get(character, ""))

    def weigh(self, text: str) -> dict[str, float]:
        """The log-probability of each group and of Mandarin, by the text alone."""
        found = features(text, self._sounds)
        logits = self._weights.bias.copy()
        if len(found):
            sums = self._weights.table[found].sum(axis=0, dtype=np.int64)
            logits += self._weights.step * sums / np.sqrt(len(found))
        logits -= np.logaddexp.reduce(logits)
        return dict(zip(CLASSES, logits.tolist(), strict=True))


@cache
def built_in() -> Weights:
    """The weights that ship with the program; ConfigurationError where their file is damaged."""
    path = resources.files("dialects") / "data" / "affinity.npz"
    with (
        shipped_model(path, "dialect.bad_affinity", "方言判断") as file,
        np.load(file, allow_pickle=False) as held,
    ):
        table, bias = held["table"], held["bias"]
        if table.shape != (BUCKETS, len(CLASSES)) or bias.shape != (len(CLASSES),):
            raise ValueError(f"shapes {table.shape}, {bias.shape}")
        return Weights(table, float(held["step"]), bias, str(held["about"]))
