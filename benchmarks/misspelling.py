"""Dialect sentences as a Mandarin recogniser may write them: characters whose sounds the group merges."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from random import Random

from dialects import ordinary, phonology
from dialects.dictionary import Meant, heard_in
from dialects.groups import NAMES
from dialects.ordinary import is_han
from dialects.phonology import GUESSED, USUAL, split

LISTENER = -11.5
"""Log-probability below which no recogniser writes a character for its sound."""
MISHEARD, NEARBY = 0.6, 0.12
"""Chances that a character of a dialect word, and of another, is written wrongly."""
NATIVE = {USUAL: 0.0, GUESSED: 0.7}
MANDARIN = 0.4
"""Nats of a Mandarin syllable where the group has its own."""
SOUND_WEIGHT, USE_WEIGHT = 1.2, 0.9
CHOICES = 40


class Misspeller:
    """Misspells sentences of any group by the sound systems of :mod:`dialects.phonology`."""

    def __init__(self) -> None:
        self._systems = {name: phonology.system(name) for name in NAMES}
        self._mandarin = phonology.mandarin_readings()
        self._meant = Meant(heard_in(self._mandarin, self._systems), self._systems)
        self._ordinary = ordinary.built_in()
        self._known: dict[tuple[str, str], tuple[list[str], list[float]]] = {}

    def misspell(self, text: str, group: str, words: Iterable[str], chance: Random) -> str:
        """``text`` with some characters written by their sound, those of ``words`` above all."""
        dialect = {
            at
            for word in words
            if word in text
            for at in range(text.index(word), text.index(word) + len(word))
        }
        out = []
        for at, character in enumerate(text):
            wrong = is_han(character) and chance.random() < (MISHEARD if at in dialect else NEARBY)
            characters, weights = self._written_for(group, character) if wrong else ([], [])
            out.append(chance.choices(characters, weights)[0] if characters else character)
        return "".join(out)

    def _written_for(self, group: str, character: str) -> tuple[list[str], list[float]]:
        known = self._known.get((group, character))
        if known is None:
            found = [
                (math.exp(USE_WEIGHT * self._ordinary.cost(other) - SOUND_WEIGHT * cost), other)
                for syllable, cost in self._heard_as(group, character).items()
                for other in self._by_sound.get(syllable, ())
                if other != character
            ]
            best = sorted(found, reverse=True)[:CHOICES]
            known = self._known[group, character] = [c for _, c in best], [w for w, _ in best]
        return known

    def _heard_as(self, group: str, character: str) -> dict[tuple[str, str], float]:
        """Initials and finals that may be heard for a character, with their cost in nats."""
        system, heard = self._systems[group], dict[tuple[str, str], float]()
        for syllable in self._meant(group, character):
            if "~" not in syllable:
                cost = NATIVE.get(syllable[-1], MANDARIN)
                sounds = split(syllable.rstrip(USUAL + GUESSED))
                heard[sounds] = min(cost, heard.get(sounds, cost))
        for (initial, final), cost in list(heard.items()):
            for (one, other), more in system.merged_initials.items():
                if one == initial:
                    heard.setdefault((other, final), cost + more)
            for (one, other), more in system.merged_finals.items():
                if one == final:
                    heard.setdefault((initial, other), cost + more)
        return heard

    @cached_property
    def _by_sound(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for character, readings in self._mandarin.items():
            if is_han(character) and self._ordinary.cost(character) > LISTENER:
                found.setdefault(split(readings[0]), []).append(character)
        return found
