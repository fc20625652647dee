"""A sentence being read: what facts its words stand in, and what has been found about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge_graph.claims.verdict import Claim, ClaimKind
from knowledge_graph.facts import Fact
from knowledge_graph.schema import Property

_NEGATION = re.compile(r"[不没无非别未免勿莫]|禁")
REGIONS = (Property.EXCLUDED_REGION, Property.SURCHARGE_REGION, Property.ONLY_REGION)


@dataclass(slots=True)
class Sentence:
    """A sentence being read; ``carried[i]`` is the fact that explains character i."""

    text: str
    offset: int
    facts: tuple[Fact, ...]
    focused: bool
    named: set[int] = field(default_factory=set)
    carried: dict[int, Fact] = field(default_factory=dict)
    runs: list[tuple[int, int, Fact]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    uncarried: list[Claim] = field(default_factory=list)

    def quoted(self, start: int, end: int) -> Fact | None:
        """The fact whose words wholly cover a span."""
        return next((f for s, e, f in self.runs if s <= start and end <= e), None)

    def refuse(self, start: int, end: int, kind: ClaimKind, reason: str) -> None:
        """Note a claim that no fact carries."""
        claim = Claim(self.offset + start, self.offset + end, kind, self.text[start:end], reason=reason)
        self.claims.append(claim)
        self.uncarried.append(claim)

    def carry(self, start: int, end: int, kind: ClaimKind, fact: Fact, unit: str = "") -> None:
        """Note a claim and the fact that carries it."""
        self.claims.append(
            Claim(self.offset + start, self.offset + end, kind, self.text[start:end], unit, fact)
        )
        for i in range(start, end):
            self.carried[i] = fact


def texts(facts: Iterable[Fact]) -> Iterator[tuple[str, Fact]]:
    """The texts of facts that a sentence may quote."""
    for fact in facts:
        if fact.property in REGIONS or fact.property in (Property.SKU, Property.BARCODE):
            continue
        if isinstance(fact.value, str):
            yield fact.value, fact
        if (
            fact.property in (Property.SHELF_LIFE, Property.SHIPPING_HOURS, Property.COUNT)
            and len(fact.written) <= 24
        ):
            yield fact.written, fact


def quote(sentence: Sentence, texts: Iterable[tuple[str, Fact]]) -> None:
    """Mark the stretches that stand word for word in a fact, with the same negation before them."""
    for text, fact in texts:
        for start, end, at in _shared_runs(sentence.text, text):
            if negated(sentence.text, start) != negated(text, at):
                continue
            sentence.runs.append((start, end, fact))
            for i in range(start, end):
                sentence.carried.setdefault(i, fact)


def _shared_runs(said: str, held: str) -> Iterator[tuple[int, int, int]]:
    """Maximal equal stretches of two or more characters (said from, to, held from) that cut no number."""
    pairs: dict[str, list[int]] = {}
    for at in range(len(held) - 1):
        pairs.setdefault(held[at : at + 2], []).append(at)
    for start in range(len(said) - 1):
        for at in pairs.get(said[start : start + 2], ()):
            if start and at and said[start - 1] == held[at - 1]:
                continue
            length = 2
            while (
                start + length < len(said)
                and at + length < len(held)
                and said[start + length] == held[at + length]
            ):
                length += 1
            a, b, c = start, start + length, at
            while a < b and (_in_number(said, a) or _in_number(held, c)):
                a, c = a + 1, c + 1
            while a < b and (_in_number(said, b) or _in_number(held, c + b - a)):
                b -= 1
            if b - a >= 2 and re.search(r"\w{2}", said[a:b]):
                yield a, b, c


_NUMERAL = frozenset("0123456789.零一二三四五六七八九十百千万两半")


def _in_number(text: str, cut: int) -> bool:
    """Whether a cut before position ``cut`` goes through a number."""
    return 0 < cut < len(text) and text[cut - 1] in _NUMERAL and text[cut] in _NUMERAL


def negated(text: str, start: int) -> bool:
    """Whether a negation stands right before ``start``."""
    before = re.split(r"[，,、。；;\s]", text[max(0, start - 3) : start])[-1]
    return bool(_NEGATION.search(before))


_KINDS: dict[Property, ClaimKind] = {
    Property.ORIGIN: "place",
    Property.CERTIFICATE: "certificate",
    Property.REMINDER: "suitability",
    Property.SUITABLE_FOR: "suitability",
    Property.SHELF_LIFE: "duration",
}


def note_quotes(sentence: Sentence) -> None:
    """Note what was said in a fact's own words as claims it carries, longest stretches first."""
    taken = {
        i for c in sentence.claims for i in range(c.start - sentence.offset, c.end - sentence.offset)
    } | sentence.named
    for start, end, fact in sorted(sentence.runs, key=lambda r: r[0] - r[1]):
        if not taken & set(range(start, end)):
            sentence.carry(start, end, _KINDS.get(fact.property, "predicate"), fact)
            taken |= set(range(start, end))
