"""Which of the twelve groups a sentence is in, from its paths; and which a stream is in, with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Protocol

from dialects import groups
from dialects.match import GROUP_COST, Parse

TEMPERATURE = 1.5
CONFIDENT = 0.4
"""Posterior below which the group is not named."""

PLACE_BONUS = 0.9
"""What naming a place of a group adds: sellers name where their goods come from. It only breaks ties."""
SET_BONUS = 2.0
LABEL_BONUS = 1.0
FOLLOW_BONUS = 1.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """The posterior over groups and Mandarin; ``group`` is None where none is convincing."""

    group: str | None
    confidence: float
    posterior: Mapping[str, float]
    parse: Parse | None


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    lines = (resources.files("dialects") / "data" / "places.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {place: group for group, places in rows for place in places.split(" ")}


def near(text: str) -> dict[str, float]:
    """What the places named in ``text`` add to the groups that live there, in nats."""
    places = _places()
    named = {text[i : i + n] for i in range(len(text)) for n in (2, 3, 4)}
    return {places[name]: PLACE_BONUS for name in named if name in places}


def judge(
    parses: Sequence[Parse], prior: Mapping[str, float], places: Mapping[str, float] | None = None
) -> Judgement:
    """Weigh each group's gain, prior included, against the cost of leaving Mandarin.

    ``places`` (see :func:`near`) only decides between groups that are believed without it.
    """
    weights = {p.group: (p.alone + prior.get(p.group, 0.0) - GROUP_COST) / TEMPERATURE for p in parses}
    weights |= {g: weights[g] + b / TEMPERATURE for g, b in (places or {}).items() if weights.get(g, 0.0) > 0}
    peak = max((0.0, *weights.values()))
    terms = {g: math.exp(w - peak) for g, w in weights.items()} | {groups.MANDARIN: math.exp(-peak)}
    whole = sum(terms.values())
    posterior = {g: t / whole for g, t in terms.items()}
    best = max(parses, key=lambda p: posterior[p.group], default=None)
    if best is None or not best.readings or weights[best.group] <= 0:
        return Judgement(None, posterior[groups.MANDARIN], posterior, None)
    share = posterior[best.group] / (1.0 - posterior[groups.MANDARIN])
    return Judgement(best.group if share >= CONFIDENT else None, posterior[best.group], posterior, best)


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
