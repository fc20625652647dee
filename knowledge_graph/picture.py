"""The graph as nodes and edges that a browser can draw."""

from __future__ import annotations

from typing import Any

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property

_SHARED = (
    Property.ORIGIN,
    Property.CERTIFICATE,
    Property.EXCLUDED_REGION,
    Property.COURIER,
    Property.VARIETY,
)
"""Values that several products share are one node: they make the picture a graph."""


def as_graph(shop: Shop) -> dict[str, Any]:
    """``nodes`` (id, label, kind, detail) and ``edges`` (source, target, label, evidence) of a shop."""
    home = {"id": "shop", "label": shop.meta.title or shop.meta.name, "kind": "shop"}
    nodes: dict[str, dict[str, Any]] = {"shop": home}
    edges: list[dict[str, str]] = []
    for product in shop.products():
        nodes[f"p:{product}"] = {"id": f"p:{product}", "label": product, "kind": "product"}
        edges.append({"source": "shop", "target": f"p:{product}", "label": "卖", "evidence": ""})
        for fact in shop.facts(product):
            if fact.property is not Property.NAME:
                _add(nodes, edges, product, fact)
    return {
        "shop": shop.meta.name,
        "version": shop.meta.version,
        "nodes": list(nodes.values()),
        "edges": edges,
    }


def _add(nodes: dict[str, dict[str, Any]], edges: list[dict[str, str]], product: str, fact: Fact) -> None:
    id_ = f"{fact.property}:{fact.value}" if fact.property in _SHARED else f"f:{fact.id}"
    nodes.setdefault(id_, {"id": id_, "label": _label(fact), "kind": fact.property.value})
    edges.append({"source": f"p:{product}", "target": id_, "label": fact.label, "evidence": str(fact.source)})


def _label(fact: Fact) -> str:
    high = f"-{fact.high}" if fact.high is not None else ""
    per = f"/{fact.per}" if fact.per else ""
    about = f"（{fact.about}）" if fact.about else ""
    return f"{fact.value}{high}{fact.unit}{per}{about}"
