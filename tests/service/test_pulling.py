"""Sources that are read while a show is on: Bilibili's platform and a bridge, from settings to air."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import websockets

from anchor.comments.bilibili import Account, BilibiliSource
from anchor.comments.bilibili_wire import MESSAGE, pack
from anchor.comments.sources import WebSocketSource
from core.events import Comment, Line
from core.settings import load
from service.incoming import Incoming, Seen
from service.pulling import follow, pull, sources_of
from tests.anchor.test_bilibili import ACCOUNT, Platform, said
from tests.service.shows import House, played

pytestmark = pytest.mark.contract


def test_the_settings_name_the_sources_and_keep_the_secrets() -> None:
    named = {
        "XIANGYIN_COMMENTS__BILIBILI_KEY": "key", "XIANGYIN_COMMENTS__BILIBILI_SECRET": "hush-hush",
        "XIANGYIN_COMMENTS__BILIBILI_APP": "77", "XIANGYIN_COMMENTS__BILIBILI_CODE": "my-own-code",
        "XIANGYIN_COMMENTS__BRIDGE": "ws://127.0.0.1:1/",
    }  # fmt: skip
    settings = load(None, named)
    made = sources_of(settings.comments, print)
    assert [type(source) for source in made] == [BilibiliSource, WebSocketSource]
    assert "hush-hush" not in settings.dump() and "my-own-code" not in settings.dump()
    assert sources_of(load(None, {}).comments, print) == []
    assert "a-secret" not in repr(Account("k", "a-secret", 1, "code"))


def test_a_comment_from_the_platform_is_answered_and_the_project_ended_with_the_show(tmp_path: Path) -> None:
    platform = Platform(pack(MESSAGE, said("小米多少钱", "b1")))

    async def act(house: House) -> None:
        async with platform.serving() as host:
            source = BilibiliSource(ACCOUNT, host=host)
            incoming = Incoming(house.room, house.show, "bilibili", Seen(tmp_path / "seen"))
            following = asyncio.create_task(follow(house.show, [lambda: pull(source, incoming)]))
            await asyncio.sleep(0.1)
            assert platform.called == []
            await house.show.start("tiny", 30)
            async with asyncio.timeout(30):
                while house.show.state.answered < 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await house.show.stop("店主")
            async with asyncio.timeout(30):
                while platform.called[-1][0] != "end":  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            following.cancel()
            await incoming.close()

    house = played(tmp_path, act)
    (comment,) = [e for e in house.events if isinstance(e, Comment)]
    assert (comment.source, comment.source_id, comment.who) == ("bilibili", "b1", "李大姐")
    assert [e for e in house.events if isinstance(e, Line) and comment.id in e.answers and "36.5" in e.text]


def test_a_bridge_is_read_too(tmp_path: Path) -> None:
    async def serve(socket: websockets.ServerConnection) -> None:
        await socket.send('{"user": "王大爷", "text": "小米多少钱", "id": "w1"}')
        await socket.wait_closed()

    async def act(house: House) -> None:
        async with websockets.serve(serve, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            incoming = Incoming(house.room, house.show, "websocket", Seen(tmp_path / "seen"))
            await house.show.start("tiny", 30)
            reading = asyncio.create_task(pull(WebSocketSource(f"ws://127.0.0.1:{port}"), incoming))
            async with asyncio.timeout(30):
                while house.show.state.answered < 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await incoming.close()

    assert [e.who for e in played(tmp_path, act).events if isinstance(e, Comment)] == ["王大爷"]
