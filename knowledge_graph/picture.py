"""The graph as nodes and edges that a browser can draw, each fact with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property
from knowledge_graph.store.acts import Act

_SHARED = (
    Property.ORIGIN,
    Property.CERTIFICATE,
    Property.EXCLUDED_REGION,
    Property.COURIER,
    Property.VARIETY,
    Property.STORAGE,
    Property.SHIPPING_HOURS,
)
"""Values that several products share are one node: they make the picture a graph."""


def as_graph(shop: Shop, acts: Sequence[Act] = ()) -> dict[str, Any]:
    """The approved facts of a shop as a picture, with what people did to it.

    ``nodes``: ``id``, ``label``, ``kind`` (``shop``, ``product`` or a property), ``name`` of the kind for
    people. ``edges``: ``source`` and ``target`` (node ids), ``label``, and for a fact ``fact``: ``value``,
    ``written``, ``place`` (for people), ``file``, ``sheet``, ``row``, ``column``, ``cell``, ``speaker``,
    ``evidence``, ``valid_from``, ``valid_until`` (ISO days, empty where open). ``acts``, the newest first:
    ``kind``, ``who``, ``at`` (ISO, UTC), ``version``, ``title``, ``reason``, ``facts`` (refused, in words).
    """
    home = {"id": "shop", "label": shop.meta.title or shop.meta.name, "kind": "shop", "name": "店铺"}
    nodes: dict[str, dict[str, Any]] = {"shop": home}
    edges: list[dict[str, Any]] = []
    for product in shop.products():
        nodes[f"p:{product}"] = {"id": f"p:{product}", "label": product, "kind": "product", "name": "商品"}
        edges.append({"source": "shop", "target": f"p:{product}", "label": "卖"})
        for fact in shop.facts(product):
            if fact.property is not Property.NAME:
                _add(nodes, edges, product, fact)
    return {
        "shop": shop.meta.name,
        "title": shop.meta.title,
        "version": shop.meta.version,
        "as_of": shop.meta.as_of.isoformat(),
        "nodes": list(nodes.values()),
        "edges": edges,
        "acts": [_act(act) for act in reversed(acts)],
    }


def _act(act: Act) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "who": act.who,
        "at": act.at.isoformat(),
        "version": act.version,
        "title": act.title,
        "reason": act.reason,
        "facts": [f"{fact.product} {fact.label}：{_label(fact)}" for fact in act.facts],
    }


def _add(nodes: dict[str, dict[str, Any]], edges: list[dict[str, Any]], product: str, fact: Fact) -> None:
    label = _label(fact)
    id_ = f"{fact.property}:{label}" if fact.property in _SHARED else f"f:{fact.id}"
    nodes.setdefault(id_, {"id": id_, "label": label, "kind": fact.property.value, "name": fact.label})
    edges.append({"source": f"p:{product}", "target": id_, "label": fact.label, "fact": _detail(fact)})


def _detail(fact: Fact) -> dict[str, Any]:
    source = fact.source
    return {
        "value": _label(fact),
        "written": fact.written,
        "place": str(source),
        "file": source.file,
        "sheet": source.sheet,
        "row": source.row,
        "column": source.column,
        "cell": source.cell,
        "speaker": source.speaker,
        "evidence": fact.evidence,
        "valid_from": fact.valid_from.isoformat() if fact.valid_from else "",
        "valid_until": fact.valid_until.isoformat() if fact.valid_until else "",
    }


def _label(fact: Fact) -> str:
    high = f"-{fact.high}" if fact.high is not None else ""
    per = f"/{fact.per}" if fact.per else ""
    about = f"（{fact.about}）" if fact.about else ""
    return f"{fact.value}{high}{fact.unit}{per}{about}"
