"""One verdict from what rules know and how a passage reads.

A rule that matched is evidence, not proof: how often a rule is right was counted on lines that people judged,
and an honest sentence can outweigh a poor one. What counts is fitted as a logistic regression by
``python -m benchmarks.opinion --write``, to lines of authors whom neither the opinion nor the counts knew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
PRIOR = 1.5
"""Lines of either sort that a rule is thought to have matched before any was counted."""
_RIDGE, _STEPS = 1e-3, 30


@dataclass(frozen=True, slots=True)
class Passage:
    """What is known of a passage: its odds by reading, the ``rules`` that stand and their classes.

    ``sentence`` are the log-odds of its worst sentence, ``whole`` those of all of it, ``kind`` the class that
    it reads like; ``lifted`` tells whether an exemption or evidence lifted a match.
    """

    sentence: float
    whole: float
    kind: str
    rules: Mapping[str, str]
    lifted: bool


@dataclass(frozen=True, slots=True)
class Weighing:
    """Bias and weights of a passage's :func:`features`; log-odds that a rule's match offends, by its id."""

    bias: float = 0.0
    weights: tuple[float, ...] = (1.0, 0.0, 2.0, 0.0, 0.0, -1.0)
    reliability: Mapping[str, float] = field(default_factory=dict)

    def odds(self, of: Passage) -> float:
        """Log-odds that the passage offends."""
        told = features(of, self.reliability)
        return self.bias + sum(weight * value for weight, value in zip(self.weights, told, strict=True))


UNFITTED = Weighing()


def features(of: Passage, reliability: Mapping[str, float]) -> tuple[float, ...]:
    """What is weighed: readings, whether a rule stands, the most reliable one, agreement, what was lifted."""
    most = max((reliability.get(rule, 0.0) for rule in of.rules), default=0.0)
    known, agrees = bool(of.rules), of.kind in of.rules.values()
    return of.sentence, of.whole, float(known), most, float(agrees), float(of.lifted)


def counted(judged: Iterable[tuple[Collection[str], bool]]) -> dict[str, float]:
    """Log-odds by rule from the rules that stood in each line, and whether the line was an offence."""
    counts: dict[str, list[float]] = {}
    for rules, offends in judged:
        for rule in rules:
            counts.setdefault(rule, [PRIOR, PRIOR])[offends] += 1
    return {rule: log(wrong / lawful) for rule, (lawful, wrong) in counts.items()}


def fitted(
    rows: Sequence[Sequence[float]], truth: Sequence[bool], reliability: Mapping[str, float]
) -> Weighing:
    """The weights of these :func:`features`, by Newton's method."""
    held = np.column_stack([np.ones(len(rows)), np.array(rows, float)])
    wanted, weights = np.array(truth, float), np.zeros(held.shape[1])
    ridge = _RIDGE * len(rows) * np.eye(len(weights))
    ridge[0, 0] = 0.0
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-held @ weights))
        slope = held.T @ (chance - wanted) + ridge @ weights
        curve: Numbers = (held * (chance * (1 - chance))[:, None]).T @ held + ridge
        weights -= np.linalg.solve(curve, slope)
    bias, *rest = weights.tolist()
    return Weighing(bias, tuple(rest), reliability)
