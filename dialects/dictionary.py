"""All lexicons compiled for matching: exact surfaces, sound keys, readings and the Mandarin table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from core.text import normalise
from dialects import affinity, conditions, groups, phonology
from dialects.affinity import Affinity
from dialects.conditions import Condition
from dialects.lexicon import Lexicon, Sense
from dialects.ordinary import Ordinary, is_han
from dialects.phonology import Readings, SoundSystem
from dialects.sound_index import SoundIndex

_LONGEST_SOUND = 8
KEYED = 3
"""So many syllables of a word make its key in the index of sounds."""
NEVER_HEARD = 99.0
OWN_WRITING = 3
"""In so many surfaces a traditional character is the lexicons' own way of writing (著)."""
RARE = -12.5
"""Log-probability below which a character is rare in Mandarin."""

_NO_PARTS: frozenset[str] = frozenset()

SensesByGroup = Sequence[tuple[str, Sequence[int]]]


class Sounding(NamedTuple):
    """One surface as it may be heard.

    ``listed`` are the numbers of its senses, separated by commas. ``dropped`` counts characters of the
    written surface (儿) that this spelling leaves out; ``usual`` is how much likelier than most words it
    is, in nats, by the lexicon's examples.
    """

    group: str
    surface: str
    listed: str
    dropped: int
    usual: float

    @property
    def senses(self) -> Sequence[int]:
        """The senses of the surface, which few that are looked at come to be asked for."""
        return _numbers(self.listed)


@lru_cache(maxsize=4096)
def _numbers(listed: str) -> tuple[int, ...]:
    return tuple(map(int, listed.split(",")))


@dataclass(frozen=True)
class Tables:
    """What takes long to compute, and what a cache therefore keeps.

    ``heard`` has, space-separated, the syllables of each character: Mandarin ones, and those of a group's
    own marked ``group~syllable``. ``sound_index`` lists soundings by number under the keys that ``_keys``
    makes of their first three syllables. ``pos`` is the part of speech of each sense.
    """

    senses: Sequence[Sense]
    pos: Sequence[str]
    exact: Mapping[str, SensesByGroup]
    soundings: Sequence[Sounding]
    sound_index: SoundIndex
    heard: Mapping[str, str]


class Meant:
    """For each group and character of a dialect word, the syllables that may be heard."""

    def __init__(self, heard: Mapping[str, str], systems: Mapping[str, SoundSystem]) -> None:
        self._heard, self._systems = heard, systems
        self._split: dict[str, dict[str, tuple[str, ...]]] = {}
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def __call__(self, group: str, character: str) -> tuple[str, ...]:
        """The syllables, Mandarin ones first."""
        found = self._known.get((group, character))
        if found is None:
            syllables = self._syllables(character)
            own = syllables.get(group, ())
            found = self._systems[group].meant(syllables[""], own) if own else syllables[""]
            self._known[group, character] = found
        return found

    def heard(self, group: str, character: str) -> tuple[str, ...]:
        """How somebody of the group may read a written character."""
        syllables = self._syllables(character)
        own = syllables.get(group)
        return syllables[""] + own if own else syllables[""]

    def _syllables(self, character: str) -> dict[str, tuple[str, ...]]:
        """Mandarin syllables of a character under the empty name, and each group's own."""
        found = self._split.get(character)
        if found is None:
            listed: dict[str, list[str]] = {"": []}
            for syllable in self._heard.get(character, "").split():
                listed.setdefault(syllable.partition("~")[0] if "~" in syllable else "", []).append(syllable)
            found = self._split[character] = {name: tuple(some) for name, some in listed.items()}
        return found


