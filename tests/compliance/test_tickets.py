"""Slips on air: tickets open, corrections are heard, time escalates."""

from __future__ import annotations

from functools import cache

import pytest

from compliance.guard import Guard
from compliance.on_air import OnAir, findings_of
from compliance.tickets import (
    DISMISS,
    Board,
    Patience,
    Ticket,
    acted,
    judged,
    load_corrections,
    restored,
    retracts,
    tick,
)  # fmt: skip
from core.events import Act, Cue, Event, Notice, Verdict
from core.testing import VirtualClock, run_stage

pytestmark = pytest.mark.unit

SLIP = "咱家的蜂蜜治得好鼻炎"


@cache
def guard() -> Guard:
    return Guard.load()


def cue(text: str, start: float, raw: str = "") -> Cue:
    return Cue(cue=f"c{start}", start=start, end=start + 2, raw=raw or text, mandarin=text, final=True)


def say(board: Board, text: str, at: float, before: Cue | None = None) -> tuple[Board, list[Event]]:
    said = cue(text, at)
    return judged(board, said, findings_of(guard(), before, said), at + 2.5)


def slipped() -> Board:
    return say(Board(), SLIP, 10.0)[0]


def codes(events: list[Event]) -> list[str]:
    return [e.code if isinstance(e, Notice) else type(e).__name__ for e in events]


def test_a_slip_raises_an_alert_and_a_ticket_with_a_line_to_read() -> None:
    board, out = say(Board(), SLIP, 10.0)
    assert codes(out) == ["Verdict", "ticket.open"]
    alert = out[0]
    assert isinstance(alert, Verdict)
    assert (alert.action, alert.by, alert.suggestion) == ("alert", "guard", board.open[0].line)
    assert alert.findings[0].surface in SLIP
    assert board.open[0].opened == 12.5


@pytest.mark.parametrize("kind", sorted(load_corrections().by_class))
def test_every_line_passes_the_guard_and_is_heard_as_its_own_correction(kind: str) -> None:
    line = load_corrections().by_class[kind].line
    assert guard().check(line, "human").findings == ()
    assert retracts(line, kind)


def test_every_class_of_the_guards_rules_has_a_correction() -> None:
    assert {r.kind for r in guard().book.rules} <= set(load_corrections().by_class)


@pytest.mark.parametrize(
    "heard",
    [
        "更正一下刚才我说错了这不是药不能治病也不能防病身体不舒服请看医生",
        "跟正一下刚才我缩错了这不是要不能自病也不能防病",  # misspelt
        "乡亲们我讲错了，蜂蜜治不了鼻炎，大家别当真",
        "刚才那句治得好鼻炎不准确，我收回",
        "哎呀口误口误，这个不能当药吃",
    ],
)
def test_a_correction_in_ones_own_words_or_misspelt_closes_the_ticket(heard: str) -> None:
    board, out = say(slipped(), heard, 20.0)
    assert codes(out)[0] == "ticket.closed"
    assert board.open == ()
    assert board.tickets[0].ended == 22.5


@pytest.mark.parametrize(
    "heard",
    [
        "好的我们接着看下一款，一罐三十九块九",
        "我没说错，真的治得好鼻炎",
        "刚才价钱说错了，一罐是二十九块九",
        "我说错了，它还治得好胃溃疡",
        "更正一下",
    ],
)
def test_what_does_not_take_the_claim_back_leaves_the_ticket_open(heard: str) -> None:
    board, _ = say(slipped(), heard, 20.0)
    assert [t.kind for t in board.open] == ["C3"]


def test_a_correction_cut_in_two_captions_is_heard() -> None:
    board, out = say(slipped(), "刚才治病的那个话啊", 20.0)
    assert board.open
    board, out = say(board, "是我说错了大家不要信", 22.2)
    assert codes(out) == ["ticket.closed"]


def test_words_before_the_slip_do_not_correct_it() -> None:
    board, _ = say(Board(), "说错了说错了，我们说治病的事", 7.0)
    board, _ = say(board, SLIP, 10.0)
    assert len(board.open) == 1


def test_the_same_slip_again_is_an_alert_but_no_second_ticket() -> None:
    board, out = say(slipped(), "真的，还治得好咽炎", 15.0)
    assert codes(out) == ["Verdict"]
    assert len(board.open) == 1 and len(board.open[0].surfaces) == 2


def test_a_claim_split_over_two_captions_is_found() -> None:
    first = cue("咱家的蜂蜜能治", 10.0)
    second = cue("失眠的", 12.3)
    found = findings_of(guard(), first, second)
    assert [f.kind for f in found] == ["C3"]
    assert all(0 <= f.start <= f.end <= len(second.mandarin) for f in found)
    assert not findings_of(guard(), first, cue("失眠的", 30.0))


def test_waiting_tickets_grow_louder_once_each() -> None:
    patience = Patience(30, 60)
    board, out = tick(slipped(), 20.0, patience)
    assert out == []
    board, out = tick(board, 43.0, patience)
    assert codes(out) == ["ticket.overdue"]
    board, out = tick(board, 44.0, patience)
    assert out == []
    board, out = tick(board, 73.0, patience)
    assert codes(out) == ["ticket.escalated"] and isinstance(out[0], Notice) and out[0].level == "error"
    assert board.open[0].waited(73.0) == 60.5


def test_a_person_may_dismiss_a_ticket_by_name() -> None:
    board = slipped()
    other, out = acted(board, Act(kind=DISMISS, who="女儿", detail={"ticket": "x"}), 14.0)
    assert other.open and out == []
    board, out = acted(board, Act(kind=DISMISS, who="女儿", detail={"ticket": board.open[0].id}), 14.0)
    assert board.open == () and codes(out) == ["ticket.dismissed"]


def test_a_board_comes_back_from_the_journal_as_it_was() -> None:
    board, events = Board(), list[Event]()
    for text, at in (
        (SLIP, 10.0),
        ("全网最低价就在今天", 14.0),
        ("治病的话我说错了，收回", 30.0),
        ("还能治头痛", 33.0),
    ):
        board, out = say(board, text, at)
        events += out
    board, out = tick(board, 80.0, Patience(30, 60))
    again = restored([*events, *out])
    assert again.tickets == board.tickets
    assert again.open


async def test_the_stage_alerts_and_closes_and_tells_time() -> None:
    clock = VirtualClock()
    stage = OnAir(guard(), clock.now, clock=clock)
    out = await run_stage(stage, [cue(SLIP, 1.0), cue("蜂蜜不能治病，我说错了", 5.0)])
    assert codes(out) == ["Verdict", "ticket.open", "ticket.closed"]


def test_tickets_wait_in_seconds() -> None:
    assert Ticket("a/C1", "C1", (), "", opened=5.0).waited(8.0) == 3.0
