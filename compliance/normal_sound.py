"""How words sound, for the guard: readings and mergers of :mod:`core.text.sound` as one character each.

A syllable is one private-use character, so that a word's sound is as long as the word and one automaton
finds sound-alikes. Mergers: n/l, zh/z, ch/c, sh/s, f/hu, r/l, final ng/n (C2TU, arXiv 2505.22184).
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import count

from pypinyin.constants import PINYIN_DICT

from core.text import sound

_SOUTHERN = sound.merges("n/l", "zh/z", "f/h", "r/l", "eng/en", "ing/in", "ang/an") | sound.Merges(
    finals=(("ong", "on"), ("iong", "ion"))
)


class _Symbols(dict[str, str]):
    """The private-use character of every syllable, given out when first met."""

    def __missing__(self, syllable: str) -> str:
        return self.setdefault(syllable, chr(next(_private)))  # both are atomic: threads agree


_private = count(0xE000)
_symbols = _Symbols()


class _Heard(dict[str, str]):
    """The symbol of each character's first reading, merged or plain; characters without one stay."""

    def __init__(self, merged: bool) -> None:
        super().__init__()
        self._merged = merged

    def __missing__(self, character: str) -> str:
        read = syllable(character)
        symbol = _symbols[merge(read) if self._merged else read] if read else character
        self[character] = symbol
        return symbol


_merged, _plain = _Heard(True), _Heard(False)


@lru_cache(maxsize=1 << 12)
def merge(syllable: str) -> str:
    """The syllable after the mergers of southern speech."""
    return sound.merged_syllable(syllable, _SOUTHERN)


@lru_cache(maxsize=1 << 16)
def syllable(character: str) -> str:
    """The first reading of a character without its tone; empty when it has none."""
    return sound.readings(character)[0] if ord(character) in PINYIN_DICT else ""


def merged_sound(text: str) -> str:
    """The text with each character that has a reading replaced by its merged syllable; same length."""
    return "".join(map(_merged.__getitem__, text))


def plain_sound(text: str) -> str:
    """The same without mergers: equal where the syllables are exactly alike."""
    return "".join(map(_plain.__getitem__, text))


def typed_sound(syllables: tuple[str, ...]) -> str:
    """The merged sound of typed syllables."""
    return "".join([_symbols[merge(s)] for s in syllables])


@cache
def _known() -> frozenset[str]:
    rare = {"m", "n", "ng", "hm", "hng", "e", "o", "ê", ""}
    return frozenset(map(syllable, map(chr, range(0x4E00, 0xA000)))) - rare


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