@dataclass(frozen=True)
class Dictionary:
    """Everything the matcher looks up. What it remembers on the way never changes an answer."""

    tables: Tables
    ordinary: Ordinary
    systems: Mapping[str, SoundSystem]
    meant: Meant
    version: str = ""
    promises: dict[tuple[str, int], float] = field(default_factory=dict, repr=False)
    _simplified: dict[str, str] = field(default_factory=dict, repr=False)
    kinds: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict, repr=False)
    _coarse: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _targets: dict[tuple[str, str], phonology.Target] = field(default_factory=dict, repr=False)
    _conditions: dict[int, Condition | None] = field(default_factory=dict, repr=False)
    _listed: dict[tuple[str, str], tuple[Condition | None, ...]] = field(default_factory=dict, repr=False)
    _parts: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def senses(self) -> Sequence[Sense]:
        """Every sense; readings refer to them by index."""
        return self.tables.senses

    @cached_property
    def reach(self) -> Mapping[str, int]:
        """Length of the longest surface by its first two characters."""
        return _reach(self.tables.exact)

    @cached_property
    def affinity(self) -> Affinity:
        """How much a text reads like each group and like Mandarin."""
        return Affinity(affinity.built_in(), self.tables.heard)

    @cached_property
    def marked(self) -> frozenset[str]:
        """Characters that only dialect writing uses (嘅, 𠊎, 覅): who writes one spells dialect properly."""
        rare = {c for c in self._written if is_han(c) and self.ordinary.cost(c) < RARE}
        return frozenset(rare.difference(*(w for w in self.ordinary.words if len(w) > 1)))

    def simplify(self, text: str) -> str:
        """The text with traditional characters as the lexicons write them, one for one."""
        known = self._simplified
        return "".join([known.get(c) or self._simplify(c) for c in text])

    def _simplify(self, character: str) -> str:
        simple = normalise.simplified(character)
        usual = simple in self._written or simple in self.ordinary.words
        kept = self._written.get(character, 0) >= OWN_WRITING
        found = simple if usual and not kept else character
        self._simplified[character] = found
        return found

    @cached_property
    def _written(self) -> Mapping[str, int]:
        """In how many surfaces each character stands: 嗰 is dialect writing, whatever its simplified form."""
        return Counter(c for surface in self.tables.exact for c in set(surface))

    def parts_of_speech(self, surface: str) -> frozenset[str]:
        """Parts of speech of a surface over all groups, for the word classes of ``when``."""
        known = self._parts.get(surface)
        if known is None:
            by_group = self.tables.exact.get(surface)
            if by_group is None:
                return _NO_PARTS
            known = self._parts[surface] = frozenset(self.tables.pos[i] for _, ids in by_group for i in ids)
        return known

    def soundings(self, written: str, group: str = "") -> Iterator[Sounding]:
        """Words that may sound like the characters: two, the first three, or one (of ``group``)."""
        index = self.tables.sound_index
        keys = _keys([self.coarse_readings(c) for c in written], group)
        numbers = {n for key in sorted(keys) for n in index.numbers(key)}  # in one order in every process
        return (self.tables.soundings[n] for n in numbers)

    def coarse_readings(self, character: str) -> tuple[str, ...]:
        """The coarse keys of a written character, for the sound index."""
        known = self._coarse.get(character)
        if known is None:
            heard = self.tables.heard.get(character, "").split()
            known = self._coarse[character] = tuple(dict.fromkeys(map(phonology.coarse, heard)))
        return known

    def cost(self, group: str, written: str, right: str) -> float:
        """Nats by which the sounds of a written character lie from those of the right one in a group."""
        target = self._targets.get((group, right))
        if target is None:
            target = phonology.Target(self.systems[group], self.meant(group, right))
            self._targets[group, right] = target
        return min(map(target.cost, self.meant.heard(group, written)), default=NEVER_HEARD)

    def condition(self, sense: int) -> Condition | None:
        """The parsed ``when`` of a sense."""
        try:
            return self._conditions[sense]
        except KeyError:
            found = self._conditions[sense] = conditions.parse(self.senses[sense].when)
            return found

    def listed(self, surface: str, mandarin: str) -> tuple[Condition | None, ...]:
        """The ``when`` of all senses of a surface that have this meaning, where there is more than one."""
        known = self._listed.get((surface, mandarin))
        if known is None:
            ids = (i for _, ids in self.tables.exact[surface] for i in ids)
            whens = {self.senses[i].when: i for i in ids if self.senses[i].mandarin == mandarin}
            several = whens.values() if len(whens) > 1 else ()
            known = self._listed[surface, mandarin] = tuple(map(self.condition, several))
        return known


def _reach(strings: Iterable[str]) -> dict[str, int]:
    """Length of the longest string by its first two characters."""
    longest: dict[str, int] = {}
    for string in strings:
        if len(string) > longest.get(string[:2], 0):
            longest[string[:2]] = len(string)
    return longest


def assemble(tables: Tables, ordinary: Ordinary, version: str = "") -> Dictionary:
    """A dictionary over compiled tables."""
    systems = {name: phonology.system(name) for name in groups.NAMES}
    return Dictionary(tables, ordinary, systems, Meant(tables.heard, systems), version)


