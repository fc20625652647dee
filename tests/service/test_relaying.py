"""A person answers what the sheet does not hold; the host says it as theirs. In virtual time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import service.picking_up
from anchor.relay import ANSWERED, LATEST, SETTLED, UNSAID
from core.errors import InputError, ModelUnavailableError, RefusedError
from core.events import Act, Line, Notice, Utterance, utc_now
from core.ports import Cancelled, Speech, never
from core.testing import ScriptedVoice
from tests.service.shows import House, played
from tests.service.test_showing import of

pytestmark = pytest.mark.unit

ASKED = "小米是有机认证的吗"


async def asked(house: House) -> str:
    """A show with one open ticket; the ticket."""
    await house.show.start("tiny", 3)
    await house.show.comment("甲", ASKED)
    await house.until(lambda: house.show.state.questions == 1)
    (ticket,) = house.room.questions.unanswered
    return ticket.subject


def relayed(house: House) -> list[Line]:
    heard = {u.line for u in of(house, Utterance)}
    return [line for line in of(house, Line) if line.purpose == "relay" and line.id in heard]


def acts(house: House, kind: str) -> list[Act]:
    return [act for act in of(house, Act) if act.kind == kind]


def test_an_answer_is_said_next_as_the_persons_word_and_closes_its_ticket(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        ticket = await asked(house)
        state = await house.show.answer("店主", ticket, "明年才去办认证，现在还没有")
        assert state.questions == 0
        await house.until(lambda: bool(acts(house, SETTLED)), 60)

    house = played(tmp_path, act)
    (line,) = relayed(house)
    (promised,) = acts(house, ANSWERED)
    (closed,) = acts(house, SETTLED)
    assert line.text == "店主刚才说：明年才去办认证，现在还没有"
    assert line.answers == (promised.detail["ticket"],)
    assert promised.seq is not None and line.seq is not None and closed.seq is not None
    assert promised.seq < line.seq < closed.seq


def test_what_the_guard_forbids_is_explained_and_the_ticket_stays_open(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        ticket = await asked(house)
        with pytest.raises(RefusedError, match="不能在直播里说：“") as caught:
            await house.show.answer("店主", ticket, "我们的小米能治糖尿病")
        assert caught.value.hint
        assert house.show.state.questions == 1
        await house.over()

    house = played(tmp_path, act)
    assert not relayed(house)
    assert not acts(house, ANSWERED)


def test_only_an_open_ticket_is_answered_and_only_once(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        ticket = await asked(house)
        with pytest.raises(InputError, match="没有这个"):
            await house.show.answer("店主", "nothing", "有的")
        await house.show.pause("店主")
        await house.show.answer("店主", ticket, "还没有认证")
        with pytest.raises(InputError, match="已经有人答了"):
            await house.show.answer("客服", ticket, "没有")
        await house.show.resume("店主")
        await house.until(lambda: bool(acts(house, SETTLED)), 60)
        with pytest.raises(InputError, match="没有这个"):
            await house.show.answer("客服", ticket, "没有")

    assert len(relayed(played(tmp_path, act))) == 1


def test_an_answer_cut_off_before_it_was_heard_is_said_again(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        ticket = await asked(house)
        await house.show.answer("店主", ticket, "还没有认证")
        await house.until(lambda: any(line.purpose == "relay" for line in of(house, Line)), 60)
        await house.show.take_over("店主")
        await house.clock.sleep(5)
        assert not acts(house, SETTLED)
        await house.show.hand_back("店主")
        await house.until(lambda: bool(acts(house, SETTLED)), 60)

    house = played(tmp_path, act)
    assert relayed(house)


def test_an_answer_that_a_restart_overtook_is_said_afterwards(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        ticket = await asked(house)
        await house.show.pause("店主")
        await house.show.answer("店主", ticket, "还没有认证")

    async def second(house: House) -> None:
        assert house.room.questions.unanswered == []
        await house.show.start("tiny")
        await house.until(lambda: bool(acts(house, SETTLED)), 60)
        assert house.room.questions.answers == []

    played(tmp_path, first)
    assert len(relayed(played(tmp_path, second))) == 1


def test_an_answer_of_long_ago_is_not_said_and_its_ticket_opens_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def first(house: House) -> None:
        ticket = await asked(house)
        await house.show.pause("店主")
        await house.show.answer("店主", ticket, "还没有认证")

    async def second(house: House) -> None:
        await house.show.start("tiny")
        await house.until(lambda: any(n.code == UNSAID for n in of(house, Notice)), 60)
        assert house.show.state.questions == 1

    played(tmp_path, first)
    later = utc_now() + timedelta(seconds=LATEST + 1)
    monkeypatch.setattr(service.picking_up, "utc_now", lambda: later)
    assert not relayed(played(tmp_path, second))


class _Hoarse(ScriptedVoice):
    """A voice that cannot say what a person answered."""

    def synthesize(
        self, text: str, voice: str = "tone", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        if "刚才说" in text:
            raise ModelUnavailableError("voice.broken", "声音坏了。")
        return super().synthesize(text, voice, speed, cancelled)


def test_a_voice_that_fails_leaves_the_ticket_to_the_person(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        house.voice = _Hoarse()
        ticket = await asked(house)
        await house.show.answer("店主", ticket, "还没有认证")
        await house.until(lambda: any(n.code == UNSAID for n in of(house, Notice)), 60)
        assert house.show.state.questions == 1

    assert not relayed(played(tmp_path, act))


def test_a_viewer_in_need_waits_for_a_person_until_that_one_says_done(tmp_path: Path) -> None:
    waited: list[str] = []

    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.show.comment("甲", "我一个人在家好孤单")
        await house.until(lambda: house.show.state.questions == 1)
        (notice,) = house.room.questions.unanswered
        waited.append(notice.text)
        assert (await house.show.settle("店主", notice.subject)).questions == 0

    played(tmp_path, act)
    assert "孤单" in waited[0]
