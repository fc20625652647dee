"""A live show beside its meter: in doubt it waits, it is warned, paused, and by a stale policy refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anchor.speech.speaker import Speaker
from compliance.presence import meter
from compliance.presence.policy import Limit, load_policies
from core.compute import Compute
from core.errors import RefusedError
from core.events import Act, Cue, Notice
from core.journal import read
from core.testing import ScriptedVoice, ScriptedVoiceActivity
from service.presence import Parts, RoomPresence
from service.programme import Sources
from service.rooms import Room
from service.showing import Show
from tests.anchor.shops import DAY, tiny
from tests.service.shows import GUARD

pytestmark = pytest.mark.scenario

GENERIC = load_policies()["generic"]
IMPATIENT = replace(GENERIC, limits={"M1": Limit(warn=6, act=9)}, proofs_per_hour=0)
STALE = replace(IMPATIENT, read=IMPATIENT.read - timedelta(days=2 * IMPATIENT.valid_days))


async def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_host_alone_is_warned_then_paused_and_an_old_policy_refuses_the_next_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter, "LAG", 0.5)  # nothing here has to be unmasked by its sound
    monkeypatch.setattr(meter, "EVERY", 0.5)
    room, compute = Room("main", tmp_path), Compute(1)
    policy = IMPATIENT
    parts = Parts(lambda: policy, "", lambda: GUARD, ScriptedVoiceActivity)
    voice = ScriptedVoice()
    sources = Sources(
        lambda _: tiny(), lambda _: 1, lambda: GUARD, lambda name, _: Speaker(voice, name), compute
    )
    watch = RoomPresence(room, tmp_path, parts, lambda: show)
    show = Show(room, tmp_path / "show.json", sources, today=lambda: DAY, permit=watch.permit)
    await until(lambda: watch.decision.standing == "ok")
    await show.start("tiny", 5)

    await room.publish(Notice(code="captions.unavailable", text="识别停了", subject="captions", at=room.now))
    await until(lambda: phase(show) == "paused" and watch.decision.doubts == ("captions",))
    said = await room.publish(caption(room, "来看看今年的新米"))
    assert said.seq is not None  # people go on
    await until(lambda: phase(show) == "on")

    await until(lambda: watch.decision.standing == "warn")
    assert phase(show) == "on"
    await until(lambda: phase(show) == "paused" and watch.decision.standing == "act")
    assert (await room.publish(caption(room, "欢迎新来的朋友"))).seq is not None

    await show.stop("店主")
    policy = STALE
    with pytest.raises(RefusedError, match="没有再核对"):
        await show.start("tiny", 5)
    assert phase(show) == "over"
    shown = [n["code"] for n in show.snapshot()["notices"]]
    await show.close()
    await watch.close()
    await room.close()
    compute.close()

    kept = [line.event() for line in read(tmp_path / "events")]
    told = [e.code for e in kept if isinstance(e, Notice) and e.code.startswith(("presence.", "platform."))]
    assert told == ["presence.doubt", "presence.ok", "presence.warn", "presence.act", "platform.stale"]
    assert [e.kind for e in kept if isinstance(e, Act)] == ["start_show", "pause", "resume", "pause", "stop"]
    assert "platform.stale" in shown


def phase(show: Show) -> str:
    return show.state.state


def caption(room: Room, text: str) -> Cue:
    at = room.now
    return Cue(cue=f"{at:.2f}", start=at - 1, end=at, raw=text, mandarin=text, final=True, at=at)
