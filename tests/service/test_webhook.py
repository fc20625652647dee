"""Comments that Douyin pushes: let in by their signature alone, taken once, answered on air."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from websockets.sync.client import connect

from anchor.comments import douyin
from anchor.comments.sources import Arrival
from core.errors import OverloadedError
from core.events import Comment
from core.settings import Settings, load
from core.testing import ScriptedVoice
from service.assemble import Assembly
from service.incoming import QUEUED, Incoming, Seen
from service.rooms import Room
from service.showing import Show
from tests.service.running import serving
from tests.service.shows import House, played
from tests.service.test_show_protocols import OneShop, order, until

pytestmark = pytest.mark.contract

SECRET = "a-secret-of-the-platform"


def settings(folder: Path, secret: str = SECRET) -> Settings:
    named = {"XIANGYIN_SERVICE__DATA_DIR": str(folder), "XIANGYIN_COMMENTS__DOUYIN_SECRET": secret}
    return load(None, named)


def assembly(folder: Path, secret: str = SECRET) -> Assembly:
    return Assembly(settings(folder, secret), {"shops": OneShop(), "voice": ScriptedVoice(0.1)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("webhook")


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    with serving(assembly(folder)) as address:
        yield address


def push(host: str, room: str, body: bytes, secret: str = SECRET, kind: str = douyin.COMMENT) -> Any:
    """A push as the platform sends it, through a name that is not this machine's."""
    headers = {"x-nonce-str": "n1", "x-timestamp": str(round(time.time() * 1000)), "x-roomid": "1"}
    headers |= {"x-msg-type": kind}
    headers |= {"x-signature": douyin.signature(headers, body, secret), "Host": "shop.example"}
    answer = httpx.post(
        f"http://{host}/api/rooms/{room}/comments/douyin", content=body, headers=headers, timeout=30
    )
    return answer.json() | {"status": answer.status_code}


def one(key: str, text: str, who: str = "李大姐") -> dict[str, object]:
    return {"msg_id": key, "content": text, "nickname": who, "timestamp": 1, "sec_openid": "o"}


def test_a_signed_comment_is_answered_on_air_and_its_repetition_is_not(host: str) -> None:
    with connect(f"ws://{host}/ws/show?room=air") as reader:
        order(host, "air", "start", shop="tiny", minutes=5)
        body = json.dumps([one("m1", "小米多少钱"), one("m1", "小米多少钱")]).encode()
        assert push(host, "air", body) == {"status": 200, "taken": 1}
        comment = until(reader, "comment", status="answer")
        assert (comment["who"], comment["source"]) == ("李大姐", "douyin")
        assert "36.5" in until(reader, "line", purpose="answer", status="speaking")["text"]
        assert push(host, "air", body) == {"status": 200, "taken": 0}
        order(host, "air", "stop")


def test_what_is_not_signed_with_the_secret_opens_nothing(host: str, folder: Path) -> None:
    answer = push(host, "forged", json.dumps([one("m2", "在吗")]).encode(), "guessed")
    assert (answer["status"], answer["error"]["code"]) == (403, "douyin.signature")
    assert not (folder / "rooms" / "forged").exists()


def test_the_rest_of_the_house_stays_shut_to_that_caller(host: str) -> None:
    for path in ("show/comment", "comments/douyin/x", "comments"):
        url = f"http://{host}/api/rooms/air/{path}"
        assert httpx.post(url, json={}, headers={"Host": "shop.example"}).status_code == 401
    url = f"http://{host}/api/rooms/air/comments/douyin"
    assert httpx.get(url, headers={"Host": "shop.example"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "douyin.body"), (b'[{"msg_id":"1"}]', "douyin.body"), (b" " * (2 << 20), "douyin.too_large")],
)
def test_what_cannot_be_read_is_explained(host: str, body: bytes, code: str) -> None:
    answer = push(host, "air", body)
    assert (answer["status"], answer["error"]["code"]) == (422, code)


def test_other_messages_than_comments_are_acknowledged_and_left(host: str) -> None:
    assert push(host, "air", b'[{"gift_num":1}]', kind="live_gift") == {"status": 200, "taken": 0}


