"""Regenerates the two Mandarin tables of ``dialects/data`` from jieba and pypinyin.

``python -m dialects.tables`` writes ``ordinary.tsv`` (words by part of speech and log-probability) and
``syllables.tsv`` (characters by toneless syllable), so that nothing large is imported at run time.
"""

from __future__ import annotations

import importlib.util
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
_STEP = 0.25
_RARE, _RARE_PAIR, _RARE_IDIOM, _RARE_NAME = 10, 3, 3, 40
_LONGEST = 5
_COMMON_SHARE = 0.08


def _jieba_words() -> Iterator[tuple[str, int, str]]:
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise SystemExit("needs jieba (a dependency of misaki[zh])")
    for line in (Path(spec.origin).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        yield word, int(count), tag


def _kept(word: str, count: int, tag: str) -> bool:
    if len(word) > _LONGEST or not all("\u4e00" <= c <= "\u9fff" for c in word):
        return False
    if tag[0] in "il" and len(word) >= 3:
        return count >= _RARE_IDIOM
    if len(word) == 1:
        return True
    if tag.startswith("nr"):
        return count >= _RARE_NAME
    return count >= (_RARE_PAIR if len(word) == 2 else _RARE)


def ordinary() -> str:
    """The words of general Mandarin, grouped by part of speech and rounded log-probability."""
    words = list(_jieba_words())
    total = sum(count for _, count, _ in words)
    grouped: dict[tuple[str, float], list[str]] = defaultdict(list)
    for word, count, tag in words:
        if _kept(word, count, tag):
            logp = round(math.log(max(count, 1) / total) / _STEP) * _STEP
            grouped[tag[0], logp].append(word)
    head = (
        "# source: jieba 0.42.1 dict.txt, Copyright (c) 2013 Sun Junyi\n# licence: MIT\n# date: 2026-11-22\n"
        "# columns: part of speech, natural logarithm of the probability, words\n"
    )
    lines = (f"{tag}\t{logp:g}\t{' '.join(grouped[tag, logp])}\n" for tag, logp in sorted(grouped))
    return head + "".join(lines)


_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


def numbered(syllable: str) -> str:
    """A pinyin syllable with its tone as a digit, none for the neutral tone: ``lǜ`` → ``lv4``."""
    parts = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v").replace("\u0302", "")
    tone = next((_TONES[c] for c in parts if c in _TONES), "")
    return "".join(c for c in parts if c.isascii()) + tone


_ALSO = {
    "en4": "嗯恁",
    "nen4": "恁",
    "tui1": "忒",
    "te4": "忒",
    "tian2": "钿",
    "hei1": "嘿",
    "ga1": "嘎噶",
    "e4": "额",
}
"""Readings in daily speech that the sources lack or bury."""


def syllables() -> str:
    """Characters by Mandarin syllable; readings rare in running words are left out."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    used: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, phrase_readings in PHRASES_DICT.items():
        for character, choices in zip(phrase, phrase_readings, strict=False):
            used[character][numbered(choices[0])] += 1
    spoken: dict[str, list[str]] = defaultdict(list)
    readings: str
    for code, readings in PINYIN_DICT.items():
        for reading in _common(used[chr(code)], [numbered(r) for r in readings.split(",")]):
            spoken[reading].append(chr(code))
    for also, characters in _ALSO.items():
        spoken[also] += [c for c in characters if c not in spoken[also]]
    head = (
        "# source: pypinyin 0.55.0, pinyin-data and phrase-pinyin-data, Copyright (c) 2016 mozillazg\n"
        "# licence: MIT\n# date: 2026-11-22\n# columns: Mandarin syllable with tone, characters\n"
    )
    return head + "".join(f"{s}\t{''.join(spoken[s])}\n" for s in sorted(spoken))


def _common(counts: Counter[str], listed: list[str]) -> list[str]:
    first = next((r for r in listed if counts[r]), listed[0])
    kept = [r for r in dict.fromkeys(listed) if r == first or counts[r] > _COMMON_SHARE * counts.total()]
    toned = {r[:-1] for r in kept if r[-1].isdigit()}
    return [r for r in kept if r not in toned]


if __name__ == "__main__":
    (DATA / "ordinary.tsv").write_text(ordinary(), encoding="utf-8")
    (DATA / "syllables.tsv").write_text(syllables(), encoding="utf-8")
