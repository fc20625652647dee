"""What a command does with the data folder: through the running service, or itself where none runs."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from core.errors import StorageError, XiangyinError
from core.settings import Graph
from knowledge_graph.store.choosing import open_shops
from knowledge_graph.store.endpoint import EndpointStore
from knowledge_graph.store.shops import Shops
from service.auth import load_token
from service.owning import Owner, owner

PATIENCE = 20.0
"""Seconds that a command waits for a service that is just starting, or for another command to end."""


def shops(data: Path, graph: Graph | None = None, patience: float = PATIENCE) -> Shops:
    """The shops of a data folder, or where ``graph`` keeps them.

    Raises :class:`StorageError` where another command keeps them in use.
    """
    until = time.monotonic() + patience
    while True:
        held = listening(data, patience)
        if held is not None:
            store = f"{held.url}/api/local/store"
            return Shops(EndpointStore(f"{store}/query", f"{store}/update", token=load_token(data)))
        try:
            return open_shops(graph or Graph(), data / "shops")
        except StorageError as error:
            if error.code != "store.in_use" or time.monotonic() >= until:
                raise
            time.sleep(0.2)


def ask(service: Owner, data: Path, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Let the service do what ``path`` of its local API names; its error is raised as if it were ours."""
    headers = {"Authorization": f"Bearer {load_token(data)}"}
    with httpx.Client(trust_env=False, timeout=600.0, headers=headers) as client:
        try:
            answer = client.post(f"{service.url}/api/local/{path}", json=dict(body))
            record: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(service) from error
    if "error" in record:
        raise XiangyinError(**record["error"])
    if answer.is_error:
        raise _silent(service)
    return record


def listening(data: Path, patience: float = PATIENCE) -> Owner | None:
    """The service that owns the folder, once it listens; None where none runs."""
    until = time.monotonic() + patience
    while (held := owner(data)) is not None:
        try:
            socket.create_connection((held.host, held.port), timeout=2.0).close()
            return held
        except OSError as error:
            if time.monotonic() >= until:
                raise _silent(held) from error
            time.sleep(0.1)
    return None


def _silent(service: Owner) -> StorageError:
    return StorageError(
        "service.silent",
        f"乡音服务（进程 {service.pid}，{service.url}）没有回应。",
        "请看看它是不是卡住了；关掉它以后再试。",
    )
