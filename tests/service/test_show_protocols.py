"""The host over HTTP and WebSocket: orders, records, the screen's feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from core.testing import ScriptedVoice
from knowledge_graph.facts import MemoryShop, Shop, ShopMeta
from service.assemble import Assembly
from tests.anchor.shops import tiny
from tests.service.running import serving, settings_in

pytestmark = pytest.mark.contract


class OneShop:
    """The tiny shop where the store would be."""

    def names(self) -> list[str]:
        return [tiny().meta.name]

    def meta(self, name: str) -> ShopMeta:
        return tiny().meta

    def shop(self, name: str) -> Shop:
        return tiny()

    def snapshot(self, name: str) -> MemoryShop:
        return tiny()

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    backends = {"shops": OneShop(), "voice": ScriptedVoice(0.1)}
    folder: Path = tmp_path_factory.mktemp("show")
    with serving(Assembly(settings_in(folder), backends)) as address:
        yield address


def order(host: str, room: str, what: str, **body: object) -> Any:
    answer = httpx.post(f"http://{host}/api/rooms/{room}/show/{what}", json=body, timeout=120)
    return answer.json() | {"status": answer.status_code}


def until(socket: ClientConnection, type_: str, **wanted: object) -> dict[str, Any]:
    while True:
        message = socket.recv(timeout=60)
        if isinstance(message, bytes):
            continue
        record: dict[str, Any] = json.loads(message)
        if record.get("type") == type_ and all(record.get(k) == v for k, v in wanted.items()):
            return record


def test_a_show_is_started_asked_taken_over_handed_back_and_stopped(host: str) -> None:
    with connect(f"ws://{host}/ws/show?room=a") as reader:
        snapshot = json.loads(reader.recv(timeout=60))
        assert (snapshot["type"], snapshot["state"]["state"], snapshot["lines"]) == ("snapshot", "off", [])
        begun = order(host, "a", "start", shop="tiny", minutes=5, who="阿宁")
        assert (begun["status"], begun["state"], begun["total"]) == (200, "on", 300.0)
        assert until(reader, "act")["kind"] == "start_show"
        assert until(reader, "line", status="speaking")["purpose"] == "notice"
        said = order(host, "a", "comment", text="小米多少钱", who="观众")
        assert until(reader, "comment", id=said["id"], status="answer")
        reply = until(reader, "line", status="speaking", purpose="answer")
        assert "36.5" in reply["text"]
        assert [v["by"] for v in reply["verdicts"]] == ["claims", "guard"]
        assert reply["facts"][0]["evidence"]["file"] == "货.xlsx"
        assert order(host, "a", "take-over", who="阿宁")["state"] == "person"
        assert until(reader, "act", kind="take_over")["who"] == "阿宁"
        assert order(host, "a", "hand-back")["state"] == "on"
        assert order(host, "a", "pause")["state"] == "paused"
        assert order(host, "a", "resume")["state"] == "on"
        assert order(host, "a", "stop")["state"] == "over"
        assert until(reader, "state", state="over")["answered"] == 1
    assert httpx.get(f"http://{host}/api/rooms/a/show").json()["state"] == "over"


def test_a_persons_answer_to_a_ticket_is_said_and_closes_it(host: str) -> None:
    def answer(ticket: str, text: str) -> httpx.Response:
        url = f"http://{host}/api/rooms/t/questions/{ticket}/answer"
        return httpx.post(url, json={"who": "阿宁", "text": text}, timeout=60)

    with connect(f"ws://{host}/ws/show?room=t") as reader:
        order(host, "t", "start", shop="tiny", minutes=5)
        order(host, "t", "comment", text="小米是有机认证的吗")
        ticket = until(reader, "notice", code="dialogue.ticket")["subject"]
        refused = answer(ticket, "吃了能治糖尿病")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "question.refused")
        assert answer(ticket, "  ").status_code == 422
        assert answer(ticket, "还没有去办认证").json()["questions"] == 0
        assert (
            until(reader, "line", purpose="relay", status="speaking")["text"] == "阿宁刚才说：还没有去办认证"
        )
        assert until(reader, "act", kind="settle_ticket")["detail"] == {"ticket": ticket}
        assert answer(ticket, "还没有").json()["error"]["code"] == "question.unknown"
        order(host, "t", "stop")


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("pause", {}, 422, "show.off"),
        ("comment", {"text": "在吗"}, 422, "show.off"),
        ("start", {"shop": "tiny", "voice": "nobody"}, 422, "voice.unknown"),
    ],
)
def test_an_order_that_cannot_be_followed_is_explained(
    host: str, what: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = order(host, "empty", what, **body)
    assert (answer["status"], answer["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("dance", {}),
        ("start", {}),
        ("start", {"shop": "tiny", "minutes": 0}),
        ("comment", {"text": ""}),
        ("comment", {"text": "字" * 501}),
        ("pause", {"who": "x" * 41}),
    ],
)
def test_an_order_of_the_wrong_shape_is_refused(host: str, what: str, body: dict[str, object]) -> None:
    assert order(host, "empty", what, **body)["status"] == 422


def test_other_sites_cannot_order_the_host(host: str) -> None:
    answer = httpx.post(
        f"http://{host}/api/rooms/a/show/stop", json={}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 401


def test_a_screen_gets_sound_captions_and_the_cut_and_its_report_is_journalled(host: str) -> None:
    with connect(f"ws://{host}/ws/screen?room=b") as screen, connect(f"ws://{host}/ws/show?room=b") as reader:
        screen.send('{"type":"sound","on":true}')
        order(host, "b", "start", shop="tiny", minutes=5)
        clause = until(screen, "clause")
        assert clause["text"] and clause["samples"] == round(clause["seconds"] * clause["rate"])
        assert isinstance(screen.recv(timeout=30), bytes)
        assert until(reader, "state", sounding=1)["screens"] == 1
        screen.send(json.dumps({"type": "played", "utterance": clause["utterance"], "start": 0, "end": 0.4}))
        order(host, "b", "take-over")
        cut = until(screen, "cut")
        assert cut["turn"] > clause["turn"]
        assert until(screen, "scene", state="person")
        order(host, "b", "stop")


@pytest.mark.parametrize("bad", ["{", "[]", '{"type":"dance"}', '{"type":"played","utterance":"x"}', "1e999"])
def test_what_a_screen_says_wrongly_is_explained_and_the_feed_goes_on(host: str, bad: str) -> None:
    with connect(f"ws://{host}/ws/screen?room=c") as screen:
        screen.send(bad)
        assert until(screen, "error")["code"] == "screen.message"
        screen.send('{"type":"sound","on":false}')
        screen.ping().wait(10)


def test_the_screen_page_and_its_scripts_are_served(host: str) -> None:
    for path, text in (
        ("/screen", "点一下出声"),
        ("/static/screen.js", "player"),
        ("/static/label.js", "本内容由人工智能生成"),
        ("/static/screen.css", ".caption"),
    ):
        answer = httpx.get(f"http://{host}{path}")
        assert answer.status_code == 200 and text in answer.text
