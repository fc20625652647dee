"""Which of the twelve groups a sentence is in, from its paths; and which a stream is in, with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Protocol

from dialects import groups
from dialects.match import GROUP_COST, TELLING, Parse

TEMPERATURE = 1.5
CONFIDENT = 0.5
"""Posterior up to which the group is not named: two that explain a text equally well are not told apart."""

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
    parses: Sequence[Parse],
    prior: Mapping[str, float],
    places: Mapping[str, float] | None = None,
    telling: Mapping[str, float] | None = None,
) -> Judgement:
    """Weigh each group's gain, prior included, against the cost of leaving Mandarin.

    Once any group is believed, ``places`` (see :func:`near`) and ``telling`` (:mod:`dialects.affinity`) help
    to decide between those that explain something.
    """
    gains = {p.group: p.alone + prior.get(p.group, 0.0) - GROUP_COST for p in parses if p.readings}
    highest = max(gains.values(), default=0.0)
    if highest <= 0:
        rest = {g: math.exp(gain / TEMPERATURE) for g, gain in gains.items()}
        mandarin = 1.0 / (1.0 + sum(rest.values()))
        posterior = {g: t * mandarin for g, t in rest.items()} | {groups.MANDARIN: mandarin}
        return Judgement(None, mandarin, posterior, None)
    hints = {g: (places or {}).get(g, 0.0) + TELLING * (telling or {}).get(g, 0.0) for g in gains}
    terms = _shares({g: gain + hints[g] for g, gain in gains.items()})
    mandarin = 1.0 / (1.0 + math.exp(min(50.0, highest / TEMPERATURE)))
    posterior = {g: share * (1.0 - mandarin) for g, share in terms.items()} | {groups.MANDARIN: mandarin}
    best = max((p for p in parses if p.group in gains), key=lambda p: terms[p.group])
    named = best.group if terms[best.group] > CONFIDENT else None
    return Judgement(named, posterior[best.group], posterior, best)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    peak = max(weights.values())
    terms = {g: math.exp((w - peak) / TEMPERATURE) for g, w in weights.items()}
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
