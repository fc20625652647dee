"""How much a text sounds like each group: log-odds of short strings, learned from the lexicons' examples.

A word that one lexicon lists and another lacks proves little where lexicons are incomplete; how often it
stands in the examples of a group, against all groups, says more, function words above all. ``learn`` counts
characters, pairs and listed words; ``Affinity`` adds up what a text holds. It only ever weighs groups against
each other, never against Mandarin.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from dialects.groups import NAMES
from dialects.lexicon import Sense

LONGEST = 7
LEAST_COUNT = 2
SMOOTHING = 20.0
"""Examples' worth of belief that a string is as frequent in a group as everywhere."""
STEP = 0.125
_ZERO = 64
_RUN = re.compile(r"\w+")


def learn(senses: Iterable[Sense]) -> dict[str, str]:
    """For each telling string one character a group, in the order of ``NAMES``: its log-odds in steps."""
    known = tuple(s for s in senses if s.example)
    listed = {surface for s in known for surface in s.surfaces}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sense in known:
        for string in _strings(sense.example, listed):
            counts[string][sense.group] += 1
    examples = Counter(s.group for s in known)
    whole = examples.total()
    return {
        string: "".join(
            chr(_ZERO + round(_odds(by[g], examples[g], by.total() / whole) / STEP)) for g in NAMES
        )
        for string, by in counts.items()
        if by.total() >= LEAST_COUNT
    }


def _odds(count: int, examples: int, usual: float) -> float:
    return math.log((count + SMOOTHING * usual) / ((examples + SMOOTHING) * usual))


def _strings(text: str, listed: Collection[str]) -> set[str]:
    return {
        run[i:j]
        for run in _RUN.findall(text)
        for i in range(len(run))
        for j in range(i + 1, min(len(run), i + LONGEST) + 1)
        if j - i <= 2 or run[i:j] in listed
    }


def reach(strings: Iterable[str]) -> dict[str, int]:
    """Length of the longest string by its first two characters."""
    longest: dict[str, int] = {}
    for string in strings:
        if len(string) > longest.get(string[:2], 0):
            longest[string[:2]] = len(string)
    return longest


class Affinity:
    """Looks strings up in what was learned."""

    def __init__(self, learned: Mapping[str, str]) -> None:
        self._learned = learned
        self._reach = reach(learned)

    def weigh(self, text: str) -> dict[str, float]:
        """Log-odds of each group for ``text``, in nats; every string counts once."""
        found = list(self._found(text))
        if not found:
            return dict.fromkeys(NAMES, 0.0)
        sums = map(sum, zip(*(codes.encode("latin-1") for codes in found), strict=True))
        zero = _ZERO * len(found)
        return {group: STEP * (total - zero) for group, total in zip(NAMES, sums, strict=True)}

    def _found(self, text: str) -> Iterator[str]:
        seen: set[str] = set()
        for i in range(len(text)):
            for j in range(i + 1, min(len(text), i + self._reach.get(text[i : i + 2], 1)) + 1):
                string = text[i:j]
                codes = self._learned.get(string)
                if codes and string not in seen:
                    seen.add(string)
                    yield codes
