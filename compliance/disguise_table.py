"""The table of disguises: what a seller writes, by kind, and the words it may stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from compliance import normal_sound as sound
from core.errors import ConfigurationError

_KINDS = frozenset({"word", "dialect", "foreign", "emoji", "split", "initials", "syllable"})


@cache
def table() -> dict[str, dict[str, tuple[str, ...]]]:
    """Disguises by kind: surface to the words it may stand for (``rules/disguises.tsv``)."""
    name = "disguises.tsv"
    text = (resources.files("compliance") / "rules" / name).read_text(encoding="utf-8")
    kinds: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in _KINDS}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 3 or cells[0] not in _KINDS or not all(cells):
            raise ConfigurationError(
                "rules.bad_line",
                f"伪装词表 {name} 第 {number} 行有误。",
                "每行三栏：类别、写法、所指（用空格分开）。",
            )
        kinds[cells[0]][cells[1]] = tuple(cells[2].split())
    return kinds


def fixed() -> dict[str, str]:
    """Surfaces that stand for one word wherever they occur."""
    return {k: v[0] for kind in ("word", "dialect", "foreign") for k, v in table()[kind].items()}


def shortened(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Words with one character as its initial letter (糖n病, z销), each with the word itself."""
    for word in sorted(words):
        for at, character in enumerate(word):
            if letter := sound.syllable(character)[:1]:
                yield word[:at] + letter + word[at + 1 :], word
