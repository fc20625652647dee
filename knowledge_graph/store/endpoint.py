"""Any SPARQL 1.1 server over HTTP (SPARQL 1.1 Protocol, W3C 2013); Virtuoso wants digest for updates."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import httpx

from core.errors import StorageError
from knowledge_graph.store.protocol import Mention, Row
from knowledge_graph.store.terms import Iri, Statement, query

PAGE = 500
"""Subjects in one page of a scan, as ``queries/subjects.rq`` has it."""


class EndpointStore:
    """A dataset behind ``query_url`` and ``update_url``.

    Authenticates by digest where a user is given, with ``token`` as bearer where that is given.
    """

    patience = 0.5

    def __init__(
        self,
        query_url: str,
        update_url: str,
        user: str = "",
        password: str = "",
        timeout: float = 30.0,
        batch: int = 400,
        token: str = "",
    ) -> None:
        auth = httpx.DigestAuth(user, password) if user else None
        headers = {"Authorization": f"Bearer {token}"} if token else None
        self._client = httpx.Client(auth=auth, timeout=timeout, trust_env=False, headers=headers)
        weakref.finalize(self, self._client.close)  # a command ends without closing its store
        self._query_url, self._update_url, self._batch = query_url, update_url, batch

    def select(self, query: str) -> Sequence[Row]:
        """The solutions of a SELECT query."""
        answer = self._post(self._query_url, {"query": query})
        bindings: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
        return [{name: found["value"] for name, found in row.items()} for row in bindings]

    def value(self, graph: Iri, subject: Iri, predicate: Iri) -> str | None:
        """The object of one statement; one request."""
        rows = self.select(query("value", {"graph": graph, "subject": subject, "predicate": predicate}))
        return rows[0]["o"] if rows else None

    def mentions(self, product: Iri) -> Sequence[Mention]:
        """What any change says about a product; one request."""
        rows = self.select(query("mentions", {"product": product}))
        return [Mention(row["p"], row.get("o", ""), row["g"]) for row in rows]

    def scan(self, graph: Iri, predicate: Iri) -> Iterator[str]:
        """The objects of a predicate in one graph; two requests a page, as servers cut long answers off."""
        where: dict[str, Iri | str] = {"graph": graph, "predicate": predicate}
        after = ""
        while subjects := self.select(query("subjects", {**where, "after": after})):
            until = subjects[-1]["s"]
            for row in self.select(query("objects", {**where, "after": after, "until": until})):
                yield row.get("o", "")
            if len(subjects) < PAGE:
                return
            after = until

    def update(self, update: str) -> None:
        """Run an update; the server's own transaction makes it whole."""
        self._post(self._update_url, {"update": update})

    def load(self, graph: Iri, statements: Iterable[Statement]) -> None:
        """Add statements in requests of bounded size."""
        rest = iter(statements)
        while part := list(islice(rest, self._batch)):
            body = "\n".join(part)
            self.update(f"INSERT DATA {{ GRAPH {graph} {{\n{body}\n}} }}")

    def flush(self) -> None:
        """Nothing: what a server has accepted is the server's to keep."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _post(self, url: str, form: dict[str, Any]) -> httpx.Response:
        try:
            answer = self._client.post(url, data=form, headers={"Accept": "application/sparql-results+json"})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise StorageError(
                "store.endpoint",
                f"商品图谱的服务器 {url} 没有办成：{type(error).__name__}。",
                "请检查地址、账号和服务器。",
            ) from error
        return answer
