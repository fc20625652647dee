"""How words sound: toneless syllables, typed pinyin, and the mergers of southern speech.

A syllable is one private-use character, so that a word's sound is as long as the word and one automaton
finds sound-alikes. Mergers: n/l, zh/z, ch/c, sh/s, f/hu, r/l, final ng/n (C2TU, arXiv 2505.22184).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pypinyin.constants import PINYIN_DICT

_FIRST_PRIVATE = 0xE000
_MERGED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("hu", "f"))


def _toneless(marked: str) -> str:
    plain = unicodedata.normalize("NFD", marked.replace("ü", "v"))
    return "".join(c for c in plain if c.isascii() and c.isalpha())


@cache
def _syllables() -> dict[str, str]:
    return {
        chr(code): _toneless(readings.split(",")[0])
        for code, readings in PINYIN_DICT.items()
        if 0x4E00 <= code <= 0x9FFF
    }


@cache
def _known() -> frozenset[str]:
    rare = {"m", "n", "ng", "hm", "hng", "e", "o", "ê", ""}
    return frozenset(s for s in _syllables().values() if s not in rare)


@cache
def symbols() -> dict[str, str]:
    """The private-use character of every syllable, plain and merged."""
    merged = {merge(s) for s in _known()}
    return {s: chr(_FIRST_PRIVATE + i) for i, s in enumerate(sorted(_known() | merged))}


def merge(syllable: str) -> str:
    """The syllable after the mergers of southern speech."""
    for old, new in _MERGED_INITIALS:
        if syllable.startswith(old) and len(syllable) > len(old):
            syllable = new + syllable[len(old) :]
            break
    return re.sub("ng$", "n", syllable)


def syllable(character: str) -> str:
    """The first reading of a character without its tone; empty when it has none."""
    return _syllables().get(character, "")


@cache
def _merged_table() -> dict[int, str]:
    private = symbols()
    return {ord(c): private[m] for c, s in _syllables().items() if (m := merge(s)) in private}


def merged_sound(text: str) -> str:
    """The text with each character that has a reading replaced by its merged syllable; same length."""
    return text.translate(_merged_table())


def spellings(letters: str, most: int = 8) -> list[tuple[str, ...]]:
    """The ways to read letters as pinyin syllables, longest syllables first; none when they are no pinyin."""
    ways: list[tuple[str, ...]] = []

    def walk(at: int, path: tuple[str, ...]) -> None:
        if len(ways) >= most or len(path) > most:
            return
        if at == len(letters):
            ways.append(path)
            return
        for size in range(min(6, len(letters) - at), 0, -1):
            if letters[at : at + size] in _known():
                walk(at + size, (*path, letters[at : at + size]))

    if len(letters) <= 30:
        walk(0, ())
    return ways
