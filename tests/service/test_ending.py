"""The program ends soon after it is told to, whatever its engines are doing."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.cli.serve import ENDS_WITHIN
from tests.backends.conftest import Server
from tests.service.running import free_port
from tests.service.studio import Studio
from tests.service.test_local_api import SHEET, command

pytestmark = pytest.mark.scenario

MARGIN = 1.0
"""Seconds that a busy machine may add."""


def ended(program: Studio, how: signal.Signals) -> float:
    """Seconds until the program was gone."""
    began = time.monotonic()
    program.kill(how)
    return time.monotonic() - began


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_voice_that_never_answers_does_not_keep_the_program(
    how: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, over = threading.Event(), threading.Event()
    app = FastAPI()

    @app.post("/v1/audio/speech")
    def speak() -> None:
        asked.set()
        over.wait(60)

    server, data = Server(app), tmp_path / "data"
    assert command(data, "shop", "import", SHEET, "--shop", "demo")[0] == 0
    for name, value in {"BACKEND": "openai", "URL": server.url, "MODEL": "m", "TIMEOUT": "60"}.items():
        monkeypatch.setenv(f"XIANGYIN_VOICE__{name}", value)
    server.start()
    program = Studio(data, free_port())
    try:
        program.start()
        order = {"shop": "demo", "minutes": 10}
        url = f"http://{program.host}/api/rooms/main/show/start"
        assert httpx.post(url, json=order, timeout=120).status_code == 200
        assert asked.wait(60)
        assert ended(program, how) < ENDS_WITHIN + MARGIN
    finally:
        over.set()
        program.kill()
        server.stop()
    assert command(data, "ledger", "verify")[0] == 0
