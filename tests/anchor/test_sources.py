"""Comment sources: replay files and the WebSocket bridge."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import websockets

from anchor.comments.sources import Arrival, WebSocketSource, read_replay
from core.errors import InputError

pytestmark = pytest.mark.unit


def test_a_replay_is_read_in_the_order_of_its_times(tmp_path: Path) -> None:
    file = tmp_path / "replay.jsonl"
    file.write_text(
        '{"at": 4, "user": "乙", "text": "二"}\n\n{"at": 1.5, "user": "甲", "text": "一"}\n', "utf-8"
    )
    assert [(a.at, a.text) for a in read_replay(file)] == [(1.5, "一"), (4, "二")]


@pytest.mark.parametrize(
    "line", ["不是JSON", "[1]", '{"at": 1}', '{"at": -1, "text": "早"}', '{"at": NaN, "text": "早"}']
)
def test_a_bad_replay_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "replay.jsonl"
    file.write_text('{"at": 0, "user": "甲", "text": "好"}\n' + line, "utf-8")
    with pytest.raises(InputError, match="第 2 行"):
        read_replay(file)


def test_a_missing_replay_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="打不开"):
        read_replay(tmp_path / "none.jsonl")


async def _bridge(*messages: str) -> tuple[list[Arrival], WebSocketSource]:
    async def serve(connection: websockets.ServerConnection) -> None:
        for message in messages:
            await connection.send(message)

    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        source = WebSocketSource(f"ws://127.0.0.1:{port}", attempts=1)
        return [arrival async for arrival in source.comments()], source


def test_a_bridge_delivers_each_comment_once_and_passes_over_garbage() -> None:
    one = json.dumps({"id": "7", "user": "甲", "text": "包邮吗", "level": 3})
    arrivals, source = asyncio.run(_bridge(one, "垃圾", one, json.dumps([{"text": "好"}, {"user": "乙"}])))
    assert [(a.user, a.text) for a in arrivals] == [("甲", "包邮吗"), ("观众", "好")]
    assert source.refused == 2


def test_a_bridge_that_is_not_there_is_reported() -> None:
    said: list[str] = []

    async def listen() -> list[Arrival]:
        source = WebSocketSource("ws://127.0.0.1:9", said.append, attempts=1)
        return [arrival async for arrival in source.comments()]

    assert asyncio.run(listen()) == []
    assert len(said) == 1 and "连不上" in said[0]
