"""The record of who approved, took back, refused or removed what, and when, in terms of PROV-O (W3C, 2013).

An act is described before it happens; the update that carries it out also lists it under its shop. So an
approval without its record, or a record without its approval, cannot be.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Literal
from urllib.parse import quote

from knowledge_graph.facts import Fact
from knowledge_graph.schema import SCHEMA, XY
from knowledge_graph.store import records
from knowledge_graph.store.codec import TYPE, shop_iri
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.terms import Iri, Statement, query, statement

PROV = "http://www.w3.org/ns/prov#"
ACT_OF = Iri(XY + "actOf")
_ACT, _VERSION, _TITLE, _REASON, _REFUSED = (
    Iri(XY + name) for name in ("act", "version", "title", "reason", "refused")
)
_WHO, _AT = Iri(PROV + "wasAssociatedWith"), Iri(PROV + "endedAtTime")
_USED, _GENERATED, _INVALIDATED = (Iri(PROV + name) for name in ("used", "generated", "invalidated"))
_CLAIMED = timedelta(minutes=5)
"""After so long an act that was announced and did not happen is that of a program that died."""

Kind = Literal["approve", "revert", "refuse", "remove"]
_KINDS: dict[str, Kind] = {"approve": "approve", "revert": "revert", "refuse": "refuse", "remove": "remove"}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did to a shop.

    ``version`` is the one approved, taken back or removed; 0 for a refusal. ``title`` names the sheet of an
    approval. ``facts`` are those refused, for ``reason``.
    """

    kind: Kind
    who: str
    at: datetime = field(default_factory=_now)
    version: int = 0
    title: str = ""
    reason: str = ""
    facts: tuple[Fact, ...] = ()


class Acts:
    """The acts of one store, in the graph of its catalogue."""

    def __init__(self, store: FactStore, catalogue: Iri) -> None:
        self._store, self._graph = store, catalogue

    def describe(self, shop: str, act: Act, version: Iri | None = None) -> Iri:
        """Write an act that is about to happen (on a version); nobody sees it before it is listed."""
        iri = Iri(f"{shop_iri(shop).value}:act:{uuid.uuid4().hex}")
        used = [statement(iri, _USED, version)] if version else []
        self._store.load(self._graph, [*_described(shop, iri, act), *used])
        return iri

    def claim(self, shop: str, act: Act, before: int) -> Iri | None:
        """:meth:`describe` an act on version ``before``; None where somebody is just about to do another.

        Servers may let two updates read the same state. Each says first what it is about to do, then looks:
        of two, at most one sees itself alone.
        """
        version = _version(shop, before)
        iri = self.describe(shop, act, version)
        late = (act.at - _CLAIMED).isoformat()
        rows = self._store.select(query("claims", {"graph": self._graph, "version": version}))
        if all(row["act"] == iri.value or row["at"] < late for row in rows):
            return iri
        self.forget(iri)
        return None

    def list(self, shop: str, iri: Iri) -> None:
        """Let an act that needs no update of its own be seen."""
        self._store.load(self._graph, [statement(iri, ACT_OF, shop_iri(shop))])

    def listed(self, iri: Iri) -> bool:
        """Whether the act happened."""
        return self._store.value(self._graph, iri, ACT_OF) is not None

    def forget(self, iri: Iri) -> None:
        """Delete an act that did not happen."""
        self._store.update(query("forget_change", {"catalogue": self._graph, "change": iri}))

    def of(self, shop: str) -> tuple[Act, ...]:
        """Everything people did to a shop, oldest first; also of a shop that is removed."""
        held: dict[str, dict[str, str]] = {}
        refused: dict[str, list[Fact]] = {}
        for row in self._store.select(query("acts", {"graph": self._graph, "shop": shop_iri(shop)})):
            if row["p"] == _REFUSED.value:
                refused.setdefault(row["act"], []).extend(records.read(row["o"]))
            else:
                held.setdefault(row["act"], {"who": row["who"]})[row["p"]] = row["o"]
        acts = (_read(told, tuple(refused.get(iri, ()))) for iri, told in held.items())
        return tuple(sorted(acts, key=lambda act: act.at))


def _described(shop: str, iri: Iri, act: Act) -> Iterator[Statement]:
    person = Iri("urn:xiangyin:person:" + quote(act.who, safe=""))
    yield statement(iri, TYPE, Iri(PROV + "Activity"))
    yield statement(iri, _ACT, act.kind)
    yield statement(iri, _AT, act.at.isoformat())
    yield statement(iri, _WHO, person)
    yield statement(person, TYPE, Iri(PROV + "Person"))
    yield statement(person, Iri(SCHEMA + "name"), act.who)
    if act.version:
        change = _GENERATED if act.kind == "approve" else _INVALIDATED
        yield statement(iri, change, _version(shop, act.version))
        yield statement(iri, _VERSION, str(act.version))
    for predicate, text in ((_TITLE, act.title), (_REASON, act.reason)):
        if text:
            yield statement(iri, predicate, text)
    for _, facts in groupby(sorted(act.facts, key=lambda fact: fact.product), lambda fact: fact.product):
        yield statement(iri, _REFUSED, records.write(list(facts)))


def _version(shop: str, number: int) -> Iri:
    return Iri(f"{shop_iri(shop).value}:version:{number}")


def _read(told: dict[str, str], refused: tuple[Fact, ...]) -> Act:
    return Act(
        kind=_KINDS[told[_ACT.value]],
        who=told["who"],
        at=datetime.fromisoformat(told[_AT.value]),
        version=int(told.get(_VERSION.value, "0")),
        title=told.get(_TITLE.value, ""),
        reason=told.get(_REASON.value, ""),
        facts=refused,
    )
