"""The catalogue: which shops there are, which changes each has, and which of them are in force.

Everything else is written beside what is in force and read only once the catalogue names it, so an approval
and its undoing are one small update each, whatever their size, and a crash leaves the last good version.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice

from core.errors import InputError, StorageError
from knowledge_graph.schema import XY
from knowledge_graph.store.changes import Change, Kind, State
from knowledge_graph.store.codec import shop_iri
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.terms import Iri, Statement, query

CATALOGUE = Iri("urn:xiangyin:catalogue")
_VERSION = Iri(XY + "version")
_AT_ONCE = 400
"""Statements in one update: servers compile an update whole."""


class Catalogue:
    """The catalogue of one store."""

    def __init__(self, store: FactStore) -> None:
        self._store = store

    def names(self) -> tuple[str, ...]:
        """All shops with an approved version, by name."""
        return tuple(row["name"] for row in self._store.select(query("shops", {"graph": CATALOGUE})))

    def version(self, name: str) -> int:
        """The version in force; 0 where nothing was approved. One look-up: cheap enough to be polled."""
        return int(self._store.value(CATALOGUE, shop_iri(name), _VERSION) or 0)

    def state(self, name: str) -> State:
        """All changes of a shop."""
        shop = shop_iri(name)
        about: dict[str, dict[str, str]] = {}
        for row in self._store.select(query("state", {"graph": CATALOGUE, "shop": shop})):
            about.setdefault(row["about"], {})[row["p"].removeprefix(XY)] = row["o"]
        own = about.pop(shop.value, {})
        changes = sorted((_change(graph, held) for graph, held in about.items()), key=lambda c: c.number)
        return State(name, int(own.get("version", "0")), int(own.get("last", "0")), tuple(changes))

    def new_graph(self, state: State) -> tuple[Iri, int]:
        """An empty graph for the next change, and its number; leftovers of a crash in it are gone."""
        number = state.next_number
        graph = Iri(f"{shop_iri(state.name).value}:change:{number}")
        self.drop(graph)
        return graph, number

    def open_draft(self, name: str, change: Change) -> None:
        """Show a written change to reviewers, in the place of the draft of its kind."""
        shop = shop_iri(name)
        if self._store.value(CATALOGUE, shop, _VERSION) is None:
            self._store.update(query("found", {"catalogue": CATALOGUE, "shop": shop, "name": name}))
        values: dict[str, Iri | str] = {
            "catalogue": CATALOGUE,
            "shop": shop,
            "change": change.graph,
            "number": str(change.number),
            "kind": change.kind,
            "title": change.title,
            "day": change.as_of.isoformat() if change.as_of else "",
        }
        self._store.update(query("draft", values))

    def approve(self, state: State, kinds: tuple[Kind, Kind]) -> int:
        """Put the drafts of two kinds in force. Raises :class:`StorageError` where somebody was faster."""
        after = state.last + 1
        values: dict[str, Iri | str] = {
            "catalogue": CATALOGUE,
            "shop": shop_iri(state.name),
            "before": str(state.version),
            "after": str(after),
            "first": kinds[0],
            "second": kinds[1],
        }
        self._store.update(query("approve", values))
        self._store.flush()
        if self.version(state.name) != after:
            raise StorageError(
                "store.conflict", f"店铺“{state.name}”的资料刚刚被别人改过。", "请重新看一遍再批准。"
            )
        return after

    def revert(self, state: State) -> int:
        """Undo the last approval; returns the version in force."""
        versions = sorted({c.version for c in state.applied})
        if len(versions) < 2:
            raise InputError("shop.nothing_to_revert", f"店铺“{state.name}”只有一版，没有可以退回的。")
        values: dict[str, Iri | str] = {
            "catalogue": CATALOGUE,
            "shop": shop_iri(state.name),
            "now": str(state.version),
            "before": str(versions[-2]),
        }
        self._store.update(query("revert", values))
        self._store.flush()
        return versions[-2]

    def sweep(self, state: State) -> None:
        """Delete changes that belong to no version and wait for nobody: undone, or left by a crash."""
        for change in state.changes:
            if not change.version and (not change.open or change.kind == "chosen"):
                self.discard(change)

    def discard(self, change: Change) -> None:
        """Delete a change that is not in force."""
        self._store.update(query("forget_change", {"catalogue": CATALOGUE, "change": change.graph}))
        self.drop(change.graph)

    def remove(self, state: State) -> None:
        """Delete a shop with everything that was ever said about it."""
        values: dict[str, Iri | str] = {"catalogue": CATALOGUE, "shop": shop_iri(state.name)}
        self._store.update(query("forget_shop", values))
        for change in state.changes:
            self.drop(change.graph)

    def drop(self, graph: Iri) -> None:
        """Delete a graph."""
        self._store.update(query("drop", {"graph": graph}))

    def delete(self, graph: Iri, statements: Iterable[Statement]) -> None:
        """Delete single statements of a change that is not in force."""
        rest = iter(statements)
        while part := list(islice(rest, _AT_ONCE)):
            body = "\n".join(part)
            self._store.update(f"DELETE DATA {{ GRAPH {graph} {{\n{body}\n}} }}")


def _change(graph: str, held: dict[str, str]) -> Change:
    kind = held.get("kind", "chosen")
    assert kind in ("sheet", "spoken", "chosen")
    day = held.get("asOf", "")
    return Change(
        Iri(graph),
        int(held.get("number", "0")),
        kind,  # type: ignore[arg-type]
        int(held.get("version", "0")),
        held.get("title", ""),
        date.fromisoformat(day) if day else None,
        "draft" in held,
    )
