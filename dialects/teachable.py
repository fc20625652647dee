"""What a word that dialect and Mandarin share has to teach, by how Mandarin uses it and its rendering."""

from __future__ import annotations

from collections.abc import Mapping

from dialects.lexicon import FUNCTION_WORDS, Sense

Words = Mapping[str, tuple[float, str]]
"""Mandarin words with their log-probability and part of speech."""

LIKELIER = 3.0
"""So many nats likelier than its rendering, a word is what Mandarin says itself."""
RARE_FUNCTION, RARE_ALONE, RARE_WORD, RARE_PAIR = -9.6, -11.6, -12.1, -15.5
"""Log-probabilities up to which Mandarin hardly uses alone: a character as adverb or pronoun, or otherwise; a
word of two; two characters that are no word."""


def same(mandarin: str, surface: str) -> bool:
    """Whether rendering would change nothing but an erhua."""
    return mandarin.replace("儿", "") == surface.replace("儿", "")


def writes_out(sense: Sense, written: str) -> bool:
    """Whether a rendering only adds to the word (谷, 稻谷), which is thus understood."""
    return written in sense.mandarin and sense.pos not in FUNCTION_WORDS


def said_itself(sense: Sense, written: str, words: Words) -> bool:
    """Whether a longer word is what Mandarin says itself, rather than its rendering (番茄, 西红柿)."""
    surface, said = words.get(written), words.get(sense.mandarin)
    return bool(len(written) > 1 and surface and said and surface[0] >= said[0] + LIKELIER)


def hardly_mandarin(sense: Sense, written: str, plain: float, words: Words) -> bool:
    """Whether Mandarin hardly uses a short word alone; ``plain`` is its log-probability."""
    if len(written) == 1:
        return plain <= (RARE_FUNCTION if sense.pos in ("adv", "pron") else RARE_ALONE)
    return len(written) == 2 and plain <= (RARE_WORD if written in words else RARE_PAIR)
