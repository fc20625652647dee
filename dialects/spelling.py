"""Dialect words in the spelling of a recogniser that writes what it hears: the noisy channel.

``Spellings`` knows, for any two characters, the dialect words that may begin with that sound, and what each
misspelt character costs in nats. Constants are logarithms of odds, set once on development data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dialects.dictionary import Dictionary, Sounding
from dialects.ordinary import MEASURES, NUMERALS

MISSPELT = 1.0
"""What a recogniser pays for writing any character other than the right one."""
RARE_SPELLING = -12.0
RAREST = -13.4
"""Below this log-probability a recogniser does not write a character for its sound."""
COMMON_SPELLING = -5.5
"""Above this log-probability a character (的, 了, 是) is more likely meant than misheard."""
MEANT_AS_WRITTEN = 1.2
"""What makes a misspelling less likely where the written character is itself a word of the group."""
TWO_WRONG = 3.0
"""What a word of two syllables pays for having neither character right; double where sounds differ too."""
PROPER = 1.5
"""What makes a misspelling less likely for each (up to two) character that only dialect writing uses."""
DROPPED = 1.0
"""What a word pays for each 儿 left out."""
SYLLABLE_LIMIT = 2.6
SOUND_LIMIT = (0.0, 1.3, 1.9, 3.0, 4.0)
"""Nats by which the sounds of a word of so many syllables may lie apart."""

_UNITS = frozenset("斤块元克吨亩钱升")
"""Characters of amounts, which no sound may replace."""
_COUNTING = frozenset((*NUMERALS, "第", "点"))
_REMEMBERED = 60_000


class Toll(NamedTuple):
    """What writing one character for another costs: ``apart`` in sound, ``cost`` in all."""

    apart: float
    cost: float


class Spelling(NamedTuple):
    """``text[start:end]`` may spell the word of ``sounding``; ``channel`` is the log-probability of that."""

    start: int
    end: int
    sounding: Sounding
    channel: float


class _Begun(NamedTuple):
    sounding: Sounding
    apart: float
    cost: float
    wrong: int


_FREE = Toll(0.0, 0.0)


def limit(size: int) -> float:
    """How far apart the sounds of a word of ``size`` syllables may lie."""
    return SOUND_LIMIT[min(size, len(SOUND_LIMIT) - 1)]


class Spellings:
    """The channel over one dictionary; it remembers what it has worked out."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self._tolls: dict[str, dict[str, Toll | None]] = {}
        self._pairs: dict[str, tuple[_Begun, ...]] = {}
        self._singles: dict[tuple[str, str], tuple[_Begun, ...]] = {}

    def forget(self) -> None:
        """Drop what was worked out, for example after a constant has changed."""
        self._tolls.clear()
        self._pairs.clear()
        self._singles.clear()

    def words(self, text: str) -> Iterator[Spelling]:
        """Words of two and more syllables, of every group, that ``text`` may spell."""
        proper = PROPER * min(2, len(self.dictionary.marked.intersection(text)))
        for start in range(len(text) - 1):
            for begun in self._pair(text[start : start + 2]):
                spelling = self._complete(text, start, begun, proper)
                if spelling is not None:
                    yield spelling

    def single(self, text: str, group: str) -> Iterator[Spelling]:
        """Words of one syllable of a group that ``text`` may spell."""
        proper = PROPER * min(2, len(self.dictionary.marked.intersection(text)))
        for start, written in enumerate(text):
            for begun in self._one(group, written):
                if not (written in NUMERALS and _counts(text, start)):
                    yield Spelling(start, start + 1, begun.sounding, -begun.cost - proper)

    def sounds(self, group: str, written: str, right: str) -> bool:
        """Whether ``group`` may hear the one character as the other."""
        toll = self._toll(group, written, right)
        return toll is not None and toll.apart <= limit(1)

    def _toll(self, group: str, written: str, right: str) -> Toll | None:
        tolls = self._tolls.setdefault(group, {})
        key = written + right
        if key not in tolls:
            if len(tolls) > _REMEMBERED:
                tolls.clear()
            tolls[key] = self._work_out(group, written, right)
        return tolls[key]

    def _work_out(self, group: str, written: str, right: str) -> Toll | None:
        if written == right:
            return _FREE
        dictionary = self.dictionary
        usual = dictionary.ordinary.cost(written)
        apart = dictionary.cost(group, written, right)
        if any(g == group for g, _ in dictionary.tables.exact.get(written, ())):
            apart += MEANT_AS_WRITTEN
        if apart > SYLLABLE_LIMIT or usual < RAREST or written in _UNITS:
            return None
        rare, common = max(0.0, RARE_SPELLING - usual), max(0.0, usual - COMMON_SPELLING)
        return Toll(apart, apart + MISSPELT + rare + common)

    def _pair(self, pair: str) -> tuple[_Begun, ...]:
        known = self._pairs.get(pair)
        if known is None:
            if len(self._pairs) > _REMEMBERED:
                self._pairs.clear()
            known = self._pairs[pair] = tuple(self._begin(pair))
        return known

    def _begin(self, pair: str) -> Iterator[_Begun]:
        dictionary = self.dictionary
        first, second = (dictionary.coarse_readings(c) for c in pair)
        for number in {n for a in first for b in second for n in dictionary.soundings(a + b)}:
            sounding = dictionary.tables.soundings[number]
            group, surface, _, dropped = sounding
            one = self._toll(group, pair[0], surface[0])
            two = self._toll(group, pair[1], surface[1]) if one else None
            if one is None or two is None:
                continue
            apart = one.apart + two.apart + DROPPED * dropped
            if apart <= limit(len(surface)):
                wrong = (pair[0] != surface[0]) + (pair[1] != surface[1])
                yield _Begun(sounding, apart, one.cost + two.cost + DROPPED * dropped, wrong)

    def _complete(self, text: str, start: int, begun: _Begun, proper: float) -> Spelling | None:
        (group, surface, _, dropped), apart, cost, wrong = begun
        end = start + len(surface)
        if end > len(text):
            return None
        if end > start + 2:
            most = limit(end - start)
            for at in range(start + 2, end):
                toll = self._toll(group, text[at], surface[at - start])
                if toll is None:
                    return None
                apart += toll.apart
                if apart > most:
                    return None
                cost += toll.cost
                wrong += toll is not _FREE
        elif wrong == 2:
            cost += TWO_WRONG * (1 + (apart >= 1.0))
        if not wrong and not dropped:
            return None
        if wrong and any(
            text[at] in NUMERALS and text[at] != surface[at - start] and _counts(text, at)
            for at in range(start, end)
        ):
            return None
        return Spelling(start, end, begun.sounding, -cost - proper)

    def _one(self, group: str, written: str) -> tuple[_Begun, ...]:
        key = group, written
        known = self._singles.get(key)
        if known is None:
            if len(self._singles) > _REMEMBERED:
                self._singles.clear()
            known = self._singles[key] = tuple(self._alone(group, written))
        return known

    def _alone(self, group: str, written: str) -> Iterator[_Begun]:
        dictionary = self.dictionary
        for number in {n for a in dictionary.coarse_readings(written) for n in dictionary.soundings(a)}:
            sounding = dictionary.tables.soundings[number]
            if sounding.group != group or sounding.surface == written:
                continue
            toll = self._toll(group, written, sounding.surface)
            if toll is not None and toll.apart <= limit(1):
                yield _Begun(sounding, toll.apart, toll.cost, 1)


def _counts(text: str, at: int) -> bool:
    """Whether the numeral at ``at`` really counts something: then no sound may replace it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before in _COUNTING or after in _COUNTING or after in MEASURES
