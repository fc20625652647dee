"""Facts as the statements of the published vocabulary and back: what is exported and imported.

Every value is a plain literal with its decimals as written. What the store keeps is in ``records.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

from knowledge_graph.facts import Fact, Quantity, Source, Value
from knowledge_graph.schema import SCHEMA, TERMS, XY, Property
from knowledge_graph.store.terms import Iri, Triple

TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
OF, PROPERTY = Iri(XY + "of"), Iri(XY + "property")
_WRITTEN, _HIGH, _ABOUT, _EVIDENCE = (Iri(XY + n) for n in ("written", "high", "about", "evidence"))
_PER, _PER_UNIT = Iri(XY + "perQuantity"), Iri(XY + "perUnit")
_UNIT = Iri(SCHEMA + "unitText")
_FROM, _UNTIL = Iri(SCHEMA + "validFrom"), Iri(SCHEMA + "validThrough")
_FILE, _SHEET, _CELL, _ROW, _COLUMN, _SPEAKER, _ORDER = (
    Iri(XY + n) for n in ("file", "sheet", "cell", "row", "column", "speaker", "order")
)
_TERMS = {p: (Iri(t.link), Iri(t.type), Iri(t.value)) for p, t in TERMS.items()}
_SUBJECTS = Iri(XY + "subject")


@lru_cache(maxsize=64)
def shop_iri(shop: str) -> Iri:
    """The IRI of a shop, whatever its name."""
    return Iri("urn:xiangyin:shop:" + quote(shop, safe=""))


def product_iri(shop: str, product: str) -> Iri:
    """The IRI of a product; of the shop itself for an empty name."""
    if not product:
        return shop_iri(shop)
    digest = hashlib.blake2b(product.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    return Iri(f"{shop_iri(shop).value}:product:{digest}")


def fact_iri(shop: str, fact: Fact) -> Iri:
    """The IRI of a fact."""
    return Iri(f"{shop_iri(shop).value}:fact:{fact.id}")


def encode(shop: str, facts: Iterable[Fact]) -> Iterator[Triple]:
    """The statements of facts."""
    for fact in facts:
        yield from _encode(shop, fact)


def _encode(shop: str, fact: Fact) -> Iterator[Triple]:
    link, type_, value = _TERMS[fact.property]
    node, product = fact_iri(shop, fact), product_iri(shop, fact.product)
    yield Triple(product, link, node)
    yield Triple(node, TYPE, type_)
    yield Triple(node, OF, product)
    yield Triple(node, PROPERTY, fact.property.value)
    yield Triple(node, value, shown(fact.value))
    yield Triple(node, Iri(XY + "kind"), value_kind(fact.value))
    source, per = fact.source, fact.per
    optional: tuple[tuple[Iri, object], ...] = (
        (_SUBJECTS, fact.product),
        (_WRITTEN, fact.written),
        (_UNIT, fact.unit),
        (_HIGH, fact.high),
        (_PER, per.value if per else None),
        (_PER_UNIT, per.unit if per else None),
        (_ABOUT, fact.about),
        (_FROM, fact.valid_from),
        (_UNTIL, fact.valid_until),
        (_EVIDENCE, fact.evidence),
        (_FILE, source.file),
        (_SHEET, source.sheet),
        (_CELL, source.cell),
        (_ROW, source.row),
        (_COLUMN, source.column),
        (_SPEAKER, source.speaker),
        (_ORDER, source.order or None),
    )
    for predicate, given in optional:
        if given is not None and given != "":
            yield Triple(node, predicate, shown(given))


def shown(value: object) -> str:
    """A value as its literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def value_kind(value: Value) -> str:
    """How a literal is to be read: ``decimal``, ``text``, ``date`` or ``boolean``."""
    if isinstance(value, bool):
        return "boolean"
    return "decimal" if isinstance(value, Decimal) else "date" if isinstance(value, date) else "text"


def decode(statements: Mapping[str, str]) -> Fact:
    """The fact whose statements (predicate → object) these are. Its id follows from what it says now."""

    def text(predicate: Iri) -> str:
        return statements.get(predicate.value, "")

    property_ = Property(statements[PROPERTY.value])
    number, row = text(_PER), text(_ROW)
    place = (text(_FILE), text(_SHEET), text(_CELL), int(row) if row else None, text(_COLUMN), text(_SPEAKER))
    return Fact(
        product=text(_SUBJECTS),
        property=property_,
        value=_read(text(_TERMS[property_][2]), statements.get(XY + "kind", "text")),
        written=text(_WRITTEN),
        source=Source(*place, int(text(_ORDER) or 0)),
        unit=text(_UNIT),
        high=Decimal(text(_HIGH)) if text(_HIGH) else None,
        per=Quantity(Decimal(number), text(_PER_UNIT)) if number else None,
        about=text(_ABOUT),
        valid_from=date.fromisoformat(text(_FROM)) if text(_FROM) else None,
        valid_until=date.fromisoformat(text(_UNTIL)) if text(_UNTIL) else None,
        evidence=text(_EVIDENCE),
    )


def _read(text: str, kind: str) -> Value:
    if kind == "decimal":
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "boolean" else text


def decode_rows(rows: Iterable[Mapping[str, str]]) -> list[Fact]:
    """The facts of a solution with ``f``, ``p``, ``o``."""
    grouped: dict[str, dict[str, str]] = {}
    for row in rows:
        grouped.setdefault(row["f"], {})[row["p"]] = row.get("o", "")
    return [decode(statements) for statements in grouped.values() if PROPERTY.value in statements]
