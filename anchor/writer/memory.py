"""What a show has said, and what the shows of this shop before it said: nothing twice, nothing worn out.

Both are plain data to save. A show's own sentences never come again; those of earlier shows are avoided as
long as there is anything else to say, and patterns rest longest since they were last spoken come first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ALIKE = 0.6
"""Jaccard similarity of character 3-grams from which two sentences are near-duplicates."""
SHOWS = 10
"""Earlier shows that are remembered."""


def grams(text: str) -> frozenset[str]:
    """The character 3-grams of a sentence without punctuation; the sentence itself where it is shorter."""
    bare = "".join(c for c in text if c.isalnum())
    return frozenset(bare[i : i + 3] for i in range(len(bare) - 2)) or frozenset({bare})


def jaccard(ones: frozenset[str], twos: frozenset[str]) -> float:
    """Shared share of two sets, in [0, 1]."""
    return len(ones & twos) / len(ones | twos)


class Sentences:
    """Sentences that are found again by their 3-grams."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._sizes: list[int] = []
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Remember a sentence."""
        mine = grams(text)
        for gram in mine:
            self._holding[gram].append(len(self._sizes))
        self._sizes.append(len(mine))

    def similarity(self, text: str) -> float:
        """How much ``text`` is like the sentence most like it (:func:`jaccard`), in [0, 1]."""
        mine = grams(text)
        shared = Counter(at for gram in mine for at in self._holding.get(gram, ()))
        return max((n / (len(mine) + self._sizes[at] - n) for at, n in shared.items()), default=0.0)


@dataclass(frozen=True, slots=True)
class Told:
    """One show: its sentences, and the patterns they came from."""

    texts: tuple[str, ...]
    patterns: tuple[str, ...]


class Memory:
    """The last shows of one shop, oldest first."""

    def __init__(self, shows: tuple[Told, ...] = ()) -> None:
        self.shows = shows[-SHOWS:]
        self._sentences = Sentences(text for show in self.shows for text in show.texts)
        self._last = {name: at for at, show in enumerate(self.shows, 1) for name in show.patterns}

    def similarity(self, text: str) -> float:
        """How much ``text`` is like the most similar sentence of these shows, in [0, 1]."""
        return self._sentences.similarity(text)

    def last(self, pattern: str) -> int:
        """Number of the show that spoke ``pattern`` last, counted from 1; 0 where none did."""
        return self._last.get(pattern, 0)

    def record(self) -> dict[str, Any]:
        """Plain data to save."""
        return {"shows": [{"texts": list(s.texts), "patterns": list(s.patterns)} for s in self.shows]}

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Memory:
        """What :meth:`record` saved. KeyError or TypeError where it is something else."""
        return cls(tuple(Told(tuple(s["texts"]), tuple(s["patterns"])) for s in saved["shows"]))


@dataclass(slots=True)
class Used:
    """What this show has said (or had refused): no sentence again, and none much like it."""

    texts: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    patterns: Counter[str] = field(default_factory=Counter)
    memory: Memory = field(default_factory=Memory)
    _sentences: Sentences = field(default_factory=Sentences)

    def add(self, text: str, pattern: str = "") -> None:
        """Remember a sentence and the pattern it came from."""
        self.texts.append(text)
        self._sentences.add(text)
        if pattern:
            self.patterns[pattern] += 1

    def refuse(self, text: str, pattern: str) -> None:
        """Remember a sentence that did not pass, or may not: it is not tried again, but was not heard."""
        self.refused.add(text)
        self.patterns[pattern] += 1

    def hear(self, text: str) -> None:
        """A sentence remembered by :meth:`refuse` was spoken after all."""
        self.refused.discard(text)
        self.add(text)

    def similarity(self, text: str) -> float:
        """How much ``text`` is like the most similar sentence so far, in [0, 1]."""
        return self._sentences.similarity(text)

    def remembered(self) -> Memory:
        """The memory that the next show begins with."""
        return Memory((*self.memory.shows, Told(tuple(self.texts), tuple(sorted(self.patterns)))))

    def record(self) -> dict[str, Any]:
        """Plain data to save; the memory is kept for itself."""
        return {
            "texts": list(self.texts),
            "refused": sorted(self.refused),
            "patterns": dict(self.patterns),
        }

    @classmethod
    def restored(cls, saved: Mapping[str, Any], memory: Memory | None = None) -> Used:
        """What :meth:`record` saved, and what earlier shows said."""
        used = cls(
            refused=set(saved["refused"]), patterns=Counter(saved["patterns"]), memory=memory or Memory()
        )
        for each in saved["texts"]:
            used.add(each)
        return used
