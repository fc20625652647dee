"""What holds at a version: changes are graphs that never alter once approved, a version is a set of them.

A change adds facts and withdraws facts. It is written while nobody reads it; approving it is one small update
of the catalogue, undoing an approval another. Which facts hold is decided here, by pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal

from knowledge_graph.facts import Fact, ShopMeta
from knowledge_graph.schema import TERMS
from knowledge_graph.store import records
from knowledge_graph.store.protocol import Mention
from knowledge_graph.store.terms import Iri

Kind = Literal["sheet", "spoken", "chosen"]


_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """A graph of changes: from a sheet, from people, or chosen from one; ``version`` 0 before approval."""

    graph: Iri
    number: int
    kind: Kind
    version: int = 0
    title: str = ""
    as_of: date | None = None
    open: bool = False
    begun: datetime = _UNKNOWN


@dataclass(frozen=True)
class State:
    """A shop as the catalogue has it. ``last`` is the highest version ever given."""

    name: str
    version: int = 0
    last: int = 0
    changes: tuple[Change, ...] = ()

    @cached_property
    def applied(self) -> tuple[Change, ...]:
        """The changes in force, oldest first; what people said after what a sheet said in one approval."""
        held = [c for c in self.changes if c.version]
        return tuple(sorted(held, key=lambda c: (c.version, c.kind != "sheet", c.number)))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Graph → place in the order of the changes in force."""
        return {change.graph.value: at for at, change in enumerate(self.applied)}

    @cached_property
    def meta(self) -> ShopMeta:
        """Name, day, title and version in force."""
        sheets = [c for c in self.applied if c.as_of]
        newest = sheets[-1] if sheets else None
        day = newest.as_of if newest and newest.as_of else date.min
        return ShopMeta(self.name, day, newest.title if newest else "", self.version)

    def draft(self, kind: Kind) -> Change | None:
        """The open change of a kind."""
        return next((c for c in self.changes if c.open and c.kind == kind), None)

    @property
    def drafts(self) -> tuple[Change, ...]:
        """What waits for a reviewer."""
        return tuple(c for c in (self.draft("sheet"), self.draft("spoken")) if c)

    @property
    def newest_sheet(self) -> Change | None:
        """The change whose doubtful cells wait: that of the newest sheet."""
        sheets = [c for c in self.applied if c.kind == "sheet"]
        return self.draft("sheet") or (sheets[-1] if sheets else None)

    @property
    def next_number(self) -> int:
        """A number no change has."""
        return max((c.number for c in self.changes), default=0) + 1


def in_force(mentions: Iterable[Mention], ranks: Mapping[str, int]) -> list[Fact]:
    """The facts that hold: those that stand, less those that another of the same property overrules."""
    return _without_overruled(standing(mentions, ranks))


def standing(mentions: Iterable[Mention], ranks: Mapping[str, int]) -> list[tuple[int, Fact]]:
    """The facts that were not withdrawn last, each with the place of the change since which it stands.

    In one change an addition outweighs a withdrawal of the same fact: its place in the sheet moved.
    """
    said: dict[str, list[_Word]] = {}
    for mention in mentions:
        rank = ranks.get(mention.graph)
        if rank is None:
            continue
        if mention.predicate == records.WITHDRAWS.value:
            said.setdefault(mention.text, []).append((rank, False, None))
            continue
        for fact in records.read(mention.text):
            said.setdefault(fact.id, []).append((rank, True, fact))
    return [(since, fact) for words in said.values() for since, fact in (_latest(words),) if fact]


_Word = tuple[int, bool, Fact | None]
"""Place of the change, whether it adds, and what."""


def _latest(words: list[_Word]) -> tuple[int, Fact | None]:
    """Since when a fact stands, and its latest wording; None where it was withdrawn last."""
    if len(words) == 1:
        return words[0][0], words[0][2]
    since, latest = -1, None
    for rank, added, fact in sorted(words, key=lambda word: word[:2]):
        if not added:
            since, latest = -1, None
        else:
            since, latest = (rank if since < 0 else since), fact
    return since, latest


def _without_overruled(held: list[tuple[int, Fact]]) -> list[Fact]:
    """Of a property with one value a person's word overrules an older sheet, a newer sheet overrules it."""
    newest: dict[tuple[str, str], tuple[int, bool]] = {}
    for since, fact in held:
        if fact.source.speaker and not TERMS[fact.property].many:
            key = fact.product, fact.property
            newest[key] = max(newest.get(key, (-1, True)), (since, True))
    if not newest:
        return [fact for _, fact in held]
    for since, fact in held:
        key = fact.product, fact.property
        if key in newest and since > newest[key][0]:
            newest[key] = since, False
    return [fact for since, fact in held if _counts(since, fact, newest)]


def _counts(since: int, fact: Fact, newest: Mapping[tuple[str, str], tuple[int, bool]]) -> bool:
    if (fact.product, fact.property) not in newest:
        return True
    latest, spoken = newest[fact.product, fact.property]
    return (since == latest and spoken) if fact.source.speaker else not spoken
