"""All lexicons compiled for matching: exact surfaces, sound keys, readings and the Mandarin table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from dialects import conditions, groups, phonology
from dialects.conditions import Condition
from dialects.lexicon import Lexicon, Sense
from dialects.ordinary import Ordinary, is_han

_LONGEST_SOUND = 8
RARE = -13.5
"""Log-probability below which a character is rare in Mandarin."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """One surface as it may be heard.

    ``dropped`` counts characters of the written surface (儿) that this spelling leaves out.
    """

    group: str
    surface: str
    senses: tuple[int, ...]
    dropped: int = 0


class Meant:
    """Remembers, for each group, the syllables that may be heard for a character."""

    def __init__(
        self,
        mandarin: phonology.Readings,
        systems: Mapping[str, phonology.SoundSystem],
        native: Mapping[str, phonology.Readings],
    ) -> None:
        self._mandarin, self._systems, self._native = mandarin, systems, native
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def __call__(self, group: str, character: str) -> tuple[str, ...]:
        found = self._known.get((group, character))
        if found is None:
            system, native = self._systems[group], self._native[group]
            found = self._known[group, character] = system.meant(character, self._mandarin, native)
        return found


@dataclass(frozen=True)
class Dictionary:
    """Everything the matcher looks up. Build it with :func:`build`; it never changes."""

    senses: tuple[Sense, ...]
    ordinary: Ordinary
    readings: Mapping[str, tuple[str, ...]]
    systems: Mapping[str, phonology.SoundSystem]
    exact: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]
    soundings: Sequence[Sounding]
    sound_index: Mapping[str, tuple[int, ...]]
    meant: Meant
    version: str
    _coarse: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _costs: dict[tuple[str, str, str], float] = field(default_factory=dict, repr=False)
    _conditions: dict[int, Condition | None] = field(default_factory=dict, repr=False)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest surface."""
        return max(map(len, self.exact), default=0)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """Every proper prefix of a surface: lets a scan stop early."""
        return frozenset(s[:n] for s in self.exact for n in range(1, len(s)))

    @cached_property
    def marked(self) -> frozenset[str]:
        """Characters that stand in a lexicon and are rare in Mandarin: whoever writes one means it."""
        written = {c for surface in self.exact for c in surface}
        return frozenset(c for c in written if self.ordinary.cost(c) < RARE)

    @cached_property
    def parts_of_speech(self) -> Mapping[str, frozenset[str]]:
        """Parts of speech of each surface over all groups, for the word classes of ``when``."""
        return {
            surface: frozenset(self.senses[i].pos for _, ids in by_group for i in ids)
            for surface, by_group in self.exact.items()
        }

    def coarse_readings(self, character: str) -> tuple[str, ...]:
        """The coarse keys of a written character, for the sound index."""
        known = self._coarse.get(character)
        if known is None:
            heard = self.readings.get(character, ())
            known = self._coarse[character] = tuple(dict.fromkeys(map(phonology.coarse, heard)))
        return known

    def cost(self, group: str, written: str, right: str) -> float:
        """Nats by which the sounds of a written character lie from those of the right one in a group."""
        key = group, written, right
        known = self._costs.get(key)
        if known is None:
            distance, meant = self.systems[group].distance, self.meant(group, right)
            heard = self.readings.get(written, ())
            known = self._costs[key] = min((distance(h, m) for h in heard for m in meant), default=99.0)
        return known

    def condition(self, sense: int) -> Condition | None:
        """The parsed ``when`` of a sense."""
        try:
            return self._conditions[sense]
        except KeyError:
            found = self._conditions[sense] = conditions.parse(self.senses[sense].when)
            return found


def build(
    lexicons: Iterable[Lexicon], ordinary: Ordinary, readings: Mapping[str, tuple[str, ...]]
) -> Dictionary:
    """Compile lexicons; where two of one group list the same surface, the later lexicon's senses win."""
    senses: list[Sense] = []
    owners: dict[tuple[str, str], tuple[int, list[int]]] = {}
    versions = []
    for order, lexicon in enumerate(lexicons):
        versions.append(lexicon.version)
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
    native = {name: system.native() for name, system in systems.items()}
    meant = Meant(readings, systems, native)
    soundings = [
        sounding
        for surface, listed in exact.items()
        for group, ids in listed
        for sounding in _soundings(surface, group, ids, meant)
    ]
    return Dictionary(
        tuple(senses),
        ordinary,
        _heard(readings, systems, native),
        systems,
        {s: tuple(v) for s, v in exact.items()},
        soundings,
        _index(soundings, meant),
        meant,
        "".join(versions),
    )


def _soundings(surface: str, group: str, ids: tuple[int, ...], meant: Meant) -> Iterable[Sounding]:
    spellings = [surface]
    bare = surface[:1] + surface[1:].replace("儿", "")
    if bare != surface:
        spellings.append(bare)
    for spelling in spellings:
        if not 2 <= len(spelling) <= _LONGEST_SOUND or not all(map(is_han, spelling)):
            continue
        if all(meant(group, c) for c in spelling):
            yield Sounding(group, spelling, ids, len(surface) - len(spelling))


def _heard(
    mandarin: phonology.Readings,
    systems: Mapping[str, phonology.SoundSystem],
    native: Mapping[str, phonology.Readings],
) -> dict[str, tuple[str, ...]]:
    heard = dict(mandarin)
    for group, readings in native.items():
        for character, syllables in systems[group].heard(readings).items():
            heard[character] = (*heard.get(character, ()), *syllables)
    return heard


def _index(soundings: Sequence[Sounding], meant: Meant) -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for number, sounding in enumerate(soundings):
        first, second = (
            {phonology.coarse(s) for s in meant(sounding.group, c)} for c in sounding.surface[:2]
        )
        for a, b in product(first, second):
            index.setdefault(a + b, []).append(number)
    return {key: tuple(numbers) for key, numbers in index.items()}
