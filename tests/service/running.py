"""A service on a free loopback port, in a thread of the test."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from core.settings import Settings, load
from service.app import create_app
from service.assemble import Assembly


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_in(folder: Path) -> Settings:
    """The default settings with all data below ``folder``."""
    return load(None, {"XIANGYIN_SERVICE__DATA_DIR": str(folder)})


@contextlib.contextmanager
def serving(assembly: Assembly, address: str = "127.0.0.1") -> Iterator[str]:
    """Serve an assembly; yields ``ADDRESS:PORT``."""
    with listening(create_app(assembly), address) as host:
        yield host


@contextlib.contextmanager
def listening(app: FastAPI, address: str = "127.0.0.1") -> Iterator[str]:
    """Run an application; yields ``ADDRESS:PORT``."""
    port = free_port()
    config = uvicorn.Config(
        app,
        host=address,
        port=port,
        log_level="error",
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield f"{address}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
