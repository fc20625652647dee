"""What the check of a text found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from knowledge_graph.facts import Fact
from knowledge_graph.questions.reply import fact_evidence

ClaimKind = Literal[
    "value",
    "price",
    "weight",
    "count",
    "duration",
    "date",
    "place",
    "certificate",
    "comparison",
    "suitability",
    "health",
    "superlative",
    "predicate",
    "product",
]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim at ``[start, end)``: the fact that carries it, or the ``reason`` that none does."""

    start: int
    end: int
    kind: ClaimKind
    value: str
    unit: str = ""
    fact: Fact | None = None
    reason: str = ""

    def record(self) -> dict[str, Any]:
        """The claim as the batch command prints it."""
        found: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "kind": self.kind,
            "value": self.value,
            "unit": self.unit,
            "fact": self.fact.id if self.fact else None,
            "evidence": fact_evidence(self.fact) if self.fact else None,
        }
        return found | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True, slots=True)
class Checked:
    """``carried`` is true where every claim of the text is carried by a fact (or there is none)."""

    carried: bool
    claims: tuple[Claim, ...] = ()
    uncarried: tuple[Claim, ...] = ()

    def record(self) -> dict[str, Any]:
        """The verdict as the batch command prints it."""
        return {
            "carried": self.carried,
            "claims": [c.record() for c in self.claims],
            "uncarried": [c.record() for c in self.uncarried],
        }
