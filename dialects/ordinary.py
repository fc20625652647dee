"""How ordinary a stretch of characters is as Mandarin: a unigram model over words, and word classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

LONGEST = 5
UNKNOWN = -14.0
"""Log-probability of a Chinese character that is no word of general Mandarin."""

REDUPLICATION = -3.0
"""What saying a character twice (看看, 包包) costs beyond saying it once."""

NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿半几俩仨廿卅0123456789")
MEASURES = frozenset(
    "个只条件斤两公斤克吨箱袋瓶盒包筐篮把根棵株颗粒块片张支枝枚头匹口尾群窝串双对副套台部辆间栋家座份碗杯盘锅"
    "桶罐壶瓢勺滴点些种样类批次回趟遍下阵天年月日分角毛元亩里米尺寸丈担挑捆扎坨垛堆位名本篇句段层排行丛"
)
PERSONS = frozenset(
    "我 你 您 他 她 它 咱 俺 人 爸 妈 爹 娘 爷 奶 哥 姐 弟 妹 叔 伯 婶 姑 姨 舅 嫂 公 婆 儿 女 孙 娃".split()
)
MONEYS = frozenset("钱 元 块 毛 角 分 价 银 文 蚊 箍".split())
_POS: Mapping[str, str] = {"verb": "v", "adj": "az", "noun": "ntsj"}
_ABSENT = (UNKNOWN, "x")

LEAST_ALIKE = 3
SHARE_ALIKE = 0.34
"""At least so many, and this share, of listed words make a class theirs."""


def is_han(character: str) -> bool:
    """Whether a character is Chinese, private-use characters (Hong Kong, Taiwan) included."""
    return character >= "\u2e80" and (
        "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
        or "\ue000" <= character <= "\uf8ff"
        or character in "〇々"
    )


@dataclass(frozen=True)
class Ordinary:
    """Words of general Mandarin with their natural log-probability and part of speech."""

    words: Mapping[str, tuple[float, str]]

    def cost(self, word: str) -> float:
        """Log-probability of a word; of a character that is none, :data:`UNKNOWN`."""
        return self.words.get(word, _ABSENT)[0]

    def pos(self, word: str) -> str:
        """One letter for the part of speech, ``x`` where the word is unknown."""
        return self.words.get(word, _ABSENT)[1]

    def edges(self, text: str) -> list[list[tuple[int, float]]]:
        """For each position the ordinary words that begin there, as (end, log-probability)."""
        get = self.words.get
        out: list[list[tuple[int, float]]] = []
        size = len(text)
        for i, first in enumerate(text):
            known = get(first)
            if not known and not is_han(first):
                out.append([(i + 1, 0.0)])
                continue
            here = [(i + 1, known[0] if known else UNKNOWN)]
            for j in range(i + 2, min(size, i + LONGEST) + 1):
                known = get(text[i:j])
                if known:
                    here.append((j, known[0]))
            if i + 1 < size and text[i + 1] == first:
                here.append((i + 2, here[0][1] + REDUPLICATION))
            out.append(here)
        return out


def read(lines: Iterable[str]) -> Ordinary:
    """Read ``ordinary.tsv``: part of speech, log-probability and the words that share both."""
    words: dict[str, tuple[float, str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            tag, logp, listed = line.rstrip("\n").split("\t")
            words.update(dict.fromkeys(listed.split(" "), (float(logp), tag)))
    return Ordinary(words)


def built_in() -> Ordinary:
    """The tables that ship with the program: general Mandarin, over it the words of today and of trade."""
    data = resources.files("dialects") / "data"
    return read(
        line
        for name in ("ordinary.tsv", "trade.tsv")
        for line in (data / name).read_text("utf-8").splitlines()
    )


class WordClasses:
    """The word classes of the ``when`` language over one text (see :mod:`dialects.conditions`)."""

    def __init__(
        self,
        text: str,
        ordinary: Ordinary,
        dialect_pos: Callable[[str], frozenset[str]],
        known_kinds: dict[tuple[str, ...], tuple[str, ...]] | None = None,
    ) -> None:
        self._text = text
        self._ordinary = ordinary
        self._dialect = dialect_pos
        self._known: dict[tuple[bool, int], frozenset[str]] = {}
        self._kinds = {} if known_kinds is None else known_kinds

    def begins(self, at: int, name: str) -> bool:
        """Whether a word of the class begins at ``at``; the edge counts as punctuation."""
        if at >= len(self._text):
            return name == "punct"
        return name in self._at(at, False)

    def ends(self, at: int, name: str) -> bool:
        """Whether a word of the class ends at ``at``; the edge counts as punctuation."""
        if at <= 0:
            return name == "punct"
        return name in self._at(at, True)

    def within(self, start: int, end: int, name: str) -> bool:
        """Whether a word of the class begins somewhere in ``start:end``."""
        return any(name in self._at(i, False) for i in range(start, min(end, len(self._text))))

    def kinds(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The classes that most of these words belong to."""
        found = self._kinds.get(words)
        if found is None:
            counts = Counter(name for word in words for name in self._of(word))
            least = max(LEAST_ALIKE, SHARE_ALIKE * len(words))
            found = self._kinds[words] = tuple(name for name, n in counts.items() if n >= least)
        return found

    def _of(self, word: str) -> frozenset[str]:
        known = self._ordinary.words.get(word)
        if known:
            return classes_of(word, known[1], frozenset())
        return classes_of(word, "x", self._dialect(word))

    def _at(self, at: int, back: bool) -> frozenset[str]:
        key = (back, at)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._classify(at, back)
        return found

    def _classify(self, at: int, back: bool) -> frozenset[str]:
        text = self._text
        longest = min(LONGEST, at if back else len(text) - at)
        for n in range(longest, 0, -1):
            word = text[at - n : at] if back else text[at : at + n]
            in_dialect = self._dialect(word)
            known = self._ordinary.words.get(word)
            if known or in_dialect or n == 1:
                return classes_of(word, known[1] if known else "x", in_dialect or frozenset())
        return frozenset()


_LEXICON_POS = {"v": "verb", "aux": "verb", "adj": "adj", "n": "noun", "place": "noun", "time": "noun"}


def classes_of(word: str, pos: str, dialect: frozenset[str]) -> frozenset[str]:
    """The classes of a word, by its Mandarin part of speech and its parts of speech in the lexicon."""
    found = {name for name, letters in _POS.items() if pos in letters}
    found |= {_LEXICON_POS[p] for p in dialect if p in _LEXICON_POS}
    last, first = word[-1], word[0]
    if first in NUMERALS:
        found.add("num")
    if word in MEASURES or pos == "q":
        found.add("clf")
    if not is_han(first) and not first.isalnum():
        found.add("punct")
    if last in PERSONS and pos in "rnxa":
        found.add("person")
    if word in MONEYS or word in ("块钱", "毛钱", "价钱", "块把", "银钱"):
        found.add("money")
    return frozenset(found)