def test_while_nothing_is_on_air_people_are_told_once(host: str) -> None:
    with connect(f"ws://{host}/ws/captions?room=quiet") as reader:
        for key in ("q1", "q2", "q3"):
            assert push(host, "quiet", json.dumps([one(key, "在吗")]).encode())["status"] == 200
        assert until(reader, "notice", code="comments.off_air")["subject"] == "douyin"
    with connect(f"ws://{host}/ws/captions?room=quiet&after=0") as reader:
        assert json.loads(reader.recv(timeout=30))["seq"] == 1


def test_without_a_secret_nothing_is_taken(tmp_path: Path) -> None:
    with serving(assembly(tmp_path, "")) as host:
        answer = push(host, "air", b"[]", "")
    assert (answer["status"], answer["error"]["code"]) == (403, "douyin.no_secret")


def test_a_restart_takes_no_message_twice(tmp_path: Path) -> None:
    body = json.dumps([one("r1", "在吗")]).encode()
    with serving(assembly(tmp_path)) as host:
        assert push(host, "main", body)["taken"] == 1
    with serving(assembly(tmp_path)) as host:
        assert push(host, "main", body)["taken"] == 0


def test_the_secret_is_masked_where_settings_are_shown(tmp_path: Path) -> None:
    shown = settings(tmp_path).dump()
    assert SECRET not in shown
    assert 'douyin_secret = "******"' in shown


class _Stuck:
    """A host that takes for ever over its first comment."""

    async def hear(self, who: str, text: str, source: str, key: str) -> Comment:
        return Comment(who=who, text=text, source=source, source_id=key)

    async def consider(self, *_: object) -> None:
        await asyncio.Event().wait()


def test_taking_waits_for_no_host_and_what_is_too_much_can_be_pushed_again(tmp_path: Path) -> None:
    async def main() -> None:
        seen = Seen(tmp_path / "douyin.seen")
        room = Room("main", tmp_path / "main")
        incoming = Incoming(room, cast(Show, _Stuck()), "douyin", seen)
        assert await incoming.take([Arrival(0, "甲", "在吗", f"m{n}") for n in range(QUEUED)]) == QUEUED
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="接不下"):
            await incoming.take([Arrival(0, "甲", "在吗", f"more {n}") for n in range(2)])
        assert "more 1" not in seen
        await incoming.close()
        await room.close()

    asyncio.run(main())


def test_what_was_taken_survives_a_kill_before_anyone_judged_it(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.show.start("tiny", 3)
        incoming = Incoming(house.room, house.show, "douyin", Seen(tmp_path / "seen"))
        assert (
            await incoming.take([Arrival(0, "甲", "小米多少钱", "m1"), Arrival(0, "乙", "在吗", "m1")]) == 1
        )
        await incoming.close()

    async def second(house: House) -> None:
        (comment,) = house.room.questions.undecided
        assert (comment.source_id, comment.source) == ("m1", "douyin")
        await house.show.start("tiny")
        await house.until(lambda: house.show.state.answered == 1)

    played(tmp_path, first)
    played(tmp_path, second)


def test_a_flood_of_pushes_is_journalled_decided_and_leaves_the_show_going(tmp_path: Path) -> None:
    async def flood(house: House) -> None:
        await house.show.start("tiny", 3)
        incoming = Incoming(house.room, house.show, "douyin", Seen(tmp_path / "seen"))
        for push in range(10):
            arrivals = [
                Arrival(0, f"客{push}", f"第{push}{n}袋小米多少钱", f"{push}-{n}") for n in range(100)
            ]
            assert await incoming.take(arrivals) == 100
        with house.clock.hold():
            await incoming.settle()
        before = house.show.state.spoken
        await house.until(lambda: house.show.state.spoken > before + 3)
        assert house.show.state.waiting <= 200
        await incoming.close()
        await house.over()
        assert house.room.questions.undecided == []

    played(tmp_path, flood)


def test_what_was_seen_is_bounded_on_disk_and_the_newest_stay_known(tmp_path: Path) -> None:
    file = tmp_path / "room" / "douyin.seen"
    seen = Seen(file, limit=10)
    for n in range(100):
        seen.add([f"m{n}"])
    assert len(file.read_text().split()) <= 20
    again = Seen(file, limit=10)
    assert all(f"m{n}" in again for n in range(90, 100))
    assert "m89" not in again


def test_half_a_line_that_a_crash_left_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "douyin.seen"
    file.write_bytes(b"m1\nm2-cut-of")
    Seen(file).add(["m3"])
    again = Seen(file)
    assert "m1" in again
    assert "m3" in again
