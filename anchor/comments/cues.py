"""Word families and frames of triage as data: reading and checking.

``families*.tsv`` name sets of words (``family<TAB>words``, ``_`` is a space); ``patterns.tsv`` name what
words cannot say (ages, figures) as regular expressions of bounded width, each with a cheap ``trigger``.
``frames.tsv`` say which families together speak for a kind: ``id, kind, weight, needs, unless, aspect``.
``needs`` are families separated by spaces, all of which must occur near each other; ``a|b`` is either;
``unless`` are families that each speak against. A frame of the kind ``=name`` makes a family that later
frames may use. A word of the family ``harmless`` hides the words inside it (笑死 hides 死). Bad lines are
named by file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from ahocorasick_rs import AhoCorasick, MatchKind

from core.tables import bad, shipped
from core.text.normalise import fold

Kind = Literal["minor", "distress", "overbuying", "scam", "pii", "injection", "troll", "functional", "ritual"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Every kind, in order of precedence."""

HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Frame:
    """A combination of families that speaks for ``kind`` with ``weight`` (2 is enough by itself).

    ``needs`` is a conjunction of alternatives and ``unless`` a set, both as bit masks over the families.
    ``aspect`` says what kind of care is needed, where that is plain.
    """

    id: str
    kind: Kind
    weight: int
    needs: tuple[int, ...]
    unless: int
    aspect: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A family that is there when others are: where ``needs`` hold and ``unless`` does not."""

    bit: int
    needs: tuple[int, ...]
    unless: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that stands for a family; it is tried where ``trigger`` occurs."""

    bit: int
    trigger: str
    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Cues:
    """All cues, compiled. ``bits[i]`` is the mask of the families of word ``i`` of the automaton."""

    automaton: AhoCorasick
    words: tuple[str, ...]
    bits: tuple[int, ...]
    harmless: frozenset[int]
    patterns: tuple[Pattern, ...]
    derived: tuple[Derived, ...]
    frames: tuple[Frame, ...]
    names: tuple[str, ...]
    """The families in the order of their bits."""


_PACKAGE = "anchor.comments"
_FILES = ("families_people.tsv", "families_trade.tsv", "families_abuse.tsv")


@cache
def load() -> Cues:
    """The cues of the house; ConfigurationError names file and line of a bad row."""
    families: dict[str, int] = {}
    words: dict[str, int] = {}
    for file in _FILES:
        for _, (name, listed) in shipped(_PACKAGE, file, 2):
            bit = families.setdefault(name, 1 << len(families))
            for word in listed.split():
                folded = fold(word.replace("_", " "))
                words[folded] = words.get(folded, 0) | bit
    patterns = tuple(_patterns(families))
    derived, frames = _frames(families)
    ordered = tuple(sorted(words))
    harmless = families[HARMLESS]
    return Cues(
        AhoCorasick(ordered, matchkind=MatchKind.Standard),
        ordered,
        tuple(words[w] for w in ordered),
        frozenset(i for i, w in enumerate(ordered) if words[w] & harmless),
        patterns,
        derived,
        frames,
        tuple(families),
    )


def _patterns(families: dict[str, int]) -> Iterator[Pattern]:
    for number, (name, trigger, expression) in shipped(_PACKAGE, "patterns.tsv", 3, filled=1):
        bit = families.setdefault(name, 1 << len(families))
        try:
            # Folded as the comments are, so that full-width punctuation in a class still means something.
            yield Pattern(bit, fold(trigger), re.compile(fold(expression)))
        except re.error as error:
            raise bad("patterns.tsv", number, f"正则表达式不对（{error}）") from error


def _frames(families: dict[str, int]) -> tuple[tuple[Derived, ...], tuple[Frame, ...]]:
    seen: set[str] = set()
    derived: list[Derived] = []
    frames: list[Frame] = []
    for number, cells in shipped(_PACKAGE, "frames.tsv", 6, filled=4):
        name, kind, weight, needs, unless, aspect = cells
        if name in seen or not weight.lstrip("-").isdigit():
            raise bad("frames.tsv", number, f"编号重复，或分量“{weight}”不是数")
        seen.add(name)
        for family in [f for need in needs.split() for f in need.split("|")] + unless.split():
            if family not in families:
                raise bad("frames.tsv", number, f"没有叫“{family}”的家族")
        masks = tuple(sum(families[f] for f in set(need.split("|"))) for need in needs.split())
        against = sum(families[f] for f in set(unless.split()))
        if kind.startswith("="):
            derived.append(Derived(families.setdefault(kind[1:], 1 << len(families)), masks, against))
        elif kind in KINDS:
            frames.append(Frame(name, kind, int(weight), masks, against, aspect))
        else:
            raise bad("frames.tsv", number, f"没有叫“{kind}”的类别")
    return tuple(derived), tuple(frames)
