"""Real engines, loaded once a run, and real local servers that speak the remote protocols."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI

from backends import chat, choose, load, recognizers, voices
from core.errors import ModelUnavailableError
from core.events import Samples
from core.ports import ChatModel, Recognizer, Speech, Voice
from core.settings import load as load_settings
from core.weights import Weights

SENTENCE = "各位乡亲晚上好，今天给大家看看自家菜园的新鲜萝卜和白菜。"


@pytest.fixture(scope="session")
def weights() -> Weights:
    return Weights(load_settings().weights.folder)


def require(build: Callable[[], Any]) -> Any:
    try:
        return build()
    except ModelUnavailableError as error:
        if error.code != "weights.missing":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def whisper(weights: Weights) -> Recognizer:
    recognizer: Recognizer = require(lambda: load(choose(recognizers.BACKENDS, "whisper"), weights))
    return recognizer


@pytest.fixture(scope="session")
def kokoro(weights: Weights) -> Voice:
    voice: Voice = require(lambda: load(choose(voices.BACKENDS, "kokoro"), weights))
    return voice


@pytest.fixture(scope="session")
def llama(weights: Weights) -> ChatModel:
    model: ChatModel = require(lambda: load(choose(chat.BACKENDS, "llama"), weights))
    return model


@pytest.fixture(scope="session")
def spoken(kokoro: Voice) -> Speech:
    """:data:`SENTENCE`, spoken."""
    return kokoro.synthesize(SENTENCE, "zf_xiaoxiao")


@pytest.fixture(scope="session")
def heard(spoken: Speech) -> Samples:
    """:data:`SENTENCE`, spoken, at the recognisers' 16 kHz."""
    import soxr

    return np.asarray(soxr.resample(spoken.samples, spoken.rate, 16_000), dtype=np.float32)


class Server:
    """A uvicorn server on a free port of this machine, in a thread."""

    def __init__(self, app: FastAPI) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[FastAPI], str]]:
    """Run an application on this machine; returns its base URL ending in ``/v1``."""
    running: list[Server] = []

    def start(app: FastAPI) -> str:
        server = Server(app)
        server.start()
        running.append(server)
        return server.url

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def closed_port() -> str:
    """A base URL at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
