"""What every store of the graph can do. One contract suite runs on each implementation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from knowledge_graph.store.terms import Iri, Triple

Row = Mapping[str, str]
"""A solution: variable name → IRI or literal text."""


class FactStore(Protocol):
    """A SPARQL 1.1 dataset of named graphs. Queries come from ``queries/*.rq`` through ``terms.query``."""

    def select(self, query: str) -> Sequence[Row]:
        """The solutions of a SELECT query; unbound variables are left out."""
        ...

    def update(self, update: str) -> None:
        """Run an update: all of it or, on failure, none of it."""
        ...

    def load(self, graph: Iri, triples: Iterable[Triple]) -> None:
        """Add many triples to one graph, fast; a crash may leave part of them, so stage in a draft graph."""
        ...

    def close(self) -> None:
        """Make everything durable and let go of files and connections."""
        ...
