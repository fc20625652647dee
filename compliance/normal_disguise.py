"""Undoing disguises: a word that the rules know, hidden by spacing, emoji, split characters or pinyin.

The vocabulary is what the rules' patterns are made of. A disguise is undone only where the result contains
a word of the vocabulary, so that ordinary text is left alone. Sound-alikes are candidates only: the guard
believes one when a whole rule matches through it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import rjieba
from ahocorasick_rs import AhoCorasick, MatchKind

from compliance import normal_alike as alike
from compliance import normal_sound as sound
from compliance.disguise_table import fixed, shortened, table
from compliance.normal import Edit, Folded
from compliance.normal_dialect import in_mandarin
from compliance.rulebook import word_lists

_SEPARATOR = "[\\s.·*\\-_~/|^+#`'\"=•丨‧・◆●★☆♥❤○▪️—–丶\\\\&%@$<>\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
_SEPARATORS = re.compile(_SEPARATOR)
_SPACED_RUN = re.compile(f"(?<![一-鿿])[一-鿿](?:{_SEPARATOR}{{1,3}}[一-鿿](?![一-鿿])){{2,12}}")
"""Three characters or more, each set apart: nobody writes so but to hide."""
_LETTERS = re.compile("[a-z]+(?:[ '’·.\\-_*]{1,2}[a-z]+)*")
_WORD = re.compile("[a-z]+")
_HAN = re.compile("[一-鿿]")
_RUN = 12
"""Words of a run of letters that are looked at, so that a page of letters takes linear time."""
_UNITS = frozenset("kg mg g l ml cl cm mm dm km m kcal kj kw kwh mah ppm ph pcs sc".split())
_AMOUNT = re.compile("[0-9] ?$")
_FIGURE = re.compile("(?<=[一-鿿])[0-9](?=[一-鿿])")
_NUMERALS = "零一二三四五六七八九"
_NEAR = 5
_READINGS = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """A text with sound-alikes replaced, and the folded spans that were replaced."""

    text: Folded
    spans: tuple[tuple[int, int], ...]


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < b and end > a for a, b in spans)


class _Sounds:
    """Words by how they sound."""

    def __init__(self, words: Iterable[str], heard: Callable[[str], str]) -> None:
        by_sound: dict[str, list[str]] = {}
        for word in sorted(words):
            by_sound.setdefault(heard(word), []).append(word)
        self._heard = heard
        self._automaton = AhoCorasick(list(by_sound))
        self._words = list(by_sound.values())

    def find(self, text: str) -> list[tuple[list[str], int, int]]:
        """Words that sound like a part of ``text``, with the part's span."""
        return self.find_heard(self._heard(text))

    def find_heard(self, spoken: str) -> list[tuple[list[str], int, int]]:
        """The same for a text that is sounds already."""
        hits = self._automaton.find_matches_as_indexes(spoken, overlapping=True)
        return [(self._words[index], start, end) for index, start, end in hits]


