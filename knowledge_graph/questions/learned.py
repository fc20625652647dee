"""What a question asks where the word families are silent or at odds: learned from labelled questions.

A linear model (:mod:`core.text.linear`) reads the wordings together with what the families made of them, so
it learns in which company a family is to be believed. It speaks only where it is nearly sure.
``python -m benchmarks.questions --write`` fits ``data/reader.npz``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from core.files import shipped
from core.text import linear
from knowledge_graph.questions.asked import Asked

OTHER = "other"
"""What no sheet holds, and what is no question about goods."""
BUCKETS = 1 << 16
_NUMERAL = re.compile("[0-9零一二两三四五六七八九十百千半]+")
SURE, OFF_TOPIC = -0.5, 0.0
"""Log-odds from which the likeliest kind is asked, and from which no sheet holds an answer."""
BEHIND = 2.0
"""A kind that a family heard is given up so far behind a sure one that no family heard."""

_NEIGHBOURS = tuple(
    frozenset(kinds.split())
    for kinds in (
        "price unit_price list_price save promotion gift cheapest worth deposit limit difference alike",
        "ship_time ship_day presale lead_time harvest produced",
        "ship_region freight courier ship_from combine",
        "weight count size spec servings",
        "craft material variety ingredients maker grade origin points",
    )
)
"""Kinds that the families tell apart better, as they know what is bought and where the viewer is."""
_COMPARING = frozenset("cheapest worth difference alike".split())
"""Kinds that need to know which goods are compared, and in what: left to the families."""


def features(asked: Asked) -> list[linear.Hashes]:
    """What the model reads: runs of letters of both wordings, and what the families heard."""
    heard = {*asked.intents, *(f"unheld {topic}" for topic, _ in asked.unheld)}
    heard |= {name for name, said in _signs(asked).items() if said}
    forms = [_NUMERAL.sub("5", form) for form in asked.bare]
    texts = [hashes for form in forms for hashes in linear.runs(linear.letters(form))]
    return [*texts, linear.named(sorted(heard))]


def _signs(asked: Asked) -> dict[str, bool]:
    return {
        "health": asked.health,
        "condition": bool(asked.conditions),
        "place": bool(asked.places),
        "silent": not (asked.intents or asked.unheld or asked.health or asked.conditions),
        f"length {min(len(asked.bare[0]) // 4, 5)}": True,
    }


@dataclass(frozen=True, slots=True)
class Reader:
    """The fitted model and what it makes of a question."""

    model: linear.Classifier

    def odds(self, asked: Asked) -> dict[str, float]:
        """Log-odds of each kind."""
        return dict(zip(self.model.kinds, self.model.odds(features(asked)).tolist(), strict=True))

    def revise(self, asked: Asked) -> Asked:
        """The question with the kind that surely is asked although no family heard it, for misheard ones.

        Where no family spoke at all, the kind is ``guessed``.
        """
        if asked.health or asked.unheld or asked.conditions:
            return asked
        odds = self.odds(asked)
        best = max(odds, key=lambda kind: odds[kind])
        if best == OTHER:
            return replace(asked, off_topic=not asked.intents and odds[best] >= OFF_TOPIC)
        if best in _COMPARING:
            return asked
        near = {kind for kinds in _NEIGHBOURS if best in kinds for kind in kinds} | {best}
        if near & asked.intents or odds[best] < SURE:
            return asked
        kept = {k for k in asked.intents if odds.get(k, odds[best]) >= odds[best] - BEHIND}
        return replace(asked, intents=frozenset(kept | {best}), guessed=not asked.intents)


def fitted(questions: Sequence[tuple[Asked, frozenset[str]]], about: str = "{}") -> Reader:
    """The reader of these questions, each as the families understand it and with the kinds that it asks."""
    kinds = tuple(sorted({kind for _, told in questions for kind in told}))
    examples = [(features(asked), told) for asked, told in questions]
    return Reader(linear.fitted(examples, kinds, BUCKETS, about=about))


@cache
def load_reader() -> Reader:
    """The reader of the house; ConfigurationError where its file is damaged."""
    path = files(__package__) / "data" / "reader.npz"
    with shipped(path, "questions.bad_reader", "问题识别") as file:
        return Reader(linear.read(file))


__all__ = ["OTHER", "Reader", "fitted", "load_reader"]
