"""Finding the rules' words: one automaton over all anchors, then the patterns whose anchor occurred."""

from __future__ import annotations

from collections.abc import Sequence
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
    """All rules as one automaton; a pattern runs only where a string of each of its required sets occurs."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        words = sorted({w for rule in rules for group in (rule.anchors, *rule.also) for w in group})
        numbers = {word: number for number, word in enumerate(words)}
        self._rules = tuple(rules)
        self._owners: list[list[int]] = [[] for _ in words]
        for number, rule in enumerate(rules):
            for anchor in rule.anchors:
                self._owners[numbers[anchor]].append(number)
        self._also = [tuple(frozenset(numbers[w] for w in group) for group in rule.also) for rule in rules]
        self._words = AhoCorasick(words)

    def find(self, text: str) -> list[Match]:
        """Every match of every rule in a folded text, by rule and place."""
        seen = {hit[0] for hit in self._words.find_matches_as_indexes(text, overlapping=True)}
        active = sorted({number for index in seen for number in self._owners[index]})
        return [
            Match(rule, found.start(), found.end())
            for rule in (self._rules[number] for number in active if self._possible(number, seen))
            for found in rule.pattern.finditer(text)
        ]

    def _possible(self, number: int, seen: set[int]) -> bool:
        return not any(seen.isdisjoint(group) for group in self._also[number])
