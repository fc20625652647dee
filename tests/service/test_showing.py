"""The live show of a room in virtual time: what is spoken, journalled, kept, and picked up again."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from anchor.programme import Programme
from compliance.ledger import SigningKey, verify
from core.errors import InputError, ModelUnavailableError
from core.events import Act, Comment, Event, Line, Notice, Played, Segment, Utterance, Verdict
from knowledge_graph.facts import MemoryShop
from knowledge_graph.schema import Property
from service.show_records import ShowLog
from tests.anchor.shops import RICE, fact, tiny
from tests.service.shows import House, played

pytestmark = pytest.mark.unit

E = TypeVar("E", bound=Event)


def of(house: House, kind: type[E]) -> list[E]:
    return [e for e in house.seen() if isinstance(e, kind)]


def spoken(house: House) -> list[Line]:
    heard = {u.line for u in of(house, Utterance)}
    return [line for line in of(house, Line) if line.id in heard]


def script(house: House) -> list[str]:
    return [line.text for line in spoken(house) if line.writer == "phrases"]


def test_a_show_runs_to_its_end_and_everything_is_in_the_rooms_ledger(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 1)
        await house.over()
        assert house.show.state.state == "over"
        assert not (tmp_path / "main" / "show.json").exists()

    house = played(tmp_path, act)
    assert len(spoken(house)) > 4
    assert {e.seq for e in house.events} == set(range(1, len(house.events) + 1))
    report = verify(
        tmp_path / "main" / "events", tmp_path / "main" / "heads", SigningKey.open(house.key).public
    )
    assert report.ok


def test_every_line_is_judged_twice_before_it_sounds(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 1)
        await house.over()

    events = played(tmp_path, act).events
    for at, event in enumerate(events):
        if isinstance(event, Utterance):
            judged = {e.by for e in events[:at] if isinstance(e, Verdict) and e.on == event.line}
            assert judged == {"claims", "guard"}


def test_a_comment_is_answered_from_a_fact_that_the_record_names(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.until(lambda: house.show.state.spoken > 2)
        said = await house.show.comment("甲", "小米多少钱")
        await house.until(lambda: house.show.state.answered == 1)
        await house.until(lambda: any(line["answers"] for line in house.show.snapshot()["lines"]))
        (line,) = [one for one in house.show.snapshot()["lines"] if one["answers"]]
        assert line["answers"][0]["id"] == said.id
        assert "36.5" in line["text"]
        assert "price" in {f["property"] for f in line["facts"]}
        (comment,) = house.show.snapshot()["comments"]
        assert comment["status"] == "answer"

    played(tmp_path, act)


def test_a_person_takes_over_and_the_host_goes_on_with_other_words(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.until(lambda: house.show.state.part == "round" and bool(house.show.state.line))
        before = len(of(house, Utterance))
        await house.show.take_over("店主")
        assert house.show.state.state == "person" and not house.show.state.line
        await house.clock.sleep(30)
        assert len(of(house, Utterance)) <= before
        await house.show.hand_back("店主")
        await house.until(lambda: house.show.state.spoken > 8)

    house = played(tmp_path, act)
    back = next(i for i, e in enumerate(house.events) if isinstance(e, Act) and e.kind == "hand_back")
    first = next(e for e in house.events[back:] if isinstance(e, Line))
    assert first.purpose == "notice" and "AI" in first.text
    assert len(script(house)) == len(set(script(house)))


def test_a_pause_holds_the_programme_and_a_resume_goes_on(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.until(lambda: house.show.state.part == "round")
        await house.show.pause("店主")
        await house.clock.sleep(1)
        held = house.show.state
        await house.clock.sleep(60)
        assert replace(house.show.state) == held and held.state == "paused"
        await house.show.resume("店主")
        await house.until(lambda: house.show.state.spoken > held.spoken)

    played(tmp_path, act)


def test_stopping_ends_the_show_and_leaves_nothing_to_go_on_with(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.until(lambda: house.show.state.spoken > 2)
        await house.show.stop("店主")
        assert (house.show.state.state, house.show.state.offer) == ("over", "")
        await house.show.start("tiny", 1)
        assert house.show.state.elapsed == 0

    kinds = [e.kind for e in of(played(tmp_path, act), Act)]
    assert kinds == ["start_show", "stop", "start_show"]


def test_what_was_interrupted_goes_on_without_repeating_a_sentence(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.show.start("tiny", 6)
        await house.until(lambda: house.show.state.part == "round" and house.show.state.spoken > 6)
        await house.until(lambda: bool(house.show.state.saying))

    async def second(house: House) -> None:
        assert "接着播" in house.show.state.offer and house.show.state.shop == "tiny"
        await house.show.start("tiny")
        assert house.show.state.total == 360 and house.show.state.elapsed > 10
        await house.over()

    before, after = played(tmp_path, first), played(tmp_path, second)
    assert script(before) and script(after)
    assert not set(script(before)) & set(script(after))


def test_the_next_show_of_a_shop_is_said_in_other_words(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 2)
        await house.over()

    first = script(played(tmp_path, act))
    second = script(played(tmp_path, act))
    assert len(second) > 4
    assert len(set(second) & set(first)) <= len(second) / 4


def test_a_torn_memory_of_earlier_shows_keeps_no_show_from_beginning(tmp_path: Path) -> None:
    folder = tmp_path / "main" / "earlier"
    folder.mkdir(parents=True)
    (folder / "tiny.json").write_text("{", "utf-8")

    async def act(house: House) -> None:
        await house.show.start("tiny", 1)
        await house.over()

    assert len(script(played(tmp_path, act))) > 3


def test_a_torn_record_of_the_programme_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "show.json").write_text('{"shop": "tiny", "minutes": 3')

    async def act(house: House) -> None:
        assert house.show.state.offer == ""
        await house.show.start("tiny", 1)

    played(tmp_path, act)


def test_new_facts_are_spoken_from_the_next_line_on(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 5)
        await house.until(lambda: house.show.state.spoken > 3)
        facts = [f for f in tiny().facts(RICE) if f.property is not Property.PRICE]
        dearer = fact(RICE, Property.PRICE, Decimal("41.8"))
        house.approve(MemoryShop.of(tiny().meta, [*facts, dearer]))
        await house.clock.sleep(1.0)
        assert house.show.state.version == house.shop.meta.version
        await house.show.comment("甲", "小米多少钱")
        await house.until(lambda: house.show.state.answered == 1)
        await house.clock.sleep(5)

    house = played(tmp_path, act)
    (reply,) = [line for line in spoken(house) if line.answers]
    assert "41.8" in reply.text
    at = house.events.index(next(e for e in of(house, Notice) if e.code == "show.facts_renewed"))
    assert all("36.5" not in line.text for line in house.events[at:] if isinstance(line, Line))


def test_a_shop_that_was_emptied_ends_its_show(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 5)
        await house.until(lambda: house.show.state.spoken > 3)
        house.approve(MemoryShop(tiny().meta))
        await house.until(lambda: house.show.state.state == "over", 5)

    assert "anchor.empty_shop" in {e.code for e in of(played(tmp_path, act), Notice)}


def test_a_store_that_does_not_answer_is_told_of_once_and_the_show_goes_on(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 5)
        object.__setattr__(house.show._sources, "version", lambda _: 1 / 0)
        await house.until(lambda: house.show.state.spoken > 5)

    codes = [e.code for e in of(played(tmp_path, act), Notice)]
    assert codes.count("show.renewal_failed") == 1


def test_a_broken_director_is_told_of_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.until(lambda: house.show.state.spoken > 4)
        director = house.show._director
        monkeypatch.setattr(director, "_act", lambda: 1 / 0)
        await house.until(lambda: house.show._director is not director)
        await house.until(lambda: house.show.state.spoken > 8)

    house = played(tmp_path, act)
    assert "stage.restarted" in {e.code for e in of(house, Notice)}
    assert len(script(house)) == len(set(script(house)))


def test_a_comment_that_nobody_came_to_before_a_restart_is_not_lost(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.show.pause("店主")
        await house.show.comment("甲", "小米多少钱")
        await house.clock.sleep(2)

    async def second(house: House) -> None:
        assert [c.text for c in house.room.questions.undecided] == ["小米多少钱"]
        await house.show.start("tiny")
        await house.until(lambda: house.show.state.answered == 1)

    played(tmp_path, first)
    assert not of(played(tmp_path, second), Comment)


@pytest.mark.parametrize(
    ("shop", "code"), [(MemoryShop(tiny().meta), "anchor.empty_shop"), (tiny(), "weights.missing")]
)
def test_what_keeps_a_show_from_beginning_is_one_sentence_and_the_room_is_as_before(
    tmp_path: Path, shop: MemoryShop, code: str
) -> None:
    async def act(house: House) -> None:
        house.shop = shop

        def missing(*_: object) -> None:
            raise ModelUnavailableError("weights.missing", "还没有声音模型。", "xiangyin weights fetch")

        if code == "weights.missing":
            object.__setattr__(house.show._sources, "speaker", missing)
        with pytest.raises((InputError, ModelUnavailableError)) as refused:
            await house.show.start("tiny")
        assert refused.value.code == code
        assert house.show.state.state == "off"
        with pytest.raises(InputError, match="没有在播"):
            await house.show.comment("甲", "在吗")

    played(tmp_path, act)


def test_two_shows_in_one_room_are_refused(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 1)
        with pytest.raises(InputError, match="已经在播"):
            await house.show.start("tiny", 1)

    played(tmp_path, act)


def test_the_host_hushes_the_microphone_while_it_sounds_and_no_longer(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        assert not house.show.hushes()
        await house.show.start("tiny", 3)
        await house.until(lambda: bool(house.show.state.saying))
        assert house.show.hushes()
        await house.show.take_over("店主")
        assert not house.show.hushes()
        await house.show.hand_back("店主")
        await house.until(lambda: bool(house.show.state.saying))
        await house.show.pause("店主")
        assert house.show.hushes()
        await house.clock.sleep(0.5)
        assert not house.show.hushes()

    played(tmp_path, act)


def test_a_ticket_stays_open_until_a_person_settles_it_also_across_a_restart(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.show.start("tiny", 2)
        await house.show.comment("甲", "小米是有机认证的吗")
        await house.until(lambda: house.show.state.questions == 1)

    async def second(house: House) -> None:
        (ticket,) = house.room.questions.unanswered
        assert house.show.state.questions == 1
        await house.show.settle("店主", ticket.subject)
        assert house.show.state.questions == 0

    played(tmp_path, first)
    played(tmp_path, second)


def test_what_is_kept_is_plain_data_without_the_words_of_viewers(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        await house.show.start("tiny", 3)
        await house.show.comment("甲", "我电话13812345678，小米多少钱")
        await house.until(lambda: house.show.state.spoken > 4)

    house = played(tmp_path, act)
    kept = (tmp_path / "main" / "show.json").read_text(encoding="utf-8")
    assert json.loads(kept)["shop"] == "tiny"
    everything = kept + "".join(
        p.read_text() for p in (tmp_path / "main" / "events").iterdir() if p.is_file()
    )
    assert "13812345678" not in everything
    assert of(house, Played)


def programmed(house: House, minutes: float, session: float) -> None:
    plan = replace(Programme.plain(minutes, 2), session=session * 60)
    object.__setattr__(house.show._sources, "programme", lambda: plan)


def test_the_programme_says_how_long_it_lasts_and_a_person_may_say_otherwise(
    tmp_path: Path,
) -> None:
    async def act(house: House) -> None:
        programmed(house, 50, 50)
        assert (await house.show.start("tiny")).total == 3000
        await house.show.stop("店主")
        assert (await house.show.start("tiny", 2)).total == 120

    played(tmp_path, act)


def test_a_session_that_is_over_is_remembered_across_a_kill(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        programmed(house, 8, 2)
        await house.show.start("tiny")
        await house.until(lambda: house.show.state.elapsed > 140)

    async def second(house: House) -> None:
        programmed(house, 8, 2)
        await house.show.start("tiny")
        assert house.show._director is not None
        remembered = house.show._director.script.used.memory
        assert len(remembered.shows) == 1 and set(remembered.shows[0].texts) & set(said)
        await house.until(lambda: house.show.state.elapsed > 200)

    said = script(played(tmp_path, first))
    after = script(played(tmp_path, second))
    assert after and len(set(after) & set(said)) <= len(after) / 4


def test_a_line_that_a_person_forestalled_is_cut_not_about_to_be_said() -> None:
    log = ShowLog()
    for number in range(2):
        log.take(Line(id=f"l{number}", segments=(Segment("接着说。"),), purpose="tell", writer="fixed"))
        if number:
            log.take(Act(kind="take_over", who="店主"))
    assert [line["status"] for line in log.snapshot()["lines"]] == ["cut", "cut"]
