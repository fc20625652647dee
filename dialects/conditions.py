"""The ``when`` language of the lexicon: tests on the neighbours of a word.

``alternatives`` are separated by ``;``, each a space-separated conjunction of tests ``+R:x|y`` (text right
after begins with x or y), ``+L:`` (text right before ends with), ``+N:`` (somewhere within eight characters
either side) and their negations ``-R:``, ``-L:``, ``-N:``. A word class in braces may stand for a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

NEAR = 8
CLASSES: tuple[str, ...] = ("num", "clf", "punct", "verb", "adj", "person", "money", "noun")

_TEST = re.compile(r"([+-])([RLN]):(.+)")
_CLASS = re.compile(r"\{([^{}]*)\}")


class ConditionSyntaxError(ValueError):
    """A ``when`` that cannot be read; the message says which part and why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test: ``side`` R, L or N; ``strings`` and word ``classes`` any of which satisfies it."""

    positive: bool
    side: str
    strings: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A disjunction of conjunctions of tests."""

    alternatives: tuple[tuple[Test, ...], ...]


class Classes(Protocol):
    """What the tests ask about the text: does a word of ``name`` begin at, end at, or stand in …"""

    def begins(self, at: int, name: str) -> bool:
        """Whether a word of the class begins at ``at``."""
        ...

    def ends(self, at: int, name: str) -> bool:
        """Whether a word of the class ends at ``at``."""
        ...

    def within(self, start: int, end: int, name: str) -> bool:
        """Whether a word of the class stands inside ``start:end``."""
        ...

    def kinds(self, words: tuple[str, ...]) -> Collection[str]:
        """The classes that most of these words belong to: a neighbour of such a class is like them."""
        ...


def parse(when: str) -> Condition | None:
    """Read a ``when``; None where it is empty. Raises :class:`ConditionSyntaxError`."""
    if not when.strip():
        return None
    return Condition(tuple(map(_conjunction, when.split(";"))))


def _conjunction(text: str) -> tuple[Test, ...]:
    tests = tuple(map(_test, text.split()))
    if not tests:
        raise ConditionSyntaxError("有一个空的备选条件（多了分号）")
    return tests


def _test(text: str) -> Test:
    found = _TEST.fullmatch(text)
    if not found:
        raise ConditionSyntaxError(f"读不懂条件“{text}”，应像 +R:甲|乙、-L:丙 或 +N:{{num}}")
    sign, side, body = found.groups()
    strings: list[str] = []
    classes: list[str] = []
    for item in body.split("|"):
        named = _CLASS.fullmatch(item)
        if named and named[1] not in CLASSES:
            raise ConditionSyntaxError(f"没有词类 {item}，可用 {'、'.join('{' + c + '}' for c in CLASSES)}")
        if not item or (not named and ("{" in item or "}" in item)):
            raise ConditionSyntaxError(f"条件“{text}”里有空项或写错的花括号")
        (classes if named else strings).append(named[1] if named else item)
    return Test(sign == "+", side, tuple(strings), tuple(classes))


class Outcome(NamedTuple):
    """How a condition fared.

    ``shown`` when a positive test was met, ``vetoed`` when a negative one forbids every alternative; one that
    neither holds nor is vetoed lacks a positive neighbour only; it is ``alike`` where a neighbour is of the
    kind that the condition lists.
    """

    holds: bool
    shown: bool
    vetoed: bool
    alike: bool = False


UNCONDITIONAL = Outcome(True, False, False)


def evaluate(
    condition: Condition | None, text: str, start: int, end: int, classes: Classes, likeness: bool = True
) -> Outcome:
    """Judge ``condition`` for the word at ``text[start:end]``; ``alike`` only if ``likeness``."""
    if condition is None:
        return UNCONDITIONAL
    vetoed = True
    for tests in condition.alternatives:
        missing = broken = shown = False
        for test in tests:
            if missing and test.positive:
                continue
            met = _met(test, text, start, end, classes)
            if test.positive:
                shown |= met
                missing = not met
            elif met:
                broken = True
                break
        if not missing and not broken:
            return Outcome(True, shown, False)
        vetoed &= broken
    alike = (
        likeness
        and not vetoed
        and any(
            all(_alike(test, text, start, end, classes) for test in tests) for tests in condition.alternatives
        )
    )
    return Outcome(False, False, vetoed, alike)


def _alike(test: Test, text: str, start: int, end: int, classes: Classes) -> bool:
    met = _met(test, text, start, end, classes)
    if met or not test.positive:
        return met == test.positive
    if test.side == "N":
        return False
    judged, at = (classes.begins, end) if test.side == "R" else (classes.ends, start)
    return _any(judged, at, classes.kinds(test.strings))


def _any(judged: Callable[[int, str], bool], at: int, names: Iterable[str]) -> bool:
    """Whether a word of any of these classes begins, or ends, at a place."""
    for name in names:  # a generator would take three times as long
        if judged(at, name):
            return True
    return False


def _met(test: Test, text: str, start: int, end: int, classes: Classes) -> bool:
    if test.side == "R":
        return text.startswith(test.strings, end) or _any(classes.begins, end, test.classes)
    if test.side == "L":
        return text.endswith(test.strings, 0, start) or _any(classes.ends, start, test.classes)
    before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
    return any(s in before or s in after for s in test.strings) or any(
        classes.within(max(0, start - NEAR), start, c) or classes.within(end, end + NEAR, c)
        for c in test.classes
    )
