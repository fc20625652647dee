from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.ledger import verify
from compliance.ledger_heads import SigningKey
from core.errors import InputError, StorageError
from core.events import Act, Comment, Cue, Event, Hypothesis, Notice, utc_now
from core.journal import Journal
from service.rooms import Room

pytestmark = pytest.mark.unit


def cue(name: str, text: str = "你好", final: bool = True) -> Cue:
    return Cue(cue=name, start=0, end=1, raw=text, mandarin=text, final=final)


async def drain(room: Room, publish: list[Event]) -> list[Event]:
    reader = room.subscribe()
    for event in publish:
        await room.publish(event)
    await room.close()
    return [event async for event in reader]


async def test_durable_events_are_numbered_without_a_gap_and_partial_ones_are_not(tmp_path: Path) -> None:
    events: list[Event] = [
        cue("a"),
        cue("b", final=False),
        Hypothesis(segment="b", text="x", start=0, end=1),
        cue("b"),
    ]
    assert [e.seq for e in await drain(Room("main", tmp_path), events)] == [1, None, None, 2]


async def test_a_room_opened_again_knows_its_cues_and_goes_on_counting(tmp_path: Path) -> None:
    await drain(Room("main", tmp_path), [cue("a"), cue("b")])
    again = Room("main", tmp_path)
    assert [c.cue for c in again.cues] == ["a", "b"]
    assert (await again.publish(cue("c"))).seq == 3
    await again.close()


async def test_a_room_opened_again_knows_where_its_captions_end(tmp_path: Path) -> None:
    late = Cue(cue="a", start=40, end=41.5, raw="甲", mandarin="甲", final=True)
    await drain(Room("main", tmp_path), [late, cue("b")])
    again = Room("main", tmp_path)
    assert again.captioned_until == 41.5
    await again.close()


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_wall_clock_that_is_set_leaves_the_rooms_time_alone(
    hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, later = Room("main", tmp_path), utc_now() + timedelta(hours=hours)
    before = room.now
    monkeypatch.setattr("service.rooms.utc_now", lambda: later)
    assert before <= room.now < before + 60
    await room.close()


@pytest.mark.parametrize(("hours", "least", "most"), [(2, 7200.0, 7260.0), (-3, 40.0, 100.0)])
async def test_time_in_a_room_goes_on_over_a_restart_and_never_back(
    hours: int, least: float, most: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drain(Room("main", tmp_path), [Notice(code="x", text="x", at=40.0), cue("a")])
    later = utc_now() + timedelta(hours=hours)
    monkeypatch.setattr("service.rooms.utc_now", lambda: later)
    again = Room("main", tmp_path)
    assert least <= again.now < most
    await again.close()


async def test_a_correction_is_an_act_and_a_new_revision(tmp_path: Path) -> None:
    room = Room("main", tmp_path)
    reader = room.subscribe()
    await room.publish(cue("a", "今天天器好"))
    mended = await room.correct("a", "今天天气好", "女儿")
    await room.close()
    kinds = [type(e) async for e in reader]
    assert kinds == [Cue, Act, Cue]
    assert (mended.revision, mended.seq, room.cues) == (1, 3, [mended])


async def test_an_unknown_cue_cannot_be_corrected(tmp_path: Path) -> None:
    room = Room("main", tmp_path)
    with pytest.raises(InputError):
        await room.correct("nobody", "x", "w")
    await room.close()


async def test_captions_go_on_when_the_disk_is_full_and_people_are_warned_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("storage.full", "磁盘满了。", "请腾出空间。")

    room = Room("main", tmp_path)
    monkeypatch.setattr(Journal, "append_events", full)
    events = await drain(room, [cue("a"), cue("b")])
    assert [type(e) for e in events] == [Notice, Cue, Cue]
    assert isinstance(events[0], Notice) and events[0].code == "storage.full"


async def test_a_room_with_a_key_leaves_a_ledger_that_verifies_and_shows_tampering(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "key.pem")
    await drain(Room("main", tmp_path / "room", key=key), [cue("a"), cue("b", "价钱三块八")])
    events, heads = tmp_path / "room" / "events", tmp_path / "room" / "heads"
    assert verify(events, heads, key.public).ok
    (segment,) = events.glob("segment-*.jsonl")
    segment.write_bytes(segment.read_bytes().replace("三块八".encode(), "八块三".encode()))
    assert not verify(events, heads, key.public).ok


async def test_captions_go_on_unsigned_when_the_key_was_changed(tmp_path: Path) -> None:
    await drain(Room("main", tmp_path / "room", key=SigningKey.open(tmp_path / "one.pem")), [cue("a")])
    other = Room("main", tmp_path / "room", key=SigningKey.open(tmp_path / "two.pem"))
    events = await drain(other, [cue("b")])
    assert [type(e) for e in events] == [Notice, Cue]


@pytest.mark.parametrize("name", ["", "../x", "A", "a" * 41, "房间"])
def test_a_room_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        Room(name, tmp_path)


async def test_events_that_come_together_are_journalled_in_one_step_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room("main", tmp_path)
    steps: list[int] = []
    append = Journal.append_events

    def counted(journal: Journal, events: Sequence[Event]) -> list[Event]:
        steps.append(len(events))
        return append(journal, events)

    monkeypatch.setattr(Journal, "append_events", counted)
    said = [Comment(who=f"客{n}", text=f"第{n}句", source="test") for n in range(50)]
    given = await asyncio.gather(*map(room.publish, said))
    assert [e.seq for e in given] == list(range(1, 51))
    assert [e.id for e in given] == [e.id for e in said]
    assert len(steps) <= 3 and sum(steps) == 50
    await room.close()
    again = Room("main", tmp_path)
    assert [(c.who, c.text) for c in again.questions.undecided] == [(c.who, c.text) for c in said]
    await again.close()


async def test_a_publisher_that_goes_away_takes_no_event_of_others_with_it(tmp_path: Path) -> None:
    room = Room("main", tmp_path)
    leaving = asyncio.create_task(room.publish(cue("a")))
    staying = asyncio.create_task(room.publish(cue("b")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).seq == 2
    await room.close()
    assert {c.cue for c in Room("main", tmp_path).cues} == {"a", "b"}
