"""Comments of a Bilibili live room, through the open live platform: started, kept alive, ended as it asks.

The platform starts the project for the streamer's code, tells where its long connection is, and wants two
heartbeats: over HTTP for the project, over the connection for itself. Its wire is in
:mod:`anchor.comments.bilibili_wire`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

from anchor.comments.bilibili_wire import (
    AUTH,
    AUTH_REPLY,
    HEARTBEAT,
    LARGEST,
    MESSAGE,
    BadPacket,
    comment,
    ended,
    pack,
    signed,
    unpack,
)
from anchor.comments.sources import RETRY, Arrival

HOST = "https://live-open.biliapi.com"
BEAT = 20.0
"""Seconds between heartbeats: the platform ends a project after 60 without."""
PATIENCE = 10.0
"""Seconds that the platform may take for an answer."""


@dataclass(frozen=True, slots=True)
class Account:
    """A project on the platform: access ``key`` and ``secret``, ``app`` number; the streamer's ``code``."""

    key: str
    secret: str = field(repr=False)
    app: int
    code: str = field(repr=False)


class Unavailable(Exception):
    """The platform refused, or is not what was expected; the text is for a person."""


class BilibiliSource:
    """Comments as they come; reconnects when the platform goes away, and ``report`` s why in one sentence."""

    name = "bilibili"

    def __init__(
        self,
        account: Account,
        report: Callable[[str], None] = lambda _: None,
        host: str = HOST,
        attempts: int | None = None,
        beat: float = BEAT,
    ) -> None:
        """``attempts`` failures in a row end it; by default it never gives up."""
        self._account = account
        self._report = report
        self._host = host
        self._attempts = attempts
        self._beat = beat

    async def comments(self) -> AsyncGenerator[Arrival, None]:
        """Comments until the task is cancelled; the project is ended when the iteration is."""
        failures, began = 0, asyncio.get_running_loop().time()
        while self._attempts is None or failures < self._attempts:
            try:
                async with aclosing(self._connected(began)) as arrivals:
                    async for arrival in arrivals:
                        failures = 0
                        yield arrival
            except (OSError, httpx.HTTPError, websockets.WebSocketException, BadPacket, Unavailable) as error:
                self._report(f"B 站评论连不上：{_why(error)}。")
            failures += 1
            await asyncio.sleep(RETRY[min(failures, len(RETRY)) - 1])

    async def _connected(self, began: float) -> AsyncGenerator[Arrival, None]:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=self._host, timeout=PATIENCE))
            game, link, auth = await stack.enter_async_context(self._project(client))
            socket = await stack.enter_async_context(
                websockets.connect(link, max_size=LARGEST, ping_interval=None)
            )
            await socket.send(pack(AUTH, auth.encode()))
            await stack.enter_async_context(self._alive(client, game, socket))
            async for data in socket:
                if isinstance(data, str):
                    continue
                for operation, body in unpack(data):
                    if operation == AUTH_REPLY and _code(body) != 0:
                        raise Unavailable(f"长连接没有通过验证（{_code(body)}）")
                    if operation != MESSAGE:
                        continue
                    if ended(body):
                        return
                    arrival = comment(body, asyncio.get_running_loop().time() - began)
                    if arrival is not None:
                        yield arrival

    @asynccontextmanager
    async def _project(self, client: httpx.AsyncClient) -> AsyncIterator[tuple[str, str, str]]:
        """The started project: its game id, the address of its long connection, and what to say there."""
        held = await self._post(client, "start", {"code": self._account.code, "app_id": self._account.app})
        try:
            game = str(held["game_info"]["game_id"])
            link, auth = held["websocket_info"]["wss_link"][0], held["websocket_info"]["auth_body"]
        except (KeyError, IndexError, TypeError) as error:
            raise Unavailable("开放平台的回答看不懂") from error
        try:
            yield game, str(link), str(auth)
        finally:
            with suppress(httpx.HTTPError, Unavailable):
                await self._post(client, "end", {"app_id": self._account.app, "game_id": game})

    @asynccontextmanager
    async def _alive(
        self, client: httpx.AsyncClient, game: str, socket: websockets.ClientConnection
    ) -> AsyncIterator[None]:
        """Both heartbeats inside the block; the connection is closed where one fails."""

        async def beat() -> None:
            try:
                while True:
                    await socket.send(pack(HEARTBEAT))
                    await asyncio.sleep(self._beat)
                    await self._post(client, "heartbeat", {"game_id": game})
            except (httpx.HTTPError, websockets.WebSocketException, Unavailable) as error:
                self._report(f"B 站评论的心跳断了：{_why(error)}。")
                await socket.close()

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating

    async def _post(self, client: httpx.AsyncClient, what: str, content: dict[str, Any]) -> Any:
        body = json.dumps(content).encode()
        headers = signed(body, self._account.key, self._account.secret, time.time())
        answer = await client.post(f"/v2/app/{what}", content=body, headers=headers)
        try:
            held = answer.json()
            code, data = held["code"], held.get("data") or {}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unavailable(f"开放平台回答了 {answer.status_code}") from error
        if code != 0:
            raise Unavailable(f"开放平台不接受（{code} {str(held.get('message', ''))[:60]}）")
        return data


def _code(body: bytes) -> int:
    try:
        return int(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return -1


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Unavailable) else type(error).__name__
