"""From a group's own syllables to the Mandarin ones a recogniser writes: the nearest initial and final.

Tables read ``native=pinyin/pinyin …``, the nearest first; ``0`` is no initial. What a recogniser writes for a
character follows from the character's native reading and these tables; nothing is listed word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from dialects.phonology import mandarin_readings

_PALATALISED = {"g": "j", "k": "q", "h": "x", "z": "j", "c": "q", "s": "x", "zh": "j", "ch": "q", "sh": "x"}
_OPENED = {"a": "ia", "an": "ian", "ang": "iang", "ao": "iao", "ou": "iu", "e": "ie", "u": "v", "o": "iao"}
_PALATAL = frozenset("jqx")

Table = Mapping[str, tuple[str, ...]]


def table(listed: str) -> Table:
    """Read ``native=pinyin/pinyin …``."""
    pairs = (item.split("=") for item in listed.split())
    return {
        native.replace("0", ""): tuple(p.replace("0", "") for p in pinyin.split("/"))
        for native, pinyin in pairs
    }


def approximation(initials: Table, finals: Table, whole: Table) -> Callable[[str], tuple[str, ...]]:
    """A function from a native syllable to Mandarin ones without tone, the nearest first.

    ``whole`` gives syllables without a vowel. The longest initial that leaves a known final counts.
    """
    longest = sorted(initials, key=len, reverse=True)

    @lru_cache(maxsize=2048)
    def approximate(syllable: str) -> tuple[str, ...]:
        if syllable in whole:
            return whole[syllable]
        for initial in longest:
            if syllable.startswith(initial) and (final := syllable[len(initial) :]) in finals:
                ranked = sorted(
                    (n + m, join(i, f))
                    for n, i in enumerate(initials[initial])
                    for m, f in enumerate(finals[final])
                )
                return tuple(dict.fromkeys(s for _, s in ranked if s in _syllables()))
        return ()

    return approximate


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Every syllable of Mandarin, tones aside: nothing else is ever written."""
    return frozenset(s.rstrip("1234") for found in mandarin_readings().values() for s in found)


def join(initial: str, final: str) -> str:
    """A pinyin syllable of an initial and a final (``v`` for ü; ``y`` and ``w`` count as initials)."""
    if final == "o" and initial not in ("", "b", "p", "m", "f", "w", "y"):
        final = "uo"
    if final[0] in "iv" and (len(final) > 1 or initial in ("g", "k", "h")):
        initial = _PALATALISED.get(initial, initial)
    if initial in _PALATAL and final[0] not in "iv":
        final = _OPENED.get(final, final)
    if initial in _PALATAL and final[0] == "v":
        return initial + "u" + final[1:]
    if initial in ("gu", "ku"):
        return initial + final.removeprefix("u")
    if initial == "y" or (not initial and final[0] in "iv"):
        return _without_initial(final if final[0] in "iv" else _OPENED.get(final, final))
    if initial == "w" or (not initial and final[0] == "u"):
        return _ROUNDED.get(final) or "w" + final.removeprefix("u")
    return initial + final


_ROUNDED = {"u": "wu", "ui": "wei", "un": "wen", "ong": "weng"}


def _without_initial(final: str) -> str:
    if final[0] == "v":
        return "yu" + final[1:]
    if final in ("i", "in", "ing"):
        return "y" + final
    return "you" if final == "iu" else "y" + final[1:]
