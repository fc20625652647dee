"""What a sheet changes: it streams by the facts in force, so that a large one fits in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge_graph.facts import Fact
from knowledge_graph.store import records
from knowledge_graph.store.changes import Change
from knowledge_graph.store.protocol import FactStore

_RECORDS = (records.NAMED, records.STATES)


class Comparison:
    """The facts in force by id, each as a fingerprint of its record."""

    def __init__(self, store: FactStore, applied: Iterable[Change]) -> None:
        self._store, self._applied = store, tuple(applied)
        self._held: dict[str, int] = {}
        self._refused: set[str] = set()
        self._seen: set[str] = set()
        self.changed = 0
        for change in self._applied:
            self._follow(change)

    def _follow(self, change: Change) -> None:
        for name in self._store.scan(change.graph, records.WITHDRAWS):
            self._held.pop(name, None)
            if change.kind != "sheet":
                self._refused.add(name)
        for predicate in _RECORDS:
            for record in self._store.scan(change.graph, predicate):
                name = records.name_of(record)
                self._held[name] = _fingerprint(record)
                self._refused.discard(name)

    def changes(self, facts: Iterable[Fact], added: list[Fact] | None = None) -> Iterator[Fact]:
        """The facts to write: new ones (noted in ``added``), and known ones whose source moved.

        What a person took back stays away while the sheet goes on repeating it.
        """
        for fact in facts:
            if fact.id in self._seen or fact.id in self._refused:
                continue
            self._seen.add(fact.id)
            held = self._held.get(fact.id)
            if held is None and added is not None:
                added.append(fact)
            if held is None or held != _fingerprint(records.write(fact)):
                self.changed += 1
                yield fact

    def missing(self) -> list[Fact]:
        """After :meth:`changes`: facts of earlier sheets that are gone. What people said stays."""
        left = self._held.keys() - self._seen
        found: dict[str, Fact] = {}
        for change in self._applied if left else ():
            for predicate in _RECORDS:
                for record in self._store.scan(change.graph, predicate):
                    if (name := records.name_of(record)) in left:
                        found[name] = records.read(record)
        gone = [fact for fact in found.values() if not fact.source.speaker]
        self.changed += len(gone)
        return gone


def _fingerprint(record: str) -> int:
    """Of all it says but its place in the order of the sheet."""
    return hash(record.rpartition(',"order":')[0] or record)
