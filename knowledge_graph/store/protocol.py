"""What every store of the graph can do. One contract suite runs on each implementation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from knowledge_graph.store.terms import Iri, Statement

Row = Mapping[str, str]
"""A solution: variable name → IRI or literal text."""


class Mention(NamedTuple):
    """A statement about a product: a record that is added, or the id of a fact that is withdrawn."""

    predicate: str
    text: str
    graph: str


class FactStore(Protocol):
    """A SPARQL 1.1 dataset of named graphs. Queries come from ``queries/*.rq`` through ``terms.query``."""

    patience: float
    """Seconds that a version once read may be trusted: 0 where reading it costs microseconds."""

    def select(self, query: str) -> Sequence[Row]:
        """The solutions of a SELECT query; unbound variables are left out."""
        ...

    def value(self, graph: Iri, subject: Iri, predicate: Iri) -> str | None:
        """The object of one statement; None where there is none. Cheap enough to be polled."""
        ...

    def mentions(self, product: Iri) -> Sequence[Mention]:
        """What any change says about a product. The hot path: one request, or a walk over an index."""
        ...

    def scan(self, graph: Iri, predicate: Iri) -> Iterator[str]:
        """The objects of a predicate in one graph, however many."""
        ...

    def update(self, update: str) -> None:
        """Run an update: all of it or, on failure, none of it."""
        ...

    def load(self, graph: Iri, statements: Iterable[Statement]) -> None:
        """Add many statements to one graph, fast; a crash may leave a part, so load where nobody reads."""
        ...

    def flush(self) -> None:
        """Make what was written survive a power failure."""
        ...

    def close(self) -> None:
        """Make everything durable and let go of files and connections."""
        ...
