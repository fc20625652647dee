"""A real SPARQL server that nobody here wrote: Virtuoso on loopback, in a folder of the test."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from knowledge_graph.store.endpoint import EndpointStore

_CONFIG = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{isql}
ServerThreads = 4
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def virtuoso(folder: Path) -> Iterator[EndpointStore]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-t (Debian's virtuoso-opensource-7-bin) is not installed")
    http = free_port()
    config = folder / "virtuoso.ini"
    config.write_text(_CONFIG.format(folder=folder, isql=free_port(), http=http))
    server = subprocess.Popen(
        [program, "+foreground", "+configfile", str(config)],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{http}"
    try:
        _wait(url, server)
        store = EndpointStore(f"{url}/sparql", f"{url}/sparql-auth", "dba", "dba")
        yield store
        store.close()
    finally:
        server.terminate()
        server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, trust_env=False).status_code < 500:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    pytest.skip("virtuoso-t did not answer on loopback within 60 s")
