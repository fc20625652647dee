"""From a move to a line: choose a pattern, fill its slots with facts, avoid what was said before."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anchor.writer.phrases import Move, Pattern, Register, patterns
from anchor.writer.slots import Choice, choices
from core.events import Line, Segment
from knowledge_graph.facts import Shop

ALIKE = 0.6
"""Jaccard similarity of character 3-grams from which two sentences of one show are near-duplicates."""
FILLINGS = 24
"""Fillings of one pattern that are tried."""


@dataclass(slots=True)
class Used:
    """What this show has said (or had refused): no sentence again, and none much like it."""

    texts: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    patterns: Counter[str] = field(default_factory=Counter)
    _grams: list[frozenset[str]] = field(default_factory=list)

    def add(self, text: str, pattern: str = "") -> None:
        """Remember a sentence and the pattern it came from."""
        self.texts.append(text)
        self._grams.append(grams(text))
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
        mine = grams(text)
        return max((jaccard(mine, other) for other in self._grams), default=0.0)

    def record(self) -> dict[str, Any]:
        """Plain data to save."""
        return {
            "texts": list(self.texts),
            "refused": sorted(self.refused),
            "patterns": dict(self.patterns),
        }

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Used:
        """What :meth:`record` saved."""
        used = cls(refused=set(saved["refused"]), patterns=Counter(saved["patterns"]))
        for each in saved["texts"]:
            used.add(each)
        return used


def grams(text: str) -> frozenset[str]:
    """The character 3-grams of a sentence without punctuation; the sentence itself where it is shorter."""
    bare = "".join(c for c in text if c.isalnum())
    return frozenset(bare[i : i + 3] for i in range(len(bare) - 2)) or frozenset({bare})


def jaccard(ones: frozenset[str], twos: frozenset[str]) -> float:
    """Shared share of two sets, in [0, 1]."""
    return len(ones & twos) / len(ones | twos)


def write(
    move: Move,
    shop: Shop,
    product: str,
    used: Used,
    seed: int = 0,
    as_of: date | None = None,
    register: Register | None = None,
    bank: Sequence[Pattern] | None = None,
) -> tuple[Line, Pattern] | None:
    """A new line for ``move`` about ``product`` (empty: the shop), or None where nothing new can be said.

    The same arguments give the same words. Patterns used least come first, those of ``register`` before
    others; every slot is bound to a fact that holds on ``as_of`` (the shop's day by default).
    """
    day = as_of or shop.meta.as_of
    usable = [p for p in bank or patterns() if p.move == move]
    usable.sort(
        key=lambda p: (
            used.patterns[p.id],
            bool(product) and not p.slots,
            register not in (None, p.register),
            _order(seed, p.id),
        )
    )
    for pattern in usable:
        for segments in _fillings(pattern, shop, product, day, seed):
            text = "".join(s.text for s in segments)
            if text not in used.texts and text not in used.refused and used.similarity(text) < ALIKE:
                line = Line(segments=segments, purpose=move, product=product or None)
                return line, pattern
    return None


def _order(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest()


def _fillings(
    pattern: Pattern, shop: Shop, product: str, day: date, seed: int
) -> Iterator[tuple[Segment, ...]]:
    options: dict[str, tuple[Choice, ...]] = {}
    for need in pattern.needs:
        options[need] = choices(need, shop, product, day)
        if not options[need]:
            return
    names = pattern.slots
    orders = [sorted(options[n], key=lambda c: _order(seed, c.segments[0].text)) for n in names]
    for chosen in itertools.islice(itertools.product(*orders), FILLINGS):
        bound = [c.segments for c in chosen]
        if len(set(bound)) == len(bound):  # point and point2 are two points
            yield _segments(pattern, dict(zip(names, chosen, strict=True)))


def _segments(pattern: Pattern, chosen: dict[str, Choice]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for piece in pattern.pieces:
        if piece.startswith("{"):
            segments.extend(chosen[piece[1:-1]].segments)
        else:
            segments.append(Segment(piece))
    return tuple(segments)
