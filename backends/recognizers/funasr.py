"""Client of a FunASR runtime server (``funasr-wss-server``, ``funasr-wss-server-2pass``).

Source: https://github.com/modelscope/FunASR/blob/main/runtime/docs/websocket_protocol.md. One connection a
request. ``is_final`` is not relied upon: servers disagree on what it means; what they agree on is that the
second pass replaces what the first pass said since the pass before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from backends.recognizers.windows import RATE
from backends.remote import HINT
from core.errors import ModelUnavailableError
from core.events import Samples, Word
from core.ports import (
    Cancelled,
    RecognitionRequest,
    RecognizerCapabilities,
    RecognizerStream,
    Transcript,
    never,
)
from media.audio import to_int16

CHUNK = (5, 10, 5)
"""Latency of the first pass: 600 ms at a time, looking 300 ms ahead and back."""
PART = RATE * 6 // 10
WEIGHT = 20
"""What the protocol's examples give a hotword."""
POLL = 0.05
LINGER = 0.3
"""Seconds without a message after which a server that has given its second pass has no more to say."""
PATIENCE = 3.0
"""Seconds, and the length of the sound, in which a server says what it heard; of silence some say nothing."""
PUNCTUATION = frozenset("，。！？、；：,.!?;: ")


class FunASR:
    """Remote recogniser, batch (``offline``) and streaming (``2pass``). Its server states no confidence."""

    name = "funasr"
    capabilities = RecognizerCapabilities(streaming=True, hotwords=True, word_times=True)

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self._url = url
        self._timeout = timeout

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise on the server; coded errors where it is unreachable, silent, or answers garbage."""
        if cancelled():
            return Transcript("", 0.0)
        with _Call(self._url, self._timeout, "offline", request) as call:
            call.hear(samples)
            return call.finish(cancelled)

    def stream(
        self,
        request: RecognitionRequest = RecognitionRequest(),
    ) -> RecognizerStream:
        """Open a connection for one segment of speech; ``finish`` closes it."""
        return _Call(self._url, self._timeout, "2pass", request)


class Passes:
    """What two passes make of a segment: words of the first pass until the second has heard them."""

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.stamps: list[Any] = []
        self._open = ""

    @property
    def text(self) -> str:
        """The whole text so far."""
        return "".join(self.settled) + self._open

    def take(self, message: dict[str, Any]) -> None:
        """Take one message of the server; KeyError, TypeError or ValueError where it is no result."""
        text = message["text"]
        if not isinstance(text, str):
            raise TypeError("text is no string")
        if str(message.get("mode", "")).endswith("online"):
            self._open += text
            return
        self.settled.append(text)
        self._open = ""
        stamps = message.get("timestamp") or []
        self.stamps += json.loads(stamps) if isinstance(stamps, str) else stamps

    def transcript(self) -> Transcript:
        """The transcript so far, with times where the server gives one for each character."""
        text = self.text.strip()
        return Transcript(text, 1.0 if text else 0.0, tuple(words(text, self.stamps)))


def words(text: str, stamps: list[Any]) -> Iterator[Word]:
    """The characters of ``text`` with their times; nothing where there is not one stamp for each.

    ``stamps`` are pairs of milliseconds; punctuation has none.
    """
    spoken = [c for c in text if c not in PUNCTUATION]
    if len(spoken) == len(stamps):
        for character, (start, end) in zip(spoken, stamps, strict=True):
            yield Word(character, float(start) / 1000, float(end) / 1000)


class _Call:
    """One connection: a configuration, sound, an end, and what the server says meanwhile."""

    def __init__(self, url: str, timeout: float, mode: str, request: RecognitionRequest) -> None:
        self._url = url
        self._timeout = timeout
        self._passes = Passes()
        self._seconds = 0.0
        self._socket: ClientConnection | None = None
        self._closing = ExitStack()
        with self._coded():
            self._socket = self._closing.enter_context(
                connect(
                    url,
                    open_timeout=min(timeout, 5.0),
                    close_timeout=1.0,
                    subprotocols=[Subprotocol("binary")],
                    max_size=1 << 20,
                )
            )
        self._send(_opening(mode, request.hotwords))

    def __enter__(self) -> _Call:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._socket = None
        self._closing.close()

    def hear(self, samples: Samples) -> None:
        """Send sound, in parts of the size the first pass works in."""
        self._seconds += len(samples) / RATE
        for at in range(0, len(samples), PART):
            self._send(to_int16(samples[at : at + PART]).tobytes())

    def accept(self, samples: Samples) -> Transcript | None:
        """Take more sound; the revised transcript where the server has said something since."""
        before = self._passes.text
        self.hear(samples)
        for message in self._messages(0.0):
            self._take(message)
        return self._passes.transcript() if self._passes.text != before else None

    def finish(self, cancelled: Cancelled = never) -> Transcript:
        """End the sound and wait for the second pass; cancelled, what there is so far."""
        self._send(json.dumps({"is_speaking": False}))
        heard_out = False
        patience = min(self._timeout, PATIENCE + self._seconds)
        until = time.monotonic() + patience
        while self._socket is not None and not cancelled():
            messages = list(self._messages(LINGER if heard_out else POLL))
            for message in messages:
                heard_out = self._take(message) or heard_out
                until = time.monotonic() + patience
            if not messages and (heard_out or time.monotonic() > until):
                break
        if not heard_out and not cancelled():
            self._require_life()
        self.close()
        return self._passes.transcript()

    def _require_life(self) -> None:
        """A server that is silent but alive heard nothing; one that is gone has failed."""
        if self._socket is not None and not self._socket.ping().wait(timeout=1.0):
            self.close()
            raise self._late()

    def _late(self) -> ModelUnavailableError:
        return ModelUnavailableError("remote.timeout", f"语音识别服务 {self._url} 没有按时回答。", HINT)

    def _take(self, message: str | bytes) -> bool:
        """Take one message; whether it was of the second pass."""
        try:
            body = json.loads(message)
            self._passes.take(body)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.close()
            raise ModelUnavailableError(
                "remote.garbage", f"语音识别服务的回答看不懂（{error}）。", HINT
            ) from error
        return not str(body.get("mode", "")).endswith("online")

    def _messages(self, wait: float) -> Iterable[str | bytes]:
        """What has come, waiting at most ``wait`` seconds for the first; a closed connection ends it."""
        while self._socket is not None:
            try:
                message = self._socket.recv(timeout=wait)
            except TimeoutError:
                return
            except ConnectionClosedOK:
                self.close()
                return
            except ConnectionClosed as error:
                raise self._lost(error) from error
            yield message
            wait = 0.0

    def _send(self, content: str | bytes) -> None:
        with self._coded():
            if self._socket is None:
                raise ConnectionResetError("closed by the server")
            self._socket.send(content)

    @contextmanager
    def _coded(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise self._late() from error
        except (OSError, ConnectionClosed, InvalidHandshake, InvalidURI) as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> ModelUnavailableError:
        self.close()
        return ModelUnavailableError("remote.unreachable", f"连不上语音识别服务 {self._url}：{error}。", HINT)


def _opening(mode: str, hotwords: tuple[str, ...]) -> str:
    content: dict[str, Any] = {
        "mode": mode,
        "wav_name": "xiangyin",
        "wav_format": "pcm",
        "audio_fs": RATE,
        "is_speaking": True,
        "chunk_size": CHUNK,
        "chunk_interval": CHUNK[1],
        "itn": False,
    }
    if hotwords:
        # A JSON object in a string, as the protocol has it.
        content["hotwords"] = json.dumps(dict.fromkeys(hotwords, WEIGHT), ensure_ascii=False)
    return json.dumps(content, ensure_ascii=False)
