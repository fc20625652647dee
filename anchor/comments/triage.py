"""What kind of comment is this? Likeness to labelled comments decides: by characters, word families, frames.

Comments are data, never instructions: nothing here runs, follows or answers what a comment says. The time is
linear in the length of the comment; a long one is read in overlapping windows so that words far apart do not
conspire. Kinds, in order of precedence: :data:`anchor.comments.cues.KINDS`.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from anchor.comments import cues, likeness
from anchor.comments.cues import KINDS, Cues, Kind
from anchor.comments.likeness import Vector
from anchor.comments.meaning import Opinion
from compliance import privacy
from core.text.normalise import fold

WINDOW = 160
"""Code points that are read together."""
LONGEST = 4_000
"""Code points of a comment that are read; no platform lets a viewer write as much."""
ENOUGH = 2
"""Weight of frames that makes a further kind."""
CLOSE = 0.15
"""Two kinds this near each other are both told."""
HEED = 0.5
"""A greeting so near distress is heard as distress; half of them are."""
UNSURE = 0.55
OUTRIGHT = 4
"""Weight of frames that say a kind outright."""
BEFORE: Mapping[Kind, frozenset[Kind]] = {
    "minor": frozenset({"distress", "overbuying"}),
    "injection": frozenset({"functional", "ritual"}),
}
"""Kinds that yield to one that is said outright."""
CARE: frozenset[Kind] = frozenset({"minor", "distress", "overbuying", "scam"})
"""Kinds after which nobody sells, and a person is told."""

DOUBT = 0.8
"""Below this distance of the first two kinds a second opinion is asked."""
MEANT = 8.0
"""Log-odds that a sure opinion is worth. Both by leaving out authors (``python -m benchmarks.triage``)."""

Understand = Callable[[str], str]
"""Dialect text → Mandarin, asked only in doubt."""

_TIGHT = re.compile(r"(?<=[\u4e00-\u9fff])[\s*·._\-~^|/\\+]{1,3}(?=[\u4e00-\u9fff])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAYBE_PERSONAL = re.compile(
    r"(?:[0-9０-９①-⑨零〇一幺二三四五六七八九两洞拐壹贰叁肆伍陆柒捌玖].{0,8}?){4}|[栋幢弄巷路街号组室]"
    r"|[@＠]|[微威薇]信|[vVwW][xX信]|加我|[qQ][qQ]|扣扣|企鹅|at|艾特|[A-Za-z][·\s.]?[0-9A-Za-z]{4}"
)


@dataclass(frozen=True, slots=True)
class Triage:
    """The kind of a comment, further kinds it shows, confidence in [0, 1], and the frames that decided.

    ``aspect`` is what the person needs (``despair``, ``grief`` …) where a frame says so, else empty.
    """

    kind: Kind
    also: tuple[Kind, ...] = ()
    confidence: float = 1.0
    why: tuple[str, ...] = ()
    aspect: str = ""


def triage(text: str, understand: Understand | None = None, opinion: Opinion | None = None) -> Triage:
    """Judge one comment of any length and any Unicode.

    ``understand`` renders dialect; it is asked where no frame speaks for the kind or the kind is in doubt,
    and the surer of the two readings counts. ``opinion`` is asked in doubt, about
    comments of one window.
    """
    raw = text[:LONGEST]
    starts = _starts(len(raw))
    asked = opinion if len(starts) == 1 else None
    judged = [_judged(raw[at : at + WINDOW], asked) for at in starts]
    best = min(judged, key=lambda one: (one.confidence < UNSURE, KINDS.index(one.kind)))
    puzzled = best.confidence < UNSURE or not best.why
    if puzzled and understand is not None and (rendered := understand(raw)) != raw:
        best = _surer(best, triage(rendered, None, opinion))
    if len(judged) == 1:
        return best
    others = {kind for one in judged for kind in (one.kind, *one.also)} - {best.kind}
    aspect = next((one.aspect for one in judged if one.aspect), "")
    return Triage(best.kind, _ordered(others), best.confidence, best.why, aspect)


def _surer(said: Triage, rendered: Triage) -> Triage:
    """The surer reading. A rendering loses tone: it may not take back what a frame heard, only add care."""
    if said.why and KINDS.index(rendered.kind) > KINDS.index(said.kind):
        return said
    return max(said, rendered, key=lambda one: one.confidence)


def _starts(length: int) -> range:
    return range(0, max(1, length - WINDOW // 2), WINDOW // 2)


def _ordered(kinds: set[Kind]) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)


def _judged(raw: str, opinion: Opinion | None) -> Triage:
    folded = fold_comment(raw)
    if not folded:
        return Triage("ritual", (), 0.5)
    heard = weigh(raw, folded)
    scores, why = heard.scores, heard.why
    odds = likeness.load().odds(likeness.told(folded, heard.cues())).astype(np.float64)
    if opinion is not None:
        odds = pooled(odds, partial(opinion, raw))
    first, second, sure, margin = _first_two(odds)
    kind = _settled(first, second, margin, scores)
    also = {k for k in KINDS[:-2] if scores.get(k, 0) >= ENOUGH} | {first}
    if margin < CLOSE:
        also.add(second)
    confidence = round(min(0.99, sure), 2)
    return Triage(kind, _ordered(also - {kind}), confidence, tuple(why.get(kind, ())), _aspect(why))


def _settled(first: Kind, second: Kind, margin: float, scores: Mapping[Kind, int]) -> Kind:
    """The likeliest kind, unless one that is heard comes before it, or it may well be distress."""
    for kind, others in BEFORE.items():
        if first in others and scores.get(kind, 0) >= OUTRIGHT:
            return kind
    if margin < CLOSE and second in CARE and scores.get(second, 0) >= ENOUGH:
        if scores.get(first, 0) < ENOUGH or KINDS.index(second) < KINDS.index(first):
            return second
    if second == "distress" and first not in CARE and margin < (HEED if first == "ritual" else CLOSE):
        return "distress"
    return first


def pooled(odds: Vector, opinion: Callable[[], Vector | None]) -> Vector:
    """The odds of the kinds, with the second opinion's where the likeliest two are near each other."""
    *_, margin = _first_two(odds)
    other = opinion() if margin < DOUBT else None
    return odds if other is None else odds + MEANT * other


