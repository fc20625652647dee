"""All shops of a store: staged, approved in one step, versioned, reverted, read.

Every change stands in a graph of its own (``changes.py``); the catalogue names those in force.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from knowledge_graph.facts import Fact, MemoryShop, ShopMeta
from knowledge_graph.schema import TERMS, Property
from knowledge_graph.store import records
from knowledge_graph.store.acts import Act
from knowledge_graph.store.catalogue import Catalogue
from knowledge_graph.store.changes import State, in_force
from knowledge_graph.store.codec import product_iri
from knowledge_graph.store.drafts import Drafts
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.protocol import FactStore, Mention
from knowledge_graph.store.terms import Iri

if TYPE_CHECKING:
    from knowledge_graph.ingest.importer import Preview

_ORDER = {property_: at for at, property_ in enumerate(TERMS)}
_ALL = (records.NAMED, records.STATES, records.WITHDRAWS)


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import or a proposal would change."""

    added: tuple[Fact, ...] = ()
    removed: tuple[Fact, ...] = ()


class Shops:
    """The shops of one store. Safe to read from several threads; changes are serialised."""

    def __init__(self, store: FactStore) -> None:
        self.store = store
        self._lock = threading.RLock()
        self._catalogue = Catalogue(store)
        self._drafts = Drafts(store, self._catalogue)
        self._states: dict[str, tuple[float, State]] = {}

    @classmethod
    def open(cls, folder: Path) -> Shops:
        """The shops kept on disk under ``folder``. Raises :class:`StorageError` while they are in use."""
        with _opening:
            return _on_disk(folder.resolve())

    def names(self) -> tuple[str, ...]:
        """All shops, by name."""
        return self._catalogue.names()

    def shop(self, name: str) -> StoredShop:
        """A reader of the approved facts. Raises :class:`InputError` (``shop.unknown``)."""
        return StoredShop(self, self.meta(name))

    def version(self, name: str) -> int:
        """The version in force, 0 for none. It names a set of facts: no number is given twice.

        On disk a look-up of microseconds, so a running show may poll it; over HTTP one request.
        """
        return self._catalogue.version(name)

    def meta(self, name: str) -> ShopMeta:
        """What is known about the shop itself."""
        state = self._state(name)
        if not state.version:
            known = "、".join(self.names()) or "还没有"
            raise InputError(
                "shop.unknown",
                f"没有叫“{name}”的店铺。",
                f"已有的店铺：{known}。用 xiangyin shop import 导入。",
            )
        return state.meta

    def _state(self, name: str) -> State:
        """The approved state, at most the store's patience old."""
        now = time.monotonic()
        read_at, held = self._states.get(name, (0.0, None))
        if held is not None and now - read_at < self.store.patience:
            return held
        if held is None or self._catalogue.version(name) != held.version:
            held = self._catalogue.state(name)
        self._states[name] = now, held
        return held

    def product_names(self, name: str) -> tuple[str, ...]:
        """The products of a shop, in the order of their sheets."""
        return _products(self._in_force(name, (records.NAMED, records.WITHDRAWS)))

    def product_facts(self, name: str, product: str) -> tuple[Fact, ...]:
        """The facts of one product (of the shop itself for an empty name), in the order of the vocabulary."""
        state = self._state(name)
        return in_order(in_force(self.store.mentions(product_iri(name, product)), state.ranks))

    def all_facts(self, name: str) -> tuple[Fact, ...]:
        """Every fact of a shop, all of one version."""
        return in_order(self._in_force(name, _ALL))

    def snapshot(self, name: str) -> MemoryShop:
        """The shop as it is now, in memory: for many questions about a shop of some thousand products."""
        meta, facts = self.meta(name), self.all_facts(name)
        return MemoryShop.of(meta, facts, _products(f for f in facts if f.property is Property.NAME))

    def _in_force(self, name: str, predicates: Sequence[Iri]) -> list[Fact]:
        state = self._state(name)
        mentions = (
            Mention(predicate.value, text, change.graph.value)
            for change in state.applied
            for predicate in predicates
            for text in self.store.scan(change.graph, predicate)
        )
        return in_force(mentions, state.ranks)

    def waiting(self, name: str) -> tuple[Fact, ...]:
        """What waits for a person: proposals, and cells of the newest sheet that must be settled."""
        state = self._catalogue.state(name)
        return in_order([*self._drafts.proposed(state), *self._drafts.pending(state)])

    def proposed(self, name: str) -> set[str]:
        """The ids of the facts that are proposed."""
        return {fact.id for fact in self._drafts.proposed(self._catalogue.state(name))}

    def stage(self, name: str, preview: Preview) -> Difference:
        """Put an import into the draft, in the place of an earlier one. What people said stays."""
        added: list[Fact] = []
        with self._lock:
            removed = self._drafts.stage(
                self._catalogue.state(name),
                preview.title,
                preview.as_of,
                preview.facts,
                preview.pending,
                added,
            )
        return Difference(tuple(added), tuple(removed))

    def stage_facts(self, name: str, title: str, as_of: date, facts: Iterable[Fact]) -> None:
        """:meth:`stage` for a catalogue too large to be held in memory: facts are written as they come."""
        with self._lock:
            self._drafts.stage(self._catalogue.state(name), title, as_of, facts)

    def propose(self, name: str, facts: Sequence[Fact], replaces: Sequence[Fact] = ()) -> None:
        """Put single facts into the draft, beside what waits there; a newer word replaces a waiting one."""
        self.meta(name)
        with self._lock:
            self._drafts.propose(self._catalogue.state(name), facts, replaces)

    def refuse(self, name: str, ids: Collection[str], who: str = "", reason: str = "") -> None:
        """Take proposals out of the draft; what they would have replaced stays. The refusal is recorded."""
        with self._lock:
            state = self._catalogue.state(name)
            self._drafts.refuse(state, ids, lambda p: self.product_facts(name, p), who, reason)

    def settle(self, name: str, fact: Fact) -> None:
        """Take a fact that waited for a person out of the draft."""
        with self._lock:
            self._drafts.settle(self._catalogue.state(name), fact)

    def approve(self, name: str, ids: Collection[str] | None = None, who: str = "") -> int:
        """Put what is proposed in force, or the facts of ``ids``; the rest waits. Returns the version.

        Who approved, and when, is recorded in the same update.

        One small update, whatever the size. Raises :class:`StorageError` (``store.conflict``) where another
        process approved something in the meantime.
        """
        with self._changing(name) as state:
            if ids is not None:
                return self._drafts.approve_chosen(state, ids, lambda p: self.product_facts(name, p), who)
            return self._catalogue.approve(state, state.drafts, who) if state.drafts else state.version

    def approve_sheet(self, name: str, who: str = "") -> int:
        """Put the staged sheet in force; what people proposed goes on waiting. Returns the version."""
        with self._changing(name) as state:
            staged = state.draft("sheet")
            return self._catalogue.approve(state, [staged], who) if staged else state.version

    def revert(self, name: str, who: str = "") -> int:
        """Undo the last approval, in one update; returns the version in force."""
        self.meta(name)
        with self._changing(name) as state:
            return self._catalogue.revert(state, who)

    def acts(self, name: str) -> tuple[Act, ...]:
        """Who approved, took back, refused or removed what, and when; oldest first."""
        return self._catalogue.acts.of(name)

    def remove(self, name: str, who: str = "") -> None:
        """Delete a shop with its drafts and history; a new one of its name goes on counting versions."""
        self.meta(name)
        with self._changing(name) as state:
            self._catalogue.remove(state, who)

    @contextmanager
    def _changing(self, name: str) -> Iterator[State]:
        """What the catalogue says now; afterwards it is read again."""
        with self._lock:
            try:
                yield self._catalogue.state(name)
            finally:
                self._states.pop(name, None)

    def change(self, update: str) -> None:
        """Run an update of another process that works through this one, between our own changes."""
        with self._lock:
            self.store.update(update)
            self._states.clear()

    def close(self) -> None:
        """Close the store."""
        self.store.close()
        _on_disk.cache_clear()


