"""One fact as one literal, hung on its product: all it says, read back without a query.

``<id> <JSON>``: the fact's name, then an object whose value stands under its kind (``"decimal":"29.90"``).
Beside it stand the statements that SPARQL users ask by: product → fact, its type and its value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from knowledge_graph.facts import Fact, Quantity, Source, Value
from knowledge_graph.schema import SCHEMA, TERMS, XY, Property
from knowledge_graph.store.codec import TYPE, fact_iri, product_iri, shown, value_kind
from knowledge_graph.store.terms import Iri, Triple

NAMED, STATES, WITHDRAWS, WAITS = (Iri(XY + name) for name in ("named", "states", "withdraws", "waits"))
"""Product → record of its name, of another fact; → id of a fact that no longer holds; → record that waits."""
_PRODUCT = Iri(SCHEMA + "Product")
_TERMS = {p: (Iri(t.link), Iri(t.type), Iri(t.value)) for p, t in TERMS.items()}
_SOURCE = ("file", "sheet", "cell", "row", "column", "speaker", "order")
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_product = lru_cache(maxsize=4)(product_iri)


def write(fact: Fact) -> str:
    """The record of a fact; what is empty is left out."""
    value = shown(fact.value)
    held: dict[str, Any] = {
        "of": fact.product,
        "property": fact.property.value,
        value_kind(fact.value): value,
    }
    if fact.written != value:
        held["written"] = fact.written
    optional = (
        ("unit", fact.unit),
        ("high", None if fact.high is None else str(fact.high)),
        ("per", None if fact.per is None else [str(fact.per.value), fact.per.unit]),
        ("about", fact.about),
        ("from", None if fact.valid_from is None else fact.valid_from.isoformat()),
        ("until", None if fact.valid_until is None else fact.valid_until.isoformat()),
        ("evidence", fact.evidence),
    )
    for key, given in optional:
        if given:
            held[key] = given
    for key in _SOURCE:
        if given := getattr(fact.source, key):
            held[key] = given
    return f"{fact.id} {_written(held)}"


def read(record: str) -> Fact:
    """The fact of a record."""
    id_, _, text = record.partition(" ")
    held: dict[str, Any] = json.loads(text)
    value, shown_value = _value(held)
    per = held.get("per")
    take = held.get
    return Fact(
        product=held["of"],
        property=Property(held["property"]),
        value=value,
        written=take("written", shown_value),
        source=Source(
            take("file", ""), take("sheet", ""), take("cell", ""), take("row"),
            take("column", ""), take("speaker", ""), take("order", 0),
        ),
        unit=take("unit", ""),
        high=Decimal(held["high"]) if "high" in held else None,
        per=Quantity(Decimal(per[0]), per[1]) if per else None,
        about=take("about", ""),
        valid_from=date.fromisoformat(held["from"]) if "from" in held else None,
        valid_until=date.fromisoformat(held["until"]) if "until" in held else None,
        evidence=take("evidence", ""),
        id=id_,
    )  # fmt: skip


def _value(held: dict[str, Any]) -> tuple[Value, str]:
    if "text" in held:
        return held["text"], held["text"]
    if "decimal" in held:
        return Decimal(held["decimal"]), held["decimal"]
    if "date" in held:
        return date.fromisoformat(held["date"]), held["date"]
    return held["boolean"] == "true", held["boolean"]


def name_of(record: str) -> str:
    """The id of the fact of a record."""
    return record.partition(" ")[0]


def statements(shop: str, facts: Iterable[Fact]) -> Iterator[Triple]:
    """What stands in the graph for each fact: its record, and product → fact → type and value."""
    for fact in facts:
        link, type_, value = _TERMS[fact.property]
        product, node = _product(shop, fact.product), fact_iri(shop, fact)
        if fact.property is Property.NAME:
            yield Triple(product, TYPE, _PRODUCT)
            yield Triple(product, NAMED, write(fact))
        else:
            yield Triple(product, STATES, write(fact))
        yield Triple(product, link, node)
        yield Triple(node, TYPE, type_)
        yield Triple(node, value, shown(fact.value))


def withdrawals(shop: str, facts: Iterable[Fact]) -> Iterator[Triple]:
    """Statements that facts no longer hold."""
    return (Triple(_product(shop, fact.product), WITHDRAWS, fact.id) for fact in facts)


def waiting(shop: str, facts: Iterable[Fact]) -> Iterator[Triple]:
    """Facts that a person must settle: a record only, so that no query takes them for facts."""
    return (Triple(_product(shop, fact.product), WAITS, write(fact)) for fact in facts)