def _first_two(odds: Vector) -> tuple[Kind, Kind, float, float]:
    """The likeliest kinds, the share of the first, and by how much it exceeds that of the second."""
    shares = np.exp(odds - odds.max())
    shares /= shares.sum()
    order = np.argsort(-shares)
    first, second = float(shares[order[0]]), float(shares[order[1]])
    return KINDS[order[0]], KINDS[order[1]], first, first - second


def _aspect(why: Mapping[Kind, list[str]]) -> str:
    """The aspect of the weightiest frame of distress, the first of equals."""
    fired = why.get("distress")
    if not fired:
        return ""
    told = [frame for frame in cues.load().frames if frame.aspect and frame.id in fired]
    return max(told, key=lambda frame: frame.weight).aspect if told else ""


def fold_comment(raw: str) -> str:
    """Folded for matching: width, case, script and invisible characters, and marks put between characters."""
    return _TIGHT.sub("", fold(_SURROGATE.sub("", raw)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The score of each kind, which frames gave it, and the word families that occur."""

    scores: dict[Kind, int]
    why: dict[Kind, list[str]]
    families: tuple[str, ...]

    def cues(self) -> list[str]:
        """All that was heard, by name."""
        return [*self.families, *(frame for frames in self.why.values() for frame in frames)]


def weigh(raw: str, folded: str) -> Evidence:
    """What the frames and the masker say of a comment."""
    loaded = cues.load()
    families = 0
    for bits in _marks(folded, loaded):
        families |= bits
    families = _derived(families, loaded)
    scores, why = _weighed(families, loaded)
    if _MAYBE_PERSONAL.search(raw.replace(" ", "")) and privacy.find(raw):
        scores["pii"] = scores.get("pii", 0) + 3
        why.setdefault("pii", []).append("personal-data")
    return Evidence(scores, why, tuple(name for at, name in enumerate(loaded.names) if families >> at & 1))


def _marks(text: str, loaded: Cues) -> list[int]:
    """The families of each word and pattern found; words inside a harmless one do not count."""
    found = loaded.automaton.find_matches_as_indexes(text, overlapping=True)
    covered = _covered(found, loaded.harmless)
    marks = [
        loaded.bits[word]
        for word, start, end in found
        if word in loaded.harmless or end > _reach(covered, start)
    ]
    for pattern in loaded.patterns:
        if pattern.trigger in text and pattern.expression.search(text):
            marks.append(pattern.bit)
    return marks


def _covered(found: list[tuple[int, int, int]], harmless: frozenset[int]) -> list[tuple[int, int]]:
    """Starts of the harmless words, ascending, each with the furthest end of those that began by then."""
    covered: list[tuple[int, int]] = []
    for start, end in sorted((start, end) for word, start, end in found if word in harmless):
        covered.append((start, max(end, covered[-1][1] if covered else 0)))
    return covered


def _reach(covered: list[tuple[int, int]], start: int) -> int:
    at = bisect_right(covered, (start, sys.maxsize))
    return covered[at - 1][1] if at else 0


def _derived(families: int, loaded: Cues) -> int:
    for family in loaded.derived:
        if not families & family.unless and all(families & need for need in family.needs):
            families |= family.bit
    return families


def _weighed(families: int, loaded: Cues) -> tuple[dict[Kind, int], dict[Kind, list[str]]]:
    scores: dict[Kind, int] = {}
    why: dict[Kind, list[str]] = {}
    for frame in loaded.frames:
        needs = frame.needs
        if families & needs[0] and not families & frame.unless and all(families & n for n in needs[1:]):
            scores[frame.kind] = scores.get(frame.kind, 0) + frame.weight
            why.setdefault(frame.kind, []).append(frame.id)
    return scores, why
