"""What a rule's pattern is made of: its width, the strings every match must contain, the words in it.

Read off the parsed regular expression, so that the matcher can skip a pattern whose required strings do not
all occur, and so that disguises are undone for the words that rules know.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_parser: Any = importlib.import_module("re._parser")
_constants: Any = importlib.import_module("re._constants")

_MOST = 600
"""The most strings that a required set may hold."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """``width``: the most characters a match spans. Every match contains a string of each of ``required``.

    ``words`` are the literal words of two to eight characters.
    """

    width: int
    required: tuple[frozenset[str], ...]
    words: frozenset[str]


def analyse(source: str) -> Analysis:
    """Parse a regular expression; raises ``re.error``. The most telling required set comes first."""
    ops = _parser.parse(source)
    required = _all_required(ops)
    first = max(required, key=_telling, default=None)
    ordered = (first, *(s for s in required if s != first)) if first else ()
    return Analysis(int(ops.getwidth()[1]), ordered, frozenset(_words(ops)))


def _telling(strings: frozenset[str]) -> tuple[int, int]:
    return min(map(len, strings)), -len(strings)


def _choices(op: Any, value: Any) -> frozenset[str] | None:
    """Every string that one operation can match, where those are few."""
    if op is _constants.LITERAL:
        return frozenset((chr(value),))
    if op is _constants.SUBPATTERN:
        return _finite(value[3])
    if op is _constants.BRANCH:
        parts = [_finite(branch) for branch in value[1]]
        return None if None in parts else frozenset(t for p in parts if p is not None for t in p)
    if op is _constants.IN and all(o is _constants.LITERAL for o, _ in value):
        return frozenset(chr(v) for _, v in value)
    return None


def _joined(texts: frozenset[str], choices: frozenset[str] | None) -> frozenset[str] | None:
    if choices is None or len(texts) * len(choices) > _MOST:
        return None
    return choices if texts == _EMPTY else frozenset(t + c for t in texts for c in choices)


_EMPTY = frozenset(("",))


def _finite(ops: Any) -> frozenset[str] | None:
    """Every string the operations can match one after another, where those are few."""
    texts = _EMPTY
    for op, value in ops:
        longer = _joined(texts, _choices(op, value))
        if longer is None:
            return None
        texts = longer
    return texts


def _all_required(ops: Any) -> list[frozenset[str]]:
    """Sets of strings; of each set at least one string is in every match."""
    found: list[frozenset[str]] = []
    run = _EMPTY
    for op, value in ops:
        choices = _choices(op, value)
        longer = _joined(run, choices)
        if longer is None:
            if all(run):
                found.append(run)
            run = choices if choices and len(choices) <= _MOST else _EMPTY
            if run is _EMPTY and (inside := _inside(op, value)):
                found.append(inside)
        else:
            run = longer
    if all(run):
        found.append(run)
    return found


def _inside(op: Any, value: Any) -> frozenset[str] | None:
    if op is _constants.SUBPATTERN:
        return max(_all_required(value[3]), key=_telling, default=None)
    if op is _constants.BRANCH:
        parts = [max(_all_required(branch), key=_telling, default=None) for branch in value[1]]
        return None if None in parts else frozenset(t for p in parts if p is not None for t in p)
    if op is _constants.MAX_REPEAT and value[0] > 0:
        return max(_all_required(value[2]), key=_telling, default=None)
    return None


def _words(ops: Any) -> Iterator[str]:
    """The literal words in a pattern, alone and joined: what a seller may try to disguise."""
    items = list(ops)
    choices = [_choices(op, value) for op, value in items]
    for i, (op, value) in enumerate(items):
        # A word does not begin inside a run of literals: 化学肥料 is one, 学肥料 is none.
        if not (i and op is _constants.LITERAL and items[i - 1][0] is _constants.LITERAL):
            run: frozenset[str] | None = _EMPTY
            for more in choices[i : i + 7]:
                run = _joined(run, more) if run is not None else None
                if run is None:
                    break
                yield from (word for word in run if 2 <= len(word) <= 8)
        if op is _constants.SUBPATTERN:
            yield from _words(value[3])
        elif op is _constants.BRANCH:
            for branch in value[1]:
                yield from _words(branch)
