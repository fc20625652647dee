"""One text with everything looked up that does not depend on the group."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from dialects.ordinary import NUMERALS, WordClasses
from dialects.spelling import Spelling, Spellings

if TYPE_CHECKING:
    from dialects.evidence import Reading

SOUND_PRIOR = -9.5
FUNCTION_PRIOR = 1.0
LEAST_SOUND_GAIN = 2.0

_TITLE = re.compile(r"《[^》]*》|〈[^〉]*〉")
_BRAND_AFTER = re.compile(r"牌(?!子|坊|楼|照|匾|桌|局|九|友)|(?:商标|旗舰店|专卖店|集团|有限公司|股份)|《")


class Sentence:
    """One normalised text with everything that does not depend on the group looked up once."""

    def __init__(self, text: str, spellings: Spellings, vocabulary: Collection[str] = ()) -> None:
        self.text = text
        self.spellings = spellings
        self.dictionary = dictionary = spellings.dictionary
        self.classes = WordClasses(text, dictionary.ordinary, dictionary.parts_of_speech, dictionary.kinds)
        self.edges = dictionary.ordinary.edges(text)
        self.closed = _closed(text, vocabulary)
        self._brands = {found.start() for found in _BRAND_AFTER.finditer(text)}
        self._all_open = not self._brands and not any(self.closed)
        self.has_number = any(c in NUMERALS or c == "把" for c in text)
        self.read: dict[tuple[int, int, int], Reading | None] = {}
        """What :mod:`dialects.evidence` makes of a written word, by place and first sense."""
        self.alone = [here[0][1] for here in self.edges]
        """Log-probability of each character by itself."""
        self._plain = {(at, at + 2): cost for at, cost in enumerate(self._pairs())}
        self.exact = self._find_exact()
        self.sound = self._find_sound()

    def plain(self, start: int, end: int) -> float:
        """Log-probability of the best ordinary reading of ``text[start:end]`` by itself."""
        key = (start, end)
        known = self._plain.get(key)
        if known is not None:
            return known
        best = [float("-inf")] * (end - start + 1)
        best[0] = 0.0
        for i in range(start, end):
            here = best[i - start]
            for j, logp in self.edges[i]:
                if j <= end and here + logp > best[j - start]:
                    best[j - start] = here + logp
        self._plain[key] = best[-1]
        return best[-1]

    def _pairs(self) -> Iterator[float]:
        """The same for every two characters in a row, of which most are asked for."""
        alone = self.alone
        for at in range(len(alone) - 1):
            best = alone[at] + alone[at + 1]
            for end, cost in self.edges[at][1:]:
                if end == at + 2 and cost > best:
                    best = cost
            yield best

    def open(self, start: int, end: int) -> bool:
        """Whether nothing protects this stretch: no title, product word or brand."""
        return self._all_open or not (any(self.closed[start:end]) or end in self._brands)

    def own(self) -> str:
        """The text without titles and product words: what the speaker says in his own words."""
        return "".join([c for c, closed in zip(self.text, self.closed, strict=True) if not closed])

    def _find_exact(self) -> dict[str, list[tuple[int, int, Sequence[int]]]]:
        senses, reach = self.dictionary.tables.exact.get, self.dictionary.reach
        found: dict[str, list[tuple[int, int, Sequence[int]]]] = {}
        text = self.text
        for i in range(len(text)):
            for j in range(i + 1, min(len(text), i + reach.get(text[i : i + 2], 1)) + 1):
                if (listed := senses(text[i:j])) and self.open(i, j):
                    for group, ids in listed:
                        found.setdefault(group, []).append((i, j, ids))
        return found

    def _find_sound(self) -> dict[str, list[Spelling]]:
        """Words that the text may spell by sound, where that could gain enough."""
        found: dict[str, list[Spelling]] = {}
        least = LEAST_SOUND_GAIN - SOUND_PRIOR - FUNCTION_PRIOR
        for spelling in self.spellings.words(self.text, self.plain, least):
            if self.open(spelling.start, spelling.end):
                found.setdefault(spelling.sounding.group, []).append(spelling)
        return found


def _closed(text: str, vocabulary: Collection[str]) -> bytearray:
    closed = bytearray(len(text))
    for found in _TITLE.finditer(text):
        closed[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    for word in vocabulary:
        at = text.find(word) if word else -1
        while at >= 0:
            closed[at : at + len(word)] = b"\1" * len(word)
            at = text.find(word, at + 1)
    return closed
