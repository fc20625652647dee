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
    """All rules as one automaton of anchors; a pattern runs only where one of its anchors occurs."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        owners: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for anchor in rule.anchors:
                owners.setdefault(anchor, []).append(number)
        self._rules = tuple(rules)
        self._owners = tuple(owners.values())
        self._anchors = AhoCorasick(list(owners))

    def find(self, text: str) -> list[Match]:
        """Every match of every rule in a folded text, by rule and place."""
        seen = {hit[0] for hit in self._anchors.find_matches_as_indexes(text, overlapping=True)}
        active = sorted({number for index in seen for number in self._owners[index]})
        return [
            Match(rule, found.start(), found.end())
            for rule in (self._rules[number] for number in active)
            for found in rule.pattern.finditer(text)
        ]
