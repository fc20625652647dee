"""The real program as its own process, as a user starts it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

COMMAND = "from service.cli import main; main()"
PATIENCE = 240.0
"""Seconds that a start may take on a machine busy with other tests."""


class Studio:
    """``xiangyin serve`` on a port, with its data in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._port = port
        self._environment = os.environ | {"XIANGYIN_SERVICE__DATA_DIR": str(folder)}
        self._log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program and wait until it answers."""
        folder = Path(__file__).resolve().parents[2]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "serve", "--port", str(self._port)],
                env=self._environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://{self.host}/healthz", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the studio did not start:\n{self._log.read_text(errors='replace')}")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the program, by default without any warning, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None


@contextlib.contextmanager
def studio(folder: Path, port: int) -> Iterator[Studio]:
    """A started studio that is stopped in the end."""
    program = Studio(folder, port)
    program.start()
    try:
        yield program
    finally:
        program.kill(signal.SIGTERM)
