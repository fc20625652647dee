"""The store on this machine's disk: Oxigraph (RocksDB underneath), readers see committed states only."""

from __future__ import annotations

import errno
import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from core.errors import StorageError
from core.files import storage_error
from knowledge_graph.store import records
from knowledge_graph.store.protocol import Mention, Row
from knowledge_graph.store.terms import Iri, Statement

BULK = 5_000
"""From so many statements on, Oxigraph's bulk loader (not atomic) is used instead of one transaction."""
PORTION = 100_000
"""Statements given to the bulk loader at once: it keeps them in memory while it sorts them."""
_MENTIONS = tuple(ox.NamedNode(p.value) for p in (records.NAMED, records.STATES, records.WITHDRAWS))


class OxigraphStore:
    """A dataset in a folder, or in memory without one. One process at a time."""

    patience = 0.0

    def __init__(self, folder: Path | None = None) -> None:
        self._store = _opened(folder)
        self._on_disk = folder is not None
        self._writing = threading.Lock()

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
        """Run an update in one transaction, one at a time: Oxigraph lets two of them read the same state."""
        with self._writing:
            self._store.update(update)

    def value(self, graph: Iri, subject: Iri, predicate: Iri) -> str | None:
        """The object of one statement; microseconds."""
        found = self._store.quads_for_pattern(
            ox.NamedNode(subject.value), ox.NamedNode(predicate.value), None, ox.NamedNode(graph.value)
        )
        quad = next(iter(found), None)
        return None if quad is None else _object(quad)

    def mentions(self, product: Iri) -> Sequence[Mention]:
        """What any change says about a product: three walks over the index by subject and predicate."""
        subject = ox.NamedNode(product.value)
        return [
            Mention(predicate.value, _object(quad), _graph(quad))
            for predicate in _MENTIONS
            for quad in self._store.quads_for_pattern(subject, predicate, None, None)
        ]

    def scan(self, graph: Iri, predicate: Iri) -> Iterator[str]:
        """The objects of a predicate in one graph, as one consistent walk."""
        where, what = ox.NamedNode(graph.value), ox.NamedNode(predicate.value)
        return (_object(quad) for quad in self._store.quads_for_pattern(None, what, None, where))

    def load(self, graph: Iri, statements: Iterable[Statement]) -> None:
        """Add many statements to one graph; few of them in one transaction."""
        rest = iter(statements)
        part = list(islice(rest, PORTION))
        if len(part) < BULK:
            self._write(self._store.load, graph, part)
            return
        # Oxigraph sorts and writes one portion, without the interpreter's lock, while the next is made.
        with ThreadPoolExecutor(1, "graph") as loader:
            writing = loader.submit(self._write, self._store.bulk_load, graph, part)
            while part := list(islice(rest, PORTION)):
                writing.result()
                writing = loader.submit(self._write, self._store.bulk_load, graph, part)
            writing.result()

    def _write(self, load: Callable[..., None], graph: Iri, part: Sequence[Statement]) -> None:
        with self._writing:
            load("\n".join(part), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph.value), lenient=True)

    def flush(self) -> None:
        """Make what was written survive a power failure; a killed process loses nothing without it.

        Alone: RocksDB can wait for ever where two threads flush, or one flushes while another writes.
        """
        if self._on_disk:
            with self._writing:
                self._store.flush()

    def close(self) -> None:
        """Flush and release the folder's lock."""
        self.flush()
        del self._store
        gc.collect()


def _opened(folder: Path | None) -> ox.Store:
    if folder is None:
        return ox.Store()
    try:
        if not folder.exists() and (aside := put_aside(folder)).exists():
            aside.rename(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return ox.Store(str(folder))
    except OSError as error:
        if "lock" in str(error).lower():
            raise StorageError(
                "store.in_use", f"商品图谱 {folder} 正被另一个乡音进程使用。", "请等它结束，或者先停下它。"
            ) from error
        if "No space left" in str(error):  # the store's own errors carry no number
            raise storage_error(OSError(errno.ENOSPC, str(error)), folder) from error
        raise StorageError(
            "store.unusable", f"打不开商品图谱 {folder}：{error}。", "请检查磁盘和文件夹的权限。"
        ) from error


def put_aside(folder: Path) -> Path:
    """Where a store stands for the moment in which its new files take its place."""
    return folder.with_name(f"{folder.name}.old")


def _graph(quad: ox.Quad) -> str:
    graph = quad.graph_name
    return graph.value if isinstance(graph, ox.NamedNode) else ""


def _object(quad: ox.Quad) -> str:
    value = quad.object
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""
