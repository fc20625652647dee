"""The word families a question is understood by: data files, validated at load with file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from core.tables import bad, shipped
from core.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Family:
    """A named regex; ``answers`` is a second one where the file has it (what a reminder must say)."""

    name: str
    pattern: re.Pattern[str]
    answers: re.Pattern[str] | None = None


_PACKAGE = "knowledge_graph.questions"
_SHORTHAND = {
    "<久>": (
        "(?:多久|多长|几天|几日|几个?(?:月|星期|礼拜|小时|钟头)|几(?:年|周|分钟)|"
        "多少(?:天|日|个?月|年|周|小时|分钟))"
    ),
    "<时>": "(?:什么时候|几号|几月|哪个月|今天|明天|当天)",
    "<吗>": "(?:没有?|吗|么|不|吧|啵|伐|否|呢|嘛)",
}
"""Families that many patterns share: how long, when, the particle that closes a question."""


def _compiled(file: str, number: int, pattern: str) -> re.Pattern[str]:
    for short, family in _SHORTHAND.items():
        pattern = pattern.replace(short, family)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise bad(file, number, f"模式有错（{error}）") from error


def _families(file: str, columns: int = 2) -> tuple[Family, ...]:
    return tuple(
        Family(c[0], _compiled(file, n, c[1]), _compiled(file, n, c[2]) if columns > 2 else None)
        for n, c in shipped(_PACKAGE, file, columns)
    )


@cache
def intents() -> tuple[Family, ...]:
    """What a question can ask about, in order."""
    return _families("intents.tsv")


@cache
def unheld() -> tuple[Family, ...]:
    """What sheets hardly ever hold."""
    return _families("unheld.tsv")


@cache
def health() -> tuple[Family, ...]:
    """Effects on health that are never confirmed."""
    return _families("health.tsv")


@cache
def conditions() -> tuple[Family, ...]:
    """People who must be careful, with what a reminder for them says."""
    return _families("conditions.tsv", 3)


@cache
def kin() -> dict[str, tuple[str, ...]]:
    """For a viewer's word, the words that sheets use for the same thing."""
    found: dict[str, tuple[str, ...]] = {}
    for _, (line,) in shipped(_PACKAGE, "kin.tsv", 1):
        words = line.split()
        for word in words:
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *words)))
    return found


@cache
def _colloquial() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = shipped(_PACKAGE, "colloquial.tsv", 3)
    return tuple((_compiled("colloquial.tsv", n, c[1]), c[2]) for n, c in rows)


def plain_question(text: str) -> str:
    """A question with colloquial and dialect question words folded to Mandarin."""
    plain = fold(text)
    for pattern, replacement in _colloquial():
        plain = pattern.sub(replacement, plain)
    return plain
