"""What one change says about one product as one literal: all its facts, read back with one look-up.

A JSON object: ``of`` the product, ``facts`` a list. A fact's value stands under its kind
(``"decimal":"29.90"``); what its source shares with the first fact's is said once, beside ``of``. Next to the
record stand the statements that SPARQL users ask by: product → fact, its type and its value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from knowledge_graph.facts import Fact, Quantity, Source, Value
from knowledge_graph.schema import SCHEMA, TERMS, XY, Property
from knowledge_graph.store.codec import TYPE, fact_iri, product_iri, shown, value_kind
from knowledge_graph.store.terms import Iri, Statement, literal, statement

NAMED, STATES, WITHDRAWS, WAITS = (Iri(XY + name) for name in ("named", "states", "withdraws", "waits"))
"""Product → record of its name, of other facts; → id of a fact that no longer holds; → record that waits."""
_PRODUCT = Iri(SCHEMA + "Product")
_TERMS = {p: (f" {Iri(t.link)} ", f" {TYPE} {Iri(t.type)} .", f" {Iri(t.value)} ") for p, t in TERMS.items()}
"""What stands between the terms of a fact's statements: a sheet has very many of them."""
_PROPERTIES = {p.value: p for p in Property}
_COMMON = ("file", "sheet", "row", "speaker")
_TOGETHER = 100
"""Facts in one record at most: no server has to keep an endless literal."""
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_product = lru_cache(maxsize=4)(product_iri)


def write(facts: Sequence[Fact]) -> str:
    """The record of facts of one product; what is empty is left out."""
    first = facts[0].source
    head: dict[str, Any] = {"of": facts[0].product}
    for key in _COMMON:
        if given := getattr(first, key):
            head[key] = given
    head["facts"] = [_entry(fact, first) for fact in facts]
    return _json(head)


def _entry(fact: Fact, first: Source) -> dict[str, Any]:
    value, source = shown(fact.value), fact.source
    held: dict[str, Any] = {"id": fact.id, "property": fact.property.value, value_kind(fact.value): value}
    if fact.written != value:
        held["written"] = fact.written
    if fact.unit:
        held["unit"] = fact.unit
    if fact.high is not None:
        held["high"] = str(fact.high)
    if fact.per is not None:
        held["per"] = [str(fact.per.value), fact.per.unit]
    if fact.about:
        held["about"] = fact.about
    if fact.valid_from is not None:
        held["from"] = fact.valid_from.isoformat()
    if fact.valid_until is not None:
        held["until"] = fact.valid_until.isoformat()
    if fact.evidence:
        held["evidence"] = fact.evidence
    if source.cell:
        held["cell"] = source.cell
    if source.column:
        held["column"] = source.column
    if source.order:
        held["order"] = source.order
    if source is not first:
        for key in _COMMON:
            if (given := getattr(source, key)) != getattr(first, key):
                held[key] = given
    return held


def read(record: str) -> list[Fact]:
    """The facts of a record."""
    head: dict[str, Any] = json.loads(record)
    product: str = head["of"]
    common = {"file": "", "sheet": "", "row": None, "speaker": "", **head}
    return [_fact(product, held, common) for held in head["facts"]]


def product_of(record: str) -> str:
    """The product of a record."""
    product: str = json.loads(record)["of"]
    return product


def _fact(product: str, held: dict[str, Any], common: dict[str, Any]) -> Fact:
    take = held.get
    value, shown_value = _value(held)
    per, high, since, until = take("per"), take("high"), take("from"), take("until")
    return Fact(
        product=product,
        property=_PROPERTIES[held["property"]],
        value=value,
        written=take("written", shown_value),
        source=Source(
            take("file", common["file"]),
            take("sheet", common["sheet"]),
            take("cell", ""),
            take("row", common["row"]),
            take("column", ""),
            take("speaker", common["speaker"]),
            take("order", 0),
        ),
        unit=take("unit", ""),
        high=Decimal(high) if high else None,
        per=Quantity(Decimal(per[0]), per[1]) if per else None,
        about=take("about", ""),
        valid_from=date.fromisoformat(since) if since else None,
        valid_until=date.fromisoformat(until) if until else None,
        evidence=take("evidence", ""),
        id=held["id"],
    )


def _value(held: dict[str, Any]) -> tuple[Value, str]:
    if "text" in held:
        return held["text"], held["text"]
    if "decimal" in held:
        return Decimal(held["decimal"]), held["decimal"]
    if "date" in held:
        return date.fromisoformat(held["date"]), held["date"]
    return held["boolean"] == "true", held["boolean"]


def statements(shop: str, facts: Iterable[Fact]) -> Iterator[Statement]:
    """What stands in the graph for facts: their records, and product → fact → type and value.

    Facts of a product that come one after the other share a record, so a catalogue may be streamed.
    """
    for name, run in groupby(facts, lambda fact: fact.product):
        product = _product(shop, name)
        subject = str(product)
        while part := list(islice(run, _TOGETHER)):
            yield from records_of(product, part)
            for fact in part:
                link, type_, value = _TERMS[fact.property]
                node = str(fact_iri(shop, fact))
                if fact.property is Property.NAME:
                    yield statement(product, TYPE, _PRODUCT)
                yield Statement(f"{subject}{link}{node} .")
                yield Statement(f"{node}{type_}")
                yield Statement(f"{node}{value}{literal(shown(fact.value))} .")


def records_of(product: Iri, facts: Sequence[Fact]) -> Iterator[Statement]:
    """The records alone: names by themselves, so that a shop's products are listed without their facts."""
    if named := [fact for fact in facts if fact.property is Property.NAME]:
        yield statement(product, NAMED, write(named))
    if stated := [fact for fact in facts if fact.property is not Property.NAME]:
        yield statement(product, STATES, write(stated))


def withdrawals(shop: str, facts: Iterable[Fact]) -> Iterator[Statement]:
    """Statements that facts no longer hold."""
    return (statement(_product(shop, fact.product), WITHDRAWS, fact.id) for fact in facts)


def waiting(shop: str, facts: Iterable[Fact]) -> Iterator[Statement]:
    """Facts that a person must settle: a record only, so that no query takes them for facts."""
    return (statement(_product(shop, fact.product), WAITS, write([fact])) for fact in facts)
