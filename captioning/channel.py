"""The noisy channel: what it costs to have heard one text for another of as many syllables.

Costs are in nats; pure, and remembered by pairs of characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from core.text import sound
from dialects import phonology
from dialects.ordinary import is_han
from dialects.phonology import SoundSystem

PRICE_APART = 0.75
"""Nats by which a syllable of a price may lie apart."""
MISSPELT = 0.7
"""What any character other than the right one costs, even of the same sound."""
OTHER_TONE = 1.2
SLIP = 7.0
"""Nats of a syllable as unlike as can be; :func:`core.text.sound.syllable_distance` scales it."""
APART = (0.0, 0.0, 0.75, 3.0, 5.6, 8.5)
"""Nats by which the sounds of a word of so many syllables may lie apart."""
SYLLABLE_APART = 2.5
"""The same of one syllable in a word of up to three."""
DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


def channel(heard: str, meant: str, system: SoundSystem | None = None) -> float | None:
    """Nats of hearing ``meant`` as ``heard``, texts of one length; None where they sound too unlike."""
    limit = APART[min(len(meant), len(APART) - 1)] * max(1.0, len(meant) / (len(APART) - 1))
    total = cost = 0.0
    for a, b in zip(heard, meant, strict=True):
        if a == b:
            continue
        away, tones = apart(a, b, system)
        total += away
        if total > limit or (len(meant) <= 3 and away > SYLLABLE_APART):
            return None
        cost += away + tones + MISSPELT
    return cost


@lru_cache(maxsize=1 << 15)
def apart(heard: str, meant: str, system: SoundSystem | None) -> tuple[float, float]:
    """Nats between the nearest readings of two characters: their syllables, and their tones."""
    best = (SLIP, OTHER_TONE)
    for a in _readings(heard):
        for b in _readings(meant):
            bare, other = a.rstrip("12345"), b.rstrip("12345")
            away = SLIP * sound.syllable_distance(bare, other)
            if system is not None:
                away = min(away, system.distance(bare, other))
            best = min(best, (away, 0.0 if a == b else OTHER_TONE), key=sum)
    return best


@lru_cache(maxsize=1)
def _mandarin() -> Mapping[str, tuple[str, ...]]:
    return phonology.mandarin_readings()


def _readings(character: str) -> tuple[str, ...]:
    """Mandarin readings with tones; a digit is read as its name."""
    if character in DIGITS:
        character = DIGITS[character]
    return _mandarin().get(character) or (sound.readings(character) if is_han(character) else ())


def price_channel(heard: str, meant: str, system: SoundSystem | None = None) -> float | None:
    """As :func:`channel` for words of prices, which are short: every syllable must be all but the same."""
    cost = 0.0
    for a, b in zip(heard, meant, strict=True):
        away, tones = (0.0, 0.0) if a == b else apart(a, b, system)
        if away > PRICE_APART:
            return None
        cost += away + tones + (MISSPELT if a != b else 0.0)
    return cost


def same_sound(heard: str, meant: str) -> bool:
    """Whether two characters may sound the same; 零, which no other numeral is like, with either ending."""
    away, tones = (0.0, 0.0) if heard == meant else apart(heard, meant, None)
    return away <= PRICE_APART if meant in "零0" else not away + tones


@lru_cache(maxsize=1 << 14)
def coarse(character: str) -> frozenset[str]:
    """The readings of a character with what speakers merge made one: what to look words up by."""
    return frozenset(phonology.coarse(r.rstrip("12345")) for r in _readings(character))
