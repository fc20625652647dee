"""What role a column plays by what stands in its cells: naive Bayes over characters of example cells.

Headings are worded without end, what stands below them is not: 阴凉避光 is how something is stored,
whatever the column is called. Numbers alone carry no words; :mod:`columns` judges them by their values.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp, log

from core.tables import bad, shipped
from knowledge_graph.ingest.headings import ROLES

_OWN = 0.8
"""How much of a feature's likelihood comes from the role's examples; the rest from those of all roles."""
_LATIN = re.compile(r"[a-z]+")
_KNOWN = frozenset("g kg ml l cm mm m sc qs lb s xl xxl x".split())
"""Units, sizes and licence letters; what other Latin letters say is only that a code stands there."""
_LONGEST = 40
"""Characters of a cell that are read."""
_CELLS = 40
"""Cells of a column that are read."""


def _features(text: str) -> list[str]:
    """Characters and pairs of characters; any number is one sign, any other code in Latin letters too."""
    plain = re.sub(r"[0-9]+(?:\.[0-9]+)?", "0", unicodedata.normalize("NFKC", text).lower())
    plain = _LATIN.sub(lambda m: m[0] if m[0] in _KNOWN else "a", plain)
    plain = "^" + "".join(plain.split())[:_LONGEST] + "$"
    return [*plain[1:-1], *(plain[i : i + 2] for i in range(len(plain) - 1))]


@cache
def _examples() -> Mapping[str, Counter[str]]:
    """The features of each role's example cells. Raises :class:`ConfigurationError` with file and line."""
    counts: dict[str, Counter[str]] = {}
    for number, (role, examples) in shipped("knowledge_graph.ingest", "cells.tsv", 2):
        if role not in ROLES:
            raise bad("cells.tsv", number, f"没有叫“{role}”的栏")
        held = counts.setdefault(role, Counter())
        for example in examples.split("|"):
            held.update(_features(example))
    return counts


@cache
def _worth() -> Mapping[str, Mapping[str, float]]:
    """How much more likely each feature is under a role than anywhere, as a logarithm; 0 where unseen."""
    examples = _examples()
    shares = {role: {f: n / held.total() for f, n in held.items()} for role, held in examples.items()}
    anywhere: Counter[str] = Counter()
    for share in shares.values():
        anywhere.update(share)
    return {
        role: {f: log(1 + _OWN / (1 - _OWN) * p * len(shares) / anywhere[f]) for f, p in share.items()}
        for role, share in shares.items()
    }


@cache
def role_of_cell(text: str) -> Mapping[str, float]:
    """The probability of every role for one cell of words; they sum to 1."""
    features = _features(text)
    # Overlapping pairs are no independent witnesses: their sum is damped by its length.
    weight = 1 / (1 + len(features) / 8)
    worth = {role: exp(weight * sum(held.get(f, 0.0) for f in features)) for role, held in _worth().items()}
    total = sum(worth.values())
    return {role: value / total for role, value in worth.items()}


def roles_of_cells(texts: Iterable[str]) -> dict[str, float]:
    """The mean probability of every role over the different cells of a column; empty without words."""
    cells = [t for t in dict.fromkeys(texts) if _wordy(t)][:_CELLS]
    if not cells:
        return {}
    judged: Sequence[Mapping[str, float]] = [role_of_cell(t) for t in cells]
    return {role: sum(j[role] for j in judged) / len(judged) for role in _worth()}


def _wordy(text: str) -> bool:
    return bool(text) and not re.fullmatch(r"[\s\d.,¥￥%+-]+", text)
