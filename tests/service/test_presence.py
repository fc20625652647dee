"""A room watches who is on air: over HTTP, and with the host."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest

from compliance.presence.meter import Decision, Meter
from compliance.presence.policy import load_policies, refusal, reread
from core.errors import ModelUnavailableError, RefusedError
from core.events import Cue, Notice, Verdict
from core.settings import Service, Settings
from core.testing import ScriptedVoiceActivity
from service.app import create_app
from service.assemble import Assembly
from service.showing import Show

pytestmark = pytest.mark.unit


def assembly(folder: Path, platform: str = "generic") -> Assembly:
    service = Service(data_dir=folder, platform=platform)
    return Assembly(Settings(service=service), {"activity": ScriptedVoiceActivity()})


def client(of: Assembly) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(of), client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_slip_in_a_caption_becomes_a_ticket_that_can_be_dismissed(tmp_path: Path) -> None:
    held = assembly(tmp_path)
    room, _ = held.room()
    reader = room.subscribe()
    await until(lambda: held.presence()._meter is not None)
    text = "咱家的蜂蜜治得好鼻炎"
    await room.publish(Cue(cue="a", start=0, end=2, raw=text, mandarin=text, final=True, at=room.now))
    await until(lambda: len(held.presence().corrections) == 1)
    async with client(held) as http:
        listed = (await http.get("/api/rooms/main/corrections")).json()
        assert [(t["state"], t["open"], t["class"]) for t in listed] == [("open", True, "C3")]
        await http.post(
            "/api/rooms/main/corrections/dismiss", json={"correction": listed[0]["id"], "why": "听错了"}
        )
        await until(lambda: held.presence().corrections[0].state == "dismissed")
    await held.close()
    seen = [e async for e in reader]
    assert any(isinstance(e, Verdict) and e.action == "alert" and e.seq for e in seen)
    assert {n.code for n in seen if isinstance(n, Notice)} >= {"ticket.open", "ticket.dismissed"}


@pytest.mark.parametrize(("category", "slips"), [("seed", 1), ("tea", 0)])
async def test_what_a_person_says_is_judged_by_the_goods_on_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, category: str, slips: int
) -> None:
    monkeypatch.setattr(Show, "category", lambda _: category)
    held = assembly(tmp_path)
    room, _ = held.room()
    reader = room.subscribe()
    await until(lambda: held.presence()._meter is not None)
    for n, text in enumerate(("栽下去当年就挂果", "咱家的蜂蜜治得好鼻炎")):
        at = 10.0 * n
        await room.publish(Cue(cue=text, start=at, end=at + 2, raw=text, mandarin=text, final=True, at=at))
    await until(lambda: any(t.kind == "C3" for t in held.presence().corrections))
    assert sum(t.kind == "C14" for t in held.presence().corrections) == slips
    reader.close()
    await held.close()


async def test_tickets_outlive_a_restart(tmp_path: Path) -> None:
    held = assembly(tmp_path)
    room, _ = held.room()
    await until(lambda: held.presence()._meter is not None)
    text = "咱家的蜂蜜治得好鼻炎"
    await room.publish(Cue(cue="a", start=0, end=2, raw=text, mandarin=text, final=True, at=room.now))
    await until(lambda: len(held.presence().corrections) == 1)
    await until(lambda: room.seq >= 3)
    await held.close()
    again = assembly(tmp_path)
    again.room()
    await until(lambda: len(again.presence().corrections) == 1)
    assert again.presence().corrections[0].state == "open"
    await again.close()


async def test_presence_shows_every_number_with_its_parts(tmp_path: Path) -> None:
    held = assembly(tmp_path)
    held.room()
    await until(lambda: bool(held.presence().metrics))
    async with client(held) as http:
        told = (await http.get("/api/rooms/main/presence")).json()
    await held.close()
    assert told["platform"]["name"] == "generic"
    assert not told["paused"] and told["label_in"] is None
    assert {m["key"] for m in told["metrics"]} >= {f"M{i}" for i in range(1, 14)}
    assert all({"numerator", "denominator", "window", "parts"} <= set(m) for m in told["metrics"])


async def test_a_platform_that_forbids_a_host_refuses_to_start_it(tmp_path: Path) -> None:
    held = assembly(tmp_path, "shipinhao")
    show = held.show()
    with pytest.raises(RefusedError, match="视频号") as refused:
        await show.start("没有的店")
    assert refused.value.code == "platform.forbidden"
    assert show.state.state == "off"
    await held.close()


async def test_the_host_is_paused_while_the_meter_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = assembly(tmp_path)
    show, watch = held.show(), held.presence()
    done: list[str] = []

    class State:
        state = "on"

    async def pause(who: str) -> None:
        done.append(f"pause {who}")
        State.state = "paused"

    async def resume(who: str) -> None:
        done.append(f"resume {who}")
        State.state = "on"

    monkeypatch.setattr(type(show), "state", State)
    monkeypatch.setattr(show, "pause", pause)
    monkeypatch.setattr(show, "resume", resume)
    await until(lambda: watch._meter is not None)
    assert watch._meter is not None
    monkeypatch.setattr(type(watch), "decision", Decision("doubt", doubts=("clock",)))
    await until(lambda: done == ["pause 在场检查"])
    monkeypatch.setattr(type(watch), "decision", Decision())
    await until(lambda: done == ["pause 在场检查", "resume 在场检查"])
    await held.close()


def test_rules_read_again_by_a_person_hold_from_that_day(tmp_path: Path) -> None:
    old = date(2027, 6, 1)
    assert refusal(load_policies(tmp_path)["kuaishou"], old) is not None
    reread("kuaishou", '王 "小" 明', old, tmp_path)
    policy = load_policies(tmp_path)["kuaishou"]
    assert (policy.read, policy.reader) == (old, "王 小 明")
    assert refusal(policy, old) is None


class Host:
    """A show that is on the air, as far as the watch sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, show: Show) -> None:
        self.state = "on"
        self.heard: list[str] = []
        monkeypatch.setattr(type(show), "state", self)
        monkeypatch.setattr(show, "pause", self._pause)
        monkeypatch.setattr(show, "resume", self._resume)

    async def _pause(self, who: str) -> None:
        self.state = "paused"
        self.heard.append("pause")

    async def _resume(self, who: str) -> None:
        self.state = "on"
        self.heard.append("resume")


