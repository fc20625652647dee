"""The catalogue: which shops there are, which changes each has, and which of them are in force.

Everything else is written beside what is in force and read only once the catalogue names it, so an approval
and its undoing are one small update each, whatever their size, and a crash leaves the last good version.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from core.errors import InputError, StorageError
from knowledge_graph.schema import XY
from knowledge_graph.store.acts import Act, Acts
from knowledge_graph.store.changes import Change, Kind, State
from knowledge_graph.store.codec import shop_iri
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.terms import Iri, Statement, query, statement

CATALOGUE = Iri("urn:xiangyin:catalogue")
_VERSION, _LAST = Iri(XY + "version"), Iri(XY + "last")
_AT_ONCE = 400
"""Statements in one update: servers compile an update whole."""
_ABANDONED = timedelta(hours=6)
"""After so long a change that was begun and not opened is nobody's any more."""


class Catalogue:
    """The catalogue of one store."""

    def __init__(self, store: FactStore) -> None:
        self._store = store
        self.acts = Acts(store, CATALOGUE)

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

    def begin(self, state: State, kind: Kind, title: str = "", as_of: date | None = None) -> Change:
        """A new change, to be written in its graph; listed, so that it is swept if it is never opened."""
        number, shop = state.next_number, shop_iri(state.name)
        # Two writers of one server may think of the same number.
        graph = Iri(f"{shop.value}:change:{number}-{uuid.uuid4().hex[:8]}")
        begun = datetime.now(UTC)
        told: tuple[tuple[str, Iri | str], ...] = (
            ("shop", shop),
            ("number", str(number)),
            ("kind", kind),
            ("title", title),
            ("asOf", as_of.isoformat() if as_of else ""),
            ("begun", begun.isoformat()),
        )
        self._store.load(CATALOGUE, [statement(graph, Iri(XY + name), value) for name, value in told])
        return Change(graph, number, kind, 0, title, as_of, begun=begun)

    def open_draft(self, name: str, change: Change) -> None:
        """Show a written change to reviewers, in the place of the draft of its kind."""
        shop = shop_iri(name)
        if self._store.value(CATALOGUE, shop, _VERSION) is None:
            last = self._store.value(CATALOGUE, shop, _LAST) or "0"
            self._store.update(
                query("found", {"catalogue": CATALOGUE, "shop": shop, "name": name, "last": last})
            )
        values: dict[str, Iri | str] = {
            "catalogue": CATALOGUE,
            "shop": shop,
            "change": change.graph,
            "mark": change.graph.value if change.kind == "chosen" else change.kind,
        }
        self._store.update(query("draft", values))

    def approve(self, state: State, drafts: Sequence[Change], who: str) -> int:
        """Put one or two drafts in force. Raises :class:`StorageError` where somebody was faster."""
        after = state.last + 1
        title = next((draft.title for draft in drafts if draft.title), "")
        values: dict[str, Iri | str] = {
            "before": str(state.version),
            "after": str(after),
            "first": drafts[0].graph,
            "second": drafts[-1].graph,
        }
        self._carry_out("approve", state, Act(kind="approve", who=who, version=after, title=title), values)
        return after

    def revert(self, state: State, who: str) -> int:
        """Undo the last approval; returns the version in force."""
        versions = sorted({c.version for c in state.applied})
        if len(versions) < 2:
            raise InputError("shop.nothing_to_revert", f"店铺“{state.name}”只有一版，没有可以退回的。")
        values: dict[str, Iri | str] = {"now": str(state.version), "before": str(versions[-2])}
        self._carry_out("revert", state, Act(kind="revert", who=who, version=state.version), values)
        return versions[-2]

    def _carry_out(self, name: str, state: State, act: Act, values: Mapping[str, Iri | str]) -> None:
        """Run the update that does what ``act`` says and lists it; or neither, where somebody was faster."""
        iri = self.acts.claim(state.name, act, state.version)
        if iri is not None:
            where: dict[str, Iri | str] = {"catalogue": CATALOGUE, "shop": shop_iri(state.name), "act": iri}
            try:
                self._store.update(query(name, {**where, **values}))
            finally:
                if not self.acts.listed(iri):
                    self.acts.forget(iri)
                    iri = None
        if iri is None:
            raise StorageError(
                "store.conflict", f"店铺“{state.name}”的资料刚刚被别人改过。", "请重新看一遍再批准。"
            )
        self._store.flush()

    def sweep(self, state: State) -> None:
        """Delete changes that belong to no version and wait for nobody: undone, or left by a crash.

        What was begun lately may still be written by another program.
        """
        late = datetime.now(UTC) - _ABANDONED
        for change in state.changes:
            if not change.version and (not change.open or change.kind == "chosen") and change.begun < late:
                self.discard(change)

    def discard(self, change: Change) -> None:
        """Delete a change that is not in force."""
        self._store.update(query("forget_change", {"catalogue": CATALOGUE, "change": change.graph}))
        self.drop(change.graph)

    def remove(self, state: State, who: str) -> None:
        """Delete a shop with everything that was ever said about it; who removed it is kept."""
        act = self.acts.describe(state.name, Act(kind="remove", who=who, version=state.version))
        self.acts.list(state.name, act)
        values: dict[str, Iri | str] = {"catalogue": CATALOGUE, "shop": shop_iri(state.name)}
        self._store.update(query("forget_refused", values))
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
    if "begun" not in held:
        raise StorageError(
            "store.old",
            "这里的商品资料是旧版的乡音存下的，新版读不了。",
            "请把数据文件夹里的 shops 挪走，再用 xiangyin shop import 重新导入商品表。",
        )
    day = held.get("asOf", "")
    return Change(
        Iri(graph),
        int(held.get("number", "0")),
        kind,  # type: ignore[arg-type]
        int(held.get("version", "0")),
        held.get("title", ""),
        date.fromisoformat(day) if day else None,
        "draft" in held,
        datetime.fromisoformat(held["begun"]),
    )