@dataclass(slots=True)
class Disguises:
    """The disguises of one vocabulary."""

    vocabulary: frozenset[str]
    sound_words: frozenset[str]
    _words: AhoCorasick = field(init=False)
    _replacements: AhoCorasick = field(init=False)
    _replaced_by: list[str] = field(init=False)
    _splits: AhoCorasick = field(init=False)
    _split_to: list[tuple[str, ...]] = field(init=False)
    _sounds: _Sounds = field(init=False)
    _alike: tuple[_Sounds, _Sounds] = field(init=False)
    _initials: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        spaced = self.vocabulary | table()["word"].keys()
        self._words = AhoCorasick(sorted(spaced))
        heard = word_lists()["heard"]
        long = (w for w in word_lists()["disease"] if len(w) > 2)
        surfaces = dict(shortened((*heard, *long))) | fixed()
        self._replacements = AhoCorasick(list(surfaces), matchkind=MatchKind.LeftmostLongest)
        self._replaced_by = list(surfaces.values())
        self._splits = AhoCorasick(list(table()["split"]))
        self._split_to = list(table()["split"].values())
        self._sounds = _Sounds(self.sound_words, sound.merged_sound)
        pairs = {w for w in self.sound_words if len(w) == 2}
        whole = {w for w in pairs if w in heard or len(rjieba.cut(w, False)) == 1}
        self._alike = (
            _Sounds(self.sound_words - pairs, sound.merged_sound),
            _Sounds(whole, sound.plain_sound),
        )
        self._initials = {k: v[0] for k, v in table()["initials"].items()}
        for word in sorted(self.sound_words, key=lambda w: (len(w), len(rjieba.cut(w, False)), w)):
            if len(word) >= 4 and all(map(sound.syllable, word)):
                self._initials.setdefault("".join(sound.syllable(c)[:1] for c in word), word)

    def reveal(self, text: Folded) -> Folded:
        """Undo every disguise that leaves no doubt, in the order of the reference (§2.2)."""
        text = self._replaced(text)
        before = text
        if not _emoji_characters().isdisjoint(text.text):
            text = self._pictured(self._unspaced(text))
        text = self._joined(text)
        text = self._unspaced(text)
        if _LETTERS.search(text.text):
            text = self._spelled_out(text)
        text = self._numbered(text)
        return text if text is before else self._replaced(text)

    def _replaced(self, text: Folded) -> Folded:
        hits = self._replacements.find_matches_as_indexes(text.text)
        edits = [
            (start, end, self._replaced_by[index])
            for index, start, end in hits
            if not _inside_letters(text.text, start, end)
        ]
        return text.edited(edits) if edits else text

    def _known_at(self, text: str, start: int, end: int) -> bool:
        low = max(0, start - _NEAR)
        window = text[low : end + _NEAR]
        kept: list[int] = [i for i, c in enumerate(window) if not _SEPARATORS.match(c)]
        squeezed = "".join(window[i] for i in kept)
        return any(
            _overlaps(kept[a] + low, kept[b - 1] + low + 1, ((start, end),))
            for _, a, b in self._words.find_matches_as_indexes(squeezed, overlapping=True)
        )

    def _try(self, text: Folded, start: int, end: int, words: Iterable[str]) -> Edit | None:
        for word in words:
            changed = text.text[:start][-_NEAR - 1 :] + word + text.text[end : end + _NEAR + 1]
            at = min(start, _NEAR + 1)
            if self._known_at(changed, at, at + len(word)):
                return start, end, word
        return None

    def _pictured(self, text: Folded) -> Folded:
        emoji = table()["emoji"]
        first = [(i, i + 1, emoji[c][0]) for i, c in enumerate(text.text) if c in emoji]
        guess = text.edited(first)
        shift = 0
        edits: list[Edit] = []
        for start, end, word in first:
            at = start + shift
            shift += len(word) - 1
            if self._known_at(guess.text, at, at + len(word)):
                edits.append((start, end, word))
            elif other := self._try(text, start, end, emoji[text.text[start]][1:]):
                edits.append(other)
            elif not text.text[start].isascii() and _HAN.match(text.text, end):
                edits.append((start, end, word))  # a picture before a word takes a word's place
        return text.edited(edits) if edits else text

    def _joined(self, text: Folded) -> Folded:
        """Split characters joined: 牛寺亻共 → 特供, where the whole or one join at a time is a known word."""
        taken = bytearray(len(text.text))
        first: list[tuple[int, int, int]] = []
        for index, start, end in self._splits.find_matches_as_indexes(text.text, overlapping=True):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                first.append((start, end, index))
        if not first:
            return text
        guess = text.edited((start, end, self._split_to[index][0]) for start, end, index in first)
        edits: list[Edit] = []
        shift = 0
        for start, end, index in first:
            word = self._split_to[index][0]
            at = start + shift
            shift += len(word) - (end - start)
            if self._known_at(guess.text, at, at + len(word)):
                edits.append((start, end, word))
            elif edit := self._try(text, start, end, self._split_to[index]):
                edits.append(edit)
        return text.edited(edits) if edits else text

    def _unspaced(self, text: Folded) -> Folded:
        if not _SEPARATORS.search(text.text):
            return text
        runs = [(m.start(), m.end(), _SEPARATORS.sub("", m[0])) for m in _SPACED_RUN.finditer(text.text)]
        if runs:
            text = text.edited(runs)
        kept = [i for i, c in enumerate(text.text) if not _SEPARATORS.match(c)]
        squeezed = "".join(text.text[i] for i in kept)
        edits: list[Edit] = []
        taken = bytearray(len(text.text))
        hits = self._words.find_matches_as_indexes(squeezed, overlapping=True)
        for _, a, b in sorted(hits, key=lambda h: h[1] - h[2]):
            start, end = kept[a], kept[b - 1] + 1
            gaps = end - start - (b - a)
            if squeezed[a:b].isdecimal():  # 49.9 hides no 99
                continue
            if 0 < gaps <= 3 * (b - a) and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                edits.append((start, end, squeezed[a:b]))
        return text.edited(edits) if edits else text

    def _numbered(self, text: Folded) -> Folded:
        """A lone figure that stands for its word: 降3高, 1律."""
        edits = [
            edit
            for found in _FIGURE.finditer(text.text)
            if (edit := self._try(text, found.start(), found.end(), (_NUMERALS[int(found[0])],)))
        ]
        return text.edited(edits) if edits else text

    def _spelled_out(self, text: Folded) -> Folded:
        edits: list[Edit] = []
        for found in _LETTERS.finditer(text.text):
            if edit := self._unspelled(text, found.start(), found[0]):
                edits.append(edit)
            else:
                edits += self._unspelled_parts(text, found.start(), found[0])
        return text.edited(edits) if edits else text

    def _unspelled(self, text: Folded, start: int, surface: str) -> Edit | None:
        letters = re.sub("[^a-z]", "", surface)
        end = start + len(surface)
        if edit := self._spelled_word(text, start, end, letters):
            return edit
        if self._abbreviates(text.text, start, surface, letters):
            return start, end, self._initials[letters]
        every = table()["syllable"]
        ways = [way for way in sound.spellings(letters) if all(s in every for s in way)]
        return (start, end, "".join(every[s][0] for s in ways[0])) if ways else None

    def _unspelled_parts(self, text: Folded, start: int, surface: str) -> Iterator[Edit]:
        """The longest parts of a spaced run that spell something, from the left."""
        words = [m.span() for m in _WORD.finditer(surface)][:_RUN]
        at = 0
        while at < len(words):
            for last in range(len(words), at, -1):
                low, high = words[at][0], words[last - 1][1]
                whole = at == 0 and last == len(words)
                if not whole and (edit := self._unspelled(text, start + low, surface[low:high])):
                    yield edit
                    at = last
                    break
            else:
                at += 1

    def _abbreviates(self, text: str, start: int, surface: str, letters: str) -> bool:
        """Whether letters are the initials of a word, and neither a unit nor what follows an amount."""
        if letters in _UNITS or _AMOUNT.search(text[max(0, start - 3) : start]):
            return False
        return letters in self._initials and (len(letters) > 3 or len(letters) == len(surface))

    def _spelled_word(self, text: Folded, start: int, end: int, letters: str) -> Edit | None:
        low = max(0, start - _NEAR)
        before, after = text.text[low:start], text.text[end : end + _NEAR]
        best: tuple[int, Edit] | None = None
        for way in sound.spellings(letters):
            spoken = sound.merged_sound(before) + sound.typed_sound(way) + sound.merged_sound(after)
            first, last = len(before), len(before) + len(way)
            covered: dict[int, str] = {}
            for words, a, b in sorted(self._sounds.find_heard(spoken), key=lambda h: h[1] - h[2]):
                word = next((w for w in words if self._spells(w, a, before, way, after)), None)
                if word and a < last and b > first:
                    covered = {a + i: c for i, c in enumerate(word)} | covered
            score = sum(first <= i < last for i in covered)
            for i, typed in enumerate(way, first):
                if score > 1 and i not in covered and typed in table()["syllable"]:
                    covered[i] = table()["syllable"][typed][0]
            whole = all(i in covered for i in range(first, last))
            if whole and score and (best is None or score > best[0]):
                best = score, (start, end, "".join(covered[i] for i in range(first, last)))
        return best[1] if best else None

    @staticmethod
    def _spells(word: str, at: int, before: str, way: tuple[str, ...], after: str) -> bool:
        """Whether ``word`` at ``at`` agrees with the characters around and the syllables typed."""
        for i, character in enumerate(word, at - len(before)):
            if i < 0 or i >= len(way):
                around = before[i] if i < 0 else after[i - len(way)]
                if around != character:
                    return False
            elif sound.syllable(character) != way[i]:
                return False
        return True

    def guesses(self, text: Folded, plain: Folded | None = None) -> list[Guess]:
        """The text with its plausible sound-alikes replaced, at most two readings; and in Mandarin where
        ``plain``, what it was before disguises were undone, is dialect.
        """
        places = self._places(text.text)
        readings = min(_READINGS, max((len(words) for _, _, words in places), default=0))
        found = [
            _guess(text, [(a, b, words[min(n, len(words) - 1)]) for a, b, words in places])
            for n in range(readings)
        ]
        if plain is not None and (mandarin := in_mandarin(plain)):
            shown = self.reveal(mandarin)
            found.append(Guess(shown, ((0, len(shown.text)),)))
        return found

    def _places(self, text: str) -> list[tuple[int, int, list[str]]]:
        """Spans that may be sound-alikes, with the words they may stand for."""
        hits = [hit for sounds in self._alike for hit in sounds.find(text)]
        places: list[tuple[int, int, list[str]]] = []
        taken = bytearray(len(text))
        tokens: list[tuple[int, int]] | None = None
        for words, start, end in sorted(hits, key=lambda h: h[1] - h[2]):
            surface = text[start:end]
            if surface in words or any(taken[start:end]):
                continue
            words = [w for w in words if alike.plausible(surface, w)]
            if not words:
                continue
            if tokens is None:
                tokens = alike.tokens_of(text)
            words = [w for w in words if not alike.ordinary(start, end, w, surface, tokens)]
            if words:
                taken[start:end] = b"\1" * (end - start)
                places.append((start, end, words))
        return places


def _guess(text: Folded, edits: list[Edit]) -> Guess:
    spans: list[tuple[int, int]] = []
    shift = 0
    for start, end, word in sorted(edits):
        spans.append((start + shift, start + shift + len(word)))
        shift += len(word) - (end - start)
    return Guess(text.edited(edits), tuple(spans))


@cache
def _emoji_characters() -> frozenset[str]:
    return frozenset(table()["emoji"])


def _inside_letters(text: str, start: int, end: int) -> bool:
    """Whether a replacement that begins or ends with a letter would cut through a longer word."""
    left = text[start].isascii() and start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()
    right = text[end - 1].isascii() and end < len(text) and text[end].isascii() and text[end].isalnum()
    return text[start].isalnum() and (left or right)
