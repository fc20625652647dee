"""The phrase bank: patterns of honest selling as data.

``data/phrases.tsv``: id, move, register, needs, when, text. ``needs`` lists every slot of the text and any
condition (:data:`anchor.writer.slots.CONDITIONS`); a pattern speaks only where all are facts of one product.
``when`` lists seasons and parts of the day. ``[a|b|]`` in a text is a choice of words, one of which may be
none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast, get_args

from anchor.writer.occasions import OCCASIONS, Occasion
from anchor.writer.slots import CONDITIONS, SLOTS
from core.tables import bad, rows

Move = Literal[
    "greet", "place", "grow", "what", "use", "price", "shipping", "aftersales", "certificate", "reminder",
    "invite", "thanks",
]  # fmt: skip
MOVES: tuple[Move, ...] = get_args(Move)
"""The twelve moves of honest selling."""
Register = Literal["plain", "warm", "lively"]
REGISTERS: tuple[Register, ...] = get_args(Register)

FORMS = 12
"""Wordings of one pattern at most: each of them is read by the tests."""
_SLOT = re.compile(r"\{([^{}]*)\}")
_PIECES = re.compile(r"(\{[^{}]*\})")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with slots in each of its wordings (``forms``)."""

    id: str
    move: Move
    register: Register
    needs: tuple[str, ...]
    when: tuple[Occasion, ...]
    forms: tuple[str, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots in order of the first wording, without repeats."""
        return tuple(dict.fromkeys(_SLOT.findall(self.forms[0])))


def pieces(form: str) -> tuple[str, ...]:
    """Literals and ``{slot}`` pieces of a wording, in order."""
    return tuple(piece for piece in _PIECES.split(form) if piece)


def worded(text: str) -> tuple[str, ...]:
    """Every wording of a text with ``[a|b]`` choices."""
    parts = _CHOICE.split(text)
    options = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    return tuple("".join(chosen) for chosen in itertools.product(*options))


def parse_patterns(content: str, file: str = "phrases.tsv") -> tuple[Pattern, ...]:
    """Patterns of a phrase file; ConfigurationError names file and line of a bad row."""
    found: dict[str, Pattern] = {}
    texts: set[str] = set()
    for number, cells in rows(content, file, 6, filled=3):
        pattern = _pattern(cells, file, number)
        if pattern.id in found or not texts.isdisjoint(pattern.forms):
            raise bad(file, number, f"编号“{pattern.id}”或句子重复")
        found[pattern.id] = pattern
        texts.update(pattern.forms)
    return tuple(found.values())


def _pattern(cells: Sequence[str], file: str, number: int) -> Pattern:
    name, move, register, listed, tagged, text = cells
    needs, when = tuple(listed.split()), tuple(tagged.split())
    if not text:
        raise bad(file, number, "第 6 栏是句子，不能空")
    if move not in MOVES or register not in REGISTERS:
        raise bad(file, number, f"不认识的环节“{move}”或语气“{register}”")
    if unknown := [n for n in needs if n not in SLOTS and n not in CONDITIONS]:
        raise bad(file, number, f"没有叫“{'、'.join(unknown)}”的槽")
    if unknown := [tag for tag in when if tag not in OCCASIONS]:
        raise bad(file, number, f"没有叫“{'、'.join(unknown)}”的时节")
    forms = worded(text)
    if not 1 <= len(set(forms)) == len(forms) <= FORMS:
        raise bad(file, number, f"方括号里的说法重复，或超过 {FORMS} 种")
    for form in forms:
        _check(form, needs, file, number)
    return Pattern(name, move, register, needs, cast(tuple[Occasion, ...], when), forms)


def _check(form: str, needs: tuple[str, ...], file: str, number: int) -> None:
    if {n for n in needs if n in SLOTS} != set(_SLOT.findall(form)):
        raise bad(file, number, "needs 与句子里的槽不一致")
    if re.search(r"[{}\[\]|]", _SLOT.sub("", form)) or form[-1] not in "。！？":
        raise bad(file, number, "括号不成对，或句子没有结尾标点")


@cache
def patterns() -> tuple[Pattern, ...]:
    """The patterns of the house."""
    held = resources.files("anchor.writer") / "data" / "phrases.tsv"
    return parse_patterns(held.read_text(encoding="utf-8"))
