"""What the opinion reads of a text: runs of characters, words with their neighbours, the ends of clauses.

All of it is hashed once for a text; its sentences take their share of that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import rjieba

from core.text.linear import Hashes, letters, runs, runs_within

LONGEST = 60
"""Characters of a sentence that are read at a time, and of a text that is judged as one."""
ENDS = "。！？!?；;\n"

_SENTENCE = re.compile(f"[^{ENDS}]+[{ENDS}]*")
_CLAUSE = re.compile(r"\w+")
_SPREAD = np.uint64(0xD1342543DE82EF95)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, where it begins in its text, and the hashes of what it holds."""

    start: int
    text: str
    hashes: tuple[Hashes, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The hashes of what a text holds, and its sentences, long ones in parts."""

    hashes: tuple[Hashes, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """Words alone, with the next, with the one after; four ends of each clause; where both begin."""

    words: tuple[Hashes, Hashes, Hashes]
    clauses: Hashes
    word_starts: list[int]
    clause_starts: list[int]

    def within(self, start: int, end: int) -> tuple[Hashes, ...]:
        """What lies in ``[start, end)``, where no word reaches across."""
        first, last = bisect_left(self.word_starts, start), bisect_left(self.word_starts, end)
        words = [each[first : max(first, last - apart)] for apart, each in enumerate(self.words)]
        first, last = bisect_left(self.clause_starts, start), bisect_left(self.clause_starts, end)
        return *words, self.clauses[4 * first : 4 * last]


def sentences(text: str) -> list[tuple[int, str]]:
    """The sentences with where they begin, long ones in parts."""
    return [(m.start() + at, m[0][at : at + LONGEST]) for m in _SENTENCE.finditer(text)
            for at in range(0, len(m[0]), LONGEST)]  # fmt: skip


@lru_cache(maxsize=32)  # a text is judged alone, as a sentence of a whole, and for its class
def told(text: str) -> Told:
    """What a text and its sentences hold."""
    named, found = _named(text), runs(letters(text))
    hashes = *found, *named.words, named.clauses
    parts = sentences(text)
    if len(parts) == 1 and parts[0][1] == text:
        return Told(hashes, (Sentence(0, text, hashes),))
    if len(text) > LONGEST:  # a part may begin inside a word
        return Told(hashes, tuple(Sentence(at, part, told(part).hashes) for at, part in parts))
    own: list[Sentence] = []
    read = 0
    for at, part in parts:
        first, read = read, read + sum(map(str.isalnum, part))
        own.append(Sentence(at, part, (*runs_within(found, first, read), *named.within(at, at + len(part)))))
    return Told(hashes, tuple(own))


def _named(text: str) -> _Named:
    words: list[bytes] = []
    word_starts: list[int] = []
    at = 0
    for word in rjieba.cut(text, False):
        if word[0].isalnum():
            words.append(word.encode())
            word_starts.append(at)
        at += len(word)
    alone = list(map(crc32, words))
    after = [crc32(b"|" + word, first) for first, word in zip(alone, words[1:], strict=False)]
    apart = [crc32(b"|*|" + word, first) for first, word in zip(alone, words[2:], strict=False)]
    ends: list[str] = []
    clause_starts: list[int] = []
    for found in _CLAUSE.finditer(text):
        clause = found[0]
        ends += ("^" + clause[:2], "^" + clause[:3], clause[-2:] + "$", clause[-3:] + "$")
        clause_starts.append(found.start())
    # A hundred a sentence: crc32 takes a seventh of the time of linear.named. Spread over 64 bits, as the
    # hashes of runs are, they meet those only by chance.
    sums = np.array([*alone, *after, *apart, *(crc32(end.encode()) for end in ends)], np.uint64) * _SPREAD
    two, three, four = len(alone), len(alone) + len(after), len(sums) - len(ends)
    return _Named((sums[:two], sums[two:three], sums[three:four]), sums[four:], word_starts, clause_starts)