_opening = threading.Lock()


@lru_cache(maxsize=8)
def _on_disk(folder: Path) -> Shops:
    return Shops(OxigraphStore(folder / "graph"))


def _products(named: Iterable[Fact]) -> tuple[str, ...]:
    placed = sorted((fact.source.order, fact.product) for fact in named)
    return tuple(dict.fromkeys(product for _, product in placed))


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """By property, then in the order they were written."""
    return tuple(sorted(facts, key=lambda f: (_ORDER[f.property], f.source.order, f.id)))


class StoredShop:
    """A reader of a shop's approved facts; follows the approvals of this process at once."""

    def __init__(self, shops: Shops, meta: ShopMeta) -> None:
        self._shops = shops
        self._name = meta.name
        self._held: dict[str, tuple[int, tuple[Fact, ...]]] = {}

    @property
    def meta(self) -> ShopMeta:
        """Name, day, title, version."""
        return self._shops.meta(self._name)

    def products(self) -> tuple[str, ...]:
        """The names of all products."""
        return self._shops.product_names(self._name)

    def facts(self, product: str) -> tuple[Fact, ...]:
        """Everything approved about a product."""
        return self._read(product) if product else ()

    def shop_facts(self) -> tuple[Fact, ...]:
        """Rules and remarks of the whole shop."""
        return self._read("")

    def _read(self, product: str) -> tuple[Fact, ...]:
        version = self.meta.version
        held = self._held.get(product)
        if held is None or held[0] != version:
            if len(self._held) > 2000:
                self._held.clear()
            held = self._held[product] = (version, self._shops.product_facts(self._name, product))
        return held[1]
