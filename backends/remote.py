"""What the clients of OpenAI-compatible servers share: one HTTP client, one way to say what went wrong."""

from __future__ import annotations

import io
import json
import wave
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np

from core.errors import ModelUnavailableError, OverloadedError
from core.events import Samples

HINT = "请检查服务是否在运行、地址和密钥是否正确；可以先换回内置的模型。"
BUSY = frozenset({429, 503})


class Remote:
    """An OpenAI-compatible server at ``base_url`` (ending in ``/v1``).

    ``role`` names the service to people. A request fails after ``timeout`` seconds without progress.
    """

    def __init__(self, base_url: str, role: str, api_key: str = "", timeout: float = 30.0) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/",
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
        )
        # Idle connections are given back with the engine, also where nobody closes it.
        self._closing = weakref.finalize(self, self._client.close)
        self._base_url = base_url
        self._role = role

    def close(self) -> None:
        """Give back the connections."""
        self._closing()

    def post(self, path: str, **content: Any) -> httpx.Response:
        """Post and return a successful response; coded errors otherwise."""
        with self._coded():
            response = self._client.post(path, **content)
            self._require_success(response)
        return response

    @contextmanager
    def stream(self, path: str, **content: Any) -> Iterator[httpx.Response]:
        """Post and read a successful response as it comes; coded errors otherwise."""
        with self._coded(), self._client.stream("POST", path, **content) as response:
            if response.is_error:
                response.read()
            self._require_success(response)
            yield response

    def garbage(self, error: Exception | None = None) -> ModelUnavailableError:
        """The error for an answer that is not what the protocol promises."""
        detail = f"（{error}）" if error else ""
        return ModelUnavailableError("remote.garbage", f"{self._role}服务的回答看不懂{detail}。", HINT)

    def parse(self, response: httpx.Response) -> dict[str, Any]:
        """The response's JSON object."""
        try:
            body = json.loads(response.content)
        except ValueError as error:
            raise self.garbage(error) from error
        if not isinstance(body, dict):
            raise self.garbage()
        return body

    @contextmanager
    def _coded(self) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise ModelUnavailableError(
                "remote.timeout", f"{self._role}服务 {self._base_url} 没有按时回答。", HINT
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelUnavailableError(
                "remote.unreachable", f"连不上{self._role}服务 {self._base_url}：{error}。", HINT
            ) from error

    def _require_success(self, response: httpx.Response) -> None:
        if response.status_code in BUSY:
            raise OverloadedError(
                "remote.busy", f"{self._role}服务正忙（{response.status_code}）。", "请稍后再试。"
            )
        if not response.is_success:
            reason = response.text[:200].strip()
            raise ModelUnavailableError(
                "remote.refused", f"{self._role}服务拒绝了请求（{response.status_code}）：{reason}", HINT
            )


def wav(samples: Samples, rate: int) -> bytes:
    """Mono float32 sound as a 16-bit WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def unwav(content: bytes) -> tuple[Samples, int]:
    """A 16-bit WAV file as mono float32 sound and its rate; ValueError where it is none.

    Streaming servers write a length they do not know; what is there is read.
    """
    try:
        with wave.open(io.BytesIO(content)) as source:
            channels, width, rate = source.getnchannels(), source.getsampwidth(), source.getframerate()
            frames = source.readframes(len(content))
    except (wave.Error, EOFError) as error:
        raise ValueError(str(error)) from error
    if width != 2 or channels < 1:
        raise ValueError(f"{8 * width}-bit samples")
    whole = len(frames) // (2 * channels) * (2 * channels)
    pcm = np.frombuffer(frames[:whole], dtype="<i2").reshape(-1, channels)
    return pcm.mean(axis=1, dtype=np.float32) / np.float32(32768), rate
