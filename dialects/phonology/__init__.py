"""One file a sound system: what a Mandarin recogniser writes for a dialect's sounds.

Two steps. A *coarse key* that merges whatever any group merges finds candidates quickly; a group's
:class:`SoundSystem` then says how far the written syllable lies from one the dialect word can have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from itertools import permutations

_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxzcsryw]?)(.*)")

USUAL, GUESSED = "*", "?"
"""Marks of the Mandarin syllable nearest to a native sound, and of others that are like it."""

_GUESS_COST = {USUAL: 0.6, GUESSED: 1.3}
OTHER_NATIVE_TONE = 1.1

Readings = Mapping[str, tuple[str, ...]]

UNLICENSED = 5.0
"""Cost, in nats, of a difference that the group's sound system does not explain."""

MERGER_WEIGHT = 2.0
"""Nats of a merger of cost 1."""

OTHER_TONE = 1.2
"""Nats of a known tone that differs: a recogniser keeps the tone in about three of four syllables."""


def read_syllables(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read a table ``syllable<TAB>characters`` into the readings of each character."""
    readings: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            syllable, characters = line.rstrip("\n").split("\t")
            for character in characters:
                readings[character] = (*readings.get(character, ()), syllable)
    return readings


def native_table(file: str, mergers: Mapping[str, str]) -> Callable[[], Readings]:
    """A loader of a group's own syllables from ``dialects/data``; ``mergers`` rewrites initials (n → l)."""

    def load() -> Readings:
        lines = (resources.files("dialects") / "data" / file).read_text("utf-8").splitlines()
        return {
            c: tuple(dict.fromkeys(_merge_initial(s, mergers) for s in found))
            for c, found in read_syllables(lines).items()
        }

    return load


def _merge_initial(syllable: str, mergers: Mapping[str, str]) -> str:
    for initial in sorted(mergers, key=len, reverse=True):
        rest = syllable.removeprefix(initial)
        if rest != syllable and rest[:1] in "aeiouy" and rest:
            return mergers[initial] + rest
    return syllable


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, Readings]:
    listed: dict[str, list[str]] = {}
    for line in (resources.files("dialects") / "data" / "native.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            group, _, rest = line.partition("\t")
            listed.setdefault(group, []).append(rest)
    return {group: read_syllables(lines) for group, lines in listed.items()}


def listed(group: str) -> Callable[[], Readings]:
    """A loader of the readings of ``group`` in ``native.tsv``."""
    return lambda: _listed()[group]


def mandarin_readings() -> dict[str, tuple[str, ...]]:
    """Mandarin readings by character, the tone as a digit (none for the neutral tone)."""
    return read_syllables(
        (resources.files("dialects") / "data" / "syllables.tsv").read_text("utf-8").splitlines()
    )


@lru_cache(maxsize=4096)
def split(syllable: str) -> tuple[str, str]:
    """Initial and final of a pinyin syllable, its tone aside: ``yue3`` → ``("", "ve")``."""
    syllable = syllable.rstrip("1234")
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
    if "~" in syllable:
        return syllable.rstrip("123456")
    syllable = syllable.rstrip("*?")
    initial, final = split(syllable)
    return _COARSE_INITIAL.get(initial, initial) + "." + _COARSE_FINAL.get(final, final)


@dataclass(frozen=True, eq=False)
class SoundSystem:
    """How one group's sounds come out in Mandarin spelling.

    ``initials`` and ``finals`` list classes of Mandarin initials and finals that the group does not keep
    apart, each with a cost; ``native`` gives the group's own syllables by character, which ``approximate``
    puts into Mandarin ones.
    """

    group: str
    initials: tuple[tuple[frozenset[str], float], ...] = ()
    finals: tuple[tuple[frozenset[str], float], ...] = ()
    native: Callable[[], Readings] = dict
    approximate: Callable[[str], tuple[str, ...]] = tuple
    _known: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)

    def meant(self, mandarin: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
        """Every syllable that may be heard where the dialect word has a character.

        ``mandarin`` are the character's Mandarin syllables, ``own`` those of the group, marked ``group~``.
        """
        near = [self.approximate(s.partition("~")[2].rstrip("123456")) for s in own]
        first = dict.fromkeys(f"{a[0]}{USUAL}" for a in near if a)
        others = dict.fromkeys(f"{s}{GUESSED}" for a in near for s in a[1:])
        return *mandarin, *first, *others, *own

    def distance(self, heard: str, meant: str) -> float:
        """Cost in nats of hearing ``meant`` as ``heard``: 0 for the same syllable in the same tone."""
        if heard == meant:
            return 0.0
        known = self._known.get((heard, meant))
        if known is None and ("~" in heard or not meant[-1].isalnum() or "~" in meant):
            known = self._known[heard, meant] = _foreign(heard, meant)
        if known is None:
            (i, f), (j, g) = split(heard), split(meant)
            known = (0.0 if i == j else self.merged_initials.get((i, j), UNLICENSED)) + (
                0.0 if f == g else self.merged_finals.get((f, g), UNLICENSED)
            )
            known = self._known[heard, meant] = known + _tones_apart(heard, meant)
        return known

    @cached_property
    def merged_initials(self) -> Mapping[tuple[str, str], float]:
        """Nats between any two initials that fall together."""
        return _apart(self.initials)

    @cached_property
    def merged_finals(self) -> Mapping[tuple[str, str], float]:
        """Nats between any two finals that fall together."""
        return _apart(self.finals)


def _apart(classes: tuple[tuple[frozenset[str], float], ...]) -> dict[tuple[str, str], float]:
    """What lies between any two sounds that fall together."""
    apart: dict[tuple[str, str], float] = {}
    for members, cost in classes:
        for pair in permutations(members, 2):
            apart[pair] = min(MERGER_WEIGHT * cost, apart.get(pair, UNLICENSED))
    return apart


class Target:
    """What one character of a dialect word may sound like, sorted to judge a heard syllable quickly."""

    __slots__ = ("_guessed", "_native", "_native_bare", "_plain", "_system")

    def __init__(self, system: SoundSystem, meant: Iterable[str]) -> None:
        self._system = system
        self._plain: list[str] = []
        self._native: set[str] = set()
        self._guessed: dict[str, float] = {}
        for syllable in meant:
            if "~" in syllable:
                self._native.add(syllable)
            elif syllable[-1] in _GUESS_COST:
                cost = _GUESS_COST[syllable[-1]]
                self._guessed[syllable[:-1]] = min(cost, self._guessed.get(syllable[:-1], cost))
            else:
                self._plain.append(syllable)
        self._native_bare = {_bare(s) for s in self._native}

    def cost(self, heard: str) -> float:
        """As :meth:`SoundSystem.distance`, from ``heard`` to the nearest of the syllables."""
        if "~" in heard:
            if heard in self._native:
                return 0.0
            return OTHER_NATIVE_TONE if _bare(heard) in self._native_bare else UNLICENSED
        if heard in self._plain:
            return 0.0
        best = self._guessed.get(_bare(heard), UNLICENSED) if self._guessed else UNLICENSED
        for syllable in self._plain:
            apart = self._system.distance(heard, syllable)
            if apart < best:
                best = apart
        return best


@lru_cache(maxsize=16_384)
def _bare(syllable: str) -> str:
    return syllable.rstrip("123456")


def _foreign(heard: str, meant: str) -> float:
    if meant[-1] in _GUESS_COST:
        return _GUESS_COST[meant[-1]] if heard.rstrip("1234") == meant[:-1] else UNLICENSED
    alike = heard.rstrip("123456") == meant.rstrip("123456")
    return OTHER_NATIVE_TONE if alike and heard != meant else UNLICENSED


def _tones_apart(a: str, b: str) -> float:
    return OTHER_TONE if a[-1] != b[-1] and a[-1].isdigit() and b[-1].isdigit() else 0.0


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
