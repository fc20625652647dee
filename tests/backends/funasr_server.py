"""A server of the FunASR runtime protocol, backed by an engine of this house."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

from core.events import Samples, Word
from core.ports import RecognitionRequest, Recognizer

FIRST_PASS = 48_000
"""Samples after which this server's first pass says something new."""

Talk = Callable[[ServerConnection], None]


def recognising(recognizer: Callable[[], Recognizer], openings: list[dict[str, Any]] | None = None) -> Talk:
    """A server whose first pass says only what is new, and whose second pass says all, with times.

    ``openings`` collects what clients began with.
    """

    def talk(socket: ServerConnection) -> None:
        opening = json.loads(socket.recv())
        if openings is not None:
            openings.append(opening)
        mode, heard, said, at = opening["mode"], b"", "", FIRST_PASS
        for message in socket:
            if isinstance(message, bytes):
                heard += message
                if mode == "2pass" and len(heard) // 2 >= at:
                    at += FIRST_PASS
                    text = recognizer().transcribe(sound(heard)).text
                    send(socket, "2pass-online", text[len(said) :])
                    said = text
            elif json.loads(message)["is_speaking"] is False:
                result = recognizer().transcribe(sound(heard), RecognitionRequest(word_times=True))
                stamps = json.dumps(list(milliseconds(result.words)))
                second = "offline" if mode == "offline" else "2pass-offline"
                send(socket, second, result.text, timestamp=stamps)

    return talk


def send(socket: ServerConnection, mode: str, text: str, **more: Any) -> None:
    # ``is_final`` as the Python server has it: whether the speaker goes on.
    socket.send(json.dumps({"mode": mode, "wav_name": "x", "text": text, "is_final": False} | more))


def sound(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


def milliseconds(words: tuple[Word, ...]) -> Iterator[list[float]]:
    """One pair for each character, as the timestamp models of that server give them."""
    for word in words:
        spoken = [c for c in word.text if c.isalnum()]
        step = (word.end - word.start) / max(1, len(spoken))
        for number in range(len(spoken)):
            start = word.start + number * step
            yield [1000 * start, 1000 * (start + step)]


@contextmanager
def running(talk: Talk) -> Iterator[str]:
    """Serve on a free port of this machine; yields the address."""

    def quietly(socket: ServerConnection) -> None:
        try:
            talk(socket)
        except Exception:
            socket.close_socket()

    with serve(quietly, "127.0.0.1", 0, subprotocols=[Subprotocol("binary")]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield address(server)
        server.shutdown()
        thread.join()


def address(server: Server) -> str:
    """Where a server listens."""
    return f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
