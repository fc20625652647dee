"""A person's data goes from every file of the data folder, and the records still verify."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from typer.testing import CliRunner

from captioning.spool import Spool, open_key
from compliance.ledger import References, SigningKey, verify
from core.events import Act, AudioChunk, Comment, Cue, Event, Line, Notice, Segment, Verdict, utc_now
from core.journal import segments
from service import erasing, owned
from service.app import create_app
from service.assemble import Assembly
from service.auth import load_token
from service.cli import build
from service.rooms import Room
from service.show_records import facts_by_id
from tests.compliance.test_ledger import found_in
from tests.service.running import settings_in

pytestmark = pytest.mark.unit

SHEET = str(Path(__file__).resolve().parents[2] / "examples" / "demo_shop.xlsx")
WORDS = ("山里的云", "家里老人能喝吗", "隔壁小燕")


def show(days: float = 0.0) -> list[Event]:
    wall = utc_now() - timedelta(days=days)
    asked = Comment(who=WORDS[0], text=WORDS[1], source="douyin", source_id="778811", wall=wall)
    return [
        Cue(cue="c", start=0, end=1, raw="巴适得板", mandarin="好极了", final=True),
        asked,
        Comment(who="别人", text="多少钱", source="douyin"),
        Notice(code="dialogue.ticket", text=f"请客服回答：“{WORDS[1]}”", subject=asked.id, wall=wall),
        Verdict(on=asked.id, by="triage", action="defer"),
        Act(kind="correct_cue", who=WORDS[2], detail={"cue": "c", "before": "好极了", "after": "非常好"}),
    ]


def record(data: Path, events: list[Event], name: str = "main") -> None:
    async def write() -> None:
        room = Room(name, data / "rooms" / name, key=SigningKey.open(data / "keys" / "ledger.pem"))
        for event in events:
            assert (await room.publish(event)).seq is not None
        await room.close()

    asyncio.run(write())


def run(data: Path, *words: str) -> tuple[int, str]:
    environment = {"XIANGYIN_SERVICE__DATA_DIR": str(data)}
    result = CliRunner().invoke(build(), words, env=environment, catch_exceptions=True)
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def whole(data: Path, name: str = "main") -> bool:
    room = data / "rooms" / name
    key = SigningKey.load(data / "keys" / "ledger.pem").public
    return verify(room / "events", room / "heads", key, References(room / "references")).ok


def test_nothing_personal_is_in_the_journal_itself(tmp_path: Path) -> None:
    record(tmp_path, show())
    assert not found_in(tmp_path / "rooms" / "main" / "events", *WORDS, "778811")
    assert found_in(tmp_path, *WORDS) == list(WORDS)


def test_a_person_is_gone_from_every_file_and_the_rest_stays(tmp_path: Path) -> None:
    record(tmp_path, show())
    code, said = run(tmp_path, "erase", "--who", WORDS[0], "--dry-run")
    assert code == 0 and WORDS[1] in said and "一共 2 份" in said
    assert found_in(tmp_path, *WORDS) == list(WORDS)
    code, said = run(tmp_path, "erase", "--who", WORDS[0], "--by", "店里的人")
    assert code == 0 and "删除了 2 份" in said and "还有" not in said
    assert found_in(tmp_path, *WORDS, "778811", "别人") == [WORDS[2], "别人"]
    assert whole(tmp_path) and run(tmp_path, "ledger", "verify")[0] == 0
    assert run(tmp_path, "erase", "--who", WORDS[2])[0] == 0
    assert not found_in(tmp_path, *WORDS)
    assert "没有找到" in run(tmp_path, "erase", "--who", WORDS[0])[1]
    record(tmp_path, show())  # the room goes on
    assert whole(tmp_path)


def test_a_whole_room_is_erased_and_another_one_is_not(tmp_path: Path) -> None:
    record(tmp_path, show(), "one")
    record(tmp_path, show(), "two")
    assert "删除了 4 份" in run(tmp_path, "erase", "--room", "one")[1]
    assert not found_in(tmp_path / "rooms" / "one", *WORDS, "别人")
    assert found_in(tmp_path / "rooms" / "two", *WORDS) == list(WORDS)
    assert whole(tmp_path, "one") and whole(tmp_path, "two")


def test_only_a_period_is_erased(tmp_path: Path) -> None:
    record(tmp_path, show(days=3))
    day = (utc_now() - timedelta(days=2)).astimezone().strftime("%Y-%m-%d")
    assert "没有找到" in run(tmp_path, "erase", "--who", WORDS[0], "--from", day)[1]
    assert "删除了 2 份" in run(tmp_path, "erase", "--who", WORDS[0], "--to", day)[1]


def test_a_name_that_was_said_on_air_is_told_of(tmp_path: Path) -> None:
    said = Cue(cue="d", start=0, end=1, raw=WORDS[0], mandarin=WORDS[0], final=True)
    record(tmp_path, [*show(), said])
    assert "还有" in run(tmp_path, "erase", "--who", WORDS[0])[1]


@pytest.mark.parametrize("words", [(), ("--who", "店主"), ("--room", "nowhere"), ("--room", "../x")])
def test_an_order_that_makes_no_sense_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    record(tmp_path, show())
    code, said = run(tmp_path, "erase", *words)
    assert code == 1 and said.endswith("。")


def test_erased_questions_wait_for_nobody_after_a_restart(tmp_path: Path) -> None:
    record(tmp_path, show()[:4])
    run(tmp_path, "erase", "--who", WORDS[0])

    async def look() -> None:
        room = Room("main", tmp_path / "rooms" / "main")
        assert [c.who for c in room.questions.undecided] == ["别人"] and not room.questions.unanswered
        await room.close()

    asyncio.run(look())


async def test_beside_a_service_readers_see_no_gap_and_the_words_are_gone(tmp_path: Path) -> None:
    held = Assembly(settings_in(tmp_path))
    room, _ = held.room()
    for event in show():
        await room.publish(event)
    reader = room.subscribe()
    wanted = [p.reference for p in References(tmp_path / "rooms" / "main" / "references").pieces(WORDS[0])]
    transport = httpx.ASGITransport(app=create_app(held), client=("127.0.0.1", 1))
    headers = {"Authorization": f"Bearer {load_token(tmp_path)}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as http:
        order = {"references": wanted, "who": "店主"}
        told = (await http.post("/api/local/rooms/main/erase", json=order)).json()
        sound = (await http.post("/api/local/rooms/main/erase-sound", json={"who": "店主"})).json()
        swept = (await http.post("/api/local/retention", json={})).json()
    assert (
        told == {"erased": 2} and sound == {"erased": 0} and swept == {"pieces": 0, "lines": 0, "sounds": 0}
    )
    assert not room.questions.unanswered
    await room.publish(Notice(code="x", text="y", at=room.now))
    await held.close()
    numbers = [e.seq async for e in reader if e.seq is not None]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] == 7
    assert not found_in(tmp_path / "rooms", *WORDS[:2]) and whole(tmp_path)


def test_what_has_had_its_time_is_swept_and_people_are_told(tmp_path: Path) -> None:
    record(tmp_path, show(days=61), "old")
    record(tmp_path, show(days=3), "new")
    assert "房间 old：到期的个人资料 2 份" in run(tmp_path, "retention", "sweep", "--dry-run")[1]
    assert found_in(tmp_path / "rooms" / "old", WORDS[1])
    assert "删除个人资料 2 份" in run(tmp_path, "retention", "sweep")[1]
    assert not found_in(tmp_path / "rooms" / "old", WORDS[0], WORDS[1])
    assert found_in(tmp_path / "rooms" / "new", WORDS[0], WORDS[1])
    assert found_in(tmp_path / "rooms" / "old" / "events", "retention.swept")
    assert "没有到期" in run(tmp_path, "retention", "sweep")[1]
    assert whole(tmp_path, "old") and whole(tmp_path, "new")


def test_lines_that_are_three_years_old_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.rooms.Journal.__init__.__defaults__", (1500,))
    wall = utc_now() - timedelta(days=1200)
    record(tmp_path, [replace(event, wall=wall) for _ in range(5) for event in show()])
    before = len(segments(tmp_path / "rooms" / "main" / "events"))
    code, said = run(tmp_path, "retention", "sweep")
    assert code == 0 and "删除个人资料 20 份，满三年的记录 " in said and "记录 0 条" not in said
    assert len(segments(tmp_path / "rooms" / "main" / "events")) < before
    assert whole(tmp_path) and not found_in(tmp_path, *WORDS)


def speak(data: Path, room: str, wall: datetime) -> None:
    spool = Spool(data / "rooms" / room / "sound", open_key(data / "keys" / "spool.key"), lambda: wall)
    spool.write(AudioChunk(samples=np.zeros(1600, np.float32), at=0.0), "phone")
    spool.close()


def test_the_sound_of_a_room_goes_with_it_or_where_asked(tmp_path: Path) -> None:
    record(tmp_path, show())
    now = utc_now()
    speak(tmp_path, "main", now - timedelta(days=3))
    speak(tmp_path, "main", now)
    assert "声音一共 2 段" in run(tmp_path, "erase", "--room", "main", "--dry-run")[1]
    run(tmp_path, "erase", "--who", WORDS[0])
    assert erasing.sounds(tmp_path, "main") == 2
    day = (now - timedelta(days=1)).astimezone().strftime("%Y-%m-%d")
    assert "声音 1 段" in run(tmp_path, "erase", "--who", WORDS[0], "--sound", "--to", day)[1]
    assert erasing.sounds(tmp_path, "main") == 1
    run(tmp_path, "erase", "--room", "main")
    assert erasing.sounds(tmp_path, "main") == 0 and whole(tmp_path)
    run(tmp_path, "ledger", "export", "--out", str(tmp_path / "out"))
    assert "声音：1 段" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_sound_that_is_too_old_is_swept(tmp_path: Path) -> None:
    record(tmp_path, show())
    speak(tmp_path, "main", utc_now() - timedelta(days=8))
    speak(tmp_path, "main", utc_now())
    assert "声音 1 段" in run(tmp_path, "retention", "sweep")[1]
    assert erasing.sounds(tmp_path, "main") == 1


def test_an_export_names_the_cells_of_the_shop_that_was_on_air(tmp_path: Path) -> None:
    assert run(tmp_path, "shop", "import", SHEET, "--shop", "demo", "--as-of", "2026-11-01")[0] == 0
    with closing(owned.shops(tmp_path)) as shops:
        fact = next(f for f in facts_by_id(shops.snapshot("demo")).values() if f.source.cell)
    record(
        tmp_path,
        [
            Act(kind="start_show", who="店主", detail={"shop": "demo"}),
            Act(kind="start_show", who="店主", detail={"shop": "早就没了"}),
            Line(segments=(Segment("说", fact.id),), purpose="price"),
        ],
    )
    assert run(tmp_path, "ledger", "export", "--out", str(tmp_path / "out"))[0] == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert fact.source.cell in page and fact.source.file in page
