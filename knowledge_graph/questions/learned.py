"""What a question asks where the word families are silent or at odds: learned from labelled questions.

Two models are asked. A linear one (:mod:`core.text.linear`) reads the wordings together with what the
families made of them, so it learns in which company a family is to be believed. Where that leaves a doubt
and an embedder is at hand, kernel ridge regression over sentence embeddings (:mod:`core.text.kernel`) tells
which labelled questions mean much the same. A kind is believed that leads all others by far.
``python -m benchmarks.questions --write`` fits ``data/reader.npz`` and ``data/meaning.npz``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from core.files import shipped_model
from core.text import kernel, linear
from core.text.kernel import Embed, Kernel
from core.text.linear import Floats
from knowledge_graph.questions.asked import Asked

OTHER = "other"
"""What no sheet holds, and what is no question about goods."""
BUCKETS = 1 << 16
RIDGE = 0.1
WEIGHT = 10.0
"""Log-odds that a sure meaning is worth."""
_NAME = re.compile("(?:这个)?＃+")
_NUMERAL = re.compile("[0-9零一二两三四五六七八九十百千半]+")


@dataclass(frozen=True, slots=True)
class Leads:
    """By how many log-odds the likeliest kind must lead the next one to be believed.

    ``kind``: to be asked where no family spoke; ``other``: to be refused.
    """

    kind: float
    other: float


WORDS, BOTH = Leads(3.0, 3.0), Leads(3.0, 4.0)
"""Of words alone, and of words and meaning together."""
SURE, GIVEN_UP = 3.0, -3.0
"""Log-odds by words and meaning from which a kind is asked besides what the families heard, and below which
they misheard."""

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


Held = Callable[[Asked, str], bool]
"""Whether the facts of the product asked about tell anything of a kind."""


def _anything(_: Asked, __: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Reader:
    """The fitted models, of the same kinds in the same order, and what they make of a question."""

    words: linear.Classifier
    meaning: Kernel

    def odds(self, asked: Asked, vector: Floats | None = None) -> dict[str, float]:
        """Log-odds of each kind by the words, and by the sentence embedding where there is one."""
        odds = self.words.odds(features(asked))
        if vector is not None:
            odds = odds + WEIGHT * self.meaning.scores(vector[None])[0]
        return dict(zip(self.words.kinds, odds.tolist(), strict=True))

    def revise(self, asked: Asked, embed: Embed | None = None, held: Held = _anything) -> Asked:
        """The question with the kinds that surely are asked although no family heard them.

        Where no family spoke at all, the kind is ``guessed``. ``embed`` is called where the words alone
        disagree with the families; without it what they heard stays.
        """
        if asked.health or asked.unheld or asked.conditions:
            return asked
        odds, leads = self.odds(asked), WORDS
        doubtful = {kind for kind in odds if odds[kind] >= 0} != asked.intents
        if embed and doubtful:
            odds, leads = self.odds(asked, embed(_said(asked))), BOTH
        if not (asked.intents or asked.places or _buys(asked)):
            return _guessed(asked, odds, leads, held)
        return _corrected(asked, odds, held) if embed and doubtful else asked


def _buys(asked: Asked) -> bool:
    """Whether so many are wanted: what these cost is asked where nothing else is."""
    return any(meant.quantity is not None for meant in asked.meant)


def _guessed(asked: Asked, odds: Mapping[str, float], leads: Leads, held: Held) -> Asked:
    best = max(odds, key=lambda kind: odds[kind])
    lead = leads.other if best == OTHER else leads.kind
    rivals = [kind for kind in odds if kind != best and odds[kind] > odds[best] - lead]
    if best == OTHER:
        return replace(asked, off_topic=not rivals)
    if best in _COMPARING or any(kind == OTHER or held(asked, kind) for kind in rivals):
        return asked
    return replace(asked, intents=frozenset({best}), guessed=True)


def _corrected(asked: Asked, odds: Mapping[str, float], held: Held) -> Asked:
    """What was heard, without what surely is not asked and with what surely is.

    Beside a kind that was heard rightly only one that the product's facts tell of is asked; beside the
    price of an amount, nothing else.
    """
    sure = {kind for kind in odds if odds[kind] >= SURE} - _COMPARING - {OTHER} - asked.intents
    kept = {kind for kind in asked.intents if odds.get(kind, SURE) >= GIVEN_UP}
    if kept:
        sure = {kind for kind in sure if held(asked, kind)}
    if "price" in kept and (asked.amounts() or _buys(asked)):
        sure = set()
    return replace(asked, intents=frozenset(kept | sure) or asked.intents)


def _said(asked: Asked) -> str:
    """What is embedded: the labelled questions name no goods."""
    return _NAME.sub("这个", asked.bare[0])


def fitted(
    questions: Sequence[tuple[Asked, frozenset[str]]], vectors: Floats, about: dict[str, str]
) -> Reader:
    """The reader of these questions, each as the families understand it and with the kinds that it asks.

    ``vectors`` are the embeddings of their texts, ``about`` says where they come from (and their version).
    """
    kinds = tuple(sorted({kind for _, told in questions for kind in told}))
    examples = [(features(asked), told) for asked, told in questions]
    targets = np.array([[kind in told for kind in kinds] for _, told in questions], np.float64)
    return Reader(
        linear.fitted(examples, kinds, BUCKETS, about=json.dumps(about, ensure_ascii=False)),
        kernel.fitted(vectors, targets, RIDGE, about.get("version", "")),
    )


@cache
def load_reader() -> Reader:
    """The reader of the house; ConfigurationError where a file of it is damaged."""
    data = files(__package__) / "data"
    with shipped_model(data / "reader.npz", "questions.bad_reader", "问题识别") as file:
        words = linear.read(file)
    with shipped_model(data / "meaning.npz", "questions.bad_meaning", "问题识别") as file:
        return Reader(words, kernel.read(file))


__all__ = ["OTHER", "Reader", "fitted", "load_reader"]
