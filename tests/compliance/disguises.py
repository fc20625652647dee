"""Every must-block example of the rules, disguised in every way: what share the guard still stops.

The disguised part is a word of the rule inside the finding. Seeded; used by ``benchmarks.guard --disguises``
and, on a sample, by the tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import opencc
from pypinyin.constants import PINYIN_DICT

from compliance.disguise_table import table
from compliance.guard import Guard
from compliance.normal_sound import syllable
from compliance.rulebook import Rule

Disguise = Callable[[str, random.Random], str | None]
"""Hides a word; None where this disguise cannot hide it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One disguised example."""

    rule: Rule
    disguise: str
    plain: str
    text: str


def _between(mark: str) -> Disguise:
    return lambda word, chosen: mark.join(word)


def _wide(word: str, chosen: random.Random) -> str | None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    return wide if wide != word else None


def _traditional(word: str, chosen: random.Random) -> str | None:
    other: str = opencc.OpenCC("s2t").convert(word)
    return other if other != word else None


def _repeated(word: str, chosen: random.Random) -> str:
    return word[:-1] + word[-1] * 3


@cache
def _parts() -> dict[str, str]:
    return {to[0]: parts for parts, to in table()["split"].items() if len(to[0]) == 1}


def _split(word: str, chosen: random.Random) -> str | None:
    at = next((i for i, c in enumerate(word) if c in _parts()), None)
    return None if at is None else word[:at] + _parts()[word[at]] + word[at + 1 :]


def _pinyin(word: str, chosen: random.Random) -> str | None:
    typed = [syllable(c) for c in word]
    return " ".join(typed) if len(word) < 5 and all(typed) else None


def _initials(word: str, chosen: random.Random) -> str | None:
    typed = [syllable(c)[:1] for c in word]
    return "".join(typed) if len(word) >= 4 and all(typed) else None


@cache
def _same_sound() -> dict[str, list[str]]:
    sounds: dict[str, list[str]] = {}
    for code in PINYIN_DICT:
        if 0x4E00 <= code < 0x9FA6 and len(chr(code).encode("gb2312", "ignore")) == 2:
            sounds.setdefault(syllable(chr(code)), []).append(chr(code))
    return sounds


def _homophone(word: str, chosen: random.Random) -> str | None:
    at = chosen.randrange(len(word))
    others = [c for c in _same_sound().get(syllable(word[at]), []) if c != word[at]]
    return word[:at] + chosen.choice(others) + word[at + 1 :] if others else None


DISGUISES: dict[str, Disguise] = {
    "zero-width": _between("\u200b"),
    "full-width": _wide,
    "traditional": _traditional,
    "spaces": _between(" "),
    "dots": _between("·"),
    "emoji between": _between("🌟"),
    "repeats": _repeated,
    "split": _split,
    "pinyin": _pinyin,
    "initials": _initials,
    "homophone": _homophone,
}


def cases(guard: Guard, seed: int = 7, share: float = 1.0) -> Iterator[Case]:
    """Disguised examples of the rules; ``share`` of them, seeded."""
    chosen = random.Random(seed)
    for rule in guard.book.rules:
        category = next(iter(sorted(rule.categories)), "generic")
        for plain in rule.block:
            if chosen.random() >= share:
                continue
            found = [f for f in guard.check(plain, category=category).findings if f.kind == rule.kind]
            surface = found[0].surface if found else ""
            words = sorted(
                (w for w in rule.words if w in surface and len(w) <= 6), key=lambda w: (-len(w), w)
            )
            if not words:
                continue
            for name, hide in DISGUISES.items():
                if hidden := hide(words[0], chosen):
                    yield Case(rule, name, plain, plain.replace(words[0], hidden, 1))


def stopped(guard: Guard, case: Case) -> bool:
    """Whether the guard stops the disguised example for the same kind of offence."""
    category = next(iter(sorted(case.rule.categories)), "generic")
    return any(f.kind == case.rule.kind for f in guard.check(case.text, category=category).findings)
