"""What a sheet changes: it streams by the facts in force, so that a large one fits in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge_graph.facts import Fact
from knowledge_graph.store import records
from knowledge_graph.store.changes import Change
from knowledge_graph.store.protocol import FactStore

_RECORDS = (records.NAMED, records.STATES)


class Comparison:
    """The facts in force by id, each as a fingerprint of its source, or None once the sheet has said it.

    ``refused`` are the ids that a person, not a sheet, took back last.
    """

    def __init__(self, store: FactStore, applied: Iterable[Change]) -> None:
        self._store, self._applied = store, tuple(applied)
        self._held: dict[str, int | None] = {}
        self.refused: set[str] = set()
        self.changed = 0
        for change in self._applied:
            self._follow(change)

    def _follow(self, change: Change) -> None:
        for name in self._store.scan(change.graph, records.WITHDRAWS):
            self._held.pop(name, None)
            if change.kind != "sheet":
                self.refused.add(name)
        for fact in self._facts(change):
            self._held[fact.id] = _fingerprint(fact)
            self.refused.discard(fact.id)

    def _facts(self, change: Change) -> Iterator[Fact]:
        for predicate in _RECORDS:
            for record in self._store.scan(change.graph, predicate):
                yield from records.read(record)

    def changes(self, facts: Iterable[Fact], added: list[Fact] | None = None) -> Iterator[Fact]:
        """The facts to write: new ones (noted in ``added``), and known ones whose source moved.

        What a person took back stays away while the sheet goes on repeating it.
        """
        for fact in facts:
            held = self._held.get(fact.id, 0)
            if held is None or fact.id in self.refused:
                continue
            if fact.id not in self._held and added is not None:
                added.append(fact)
            self._held[fact.id] = None
            if held != _fingerprint(fact):
                self.changed += 1
                yield fact

    def missing(self) -> list[Fact]:
        """After :meth:`changes`: facts of earlier sheets that are gone. What people said stays."""
        left = {name for name, unseen in self._held.items() if unseen is not None}
        found: dict[str, Fact] = {}
        for change in self._applied if left else ():
            found |= {fact.id: fact for fact in self._facts(change) if fact.id in left}
        gone = [fact for fact in found.values() if not fact.source.speaker]
        self.changed += len(gone)
        return gone


def _fingerprint(fact: Fact) -> int:
    """Of what its id does not tell: where it stands (but for its place in the order) and what proves it."""
    return hash((fact.source, fact.evidence)) or 1
