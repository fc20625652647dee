"""Repair by sound: what a recogniser spelt by ear becomes the shop's word, or the price, that it sounds like.

One rule decides. A sentence is a path through words: ordinary words by their frequency, the shop's words by
how likely a seller says them, less what the recogniser must have misheard (the noisy channel of
Kernighan, Church and Gale 1990, on syllables). A word replaces what was heard where the path through it is
better by :data:`MARGIN`; so a common word that fits its neighbours stays, and so does what the shop itself
writes. Pure: the same words and text give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from captioning.channel import DIGITS, PRICE_APART, apart, channel, coarse, price_channel, same_sound
from captioning.prices import slots
from core.events import Repair
from core.text.numbers import Amount, canonical, find_amounts
from dialects import groups, phonology
from dialects.ordinary import LONGEST, Ordinary, is_han
from dialects.phonology import SoundSystem

SHOWN, SOLD, PART = -5.0, -7.0, -9.0
"""Log-probability of a word of the product on show, of another of the shop, of a part of one."""
MARGIN = 4.0
AMOUNT_MARGIN = 1.5
"""A price has a grammar: its place alone speaks for it."""
SHORT_MARGIN = 2.0
"""Further nats for two syllables, which any two words may sound like by chance."""
WORD_MARGIN = 2.5
"""Further nats where what was heard is a single ordinary word."""
COMMON, COMMON_CHARACTER = 1.5, -5.5
"""Further nats for each character heard wrongly that is itself a very common word (那, 是, 了)."""
PHRASE = 5
"""Syllables from which a word with a figure is told by its sound alone: 保质期八个月 from 七八个月."""
PAUSES = " ,，、"
PAUSE = 1.5
"""What a word pays for each pause that was heard within it."""
DIALECT_WORD = -9.0
"""Log-probability of a word of the dialect lexicons, so that it is no misheard product."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that ``text[start:end]`` may stand for, what the path gains by it, and what decided.

    ``needs`` is the gain above which it is taken.
    """

    start: int
    end: int
    became: str
    gain: float
    needs: float
    why: str

    @property
    def taken(self) -> bool:
        """Whether it is good enough by itself; a better one may still overlap it."""
        return self.gain >= self.needs


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its repairs (spans are code points of ``text``) and everything that was considered."""

    text: str
    repairs: tuple[Repair, ...] = ()
    considered: tuple[Candidate, ...] = ()

    def heard(self, at: int) -> int:
        """The offset, in what was heard, of the offset ``at`` of ``text``."""
        return at + sum(len(r.heard) - len(r.became) for r in self.repairs if r.end <= at)


