"""Old versions made one, and the store's files written anew, so that what sheets replaced leaves the disk.

For a store of this machine that nobody else uses. The newest versions can still be taken back to; who
approved the older ones stays on record.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from knowledge_graph.facts import Fact
from knowledge_graph.store import records
from knowledge_graph.store.catalogue import CATALOGUE, Catalogue
from knowledge_graph.store.changes import Change, State, in_force, standing
from knowledge_graph.store.codec import product_iri, shop_iri
from knowledge_graph.store.comparing import Comparison
from knowledge_graph.store.oxigraph import OxigraphStore, put_aside
from knowledge_graph.store.protocol import FactStore, Mention
from knowledge_graph.store.terms import Iri, Statement, query, statement

KEEP = 20
"""Versions of a shop that can still be taken back to."""


def compact(folder: Path, keep: int = KEEP) -> None:
    """Compact the store in ``folder``. Raises :class:`StorageError` while it is in use.

    A kill leaves the store as it was, or as it is to be.
    """
    store = OxigraphStore(folder)
    catalogue = Catalogue(store)
    for name in catalogue.names():
        merge(store, catalogue, catalogue.state(name), keep)
    store.close()
    _rewrite(folder)


def merge(store: FactStore, catalogue: Catalogue, state: State, keep: int) -> None:
    """Make one change of all that belong to versions older than the newest ``keep``."""
    versions = sorted({change.version for change in state.applied})
    until = versions[-keep] if len(versions) > keep else 0
    old = [change for change in state.applied if change.version <= until]
    if len(old) < 2:
        return
    sheets = [change for change in old if change.kind == "sheet"]
    title, as_of = (sheets[-1].title, sheets[-1].as_of) if sheets else ("", None)
    facts = catalogue.begin(state, "sheet", title, as_of)
    taken = catalogue.begin(state, "spoken")
    products = _products(store, old)
    store.load(facts.graph, records.statements(state.name, _facts(store, state, old, products)))
    if sheets:
        doubtful = store.scan(sheets[-1].graph, records.WAITS)
        waits = [fact for text in doubtful for fact in records.read(text)]
        store.load(facts.graph, records.waiting(state.name, waits))
    store.load(taken.graph, _taken_back(store, state, old, products))
    values: dict[str, Iri | str] = {
        "catalogue": CATALOGUE,
        "shop": shop_iri(state.name),
        "until": str(until),
        "facts": facts.graph,
        "taken": taken.graph,
    }
    store.update(query("merge", values))
    store.flush()
    for change in old:
        catalogue.drop(change.graph)


def _products(store: FactStore, old: Iterable[Change]) -> dict[str, None]:
    return {
        records.product_of(record): None
        for change in old
        for predicate in (records.NAMED, records.STATES)
        for record in store.scan(change.graph, predicate)
    }


def _said(store: FactStore, state: State, old: Iterable[Change], product: str) -> list[Mention]:
    graphs = {change.graph.value for change in old}
    return [m for m in store.mentions(product_iri(state.name, product)) if m.graph in graphs]


def _facts(store: FactStore, state: State, old: list[Change], products: Iterable[str]) -> Iterator[Fact]:
    """What holds, and what a sheet says where a person's word holds: it counts when that is taken back."""
    for product in products:
        mentions = _said(store, state, old, product)
        held = {fact.id for fact in in_force(mentions, state.ranks)}
        for _, fact in standing(mentions, state.ranks):
            if fact.id in held or not fact.source.speaker:
                yield fact


def _taken_back(
    store: FactStore, state: State, old: list[Change], products: Iterable[str]
) -> Iterator[Statement]:
    """What people withdrew and sheets may go on repeating."""
    refused = Comparison(store, old).refused
    for product in products if refused else ():
        for mention in _said(store, state, old, product):
            if mention.predicate == records.WITHDRAWS.value and mention.text in refused:
                yield statement(product_iri(state.name, product), records.WITHDRAWS, mention.text)


def _rewrite(folder: Path) -> None:
    """Oxigraph never forgets a text it has kept: its statements are loaded into new files."""
    dump, fresh = folder.with_name(f"{folder.name}.nq"), folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    held = ox.Store(str(folder))
    held.dump(dump, ox.RdfFormat.N_QUADS)
    del held
    made = ox.Store(str(fresh))
    made.bulk_load(path=dump, format=ox.RdfFormat.N_QUADS, lenient=True)
    made.flush()
    del made
    dump.unlink()
    aside = put_aside(folder)
    folder.rename(aside)
    fresh.rename(folder)
    shutil.rmtree(aside)
