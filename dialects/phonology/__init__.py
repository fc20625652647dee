"""One file a sound system: what a Mandarin recogniser writes for a dialect's sounds.

Two steps. A *coarse key* that merges whatever any group merges finds candidates quickly; a group's
:class:`SoundSystem` then says how far the written syllable lies from one the dialect word can have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxzcsryw]?)(.*)")

Readings = Mapping[str, tuple[str, ...]]

UNLICENSED = 2.5
"""Cost of a difference that the group's sound system does not explain."""


def read_syllables(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read a table ``syllable<TAB>characters`` into the readings of each character."""
    readings: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            syllable, characters = line.rstrip("\n").split("\t")
            for character in characters:
                readings[character] = (*readings.get(character, ()), syllable)
    return readings


def mandarin_readings() -> dict[str, tuple[str, ...]]:
    """Toneless Mandarin readings by character."""
    return read_syllables(
        (resources.files("dialects") / "data" / "syllables.tsv").read_text("utf-8").splitlines()
    )


@lru_cache(maxsize=4096)
def split(syllable: str) -> tuple[str, str]:
    """Initial and final of a toneless pinyin syllable, ``y`` and ``w`` resolved: ``yue`` → ``("", "ve")``."""
    if syllable.startswith("y"):
        rest = syllable[1:]
        if rest[0] == "u":
            return "", "v" + rest[1:]
        return "", rest if rest.startswith("i") else "i" + rest
    if syllable.startswith("w"):
        rest = syllable[1:]
        return "", rest if rest.startswith("u") else "u" + rest
    found = _SYLLABLE.fullmatch(syllable)
    initial, final = (found[1], found[2]) if found else ("", syllable)
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    return initial, final


_COARSE_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
_COARSE_FINAL = {
    "ing": "in", "eng": "en", "ang": "an", "ong": "en", "iang": "ian", "uang": "uan", "ueng": "en",
    "uen": "en", "un": "en", "uo": "o", "e": "o", "uai": "ai", "uei": "ei", "ui": "ei", "v": "i", "ve": "ie",
    "van": "ian", "vn": "in", "iong": "in", "ue": "ie", "io": "o",
}  # fmt: skip


@lru_cache(maxsize=4096)
def coarse(syllable: str) -> str:
    """The coarse key of a syllable: equal for any two syllables some group may confuse."""
    initial, final = split(syllable)
    return _COARSE_INITIAL.get(initial, initial) + "." + _COARSE_FINAL.get(final, final)


@dataclass(frozen=True, eq=False)
class SoundSystem:
    """How one group's sounds come out in Mandarin spelling.

    ``initials`` and ``finals`` list classes of Mandarin initials and finals that the group does not keep
    apart, each with a cost; ``readings`` are Mandarin syllables in which the group's own pronunciation of
    a character is heard (``唔`` → ``wu``).
    """

    group: str
    initials: tuple[tuple[frozenset[str], float], ...] = ()
    finals: tuple[tuple[frozenset[str], float], ...] = ()
    readings: Readings = field(default_factory=dict)

    def distance(self, heard: str, meant: str) -> float:
        """Cost of hearing ``meant`` as ``heard``: 0 for the same syllable, about 0.5 a licensed merger."""
        if heard == meant:
            return 0.0
        return self._pairs(heard, meant)

    @lru_cache(maxsize=20_000)  # noqa: B019  (one instance a group, kept for the life of the process)
    def _pairs(self, heard: str, meant: str) -> float:
        (i, f), (j, g) = split(heard), split(meant)
        return _apart(i, j, self.initials) + _apart(f, g, self.finals)


def _apart(a: str, b: str, classes: tuple[tuple[frozenset[str], float], ...]) -> float:
    if a == b:
        return 0.0
    return min((cost for members, cost in classes if a in members and b in members), default=UNLICENSED)


def mergers(spec: str) -> tuple[tuple[frozenset[str], float], ...]:
    """Read classes of sounds that fall together: ``"n l:0.3, zh z:0.2"``; ``0`` is the empty initial."""
    out = []
    for part in filter(None, (p.strip() for p in spec.split(","))):
        members, _, cost = part.partition(":")
        out.append((frozenset("" if m == "0" else m for m in members.split()), float(cost or 0.4)))
    return tuple(out)


RETROFLEX = "zh z:0.2, ch c:0.2, sh s:0.2"
NASAL_FINALS = "in ing:0.2, en eng:0.2"


def system(group: str) -> SoundSystem:
    """The sound system of a group."""
    from importlib import import_module

    found = import_module(f"{__name__}.{group}").SYSTEM
    assert isinstance(found, SoundSystem)
    return found