def broken() -> object:
    raise ModelUnavailableError("weights.missing", "没有模型文件。")


async def test_without_a_meter_the_host_is_silent_and_captions_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = assembly(tmp_path)
    monkeypatch.setattr(held, "activity", broken)
    room, _ = held.room()
    reader = room.subscribe()
    show = held.show()
    host = Host(monkeypatch, show)
    await until(lambda: host.heard == ["pause"])
    host.state = "on"  # somebody presses resume
    await until(lambda: host.heard == ["pause", "pause"])
    with pytest.raises(RefusedError) as refused:
        held.presence().permit()
    assert refused.value.code == "presence.unavailable"
    shown = await room.publish(Cue(cue="a", start=0, end=1, raw="x", mandarin="x", final=True, at=room.now))
    assert shown.seq is not None
    await held.close()
    assert "presence.unavailable" in {e.code async for e in reader if isinstance(e, Notice)}


async def test_a_host_that_is_on_before_the_meter_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = assembly(tmp_path)
    ready = threading.Event()
    monkeypatch.setattr(held, "activity", lambda: ready.wait(90) and ScriptedVoiceActivity())
    host = Host(monkeypatch, held.show())
    await until(lambda: host.heard == ["pause"])
    ready.set()
    await until(lambda: host.heard == ["pause", "resume"])
    await held.close()


async def test_a_meter_that_looks_no_more_silences_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = assembly(tmp_path)
    host = Host(monkeypatch, held.show())
    watch = held.presence()
    await until(lambda: watch._meter is not None and host.state == "on")
    monkeypatch.setattr(Meter, "looked_at", -60.0)
    await until(lambda: host.state == "paused")
    assert watch.decision.doubts == ("meter",)
    await held.close()


async def test_without_the_rules_of_the_air_the_meter_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = assembly(tmp_path)
    monkeypatch.setattr(held, "guard", broken)
    room, _ = held.room()
    reader = room.subscribe()
    await until(lambda: not held.presence().decision.paused)
    await room.publish(Cue(cue="a", start=0, end=1, raw="x", mandarin="x", final=True, at=room.now))
    found = None
    while not (isinstance(found, Notice) and found.code == "on_air.unavailable"):
        found = await asyncio.wait_for(reader.receive(), 60)
    assert not held.presence().decision.paused
    await held.close()
