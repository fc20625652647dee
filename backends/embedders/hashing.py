"""Character n-grams hashed into a vector: an embedder that always works.

The hashing trick with signs (Weinberger et al. 2009, arXiv 0902.2206) over 1- to 3-grams; no meaning, but
close wording lands close.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.ports import EmbedderCapabilities

SIZES = {1: 0.5, 2: 1.0, 3: 1.0}
"""Weight of the n-grams of each length: single characters say least."""


def grams(text: str) -> Counter[str]:
    """The n-grams of ``text`` between its borders, case and width folded."""
    bounded = f"\x02{unicodedata.normalize('NFKC', text).casefold().strip()}\x03"
    return Counter(bounded[i : i + n] for n in SIZES for i in range(len(bounded) - n + 1))


class Hashing:
    """Signed hashing of character n-grams into ``dimensions`` buckets."""

    name = "hashing"

    def __init__(self, dimensions: int = 1024) -> None:
        self.capabilities = EmbedderCapabilities(dimensions)

    def embed(
        self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage"
    ) -> npt.NDArray[np.float32]:
        """Embed ``texts``; shape (len(texts), dimensions), rows of unit length. ``kind`` is ignored."""
        rows = np.zeros((len(texts), self.capabilities.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._add(row, text)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        # Signs may cancel out; such a text is put on one fixed point.
        rows[lengths[:, 0] == 0, 0] = 1.0
        return (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)

    def _add(self, row: npt.NDArray[np.float32], text: str) -> None:
        for gram, count in grams(text).items():
            code = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
            sign = 1.0 if code & 1 else -1.0
            row[(code >> 1) % len(row)] += sign * SIZES[len(gram)] * (1 + np.log(count))
