"""JSON-LD out and in: our own export round-trips exactly; foreign schema.org products are read as a sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import InvalidOperation
from typing import Any

import pyoxigraph as ox

from core.errors import InputError
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.ingest.draft import Screen, allow_all
from knowledge_graph.ingest.importer import Preview, import_sheets
from knowledge_graph.ingest.problems import Problem
from knowledge_graph.ingest.sheets import Cell, Sheet, clean
from knowledge_graph.ingest.wordings import claims_in
from knowledge_graph.schema import SCHEMA, XY, Property
from knowledge_graph.store.codec import TYPE, decode_rows, encode, shop_iri
from knowledge_graph.store.terms import Iri

CONTEXT = {"schema": SCHEMA, "xy": XY}
_SPOKEN = (Property.SELLING_POINT, Property.NOTE, Property.PROMOTION)


def as_jsonld(shop: Shop) -> dict[str, Any]:
    """The shop as one JSON-LD document of schema.org terms; importing it gives the same facts."""
    meta = shop.meta
    facts = [f for name in shop.products() for f in shop.facts(name)] + list(shop.shop_facts())
    nodes: dict[str, dict[str, Any]] = {}
    for triple in encode(meta.name, facts):
        node = nodes.setdefault(triple.subject.value, {"@id": triple.subject.value})
        if triple.predicate == TYPE and isinstance(triple.object, Iri):
            node["@type"] = _short(triple.object.value)
            continue
        value: Any = {"@id": triple.object.value} if isinstance(triple.object, Iri) else triple.object
        node.setdefault(_short(triple.predicate.value), []).append(value)
    home = nodes.setdefault(shop_iri(meta.name).value, {"@id": shop_iri(meta.name).value})
    home |= {
        "@type": "schema:Store",
        "schema:name": meta.name,
        "xy:title": meta.title,
        "xy:asOf": meta.as_of.isoformat(),
    }
    for node in nodes.values():
        if "@type" not in node:
            node["@type"] = "schema:Product"
    return {"@context": CONTEXT, "@graph": [_plain(node) for node in nodes.values()]}


def _short(iri: str) -> str:
    for prefix, base in CONTEXT.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    return {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in node.items()}


def looks_like_jsonld(content: bytes) -> bool:
    """Whether a file is JSON rather than a table."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_jsonld(file: str, content: bytes, as_of: date, screen: Screen = allow_all) -> Preview:
    """The facts of a JSON-LD file. Raises :class:`InputError` with one clear sentence."""
    rows = _statements(file, content)
    try:
        facts = decode_rows(rows)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise InputError(
            "import.bad_jsonld",
            f"文件 {file} 里有一条资料不完整或者写错了：{error}。",
            "请用 xiangyin shop export 重新导出。",
        ) from error
    if not facts:
        return _foreign(file, rows, as_of, screen)
    facts.sort(key=lambda f: f.source.order)
    kept, problems = _screened(facts, screen)
    names = [f.product for f in facts if f.property is Property.NAME]
    title = next((r["o"] for r in rows if r["p"] == XY + "title"), "")
    return Preview(title, file, as_of, tuple(dict.fromkeys(names)), tuple(kept), (), tuple(problems))


def _statements(file: str, content: bytes) -> list[dict[str, str]]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(
            "import.bad_json", f"文件 {file} 不是有效的 JSON。", "请检查文件是不是完整。"
        ) from error
    text = json.dumps(_local(document))
    try:
        quads = list(ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri="urn:xiangyin:import:"))
    except (SyntaxError, ValueError) as error:
        raise InputError(
            "import.bad_jsonld", f"文件 {file} 不是有效的 JSON-LD。", "请用 xiangyin shop export 重新导出。"
        ) from error
    return [
        {"f": _name(q.subject), "p": q.predicate.value, "o": _name(q.object)}
        for q in quads
        if isinstance(q.subject, ox.NamedNode | ox.BlankNode)
    ]


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode):
        return term.value
    return ""


def _local(document: Any) -> Any:
    """The document with schema.org's context given here: nothing is fetched while importing."""
    if isinstance(document, list):
        return [_local(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {k: _context(v) if k == "@context" else _local(v) for k, v in document.items()}


def _context(context: Any) -> Any:
    if isinstance(context, list):
        return [_context(each) for each in context]
    if isinstance(context, str):
        return {"@vocab": SCHEMA} if "schema.org" in context else {}
    return context


def _screened(facts: Sequence[Fact], screen: Screen) -> tuple[list[Fact], list[Problem]]:
    kept, problems = [], []
    for fact in facts:
        found = screen(str(fact.value)) if fact.property in _SPOKEN else ()
        refused = claims_in(found) or [f for f in found if f.kind == "PII"]
        if refused:
            message = f"“{fact.value}”不能播报：{refused[0].reason}，已经略去。"
            problems.append(
                Problem(
                    "error", f"CLAIM_{refused[0].kind}", message, fact.product or None, value=str(fact.value)
                )
            )
        else:
            kept.append(fact)
    return kept, problems


_COLUMNS = {
    "name": "名称",
    "sku": "货号",
    "price": "价格",
    "category": "品类",
    "description": "介绍",
    "brand": "品牌",
    "gtin13": "条码",
    "gtin": "条码",
    "weight": "净重",
    "color": "颜色",
    "material": "材质",
    "size": "尺寸",
    "countryOfOrigin": "产地",
    "inventoryLevel": "库存",
    "alternateName": "别名",
}


def _foreign(file: str, rows: Sequence[Mapping[str, str]], as_of: date, screen: Screen) -> Preview:
    """schema.org products of another program, laid out as a sheet and read like one."""
    nodes: dict[str, dict[str, str]] = {}
    for row in rows:
        nodes.setdefault(row["f"], {}).setdefault(row["p"].removeprefix(SCHEMA), row["o"])
    products = [node for node in nodes.values() if node.get(TYPE.value, "").removeprefix(SCHEMA) == "Product"]
    if not products:
        raise InputError(
            "import.no_products", f"文件 {file} 里没有商品（schema.org 的 Product）。", "请检查文件。"
        )
    header = list(dict.fromkeys(_COLUMNS.values()))
    lines = [header]
    for product in products:
        cells = dict.fromkeys(header, "")
        for key, value in product.items():
            if key == "offers" and value in nodes:
                cells["价格"] = nodes[value].get("price", "")
            elif key in _COLUMNS:
                inner = nodes.get(value, {})
                text = (
                    inner.get("name") or f"{inner.get('value', '')}{inner.get('unitText', '')}"
                    if inner
                    else value
                )
                cells[_COLUMNS[key]] = clean(text)
        lines.append([cells[h] for h in header])
    used = [at for at in range(len(header)) if any(line[at] for line in lines[1:])]
    sheet = tuple(
        tuple(Cell(line[at] or None, line[at], number, column) for column, at in enumerate(used))
        for number, line in enumerate(lines, 1)
    )
    return import_sheets(file, [Sheet("", sheet)], as_of, screen)
