"""Finding the rules' words: one automaton over all required strings, then the patterns that can match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from compliance.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's pattern found in a folded text."""

    rule: Rule
    start: int
    end: int


class Matcher:
    """All rules as one automaton; a pattern runs only where a string of each of its required sets occurs.

    Each string has a number whose bits say which required sets it satisfies: bit ``k * rules + r`` is the
    ``k``-th set of rule ``r``. The strings that occur are or-ed, the levels ``k`` and-ed.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._levels = max((len(rule.required) for rule in rules), default=0)
        satisfied: dict[str, int] = {}
        self._given = 0
        for number, rule in enumerate(rules):
            for level in range(self._levels):
                bit = 1 << (level * len(rules) + number)
                if level >= len(rule.required):
                    self._given |= bit
                    continue
                for word in rule.required[level]:
                    satisfied[word] = satisfied.get(word, 0) | bit
        self._words = AhoCorasick(list(satisfied))
        self._satisfied = list(satisfied.values())

    def find(self, text: str) -> list[Match]:
        """Every match of every rule in a folded text, by rule and place."""
        return [
            Match(rule, found.start(), found.end())
            for rule in self._possible(text)
            for found in rule.pattern.finditer(text)
        ]

    def _possible(self, text: str) -> Iterator[Rule]:
        sets = self._given
        for index in {hit[0] for hit in self._words.find_matches_as_indexes(text, overlapping=True)}:
            sets |= self._satisfied[index]
        every = (1 << len(self._rules)) - 1
        for level in range(self._levels):
            every &= sets >> (level * len(self._rules))
        while every:
            lowest = every & -every
            yield self._rules[lowest.bit_length() - 1]
            every ^= lowest
