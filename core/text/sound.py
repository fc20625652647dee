"""Sound keys: what text sounds like in Mandarin pinyin, with configurable mergers.

One syllable a code point, so that spans of syllables are spans of the text. Characters that are no Han
character stand for themselves in lower case. Which dialect merges what is data of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert

INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
"""Orthographic initials, longest first; y and w count, so that mergers such as r/y can be named."""

HU_AS_F = (
    ("hu", "fu"), ("hua", "fa"), ("huai", "fai"), ("huan", "fan"), ("huang", "fang"), ("hui", "fei"),
    ("hun", "fen"), ("huo", "fo"),
)  # fmt: skip
"""Whole syllables where h before u is said as f."""


@dataclass(frozen=True, slots=True)
class Merges:
    """Sounds that a speaker does not keep apart: each pair maps the first to the second.

    ``syllables`` go first and match whole toneless syllables, then ``initials``, then ``finals``.
    """

    initials: tuple[tuple[str, str], ...] = ()
    finals: tuple[tuple[str, str], ...] = ()
    syllables: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: Merges) -> Merges:
        """Both sets of mergers."""
        return Merges(
            self.initials + other.initials, self.finals + other.finals, self.syllables + other.syllables
        )


NONE = Merges()
MERGERS: dict[str, Merges] = {
    "n/l": Merges(initials=(("n", "l"),)),
    "zh/z": Merges(initials=(("zh", "z"), ("ch", "c"), ("sh", "s"))),
    "eng/en": Merges(finals=(("eng", "en"),)),
    "ing/in": Merges(finals=(("ing", "in"),)),
    "ang/an": Merges(finals=(("ang", "an"), ("iang", "ian"), ("uang", "uan"))),
    "f/h": Merges(syllables=HU_AS_F),
    "r/l": Merges(initials=(("r", "l"),)),
    "r/y": Merges(initials=(("r", "y"),)),
    "uo/e": Merges(finals=(("uo", "e"),)),
}
"""Building blocks under their usual names."""


def merges(*names: str) -> Merges:
    """The named building blocks of :data:`MERGERS` together; :class:`KeyError` for an unknown one."""
    found = NONE
    for name in names:
        found |= MERGERS[name]
    return found


def syllables(text: str, tones: bool = False, context: bool = False) -> list[str]:
    """Pinyin of each code point, ``ü`` as ``v``; with ``tones`` a digit 1 to 5 follows.

    By default each character has its commonest reading, which is fast and the same everywhere, as keys
    need. ``context`` chooses readings by word (重庆 → chong qing), about fifty times slower.
    """
    if context:
        style = Style.TONE3 if tones else Style.NORMAL
        found: list[str] = lazy_pinyin(
            text, style=style, neutral_tone_with_five=tones, errors=cast("Callable[[str], str]", _apart)
        )
        if len(found) == len(text):
            return [_ascii(s) for s in found]
    return [_toned(c) if tones else _toneless(c) for c in text]


@lru_cache(maxsize=1 << 16)
def readings(char: str) -> tuple[str, ...]:
    """Every toneless reading of a character, commonest first; itself where it has none."""
    return tuple(dict.fromkeys(_ascii(_plain(r, Style.NORMAL)) for r in _dictionary(char))) or (char.lower(),)


def key(text: str, merged: Merges = NONE) -> tuple[str, ...]:
    """The sound key of ``text``: one merged syllable a code point; equal keys sound alike."""
    return tuple([merged_syllable(_toneless(c), merged) for c in text])


def split(syllable: str) -> tuple[str, str]:
    """Initial (may be empty) and final of a toneless syllable."""
    for initial in INITIALS:
        if syllable.startswith(initial) and len(syllable) > len(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


def distance(first: str | Sequence[str], second: str | Sequence[str], merged: Merges = NONE) -> float:
    """Weighted edit distance of two texts, or of two keys, in syllables.

    0 for the same key; a substitution costs up to 1, by how far apart initials and finals are; a missing
    syllable costs 1.
    """
    left = key(first, merged) if isinstance(first, str) else first
    right = key(second, merged) if isinstance(second, str) else second
    row = [float(j) for j in range(len(right) + 1)]
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], float(i)
        for j, b in enumerate(right, 1):
            best = min(row[j] + 1, row[j - 1] + 1, previous + syllable_distance(a, b))
            previous, row[j] = row[j], best
    return row[-1]


@lru_cache(maxsize=1 << 17)
def syllable_distance(first: str, second: str) -> float:
    """How far apart two toneless syllables are, in [0, 1]; 1 for anything that is no pinyin."""
    if first == second:
        return 0.0
    if not (_is_syllable(first) and _is_syllable(second)):
        return 1.0
    (initial_a, final_a), (initial_b, final_b) = _sounds(first), _sounds(second)
    return min(1.0, 0.5 * _initial_distance(initial_a, initial_b) + 0.5 * _final_distance(final_a, final_b))


_NEAR: dict[frozenset[str], float] = {
    frozenset(pair.split("/")): cost
    for cost, pairs in (
        (0.2, "n/l zh/z ch/c sh/s"),
        (0.3, "f/h r/l r/y r/z r/zh"),
        (0.4, "b/p d/t g/k j/q zh/ch z/c j/z q/c x/s j/zh q/ch x/sh h/k w/f w/v /y /w"),
        (0.6, "zh/c z/ch c/s ch/sh z/s zh/sh j/x q/x g/h m/n n/y g/j k/q h/x w/h m/b t/ch d/zh"),
    )
    for pair in pairs.split()
}
"""Initials that are heard for each other, and how dear that is; other pairs cost 1."""


def _initial_distance(first: str, second: str) -> float:
    return 0.0 if first == second else _NEAR.get(frozenset((first, second)), 1.0)


def _final_distance(first: str, second: str) -> float:
    if first == second:
        return 0.0
    (medial_a, nucleus_a, coda_a), (medial_b, nucleus_b, coda_b) = _parts(first), _parts(second)
    coda = 0.0 if coda_a == coda_b else 0.2 if {coda_a, coda_b} == {"n", "ng"} else 0.4
    nucleus = 0.0 if nucleus_a == nucleus_b else 0.4 if {nucleus_a, nucleus_b} in _NEAR_VOWELS else 0.7
    medial = 0.0 if medial_a == medial_b else 0.3
    return min(1.0, medial + nucleus + coda)


_NEAR_VOWELS = ({"e", "o"}, {"a", "e"}, {"i", "v"}, {"u", "o"}, {"i", "e"}, {"u", "v"})


@lru_cache(maxsize=1024)
def _parts(final: str) -> tuple[str, str, str]:
    """Medial, nucleus, coda: uang → u a ng, iu → i o u, in → '' i n."""
    final = {"iu": "iou", "ui": "uei", "un": "uen", "ong": "ung", "iong": "iung"}.get(final, final)
    coda = next((c for c in ("ng", "n", "r") if final.endswith(c) and len(final) > len(c)), "")
    vowels = final[: len(final) - len(coda)] if coda else final
    medial = vowels[0] if len(vowels) > 1 and vowels[0] in "iuv" else ""
    vowels = vowels[len(medial) :]
    if len(vowels) > 1:
        return medial, vowels[0], vowels[1:] + coda
    return medial, vowels, coda


@lru_cache(maxsize=4096)
def _sounds(syllable: str) -> tuple[str, str]:
    """Initial and final with the spelling rules undone: yan → '' ian, wu → '' u, ju → j v."""
    initial, final = split(syllable)
    if initial == "y":
        final = final if final[0] == "i" else "v" + final[1:] if final[0] == "u" else "i" + final
        return "y", final
    if initial == "w":
        return "w", final if final[0] == "u" else "u" + final
    if initial in ("j", "q", "x") and final[0] == "u":
        return initial, "v" + final[1:]
    if initial in ("b", "p", "m", "f") and final == "o":
        return initial, "uo"
    return initial, final


@lru_cache(maxsize=1 << 13)
def _is_syllable(text: str) -> bool:
    return text.isascii() and text.isalpha() and any(c in "aeiouv" for c in text)


@lru_cache(maxsize=1 << 16)
def merged_syllable(syllable: str, merged: Merges) -> str:
    """A toneless syllable after ``merged``; anything that is no syllable stays."""
    if not _is_syllable(syllable):
        return syllable
    for before, after in merged.syllables:
        if syllable == before:
            syllable = after
            break
    initial, final = split(syllable)
    for before, after in merged.initials:
        if initial == before:
            initial = after
    for before, after in merged.finals:
        if final == before:
            final = after
    return initial + final


def _apart(run: str) -> list[str]:
    """The library takes a list as well, one item a character, although its types do not say so."""
    return [c.lower() for c in run]


def _dictionary(char: str) -> list[str]:
    found: str = PINYIN_DICT.get(ord(char), "")
    return found.split(",") if found else []


def _plain(reading: str, style: Style) -> str:
    plain: str = convert(reading, style, strict=False)
    return plain


@lru_cache(maxsize=1 << 16)
def _toneless(char: str) -> str:
    return readings(char)[0]


@lru_cache(maxsize=1 << 16)
def _toned(char: str) -> str:
    found = _dictionary(char)
    if not found:
        return char.lower()
    toned = _ascii(_plain(found[0], Style.TONE3))
    return toned if toned[-1:].isdigit() else toned + "5"


def _ascii(syllable: str) -> str:
    return syllable.replace("ü", "v").replace("ê", "e")
