"""A product while it is being imported: what its row says so far, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.events import Finding
from knowledge_graph.facts import Fact, Source, Value
from knowledge_graph.ingest.columns import Column
from knowledge_graph.ingest.problems import Problem, Severity
from knowledge_graph.ingest.sheets import Cell
from knowledge_graph.schema import TERMS, Property

Screen = Callable[[str], Sequence[Finding]]
"""Offences against advertising law and stray personal data in a text; handed in by the service."""


EMPTY = re.compile(r"^(?:/|\\|-+|—+|–+|无|没有|暂无|空|none|null|n/a|nan)$", re.I)
"""What stands in a cell that means nothing."""


def allow_all(_: str) -> Sequence[Finding]:
    """The screen of an import that judges no wording."""
    return ()


@dataclass(frozen=True, slots=True)
class Place:
    """A cell with the column it stands in."""

    cell: Cell
    column: Column

    @property
    def text(self) -> str:
        """The cell's text."""
        return self.cell.text


@dataclass(slots=True)
class Draft:
    """One product row being read. ``pending`` keeps, for a person to settle, what could not be taken."""

    file: str
    sheet: str
    row: int
    as_of: date
    name: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    pending: list[Fact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    section: str = ""
    screen: Screen = allow_all

    def source(self, place: Place | None) -> Source:
        """Where a fact of this row stands."""
        if place is None:
            return Source(self.file, self.sheet, "", self.row)
        return Source(self.file, self.sheet, place.cell.place, place.cell.row, place.column.title)

    def put(self, fact: Fact) -> None:
        """Take a fact; the same statement twice is one."""
        if all(fact.id != held.id for held in self.facts):
            self.facts.append(fact)

    def get(self, wanted: Property) -> Fact | None:
        """The first fact of a property."""
        return next((f for f in self.facts if f.property is wanted), None)

    def all(self, wanted: Property) -> list[Fact]:
        """All facts of a property."""
        return [f for f in self.facts if f.property is wanted]

    def hold_back(self, fact: Fact) -> None:
        """Take a fact back as it stands; it waits for a person."""
        self.facts.remove(fact)
        self.pending.append(fact)

    def withhold(self, wanted: Iterable[Property], why: str) -> None:
        """Take back facts that turned out to be doubtful; they wait for a person."""
        properties = set(wanted)
        for fact in [f for f in self.facts if f.property in properties]:
            self.facts.remove(fact)
            self.pending.append(replace(fact, evidence=f"待核对：{why}"))

    def report(
        self, severity: Severity, type_: str, message: str, place: Place | None, value: str | None = None
    ) -> None:
        """Report a problem at a cell of this row."""
        text = value if value is not None else (place.cell.lost or place.text) if place else ""
        self.problems.append(
            Problem(
                severity, type_, message, self.name or None, self.sheet,
                place.cell.row if place else self.row, place.column.title if place else "", text,
            )
        )  # fmt: skip

    def doubt(
        self, wanted: Property, type_: str, message: str, place: Place, severity: Severity = "error"
    ) -> None:
        """Report a cell that cannot be taken, and keep its raw text for a person."""
        self.report(severity, type_, message, place)
        written = place.cell.lost or place.text
        if written:
            self.pending.append(
                Fact(
                    product=self.name, property=wanted, value=written, written=written,
                    source=self.source(place), evidence=f"待核对：{message}",
                )
            )  # fmt: skip


def fact(draft: Draft, property_: Property, value: Value, place: Place | None, **more: object) -> Fact:
    """A fact of this row; unit and written text follow from property and cell unless given."""
    given: dict[str, object] = {
        "product": draft.name,
        "unit": TERMS[property_].unit,
        "written": place.text if place else str(value),
        "source": draft.source(place),
    } | more
    return Fact(property=property_, value=value, **given)  # type: ignore[arg-type]
