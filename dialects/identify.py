"""Which of the twelve groups a sentence is in, from its paths and how it reads; and which a stream is in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Protocol

from dialects import groups
from dialects.match import Parse

PROOF, LEANING = 0.4, 1.0
"""What a nat of the lattice's proof, and one of leaning towards dialect, say against Mandarin."""
MANDARIN_COST = 1.55
"""What leaving Mandarin costs: so much that 3 of 204 Mandarin sentences held out are glossed."""
LEAST_LEANING = -2.0
"""So much at most a text that reads as Mandarin speaks against words that only dialect has."""
EVEN = math.log(0.5)
"""The log-probability of Mandarin that leans neither way."""
NOTHING_READ = -2.0
"""The proof of a text in which no word was found: it must read as dialect the more."""
OWN_PROOF, OWN_GAIN, READS = 0.2, 0.05, 1.0
"""What a nat of a group's own proof, of its path's gain and of :mod:`dialects.affinity` say among groups."""
CONFIDENT = 0.42
"""Posterior among the groups up to which none is named: two that explain a text equally well stay apart."""
PROVED = 0.3
"""The same where the group's path also proves more than every other's."""

PLACE_BONUS = 2.0
"""What naming a place of a group adds: sellers name where their goods come from, and goods travel."""
SET_BONUS = 2.0
LABEL_BONUS = 1.0
FOLLOW_BONUS = 1.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """The posterior over groups and Mandarin; ``group`` is None where none is convincing.

    ``clear`` tells whether a group explains the text so well that its words need no other's assent.
    """

    group: str | None
    confidence: float
    posterior: Mapping[str, float]
    parse: Parse | None
    clear: bool


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    lines = (resources.files("dialects") / "data" / "places.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {place: group for group, places in rows for place in places.split(" ")}


@lru_cache(maxsize=1)
def _place_begins() -> frozenset[str]:
    return frozenset(place[:2] for place in _places())


def near(text: str) -> dict[str, float]:
    """What the places named in ``text`` add to the groups that live there, in nats."""
    places, begins = _places(), _place_begins()
    named = (text[at : at + n] for at in range(len(text)) if text[at : at + 2] in begins for n in (2, 3, 4))
    return {places[name]: PLACE_BONUS for name in named if name in places}


def leaning(odds: Mapping[str, float]) -> float:
    """How much likelier than Mandarin any dialect is by :mod:`dialects.affinity`, in nats."""
    mandarin = odds.get(groups.MANDARIN, 0.0)
    rest = math.log(max(1e-9, 1.0 - math.exp(mandarin))) if mandarin < 0.0 else LEAST_LEANING
    return max(LEAST_LEANING, rest - mandarin)


def judge(
    parses: Sequence[Parse],
    odds: Mapping[str, float],
    prior: Mapping[str, float] | None = None,
    places: Mapping[str, float] | None = None,
) -> Judgement:
    """Whether a text is dialect, and of which group.

    Dialect or not: the proof of the best path, prior included, and how the text reads (``odds``, log-
    probabilities of groups and Mandarin), against ``MANDARIN_COST``. Which: softmax over all of ``odds`` that
    are groups, of how the text reads, ``places`` (see :func:`near`), the prior and each path's proof. The
    constants are those of logistic regression (docs/adr/0008).
    """
    prior, places = prior or {}, places or {}
    by_group = {parse.group: parse for parse in parses}
    read = [parse for parse in parses if parse.readings]
    proof = max((parse.alone + prior.get(parse.group, 0.0) for parse in read), default=NOTHING_READ)
    believed = PROOF * proof + LEANING * leaning(odds) - MANDARIN_COST
    mandarin = 1.0 / (1.0 + math.exp(min(50.0, believed)))
    shares = _shares(
        {
            g: READS * odds[g] + prior.get(g, 0.0) + places.get(g, 0.0) + _proved(by_group.get(g))
            for g in odds
            if g != groups.MANDARIN
        }
    )
    posterior = {g: share * (1.0 - mandarin) for g, share in shares.items()} | {groups.MANDARIN: mandarin}
    if believed <= 0:
        return Judgement(None, mandarin, posterior, None, False)
    best = max(shares, key=lambda g: shares[g])
    clear = shares[best] > CONFIDENT
    named = best if clear or (shares[best] > PROVED and _leads(best, read)) else None
    explains = max(read, key=lambda p: shares[p.group], default=Parse(best, (), 0.0, 0.0))
    return Judgement(named, posterior[best], posterior, explains, clear)


def _leads(group: str, read: Sequence[Parse]) -> bool:
    """Whether the path of the group proves more than that of any other."""
    proofs = {parse.group: parse.alone for parse in read}
    own = proofs.pop(group, -math.inf)
    return own > max(proofs.values(), default=-math.inf)


def _proved(parse: Parse | None) -> float:
    return OWN_PROOF * parse.alone + OWN_GAIN * parse.gain if parse else 0.0


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    peak = max(weights.values())
    terms = {g: math.exp(w - peak) for g, w in weights.items()}
    whole = sum(terms.values())
    return {g: t / whole for g, t in terms.items()}


class Judged(Protocol):
    """What the tracker needs of a rendering."""

    @property
    def group(self) -> str | None:
        """The group named, or None."""
        ...

    @property
    def confidence(self) -> float:
        """Its posterior."""
        ...


class GroupTracker:
    """The group of a stream: follows renderings, forgets slowly, changes only on repeated evidence.

    ``fixed`` is the seller's own setting, which nothing overrides; ``label`` what a recogniser says.
    """

    KEEP = 0.85
    ENTER = 1.2
    LEAVE = 0.4

    def __init__(self, fixed: str | None = None) -> None:
        self.fixed = fixed
        self._belief: dict[str, float] = {}
        self._group: str | None = fixed

    @property
    def group(self) -> str | None:
        """The group the stream is in, None while unsure."""
        return self.fixed or self._group

    def update(self, rendering: Judged) -> str | None:
        """Take one more final rendering into account and return the stream's group."""
        belief = {g: b * self.KEEP for g, b in self._belief.items()}
        if rendering.group and rendering.group != groups.MANDARIN:
            belief[rendering.group] = belief.get(rendering.group, 0.0) + rendering.confidence
        self._belief = belief
        if not self.fixed and belief:
            best = max(belief, key=lambda g: belief[g])
            current = belief.get(self._group or "", 0.0)
            if belief[best] >= self.ENTER and belief[best] > 1.3 * current:
                self._group = best
            elif current < self.LEAVE:
                self._group = None
        return self.group

    def prior(self, label: str | None = None) -> dict[str, float]:
        """What :meth:`dialects.render.Renderer.render` should add to each group's gain, in nats."""
        prior: dict[str, float] = {}
        if self.fixed:
            prior[self.fixed] = SET_BONUS
        elif self._group:
            prior[self._group] = FOLLOW_BONUS
        if label and label in groups.BY_NAME:
            prior[label] = prior.get(label, 0.0) + LABEL_BONUS
        return prior
