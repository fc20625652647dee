"""Bilibili's open platform: signatures, packets, and sessions against a local server of the protocol."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import brotli
import pytest
import uvicorn
import websockets
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from anchor.comments import bilibili, bilibili_wire
from anchor.comments.bilibili import Account, BilibiliSource
from anchor.comments.bilibili_wire import (
    AUTH,
    AUTH_REPLY,
    HEARTBEAT,
    MESSAGE,
    BadPacket,
    comment,
    pack,
    unpack,
)
from anchor.comments.sources import Arrival
from tests.service.running import free_port

pytestmark = pytest.mark.contract

ACCOUNT = Account("key", "a-secret-of-the-platform", 77, "CODE")


def said(text: str, key: str = "m1", who: str = "李大姐") -> bytes:
    data = {"uname": who, "msg": text, "msg_id": key, "room_id": 1, "open_id": "o", "timestamp": 1}
    return json.dumps({"cmd": "LIVE_OPEN_PLATFORM_DM", "data": data}).encode()


def batch(*bodies: bytes, version: int) -> bytes:
    inner = b"".join(pack(MESSAGE, body) for body in bodies)
    return pack(MESSAGE, zlib.compress(inner) if version == 2 else brotli.compress(inner), version)


class Platform:
    """A server that checks signatures and speaks the packets; ``sends`` is what it sends once let in."""

    def __init__(self, *sends: bytes, refuse: int = 0, auth: int = 0, then_close: bool = False) -> None:
        self.sends, self.refuse, self.auth, self.then_close = sends, refuse, auth, then_close
        self.called: list[tuple[str, Any]] = []
        self.beats = 0
        self.port = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v2/app/{what}")
        async def call(what: str, request: Request) -> dict[str, Any]:
            body = await request.body()
            given = {k: v for k, v in request.headers.items() if k.startswith("x-bili-")}
            text = "\n".join(f"{k}:{given[k]}" for k in sorted(given))
            want = hmac.new(ACCOUNT.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
            fine = want == request.headers["authorization"]
            fine &= given["x-bili-content-md5"] == hashlib.md5(body).hexdigest() and len(given) == 6
            self.called.append((what, json.loads(body)))
            if not fine or self.refuse:
                return {"code": self.refuse or 4002, "message": "签名异常", "data": None}
            link = {"auth_body": '{"let":"me in"}', "wss_link": [f"ws://127.0.0.1:{self.port}/sub"]}
            return {"code": 0, "data": {"game_info": {"game_id": "g-1"}, "websocket_info": link}}

        return app

    async def talk(self, socket: websockets.ServerConnection) -> None:
        async for data in socket:
            assert isinstance(data, bytes)
            for operation, body in unpack(data):
                if operation == HEARTBEAT:
                    self.beats += 1
                if operation == AUTH:
                    assert body == b'{"let":"me in"}'
                    await socket.send(pack(AUTH_REPLY, json.dumps({"code": self.auth}).encode()))
                    for packet in self.sends:
                        await socket.send(packet)
                    if self.then_close:
                        return

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        port = free_port()
        config = uvicorn.Config(self.app(), port=port, log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve())
        async with websockets.serve(self.talk, "127.0.0.1", 0) as sockets:
            self.port = next(iter(sockets.sockets)).getsockname()[1]
            while not server.started:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await running


def heard(platform: Platform, wanted: int, **more: Any) -> tuple[list[Arrival], list[str]]:
    """The first comments that come in, and what people are told."""
    told: list[str] = []

    async def main() -> list[Arrival]:
        found: list[Arrival] = []
        async with platform.serving() as host, asyncio.timeout(20):
            source = BilibiliSource(ACCOUNT, told.append, host, **more)
            async with aclosing(source.comments()) as arrivals:
                async for arrival in arrivals:
                    found.append(arrival)
                    if len(found) == wanted:
                        break
        return found

    return asyncio.run(main()), told


def test_a_session_is_started_read_and_ended() -> None:
    platform = Platform(
        pack(MESSAGE, said("小米多少钱")),
        batch(said("在吗", "m2"), said("包邮吗", "m3"), version=2),
        batch(said("几斤装", "m4"), version=3),
    )
    found, told = heard(platform, 4)
    assert [(a.text, a.key) for a in found] == [
        ("小米多少钱", "m1"), ("在吗", "m2"), ("包邮吗", "m3"), ("几斤装", "m4"),
    ]  # fmt: skip
    assert {a.user for a in found} == {"李大姐"}
    assert platform.called[0] == ("start", {"code": "CODE", "app_id": 77})
    assert platform.called[-1] == ("end", {"app_id": 77, "game_id": "g-1"})
    assert platform.beats >= 1 and told == []


def test_both_heartbeats_keep_it_alive() -> None:
    platform = Platform()

    async def main() -> None:
        async with platform.serving() as host, asyncio.timeout(20):
            async with aclosing(BilibiliSource(ACCOUNT, host=host, beat=0.05).comments()) as arrivals:
                with suppress(TimeoutError):
                    await asyncio.wait_for(anext(arrivals), 1.0)

    asyncio.run(main())
    assert platform.beats >= 3
    assert ("heartbeat", {"game_id": "g-1"}) in platform.called


def test_it_comes_back_after_the_connection_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bilibili, "RETRY", (0.01,))
    platform = Platform(pack(MESSAGE, said("在吗")), then_close=True)
    found, _ = heard(platform, 3)
    assert len(found) == 3
    assert [what for what, _ in platform.called].count("start") == 3


@pytest.mark.parametrize(
    ("platform", "why"),
    [
        (Platform(refuse=7002), "不接受（7002"),
        (Platform(auth=4), "没有通过验证（4）"),
        (Platform(b"\0\0\0\1garbage of no protocol"), "BadPacket"),
        (Platform(pack(MESSAGE, b"no zlib", 2)), "BadPacket"),
    ],
)
def test_what_goes_wrong_is_told_and_never_the_secret(
    platform: Platform, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bilibili, "RETRY", (0.01,))
    found, told = heard(platform, 1, attempts=2)
    assert found == [] and len(told) == 2 and why in told[0]
    assert ACCOUNT.secret not in "".join(told) + repr(ACCOUNT)


def test_when_the_platform_ends_it_the_project_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bilibili, "RETRY", (0.01,))
    over = json.dumps({"cmd": "LIVE_OPEN_PLATFORM_INTERACTION_END", "data": {"game_id": "g-1"}}).encode()
    platform = Platform(pack(MESSAGE, said("在吗")), pack(MESSAGE, over))
    found, told = heard(platform, 2)
    assert len(found) == 2 and told == []


DM = b'{"cmd":"LIVE_OPEN_PLATFORM_DM"'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", DM + b"}", DM + b',"data":{"msg":1}}', DM + b',"data":[]}',
        b'{"cmd":"LIVE_OPEN_PLATFORM_SEND_GIFT","data":{"uname":"x"}}',
    ],
)  # fmt: skip
def test_a_message_that_is_no_comment_is_passed_over(body: bytes) -> None:
    assert comment(body, 0.0) is None


@pytest.mark.parametrize("pressed", [zlib.compress, brotli.compress])
def test_a_bomb_is_refused(pressed: Any) -> None:
    bomb = pressed(b"\0" * (bilibili_wire.LARGEST + 1))
    with pytest.raises(BadPacket):
        list(unpack(pack(MESSAGE, bomb, 2 if pressed is zlib.compress else 3)))


@given(st.lists(st.binary(max_size=60), max_size=6), st.sampled_from([0, 2, 3]))
def test_what_is_packed_is_unpacked(bodies: list[bytes], version: int) -> None:
    data = b"".join(pack(MESSAGE, b) for b in bodies) if version == 0 else batch(*bodies, version=version)
    assert [body for _, body in unpack(data)] == bodies


@given(st.binary(max_size=200))
def test_any_bytes_are_packets_or_refused(data: bytes) -> None:
    try:
        list(unpack(data))
    except BadPacket:
        pass
