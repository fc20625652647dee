"""The store on this machine's disk: Oxigraph (RocksDB underneath), readers see committed states only."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from core.errors import StorageError
from knowledge_graph.store.protocol import Row
from knowledge_graph.store.terms import Iri, Triple, storable

BULK = 50_000
"""From so many triples on, Oxigraph's bulk loader (not atomic) is used instead of one transaction."""


class OxigraphStore:
    """A dataset in a folder, or in memory without one. One process at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._store = _opened(folder)
        self._on_disk = folder is not None

    def select(self, query: str) -> Sequence[Row]:
        """The solutions of a SELECT query."""
        solutions = self._store.query(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise TypeError("select() wants a SELECT query")
        names = [v.value for v in solutions.variables]
        return [
            {n: t.value for n in names if isinstance(t := s[n], ox.NamedNode | ox.Literal)} for s in solutions
        ]

    def update(self, update: str) -> None:
        """Run an update in one transaction."""
        self._store.update(update)
        if self._on_disk:
            self._store.flush()

    def load(self, graph: Iri, triples: Iterable[Triple]) -> None:
        """Add many triples to one graph."""
        quads = _quads(graph, triples)
        first = [quad for _, quad in zip(range(BULK), quads, strict=False)]
        if len(first) < BULK:
            self._store.extend(first)
        else:
            self._store.bulk_extend(_chain(first, quads))
        if self._on_disk:
            self._store.flush()

    def close(self) -> None:
        """Flush and release the folder's lock."""
        if self._on_disk:
            self._store.flush()
        del self._store
        gc.collect()


def _opened(folder: Path | None) -> ox.Store:
    if folder is None:
        return ox.Store()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return ox.Store(str(folder))
    except OSError as error:
        if "lock" in str(error).lower():
            raise StorageError(
                "store.in_use", f"商品图谱 {folder} 正被另一个乡音进程使用。", "请等它结束，或者先停下它。"
            ) from error
        raise StorageError(
            "store.unusable", f"打不开商品图谱 {folder}：{error}。", "请检查磁盘和文件夹的权限。"
        ) from error


def _quads(graph: Iri, triples: Iterable[Triple]) -> Iterator[ox.Quad]:
    nodes: dict[str, ox.NamedNode] = {}

    def node(iri: Iri) -> ox.NamedNode:
        held = nodes.get(iri.value)
        if held is None:
            if len(nodes) > 10_000:
                nodes.clear()
            held = nodes[iri.value] = ox.NamedNode(iri.value)
        return held

    where = node(graph)
    for triple in triples:
        value = triple.object
        object_ = node(value) if isinstance(value, Iri) else ox.Literal(storable(value))
        yield ox.Quad(node(triple.subject), node(triple.predicate), object_, where)


def _chain(first: list[ox.Quad], rest: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
    yield from first
    yield from rest
