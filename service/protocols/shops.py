"""A shop as a picture: ``/api/shops/{shop}/graph`` and the page ``/graph?shop=NAME``."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from knowledge_graph.picture import as_graph
from service.assemble import Assembly

router = APIRouter()


@router.get("/api/shops/{shop}/graph")
def graph(request: Request, shop: str) -> dict[str, Any]:
    """The approved facts of a shop as nodes and edges (:func:`knowledge_graph.picture.as_graph`)."""
    assembly: Assembly = request.app.state.assembly
    shops = assembly.shops()
    return as_graph(shops.snapshot(shop), shops.acts(shop))


@router.get("/graph", response_class=HTMLResponse)
def page() -> str:
    """The picture: ``/graph?shop=NAME``."""
    return resources.files("service").joinpath("pages", "graph.html").read_text(encoding="utf-8")
