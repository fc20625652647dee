"""The store that the settings name: this machine's disk, or a SPARQL 1.1 server."""

from __future__ import annotations

from pathlib import Path

from core.errors import ConfigurationError
from core.settings import Graph
from knowledge_graph.store.endpoint import EndpointStore
from knowledge_graph.store.shops import Shops


def open_shops(settings: Graph, folder: Path) -> Shops:
    """The shops on disk under ``folder``, or behind the endpoint of the settings.

    Raises :class:`StorageError` while another process uses the folder, and :class:`ConfigurationError` for
    an endpoint without an address.
    """
    if settings.backend == "oxigraph":
        return Shops.open(folder)
    if not settings.url.startswith(("http://", "https://")):
        raise ConfigurationError(
            "settings.graph_url",
            f"商品图谱的服务器地址“{settings.url}”不能用。",
            "请把 [graph] 的 url 写成 SPARQL 查询地址，比如 http://127.0.0.1:8890/sparql。",
        )
    password = settings.password.get_secret_value()
    return Shops(EndpointStore(settings.url, settings.update_url or settings.url, settings.user, password))
