"""All shops of a data folder: staged, approved in one step, versioned, reverted, read.

Three named graphs a shop: ``approved`` (what a voice may use), ``draft`` (proposals, and what waits for a
person) and one ``history`` graph for each approval.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from knowledge_graph.facts import Fact, ShopMeta
from knowledge_graph.schema import SCHEMA, TERMS, XY
from knowledge_graph.store.codec import decode_rows, encode, fact_iri, product_iri, shop_iri
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.terms import Iri, Triple, query

if TYPE_CHECKING:
    from knowledge_graph.ingest.importer import Preview

CATALOGUE = Iri("urn:xiangyin:catalogue")
_ORDER = {property_: at for at, property_ in enumerate(TERMS)}


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import or a proposal would change."""

    added: tuple[Fact, ...] = ()
    removed: tuple[Fact, ...] = ()


def _graph(shop: str, name: str) -> Iri:
    return Iri(f"{shop_iri(shop).value}:{name}")


class Shops:
    """The shops of one store. Safe to read from several threads; changes are serialised."""

    def __init__(self, store: FactStore) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._metas: dict[str, ShopMeta] = {}

    @classmethod
    def open(cls, folder: Path) -> Shops:
        """The shops kept on disk under ``folder``. Raises :class:`StorageError` while they are in use."""
        return _on_disk(folder.resolve())

    def names(self) -> tuple[str, ...]:
        """All shops, by name."""
        rows = self._store.select(query("shops", {"graph": CATALOGUE}))
        return tuple(row["name"] for row in rows)

    def shop(self, name: str) -> StoredShop:
        """A reader of the approved facts. Raises :class:`InputError` (``shop.unknown``)."""
        return StoredShop(self, self.meta(name))

    def meta(self, name: str) -> ShopMeta:
        """What is known about the shop itself."""
        if name in self._metas:
            return self._metas[name]
        rows = self._store.select(query("shop_meta", {"graph": CATALOGUE, "shop": shop_iri(name)}))
        held = {row["p"]: row["o"] for row in rows}
        if not held:
            known = "、".join(self.names()) or "还没有"
            raise InputError(
                "shop.unknown",
                f"没有叫“{name}”的店铺。",
                f"已有的店铺：{known}。用 xiangyin shop import 导入。",
            )
        meta = ShopMeta(
            name,
            date.fromisoformat(held[XY + "asOf"]),
            held.get(XY + "title", ""),
            int(held.get(XY + "version", "0")),
        )
        self._metas[name] = meta
        return meta

    def product_names(self, name: str) -> tuple[str, ...]:
        """The products of a shop, in the order of their sheets."""
        rows = self._store.select(query("product_names", {"graph": _graph(name, "approved")}))
        placed = sorted((int(row.get("order", "0")), row["name"]) for row in rows)
        return tuple(dict.fromkeys(product for _, product in placed))

    def product_facts(self, name: str, product: str, graph: str = "approved") -> tuple[Fact, ...]:
        """The facts of one product (of the shop itself for an empty name), in the order of the vocabulary."""
        values: dict[str, Iri | str] = {"graph": _graph(name, graph), "product": product_iri(name, product)}
        return _sorted(decode_rows(self._store.select(query("facts_of_product", values))))

    def all_facts(self, name: str, graph: str = "approved") -> tuple[Fact, ...]:
        """Every fact of a shop."""
        return _sorted(decode_rows(self._store.select(query("all_facts", {"graph": _graph(name, graph)}))))

    def waiting(self, name: str) -> tuple[Fact, ...]:
        """What waits in the draft: proposals, and cells that a person must settle."""
        return self.all_facts(name, "draft")

    def stage(self, name: str, preview: Preview) -> Difference:
        """Put an import into the draft. What people said stays; facts of earlier sheets are replaced."""
        with self._lock:
            held = {f.id: f for f in self.all_facts(name) if not f.source.speaker}
            new = {f.id: f for f in preview.facts}
            added = [f for id_, f in new.items() if held.get(id_) != f]
            removed = [f for id_, f in held.items() if new.get(id_) != f]
            self._propose(name, preview.title, preview.as_of, added, removed, preview.pending)
            return Difference(
                tuple(f for f in added if f.id not in held), tuple(f for f in removed if f.id not in new)
            )

    def propose(self, name: str, facts: Sequence[Fact], replaces: Sequence[Fact] = ()) -> None:
        """Put single facts into the draft, beside what waits there."""
        with self._lock:
            meta = self.meta(name)
            waiting = self.waiting(name)
            proposed = self._marked(name, "proposes")
            keep = [f for f in waiting if f.id in proposed]
            pending = [f for f in waiting if f.id not in proposed]
            withdrawn = self._marked(name, "withdraws")
            gone = [f for f in self.all_facts(name) if f.id in withdrawn]
            self._propose(name, meta.title, meta.as_of, [*keep, *facts], [*gone, *replaces], pending)

    def proposed(self, name: str) -> set[str]:
        """The ids of the facts that are proposed."""
        return self._marked(name, "proposes")

    def keep_proposed(self, name: str, ids: set[str]) -> None:
        """Leave only these proposals in the draft; what the others would replace stays."""
        with self._lock:
            proposed, withdrawn = self._marked(name, "proposes"), self._marked(name, "withdraws")
            waiting = self.waiting(name)
            kept = [f for f in waiting if f.id in proposed & ids]
            single = {(f.product, f.property) for f in waiting if f.id in proposed - ids}
            stays = [
                f for f in self.all_facts(name) if f.id in withdrawn and (f.product, f.property) not in single
            ]
            meta = self.meta(name)
            self._propose(
                name, meta.title, meta.as_of, kept, stays, [f for f in waiting if f.id not in proposed]
            )

    def settle(self, name: str, fact: Fact) -> None:
        """Take a fact that waited for a person out of the draft."""
        with self._lock:
            proposed = self._marked(name, "proposes")
            waiting = [f for f in self.waiting(name) if f.id != fact.id]
            withdrawn = self._marked(name, "withdraws")
            removed = [f for f in self.all_facts(name) if f.id in withdrawn]
            meta = self.meta(name)
            added = [f for f in waiting if f.id in proposed]
            self._propose(
                name, meta.title, meta.as_of, added, removed, [f for f in waiting if f.id not in proposed]
            )

    def _marked(self, name: str, mark: str) -> set[str]:
        rows = self._store.select(
            query("shop_meta", {"graph": _graph(name, "draft"), "shop": shop_iri(name)})
        )
        return {row["o"].rpartition(":")[2] for row in rows if row["p"] == XY + mark}

    def _propose(
        self,
        name: str,
        title: str,
        as_of: date,
        added: Sequence[Fact],
        removed: Sequence[Fact],
        pending: Sequence[Fact],
    ) -> None:
        draft, shop = _graph(name, "draft"), shop_iri(name)
        self._store.update(f"DROP SILENT GRAPH {draft}")
        version = self._version(name)
        changed = bool(added or removed) or version == 0

        def triples() -> Iterator[Triple]:
            yield from encode(name, pending)
            yield from encode(name, added)
            yield from (Triple(shop, Iri(XY + "proposes"), fact_iri(name, f)) for f in added)
            yield from (Triple(shop, Iri(XY + "withdraws"), fact_iri(name, f)) for f in removed)
            yield Triple(shop, Iri(SCHEMA + "name"), name)
            yield Triple(shop, Iri(XY + "title"), title)
            yield Triple(shop, Iri(XY + "asOf"), as_of.isoformat())
            if changed:
                yield Triple(shop, Iri(XY + "nextVersion"), str(version + 1))

        self._store.load(draft, triples())

    def _version(self, name: str) -> int:
        try:
            return self.meta(name).version
        except InputError:
            return 0

    def approve(self, name: str) -> int:
        """Approve what is proposed, in one update; returns the version in force."""
        with self._lock:
            version = self._version(name)
            following = self._marked(name, "nextVersion")
            if not following:
                return self.meta(name).version
            graphs = self._graphs(name, version + 1)
            self._store.update(query("approve", graphs | {"draft": _graph(name, "draft")}))
            self._forget(name)
            return version + 1

    def revert(self, name: str) -> int:
        """Undo the last approval, in one update; returns the version in force."""
        with self._lock:
            version = self.meta(name).version
            if version < 2:
                raise InputError("shop.nothing_to_revert", f"店铺“{name}”只有一版，没有可以退回的。")
            self._store.update(query("revert", self._graphs(name, version) | {"before": str(version - 1)}))
            self._forget(name)
            return version - 1

    def _graphs(self, name: str, version: int) -> dict[str, Iri | str]:
        return {
            "approved": _graph(name, "approved"),
            "history": _graph(name, f"history:{version}"),
            "catalogue": CATALOGUE,
            "shop": shop_iri(name),
        }

    def remove(self, name: str) -> None:
        """Delete a shop with its drafts and history, in one update."""
        with self._lock:
            version = self.meta(name).version
            graphs = [
                _graph(name, g)
                for g in ("approved", "draft", *(f"history:{n}" for n in range(1, version + 2)))
            ]
            drops = " ;\n".join(f"DROP SILENT GRAPH {g}" for g in graphs)
            entry = f"GRAPH {CATALOGUE} {{ {shop_iri(name)} ?p ?o }}"
            self._store.update(f"{drops} ;\nDELETE {{ {entry} }} WHERE {{ {entry} }}")
            self._forget(name)

    def _forget(self, name: str) -> None:
        self._metas.pop(name, None)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
        _on_disk.cache_clear()


@lru_cache(maxsize=8)
def _on_disk(folder: Path) -> Shops:
    return Shops(OxigraphStore(folder / "graph"))


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
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