def compile_tables(lexicons: Iterable[Lexicon], mandarin: Readings) -> Tables:
    """Compile lexicons; where two of one group list the same surface, the later lexicon's senses win."""
    senses: list[Sense] = []
    owners: dict[tuple[str, str], tuple[int, list[int]]] = {}
    for order, lexicon in enumerate(lexicons):
        for sense in lexicon.senses:
            senses.append(sense)
            for surface in sense.surfaces:
                previous = owners.get((surface, sense.group))
                if previous is None or previous[0] != order:
                    owners[surface, sense.group] = (order, [len(senses) - 1])
                else:
                    previous[1].append(len(senses) - 1)
    exact: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for (surface, group), (_, ids) in owners.items():
        exact.setdefault(surface, []).append((group, tuple(ids)))
    systems = {name: phonology.system(name) for name in groups.NAMES}
    heard = heard_in(mandarin, systems)
    meant = Meant(heard, systems)
    usual = _usual(senses)
    soundings = [
        sounding
        for surface, listed in exact.items()
        for group, ids in listed
        for sounding in _soundings(surface, group, ids, max(usual[i] for i in ids), meant)
    ]
    return Tables(
        tuple(senses),
        [s.pos for s in senses],
        {s: tuple(v) for s, v in exact.items()},
        soundings,
        SoundIndex.build(_index(soundings, meant)),
        heard,
    )


def _usual(senses: Sequence[Sense]) -> list[float]:
    """The logarithm of how often the examples of its group hold each sense, against once."""
    examples: dict[str, list[str]] = {}
    for sense in senses:
        examples.setdefault(sense.group, []).append(sense.example)
    said = {group: "\n".join(lines) for group, lines in examples.items()}
    counts = (max(said[s.group].count(surface) for surface in s.surfaces) for s in senses)
    return [round(math.log(max(1, count)), 2) for count in counts]


def _soundings(
    surface: str, group: str, ids: tuple[int, ...], usual: float, meant: Meant
) -> Iterable[Sounding]:
    spellings, listed = [surface], ",".join(map(str, ids))
    bare = surface[:1] + surface[1:].replace("儿", "")
    if bare != surface and len(bare) > 1:
        spellings.append(bare)
    for spelling in spellings:
        if len(spelling) > _LONGEST_SOUND or not all(map(is_han, spelling)):
            continue
        if all(meant(group, c) for c in spelling):
            yield Sounding(group, spelling, listed, len(surface) - len(spelling), usual)


def heard_in(mandarin: Readings, systems: Mapping[str, SoundSystem]) -> dict[str, str]:
    """The syllables of each character, as :class:`Tables` has them."""
    heard = {character: " ".join(syllables) for character, syllables in mandarin.items()}
    for group, system in systems.items():
        for character, syllables in system.native().items():
            own = " ".join(f"{group}~{s}" for s in syllables)
            heard[character] = f"{heard[character]} {own}" if character in heard else own
    return heard


def _keys(coarse: Sequence[Iterable[str]], group: str) -> set[str]:
    """The keys of a word whose first syllables may have these coarse keys; the third gives its initial."""
    if len(coarse) == 1:
        return {f"{group} {key}" for key in coarse[0] if _owner(key) in ("", group)}
    last = {"~" if "~" in key else key.partition(".")[0] + "." for key in coarse[2]} if coarse[2:] else {""}
    second = [(_owner(key), key) for key in coarse[1]]
    return {
        a + b + c
        for a in coarse[0]
        for owner, b in second
        if not owner or _owner(a) in ("", owner)
        for c in last
    }


@lru_cache(maxsize=8192)
def _owner(key: str) -> str:
    """The group whose own syllable a coarse key is; empty for a Mandarin one. No word mixes two groups'."""
    return key.partition("~")[0] if "~" in key else ""


def _index(soundings: Sequence[Sounding], meant: Meant) -> dict[str, str]:
    index: dict[str, list[str]] = {}
    for number, (group, surface, *_) in enumerate(soundings):
        for key in _keys([[phonology.coarse(s) for s in meant(group, c)] for c in surface[:KEYED]], group):
            index.setdefault(key, []).append(str(number))
    return {key: " ".join(numbers) for key, numbers in index.items()}
