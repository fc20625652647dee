"""Which sound-alikes may be a disguise: not an ordinary word, and not written with everyday words."""

from __future__ import annotations

from functools import cache, lru_cache

import rjieba
from ahocorasick_rs import AhoCorasick, MatchKind

from compliance import normal_sound as sound
from compliance.rulebook import word_lists

_EVERYDAY = frozenset(
    "的了是在有和也再都就不放看拿给到用吃喝穿买卖要会能可还很又去来说问这那您你我他她它们大小多少好上下里外前后"
    "个只包箱袋瓶盒斤两件码号批半把被让从对向跟比请帮等装泡煮蒸炒炖切洗剥晒发退换补赔寄拍点付收开关坏烂胀破摘采收种养晒运提样摔"
    "过才照香甜辣咸一二三四五六七八九十先事什食试见使市嚟哩"
)
"""One-character words of everyday talk, in dialect too: nobody disguises a pair with them."""
_FUNCTION = frozenset("不没是有会能可要就还只都也这那哪个我你他她它们咱俺的了着过在到去来从把被让给和所")
"""Characters of words that claim nothing and are hidden, if at all, by rare ones: 卟是."""
_LAST_COMMON = 0xD7
"""The last row of the common characters in GB 2312."""
_TELLING = frozenset(w for kind in ("disease", "effect", "heard") for w in word_lists()[kind] if len(w) > 2)
_GOODS = frozenset(w for w in word_lists()["product"] if len(w) == 1)


@lru_cache(maxsize=1 << 15)
def plausible(surface: str, word: str) -> bool:
    """Two syllables must share a character, unless their word is often disguised, and not be written with
    an everyday word; longer words must share all but two characters.
    """
    pairs = tuple(zip(surface, word, strict=True))
    odd = tuple((a, b) for a, b in pairs if a != b)
    shared = len(word) - len(odd)
    hidden = word if len(word) == 2 else (b for _, b in odd)
    if _FUNCTION.issuperset(hidden) and any(_common(a) for a, _ in odd):
        return False
    if len(word) > 2:
        return shared >= max(1 + (word not in _TELLING), len(word) - 2)
    often = word in word_lists()["heard"]
    plain = _EVERYDAY if often else _EVERYDAY | _GOODS
    return (shared > 0 or often) and plain.isdisjoint(a for a, _ in odd)


def _common(character: str) -> bool:
    written = character.encode("gb2312", "ignore")
    return len(written) == 2 and written[0] <= _LAST_COMMON


@cache
def _trade() -> AhoCorasick:
    words = sorted({*word_lists()["trade"], *word_lists()["compounds"]})
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


def tokens_of(text: str) -> list[tuple[int, int]]:
    """The ordinary word, as a span, that each character belongs to; words of the trade are such words."""
    spans: list[tuple[int, int]] = []
    for token in rjieba.cut(text, False):
        at = len(spans)
        spans += [(at, at + len(token))] * len(token)
    for _, start, end in _trade().find_matches_as_indexes(text):
        spans[start:end] = [(start, end)] * (end - start)
    return spans


def ordinary(start: int, end: int, word: str, surface: str, tokens: list[tuple[int, int]]) -> bool:
    """Whether the replaced characters belong to an ordinary word of the text.

    One odd character in a long word that sounds exactly alike is no accident, whatever the word list says.
    """
    if (len(word) >= 4 or word in _TELLING) and sum(a != b for a, b in zip(surface, word, strict=True)) == 1:
        if all(sound.syllable(a) == sound.syllable(b) for a, b in zip(surface, word, strict=True)):
            return False
    for a, b in set(tokens[start:end]):
        if b - a > 1:
            inside = a >= start and b <= end
            if not inside or word[a - start : b - start] != surface[a - start : b - start]:
                return True
    return False
