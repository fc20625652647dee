"""Dialect words in the spelling of a recogniser that writes what it hears: the noisy channel.

``Spellings`` knows, for any two characters, the dialect words that may begin with that sound, and what each
misspelt character costs in nats. Constants are logarithms of odds, set once on development data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from dialects.dictionary import KEYED, Dictionary, Sounding
from dialects.ordinary import MEASURES, NUMERALS

MISSPELT = 1.0
"""What a recogniser pays for writing any character other than the right one."""
RARE_SPELLING = -12.0
RAREST = -13.4
"""Below this log-probability a recogniser does not write a character for its sound."""
COMMON_SPELLING = -6.5
"""Above this log-probability a character (的, 了, 是) is more likely meant than misheard."""
MEANT_AS_WRITTEN = 1.2
"""What makes a misspelling less likely where the written character is itself a word of the group."""
TWO_WRONG = 1.0
"""What a word of two or three syllables pays for two wrong characters; double where sounds differ too."""
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
_ROUNDING = 1e-9


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


class _Written(NamedTuple):
    """What a character costs, beside the sound, when it stands for another; ``groups`` have it as a word."""

    rare: float
    common: float
    groups: frozenset[str]


class _Begun(NamedTuple):
    sounding: Sounding
    apart: float
    cost: float
    wrong: int


_K = TypeVar("_K")
_V = TypeVar("_V")


def limit(size: int) -> float:
    """How far apart the sounds of a word of ``size`` syllables may lie."""
    return SOUND_LIMIT[min(size, len(SOUND_LIMIT) - 1)]


class Spellings:
    """The channel over one dictionary; it remembers what it has worked out."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self._tolls: dict[str, dict[str, Toll | None]] = {}
        self._written: dict[str, _Written | None] = {}
        self._pairs: dict[str, tuple[_Begun, ...]] = {}
        self._triples: dict[str, tuple[_Begun, ...]] = {}
        self._singles: dict[tuple[str, str], tuple[_Begun, ...]] = {}

    def forget(self) -> None:
        """Drop what was worked out, for example after a constant has changed."""
        for known in (self._tolls, self._written, self._pairs, self._triples, self._singles):
            known.clear()

    def words(self, text: str, plain: Callable[[int, int], float], least: float) -> Iterator[Spelling]:
        """Words of two and more syllables, of every group, that ``text`` may spell.

        Only those whose channel is ``least`` above ``plain``, the ordinary log-probability of a stretch.
        """
        proper = PROPER * min(2, len(self.dictionary.marked.intersection(text)))
        for start in range(len(text) - 1):
            most = -least - plain(start, start + 2)
            if most - proper >= MISSPELT:
                for begun in self._pair(text[start : start + 2], most):
                    if begun.cost > most - proper:
                        break
                    if not _replaces_count(text, start, begun.sounding.surface):
                        yield Spelling(start, start + 2, begun.sounding, -begun.cost - proper)
            for begun in self._triple(text[start : start + 3]):
                spelling = self._complete(text, start, begun, proper)
                if spelling and spelling.channel - plain(start, spelling.end) >= least:
                    yield spelling

    def single(self, text: str, group: str, places: Iterable[tuple[int, float]]) -> Iterator[Spelling]:
        """Words of one syllable of a group that ``text`` may spell at these places, at what cost at most."""
        proper = PROPER * min(2, len(self.dictionary.marked.intersection(text)))
        for start, most in places:
            written = text[start]
            for begun in self._one(group, written):
                if begun.cost + proper <= most and not (written in NUMERALS and _counts(text, start)):
                    yield Spelling(start, start + 1, begun.sounding, -begun.cost - proper)

    def sounds(self, group: str, written: str, right: str) -> bool:
        """Whether ``group`` may hear the one character as the other."""
        toll = self._toll(group, written, right) if written != right else Toll(0.0, 0.0)
        return toll is not None and toll.apart <= limit(1)

    def _toll(self, group: str, written: str, right: str) -> Toll | None:
        """What writing ``written`` for another character costs; None where no recogniser does."""
        tolls = self._tolls.setdefault(group, {})
        key = written + right
        if key in tolls:
            return tolls[key]
        toll = self._work_out(group, written, right)
        _remember(tolls, key, toll)
        return toll

    def _work_out(self, group: str, written: str, right: str) -> Toll | None:
        known = self._replaceable(written)
        if known is None:
            return None
        apart = self.dictionary.cost(group, written, right)
        if apart <= SYLLABLE_LIMIT and group in known.groups:
            apart += MEANT_AS_WRITTEN
        return Toll(apart, apart + MISSPELT + known.rare + known.common) if apart <= SYLLABLE_LIMIT else None

    def _replaceable(self, written: str) -> _Written | None:
        """What is known of a written character; None where no recogniser writes it for another."""
        if written not in self._written:
            usual = self.dictionary.ordinary.cost(written)
            never = usual < RAREST or written in _UNITS
            rare, common = max(0.0, RARE_SPELLING - usual), max(0.0, usual - COMMON_SPELLING)
            own = frozenset(g for g, _ in self.dictionary.tables.exact.get(written, ()))
            self._written[written] = None if never else _Written(rare, common, own)
        return self._written[written]

    def _pair(self, pair: str, most: float) -> tuple[_Begun, ...]:
        """Words of two syllables, the cheapest first, of cost up to ``most``, which follows from the pair."""
        known = self._pairs.get(pair)
        if known is None:
            found = (
                self._two(pair, s) for s in self.dictionary.soundings(pair) if self._least(pair, s) <= most
            )
            known = tuple(sorted(filter(None, found), key=lambda b: b.cost))
            _remember(self._pairs, pair, known)
        return known

    def _least(self, pair: str, sounding: Sounding) -> float:
        """What the pair costs at least for a word, its sounds aside."""
        group, surface, _, dropped, _ = sounding
        least, wrong = DROPPED * dropped, 0
        for a, b in zip(pair, surface, strict=False):
            if a != b:
                known = self._replaceable(a)
                if known is None:
                    return math.inf
                least += MISSPELT + known.rare + known.common + MEANT_AS_WRITTEN * (group in known.groups)
                wrong += 1
        return least + TWO_WRONG * (wrong > 1) - _ROUNDING

    def _two(self, pair: str, sounding: Sounding) -> _Begun | None:
        begun = self._begin(pair, sounding)
        if begun is None or begun.apart > limit(2) or not (begun.wrong or sounding.dropped):
            return None
        return begun._replace(cost=begun.cost + _two_wrong(begun.wrong, begun.apart))

    def _triple(self, triple: str) -> tuple[_Begun, ...]:
        """Words of three and more syllables by their first three."""
        known = self._triples.get(triple)
        if known is None:
            found = (
                (self._begin(triple, s) for s in self.dictionary.soundings(triple) if self._third(triple, s))
                if len(triple) == KEYED
                else ()
            )
            known = tuple(filter(None, found))
            _remember(self._triples, triple, known)
        return known

    def _third(self, triple: str, sounding: Sounding) -> bool:
        """Whether the third characters may be heard as one; keys say so little of them that most are not."""
        written, right = triple[KEYED - 1], sounding.surface[KEYED - 1]
        return written == right or self._toll(sounding.group, written, right) is not None

    def _begin(self, written: str, sounding: Sounding) -> _Begun | None:
        group, surface, _, dropped, _ = sounding
        apart = cost = DROPPED * dropped
        wrong = 0
        most = limit(len(surface))
        for a, b in zip(written, surface, strict=False):
            if a != b:
                toll = self._toll(group, a, b)
                if toll is None or apart + toll.apart > most:
                    return None
                apart += toll.apart
                cost += toll.cost
                wrong += 1
        return _Begun(sounding, apart, cost, wrong)

    def _complete(self, text: str, start: int, begun: _Begun, proper: float) -> Spelling | None:
        (group, surface, _, dropped, _), apart, cost, wrong = begun
        end = start + len(surface)
        if end > len(text):
            return None
        most = limit(end - start)
        for at in range(start + KEYED, end):
            if text[at] != surface[at - start]:
                toll = self._toll(group, text[at], surface[at - start])
                if toll is None or apart + toll.apart > most:
                    return None
                apart += toll.apart
                cost += toll.cost
                wrong += 1
        if (not wrong and not dropped) or _replaces_count(text, start, surface):
            return None
        if len(surface) == KEYED:
            cost += _two_wrong(wrong, apart)
        return Spelling(start, end, begun.sounding, -cost - proper)

    def _one(self, group: str, written: str) -> tuple[_Begun, ...]:
        key = group, written
        known = self._singles.get(key)
        if known is None:
            known = tuple(self._alone(group, written))
            _remember(self._singles, key, known)
        return known

    def _alone(self, group: str, written: str) -> Iterator[_Begun]:
        for sounding in self.dictionary.soundings(written, group):
            toll = self._toll(group, written, sounding.surface) if sounding.surface != written else None
            if toll is not None and toll.apart <= limit(1):
                yield _Begun(sounding, toll.apart, toll.cost, 1)


def _remember(known: dict[_K, _V], key: _K, value: _V) -> None:
    if len(known) > _REMEMBERED:
        known.clear()
    known[key] = value


def _two_wrong(wrong: int, apart: float) -> float:
    return TWO_WRONG * (1 + (apart >= 1.0)) if wrong >= 2 else 0.0


def _replaces_count(text: str, start: int, surface: str) -> bool:
    """Whether the word would replace a numeral that counts something."""
    return any(
        text[at] in NUMERALS and text[at] != right and _counts(text, at)
        for at, right in enumerate(surface, start)
    )


def _counts(text: str, at: int) -> bool:
    """Whether the numeral at ``at`` really counts something: then no sound may replace it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before in _COUNTING or after in _COUNTING or after in MEASURES
