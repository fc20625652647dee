"""A line cut into clauses that a voice speaks one by one: the first short, none too long, nothing lost.

Cuts come after punctuation; a stretch without any is cut between words, never inside an amount. The clauses
joined are the line again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

import rjieba

from core.text.numbers import find_amounts

FIRST = 10
"""Syllables after which the first clause may end: it decides how long the listener waits."""
LONGEST = 24
"""Syllables of a clause at most: one breath, and about what a voice makes in two seconds."""
REPLY = 14
"""The same in a reply, where the next clause must be made while a short one sounds."""

_STOP = re.compile(
    r"[。！？!?；;…\n]+[”’」』）)】\s]*|(?<!\d)[，,：:、—]+\s*|[，：、—]+\s*(?!\d)|(?<=\d)[,:]\s*(?!\d)"
)
_FINAL = re.compile(r"[。！？!?；;…\n][”’」』）)】\s]*$")

_COMMA = re.compile(r"[，,]\s*")

ALONE = 5
"""Syllables of a clause at least that ends for an amount's sake: a voice swallows a shorter one."""
LEADS = 3
"""Phrases known by heart that a reply may begin with: a form of address in two parts, a name."""

_BOUND = frozenset("的之地得和与跟同及或、/×*（([")
"""What a name in front of it is not parted from."""

Length = Callable[[str], int]


def spoken_length(text: str) -> int:
    """Characters that make a sound: letters, figures, Chinese characters."""
    return sum(c.isalnum() for c in text)


def clauses(
    line: str, length: Length = spoken_length, first: int = FIRST, longest: int = LONGEST
) -> list[str]:
    """The clauses of ``line`` in order; their concatenation is ``line``.

    ``length`` measures a piece in syllables. A sentence's end always ends a clause, a comma does beside an
    amount, which is heard best by itself (块九，您 runs together), and where the next piece would make the
    clause too long; the first clause is the shortest.
    """
    made: list[str] = []
    current = ""
    beside = _beside_amounts(line)
    at = 0
    for piece in (p for stretch in _stretches(line) for p in _cut(stretch, length, longest)):
        target = first if not made else longest
        full = length(current) + length(piece) > target or (at in beside and length(current) >= ALONE)
        at += len(piece)
        if current and full and length(current):
            made.append(current)
            current = ""
        current += piece
        if _FINAL.search(current) and length(current):
            made.append(current)
            current = ""
    if current:
        if made and not length(current):
            made[-1] += current
        else:
            made.append(current)
    return made


def _beside_amounts(line: str) -> set[int]:
    """Where a comma has just ended beside an amount with a unit."""
    measured = [a for a in find_amounts(line) if a.unit]
    starts, ends = {a.start for a in measured}, {a.end for a in measured}
    return {m.end() for m in _COMMA.finditer(line) if m.start() in ends or m.end() in starts}


def led(line: str, leads: Iterable[str]) -> tuple[list[str], str]:
    """The ``leads`` (a name, a form of address) that ``line`` begins with, in order, and the rest."""
    known = sorted(filter(None, leads), key=len, reverse=True)
    found: list[str] = []
    rest = line
    while len(found) < LEADS and (lead := next((each for each in known if _leads(each, rest)), "")):
        end = len(lead) + (rest[len(lead) : len(lead) + 1] in ("，", ","))
        found.append(rest[:end])
        rest = rest[end:]
    return found, rest


def _leads(lead: str, line: str) -> bool:
    last, after = lead[-1], line[len(lead) : len(lead) + 1]
    together = last.isascii() and last.isalnum() and after.isascii() and after.isalnum()
    return line.startswith(lead) and not together and (last in "，。！？" or after not in _BOUND)


def _stretches(line: str) -> list[str]:
    ends = [0, *(m.end() for m in _STOP.finditer(line)), len(line)]
    return [line[a:b] for a, b in pairwise(ends) if a < b]


def _cut(piece: str, length: Length, longest: int) -> list[str]:
    """``piece`` in even parts of at most ``longest`` syllables, where its words and amounts allow."""
    total = length(piece)
    if total <= longest:
        return [piece]
    target = total / -(-total // longest)
    kept = _joints(piece)
    parts: list[str] = []
    start = 0
    for joint, following in pairwise([*kept, len(piece)]):
        here, there = length(piece[start:joint]), length(piece[start:following])
        if joint > start and (here >= target or there > longest) and here:
            parts.append(piece[start:joint])
            start = joint
    return [*parts, piece[start:]]


def _joints(piece: str) -> list[int]:
    """Where the piece may be cut: between words, outside amounts and runs of Latin letters and figures."""
    inside = {i for amount in find_amounts(piece) for i in range(amount.start + 1, amount.end)}
    joints: list[int] = []
    at = 0
    for word in rjieba.cut(piece):
        at += len(word)
        before, after = piece[at - 1 : at], piece[at : at + 1]
        together = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        if (
            at not in inside
            and not together
            and after not in ("", "的", "了", "吗", "呢", "吧", "着", "过", "，", "。")
        ):
            joints.append(at)
    return joints
