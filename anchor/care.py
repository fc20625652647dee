"""Care: which kind words a person in need hears, and plain words for terms of art."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from ahocorasick_rs import AhoCorasick, MatchKind

from anchor.comments.cues import Kind
from anchor.comments.triage import Triage, triage
from anchor.replies import NEEDS, Need, Reply, replies, table

NOTICES: Mapping[Need, str] = {
    "despair": "有观众说了轻生的话，请马上联系平台和当地帮助，不要让他一个人。",
    "grief": "有观众正为去世的亲人难过，请一位真人说几句话。",
    "loneliness": "有观众很孤单，请一位真人陪他说几句话。",
    "illness": "有观众说起重病，主播没有回答病情，请真人关心一下。",
    "confusion": "有观众好像分不清时间、地点或人，请真人看看要不要联系家人。",
    "worry": "有观众遇到了难处，请真人问一问。",
    "overbuying": "有观众可能买得超出了自己的能力，主播已经劝过，请别再向他推销，并看看能否退货。",
    "minor": "有未成年人在看或想下单，请不要接单，已付的帮他退。",
    "scam": "评论里有诈骗或引流，请处理这条评论，并提醒可能上当的观众。",
}
"""What a person is told when someone needs care."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of art in everyday words; ``field`` is food, farming, craft or commerce."""

    id: str
    name: str
    plain: str
    field: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A term at ``[start, end)`` of a line."""

    term: Term
    start: int
    end: int

    @property
    def aside(self) -> str:
        """The explanation as it is said after the line."""
        return f"{self.term.name}，就是{self.term.plain}。"


def need_of(kind: Kind, judged: Triage) -> Need | None:
    """What care a comment of ``kind`` calls for; None where it calls for none. Despair comes before all."""
    if judged.aspect == "despair":
        return "despair"
    if kind == "distress":
        return judged.aspect if judged.aspect in NEEDS else "worry"
    return cast(Need, kind) if kind in NEEDS else None


class Comforter:
    """Chooses the kind words of one show: in turn, so that a need hears all before it hears one again."""

    def __init__(self) -> None:
        self._told: Counter[Need] = Counter()

    def __call__(self, kind: Kind, text: str) -> str:
        """Kind words for a comment of ``kind``; those of worry where the need is not plain."""
        return self.reply(need_of(kind, triage(text)) or "worry").text

    def reply(self, need: Need) -> Reply:
        """The next reply for ``need``."""
        fitting = replies()[need]
        turn = self._told[need]
        self._told[need] += 1
        return fitting[turn % len(fitting)]


def mentions(line: str) -> list[Mention]:
    """The terms of art in ``line``, longest first where they overlap, in order of appearance."""
    terms, automaton = _glossary()
    found = automaton.find_matches_as_indexes("".join("?" if "\ud800" <= c <= "\udfff" else c for c in line))
    return [Mention(terms[which], start, end) for which, start, end in found if _whole(line, start, end)]


def _whole(line: str, start: int, end: int) -> bool:
    """Latin terms must stand alone: the SKU of SKULL is none."""
    first, last = line[start], line[end - 1]
    before, after = line[start - 1 : start], line[end : end + 1]
    cut = first.isascii() and before.isascii() and before.isalnum()
    return not (cut or (last.isascii() and after.isascii() and after.isalnum()))


class Explainer:
    """Explains each term of art once a show, at most ``most`` in one line."""

    def __init__(self, most: int = 1) -> None:
        self._told: set[str] = set()
        self._most = most

    def explain(self, line: str) -> list[Mention]:
        """The terms of ``line`` that have not been explained in this show; they count as explained now."""
        fresh: list[Mention] = []
        for mention in mentions(line):
            name = mention.term.name
            explained_here = mention.term.plain in line
            if name not in self._told and not explained_here and len(fresh) < self._most:
                self._told.add(name)
                fresh.append(mention)
        return fresh


@cache
def glossary() -> tuple[Term, ...]:
    """Every term of art; ConfigurationError names file and line of a bad one."""
    return tuple(Term(*cells) for _, cells in table("glossary.tsv", 4))


@cache
def _glossary() -> tuple[tuple[Term, ...], AhoCorasick]:
    terms = glossary()
    return terms, AhoCorasick([term.name for term in terms], matchkind=MatchKind.LeftmostLongest)