class Repairer:
    """Repairs sentences with words that change as the shop and the product on show do.

    ``known`` tells whether a piece of text is a word of the dialect lexicons.
    """

    def __init__(self, ordinary: Ordinary, known: Callable[[str], bool] = lambda _: False) -> None:
        self._ordinary = ordinary
        self._known = known
        self._index: Mapping[str, list[tuple[int, str, float]]] = {}
        self._words: Mapping[str, float] = {}
        self._figured: frozenset[str] = frozenset()

    def learn(
        self,
        sold: Iterable[str],
        shown: Iterable[str] = (),
        counted: Iterable[str] = (),
        amounts: Iterable[str] = (),
    ) -> None:
        """Take the words of the shop, and those of the product on show, as the words to repair to.

        ``counted`` are names with a figure, ``amounts`` those of the product on show; they count as a whole.
        """
        words = dict.fromkeys(counted, SOLD) | dict.fromkeys(amounts, SHOWN)
        figured = frozenset(words)
        for texts, prior in ((shown, SHOWN), (sold, SOLD)):
            for word in filter(_repairable, texts):
                words[word] = max(prior, words.get(word, prior))
                for part in self._parts(word):
                    words.setdefault(part, PART)
        if words == self._words:
            return
        index: dict[str, list[tuple[int, str, float]]] = {}
        for word, prior in words.items():
            for place, character in enumerate(word):
                for syllable in coarse(character):
                    index.setdefault(syllable, []).append((place, word, prior))
        self._words, self._index, self._figured = words, index, figured

    def repair(self, text: str, group: str | None = None) -> Repaired:
        """``text`` with prices and words repaired; ``group`` tells which sounds its speaker merges."""
        system = phonology.system(group) if group and group != groups.MANDARIN else None
        repaired = Repaired(text)
        # 块, then its tenths, then what it buys: each needs the one before.
        for candidates in (_prices, _prices, _prices, self._misspelt):
            lattice = _Lattice(repaired.text, self._ordinary, self._words, self._known)
            repaired = _with(repaired, [c for c in candidates(lattice, system) if c.gain > 0])
        return repaired

    def _parts(self, word: str) -> Iterator[str]:
        """Whole words within a longer one: 赣南脐橙 within 赣南脐橙礼盒."""
        if len(word) < 4:
            return
        cuts = _Lattice(word, self._ordinary, {}, lambda _: False).cuts()
        for i in cuts:
            for j in cuts:
                # A single character at an end (绣 of 马尾绣杯垫) belongs to what was cut off.
                if 2 <= j - i < len(word) and {i + 1, j - 1}.isdisjoint(cuts):
                    yield word[i:j]

    def _misspelt(self, lattice: _Lattice, system: SoundSystem | None) -> Iterator[Candidate]:
        places = [i for i, character in enumerate(lattice.text) if character not in PAUSES]
        said = "".join(lattice.text[i] for i in places)
        for at, word, prior in sorted(self._alike(said)):
            heard = said[at : at + len(word)]
            start, end = places[at], places[at + len(word) - 1] + 1
            figured = word in self._figured
            if heard == word or lattice.own(start, end) or _other_number(heard, word, figured):
                continue
            cost = channel(heard, word, system)
            if cost is not None and (not figured or lattice.states(start, end, word)):
                common = sum(
                    COMMON for a, b in zip(heard, word, strict=True) if a != b and self._is_common(a)
                )
                needs = MARGIN + common + (WORD_MARGIN if heard in self._ordinary.words else 0.0)
                needs += SHORT_MARGIN if len(word) == 2 else 0.0
                score = prior - cost - PAUSE * (end - start - len(word))
                yield Candidate(start, end, word, lattice.through(start, end, score), needs, "word")

    def _alike(self, text: str) -> set[tuple[int, str, float]]:
        """Words of which any syllable is there: where they would begin, and their priors."""
        return {
            (i - place, word, prior)
            for i, character in enumerate(text)
            for syllable in coarse(character)
            for place, word, prior in self._index.get(syllable, ())
            if 0 <= i - place <= len(text) - len(word)
        }

    def _is_common(self, character: str) -> bool:
        return self._ordinary.cost(character) > COMMON_CHARACTER


_NUMERALS = frozenset("0123456789零〇一二两三四五六七八九十百千万")
_VALUES = _NUMERALS | {"半"}
_COUNTED = _VALUES - set("零0")
_JOINING = _VALUES | {"第", ".", "点"}
"""What makes another number of a numeral beside it."""


def _repairable(word: str) -> bool:
    return len(word) >= 2 and all(map(is_han, word))


def _other_number(heard: str, word: str, figured: bool) -> bool:
    """Whether a numeral that was heard would become another one: what was said counts, not what is sold.

    A digit may become its name in a word with a figure alone: 14川 holds no 四川.
    """
    return any(
        a != b and a in _NUMERALS and b in _NUMERALS and not (figured and _same_value(a, b))
        for a, b in zip(heard, word, strict=True)
    )


def _same_value(a: str, b: str) -> bool:
    return DIGITS.get(a, a) == DIGITS.get(b, b)


def _figure_heard(heard: str, word: str) -> bool:
    """Whether every numeral of ``word`` was heard, if misspelt, and all but so what stands behind the last.

    So nothing is counted that nobody said. Of two syllables both must sound the same.
    """
    if len(word) == 2:
        return all(map(same_sound, heard, word))
    last = max((i for i, character in enumerate(word) if character in _VALUES), default=len(word))
    return all(
        apart(a, b, None)[0] <= (0.0 if b in _COUNTED else PRICE_APART)
        for i, (a, b) in enumerate(zip(heard, word, strict=True))
        if a != b and (b in _VALUES or i > last)
    )


def _units(text: str) -> list[tuple[Amount, tuple[object, ...]]]:
    """The amounts of a text that have a unit, and their values."""
    return [(a, (*canonical(a), a.unit)) for a in find_amounts(text) if a.unit]


