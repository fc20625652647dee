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
    """One surface as it may be heard: for each character the syllables a recogniser may take it for.

    ``dropped`` counts characters of the written surface (儿) that this spelling leaves out.
    """

    group: str
    surface: str
    senses: tuple[int, ...]
    syllables: tuple[tuple[str, ...], ...]
    dropped: int = 0


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
    version: str
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
    soundings = [s for surface, listed in exact.items() for g, ids in listed for s in _soundings(
        surface, ids, systems[g], readings)]  # fmt: skip
    return Dictionary(
        tuple(senses),
        ordinary,
        readings,
        systems,
        {s: tuple(v) for s, v in exact.items()},
        soundings,
        _index(soundings),
        "".join(versions),
    )


def _soundings(
    surface: str, ids: tuple[int, ...], system: phonology.SoundSystem, readings: Mapping[str, tuple[str, ...]]
) -> Iterable[Sounding]:
    spellings = [surface]
    bare = surface[:1] + surface[1:].replace("儿", "")
    if bare != surface:
        spellings.append(bare)
    for spelling in spellings:
        if not 2 <= len(spelling) <= _LONGEST_SOUND or not all(map(is_han, spelling)):
            continue
        heard = tuple((*readings.get(c, ()), *system.readings.get(c, ())) for c in spelling)
        if all(heard):
            yield Sounding(system.group, spelling, ids, heard, len(surface) - len(spelling))


def _index(soundings: Sequence[Sounding]) -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for number, sounding in enumerate(soundings):
        first, second = ({phonology.coarse(s) for s in sounding.syllables[n]} for n in (0, 1))
        for a, b in product(first, second):
            index.setdefault(a + b, []).append(number)
    return {key: tuple(numbers) for key, numbers in index.items()}
