"""Commas and question marks for recognisers that write none, by rule: particles, 的话, the speaker's pauses.

Where the recogniser punctuates at all its marks stay where they are: it heard the sentence, a rule only reads
it. They only get the width of Chinese text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import rjieba

from captioning.edits import Edit, touches
from core.events import Gloss, Word
from core.text.numbers import find_amounts

_MARK = re.compile(r"[，。！？、；：,!?;]|\.(?![0-9])")
_HAN = r"[\u3400-\u9fff」』”’》）〕]"
_NARROW = re.compile(
    rf"(?<={_HAN})\s*[,?!;:]+\s*|(?<=[A-Za-z0-9%])[,?!;]+\s*(?={_HAN})|(?<={_HAN})\.\s*(?={_HAN}|$)|(?<=[，。！？；：、])\s+"
)
_WIDE = str.maketrans(",?!;:.", "，？！；：。")
_ASKS = re.compile(r"什么|怎么|哪|谁|几|多少|多久|为啥|咋|好不好|是不是|有没有|对不对|要不要|能不能|可不可以")
_ENDS = frozenset({"吗", "吧", "呢", "嘛", "啊", "啦", "呀", "哦"})
"""Words after which a clause is over, or what it is about has been named."""
_BEFORE, _AFTER = 3, 2
"""Characters that must stand before a comma since the last, and behind it."""
PAUSE = 0.4
SYLLABLE = 0.25
"""Seconds; a slow syllable. Engines that tell only where a word begins give no pause, but a long wait."""


def edits(text: str, glosses: Sequence[Gloss] = (), pauses: Iterable[int] = ()) -> list[Edit]:
    """Marks to insert into ``text``; ``pauses`` are offsets at which the speaker paused."""
    if not text or _MARK.search(text):
        return []
    kept = [(g.mandarin_start, g.mandarin_end) for g in glosses]
    kept += [(a.start, a.end) for a in find_amounts(text)]
    words = [(start, end) for _, start, end in rjieba.tokenize(text)]
    found: list[Edit] = []
    last = 0
    for at, mark in sorted({**dict.fromkeys(pauses, "，"), **dict(_clauses(text, words))}.items()):
        edit = Edit(at, at, mark)
        room = at - last >= _BEFORE and len(text) - at >= _AFTER
        if room and not touches(edit, kept) and not touches(edit, words):
            found.append(edit)
            last = at
    if _question(text[last:]):
        found.append(Edit(len(text), len(text), "？"))
    return found


def full_width(text: str) -> str:
    """``text`` with the marks beside Han characters in full width and no space behind them.

    Those of numbers, times and Latin stay.
    """
    return _NARROW.sub(lambda mark: mark[0].strip().translate(_WIDE), text)


def _clauses(text: str, words: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    for start, end in words:
        if text[start:end] in _ENDS and text[end : end + 1] not in _ENDS:
            yield end, "？" if text[start:end] == "吗" else "，"
        elif text[start:end] == "的话":
            yield end, "，"


def _question(clause: str) -> bool:
    return clause.endswith(("吗", "么")) or (clause.endswith("呢") and _ASKS.search(clause) is not None)


def paused(text: str, words: Sequence[Word]) -> list[int]:
    """Offsets of ``text`` at which the speaker of ``words`` paused; none where the words are not its own."""
    found, at, before = [], 0, None
    for word in words:
        start = text.find(word.text, at)
        if start < 0:
            return []
        if before is not None and word.start - before.start - SYLLABLE * len(before.text) >= PAUSE:
            found.append(start)
        at, before = start + len(word.text), word
    return found


def in_mandarin(offset: int, raw: str, mandarin: str, glosses: Iterable[Gloss]) -> int | None:
    """Where a border of ``raw`` lies in ``mandarin``; None where rendering changed what is beside it."""
    ahead = [g for g in glosses if g.end <= offset]
    last = max(ahead, key=lambda g: g.end, default=None)
    at = offset + (last.mandarin_end - last.end if last else 0)
    left = last is not None and last.end == offset
    right = any(g.start == offset for g in glosses)
    same_left = left or raw[offset - 1 : offset] == mandarin[at - 1 : at]
    same_right = right or raw[offset : offset + 1] == mandarin[at : at + 1]
    return at if 0 < at < len(mandarin) and same_left and same_right else None