class _Lattice:
    """The best paths through one text, so that the gain of any one step is looked up, not searched."""

    def __init__(
        self, text: str, ordinary: Ordinary, words: Mapping[str, float], known: Callable[[str], bool]
    ) -> None:
        self.text = text
        self._size = size = len(text)
        self._ordinary = ordinary
        self._edges = ordinary.edges(text)
        self._own = bytearray(size)
        longest = max((*map(len, words), LONGEST))
        for i in range(size):
            for j in range(i + 2, min(size, i + longest) + 1):
                piece = text[i:j]
                prior = words.get(piece)
                if prior is not None:
                    self._edges[i].append((j, prior))
                    if piece not in ordinary.words:
                        self._own[i:j] = b"\1" * (j - i)
                elif j - i <= LONGEST and known(piece):
                    self._edges[i].append((j, DIALECT_WORD))
        self._before = [float("-inf")] * (size + 1)
        self._before[0] = 0.0
        self._after = [float("-inf")] * size + [0.0]
        for i in range(size):
            for j, logp in self._edges[i]:
                self._before[j] = max(self._before[j], self._before[i] + logp)
        for i in range(size - 1, -1, -1):
            self._after[i] = max(logp + self._after[j] for j, logp in self._edges[i])

    def own(self, start: int, end: int) -> bool:
        """Whether the whole stretch is words of the shop's as the shop writes them."""
        return all(self._own[start:end])

    def states(self, start: int, end: int, word: str) -> bool:
        """Whether a word with a figure may stand there: its figure was heard, and no other amount was.

        An amount that was heard gives way to a long word alone, to the very same sounds, and to no numeral
        beside it: 是八块 is not 十八块. What else the word holds sounds the same too, unless it is long.
        """
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 1]
        if (word[0] in _VALUES and before in _JOINING) or (word[-1] in _VALUES and after in _JOINING):
            return False
        places = [i for i in range(start, end) if self.text[i] not in PAUSES]
        if not _figure_heard("".join(self.text[i] for i in places), word):
            return False
        kept = [value for _, value in _units(self.text[:start] + word + self.text[end:])]
        lost = [a for a, value in self._amounts if value not in kept and a.start < end and start < a.end]
        if not lost:
            return True
        within, beside = list[tuple[str, str]](), list[tuple[str, str]]()
        for i, character in zip(places, word, strict=True):
            (within if any(a.start <= i < a.end for a in lost) else beside).append((self.text[i], character))
        alike = within if len(beside) >= PHRASE else within + beside
        return (
            len(word) >= PHRASE
            and all(same_sound(*pair) for pair in alike)
            and all(meant not in _COUNTED or _same_value(heard, meant) for heard, meant in beside)
        )

    @cached_property
    def _amounts(self) -> list[tuple[Amount, tuple[object, ...]]]:
        return _units(self.text)

    def through(self, start: int, end: int, score: float) -> float:
        """What the best path gains, or loses, when it goes from ``start`` to ``end`` at this score."""
        return self._before[start] + score + self._after[end] - self._before[self._size]

    def cuts(self) -> list[int]:
        """The borders of the words of the best path."""
        cuts, at = [0], 0
        while at < self._size:
            at = max(self._edges[at], key=lambda edge: edge[1] + self._after[edge[0]])[0]
            cuts.append(at)
        return cuts


def _prices(lattice: _Lattice, system: SoundSystem | None) -> Iterator[Candidate]:
    for slot in slots(lattice.text):
        for word, prior in slot.words:
            end = slot.start + len(word)
            heard = lattice.text[slot.start : end]
            if len(heard) < len(word) or heard == word or not slot.fits(lattice.text, end):
                continue
            cost = price_channel(heard, word, system)
            if cost is not None:
                gain = lattice.through(slot.start, end, prior - cost)
                yield Candidate(slot.start, end, word, gain, AMOUNT_MARGIN, "amount")


def _best(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those of the greatest gain that do not overlap, in order."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (-c.gain, c.start)):
        if not _touches(candidate, [(c.start, c.end) for c in chosen]):
            chosen.append(candidate)
    return sorted(chosen, key=lambda c: c.start)


def _touches(candidate: Candidate, spans: Sequence[tuple[int, int]]) -> bool:
    return any(candidate.start < end and start < candidate.end for start, end in spans)


def _with(repaired: Repaired, candidates: Sequence[Candidate]) -> Repaired:
    """The text with the best of the candidates that are good enough and touch no earlier repair."""
    done = [(r.start, r.end) for r in repaired.repairs]
    taken = _best(c for c in candidates if c.taken and not _touches(c, done))
    repaired = Repaired(repaired.text, repaired.repairs, (*repaired.considered, *candidates))
    for choice in reversed(taken):
        repaired = _apply(repaired, choice)
    return repaired


def _apply(repaired: Repaired, choice: Candidate) -> Repaired:
    """Replace one stretch; the repairs behind it move along."""
    text = repaired.text
    heard = text[choice.start : choice.end]
    end = choice.start + len(choice.became)
    done = Repair(choice.start, end, heard, choice.became, choice.why)
    moved = [
        replace(r, start=r.start + end - choice.end, end=r.end + end - choice.end)
        if r.start >= choice.end
        else r
        for r in repaired.repairs
    ]
    return Repaired(
        text[: choice.start] + choice.became + text[choice.end :],
        tuple(sorted((*moved, done), key=lambda r: r.start)),
        repaired.considered,
    )
