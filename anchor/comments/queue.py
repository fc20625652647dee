"""Which comment next: the same question from many viewers is one, questions about goods first, none lost.

Pure bookkeeping on seconds that the caller gives; no clock, no threads. Whatever goes in comes out exactly
once: taken, expired, or crowded out, the last two as a :class:`Dropped` that the caller turns into a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from anchor.comments.cues import KINDS, Kind
from anchor.comments.triage import Triage
from core.events import Comment
from core.text.normalise import Folds, fold

PRIORITY: Mapping[Kind, int] = {
    "distress": 0,
    "minor": 1,
    "scam": 1,
    "overbuying": 1,
    "functional": 2,
    "pii": 3,
    "injection": 4,
    "ritual": 5,
    "troll": 6,
}
"""Lower comes first. People in need wait for nobody, then questions about goods."""
PATIENCE: Mapping[Kind, float] = dict.fromkeys(KINDS, 90.0) | {
    "functional": 180.0,
    "ritual": 30.0,
    "troll": 30.0,
}
"""Seconds after which a kind is stale: a greeting answered a minute late is odd, a question is not."""

LIMIT = 200
"""Comments that wait at most; more would not be answered while anybody remembers asking."""

_FOLDS = Folds(separators=True, repeats=1)
_POLITE = re.compile(
    r"^(?:主播|老板|老师|请问|问一下|问下|想问|姐姐?|哥哥?|大姐|大哥|你好|您好|那个|这个|请)+|(?:呀|啊|呢|哦|嘛|哈|谢谢|谢了|多谢|一下)+$"
)

Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment that waits, with those who asked the same. ``at`` and ``latest`` are seconds of the room."""

    comment: Comment
    triage: Triage
    at: float
    latest: float
    others: tuple[Comment, ...] = ()
    askers: int = 1

    def joined(self, comment: Comment, now: float) -> Waiting:
        """With one more who asks the same; ``askers`` counts different viewers."""
        others = (*self.others, comment)
        askers = len({c.who for c in (self.comment, *others)})
        return replace(self, others=others, askers=askers, latest=max(now, self.latest))


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was not answered, and why: nobody came to it in time, or too many waited."""

    waiting: Waiting
    reason: Literal["stale", "crowded"]


def gist(text: str) -> str:
    """What two comments have in common when they ask the same: folded, without address and courtesy."""
    folded = fold(text, _FOLDS)
    return _POLITE.sub("", folded) or folded


def same_gist(first: str, second: str) -> bool:
    """Whether two gists are the same question: equal, or their pairs of characters nearly all shared.

    Figures must agree: 三号 and 四号 are different questions.
    """
    if first == second:
        return True
    if _figures(first) != _figures(second):
        return False
    ones, twos = _pairs(first), _pairs(second)
    return bool(ones and twos) and len(ones & twos) >= SHARED * len(ones | twos)


SHARED = 0.7
_FIGURES = re.compile(r"[0-9一二三四五六七八九十两半]+")


@lru_cache(4 * LIMIT)  # in a flood every comment is compared with all that wait
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


@lru_cache(4 * LIMIT)
def _figures(text: str) -> tuple[str, ...]:
    return tuple(_FIGURES.findall(text))


def order(waiting: Waiting) -> tuple[int, int, float, str]:
    """The sort key of the next comment: kind, how many asked, who came first; ids settle ties."""
    return PRIORITY[waiting.triage.kind], -waiting.askers, waiting.at, waiting.comment.id


class CommentQueue:
    """Comments that wait for the host. ``limit`` bounds it; ``same`` judges two gists."""

    def __init__(
        self, limit: int = LIMIT, same: Same = same_gist, patience: Mapping[Kind, float] = PATIENCE
    ) -> None:
        self._limit = limit
        self._same = same
        self._patience = patience
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def waiting(self) -> list[Waiting]:
        """All that wait, next first."""
        return sorted(self._waiting.values(), key=order)

    def first(self) -> Waiting | None:
        """The next one, left where it is."""
        return min(self._waiting.values(), key=order, default=None)

    def put(self, comment: Comment, triage: Triage, now: float) -> list[Dropped]:
        """Add a comment or merge it into one that asks the same; returns what was crowded out."""
        text = gist(comment.text)
        twin = self._twin(text, triage.kind)
        if twin is not None:
            self._waiting[twin] = self._waiting[twin].joined(comment, now)
            return []
        self._waiting[f"{comment.id}\0{text}"] = Waiting(comment, triage, now, now)
        if len(self._waiting) <= self._limit:
            return []
        key, last = max(self._waiting.items(), key=lambda item: order(item[1]))
        del self._waiting[key]
        return [Dropped(last, "crowded")]

    def expire(self, now: float) -> list[Dropped]:
        """Take out what nobody asked again within the patience of its kind, oldest first."""
        stale = [k for k, w in self._waiting.items() if now - w.latest > self._patience[w.triage.kind]]
        gone = [Dropped(self._waiting.pop(k), "stale") for k in stale]
        return sorted(gone, key=lambda d: (d.waiting.at, d.waiting.comment.id))

    def take(self, now: float) -> tuple[Waiting | None, list[Dropped]]:
        """The next comment to deal with, and what had become stale by ``now``."""
        dropped = self.expire(now)
        if not self._waiting:
            return None, dropped
        key, best = min(self._waiting.items(), key=lambda item: order(item[1]))
        del self._waiting[key]
        return best, dropped

    def _twin(self, text: str, kind: Kind) -> str | None:
        for key, one in self._waiting.items():
            if one.triage.kind == kind and text and self._same(key.partition("\0")[2], text):
                return key
        return None
