from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger import Personal, References
from compliance.ledger_personal import COMMENT, ERASED, PERSON, WITHHELD, withheld
from compliance.retention import expired
from core.codec import from_record, to_record
from core.events import Act, Comment, Cue, Event, Finding, Line, Notice, Segment, Verdict

pytestmark = pytest.mark.unit


def comment(text: str = "蜂蜜甜不甜", who: str = "阿婆") -> Comment:
    return Comment(who=who, text=text, source="douyin", source_id="9182")


def personal(folder: Path) -> Personal:
    return Personal(References(folder))


def written(event: Event) -> str:
    return json.dumps(to_record(event), ensure_ascii=False)


def test_a_comment_leaves_only_references_in_the_record_and_comes_back_whole(tmp_path: Path) -> None:
    house, said = personal(tmp_path), comment()
    parted = house.part(said)
    assert not any(word in written(parted) for word in ("阿婆", "甜不甜", "9182"))
    assert "douyin" in written(parted)
    [whole] = house.whole([to_record(parted)])
    assert from_record(whole) == said
    assert [(p.subject, p.event, p.kind) for p in house.references.pieces()] == [("阿婆", said.id, COMMENT)]


def test_what_was_erased_reads_as_erased(tmp_path: Path) -> None:
    house = personal(tmp_path)
    record = to_record(house.part(comment()))
    house.references.erase(*house.references.of("阿婆"))
    [whole] = house.whole([record])
    assert (whole["who"], whole["text"]) == (ERASED, ERASED)
    assert isinstance(from_record(whole), Comment)


def test_a_notice_that_quotes_a_comment_is_its_authors_data(tmp_path: Path) -> None:
    house, said = personal(tmp_path), comment()
    house.part(said)
    ticket = Notice(code="dialogue.ticket", text="请客服回答：“蜂蜜甜不甜”", subject=said.id)
    assert "甜不甜" not in written(house.part(ticket))
    assert len(list(house.references.of("阿婆"))) == 2


def test_a_triage_verdict_does_not_repeat_the_words_but_a_guards_does(tmp_path: Path) -> None:
    house = personal(tmp_path)
    finding = Finding("triage.functional", 0, 5, "蜂蜜甜不甜", "functional")
    assert "甜不甜" not in written(
        house.part(Verdict(on="c", by="triage", action="answer", findings=(finding,)))
    )
    told = Verdict(on="l", by="guard", action="block", findings=(finding,))
    assert house.part(told) == told


def test_who_did_something_is_kept_apart_as_long_as_the_ledger(tmp_path: Path) -> None:
    house = personal(tmp_path)
    parted = house.part(Act(kind="correct_cue", who="女儿", detail={"after": "非常好"}))
    assert "女儿" not in written(parted) and "非常好" in written(parted)
    assert [(p.subject, p.kind) for p in house.references.pieces()] == [("女儿", PERSON)]


@pytest.mark.parametrize(
    "event",
    [
        Cue(cue="c", start=0, end=1, raw="巴适", mandarin="好", final=True),
        Line(segments=(Segment("蜂蜜三十九块九"),), purpose="price"),
        Notice(code="stage.restarted", text="正在重启"),
        Act(kind="prove", who=""),
    ],
)
def test_speech_on_air_and_the_programs_own_words_stay(tmp_path: Path, event: Event) -> None:
    house = personal(tmp_path)
    assert house.part(event) is event
    assert not any(tmp_path.iterdir())


def test_records_of_before_and_words_that_look_like_references_pass(tmp_path: Path) -> None:
    house = personal(tmp_path)
    old = to_record(comment())
    assert list(house.whole([old])) == [old]
    odd = comment(text="pd:" + "0" * 64)
    assert from_record(next(house.whole([to_record(house.part(odd))]))) == odd


def test_readers_without_the_right_get_a_word_instead(tmp_path: Path) -> None:
    record = to_record(personal(tmp_path).part(comment()))
    [seen] = withheld([record])
    assert (seen["who"], seen["text"], seen["source"]) == (WITHHELD, WITHHELD, "douyin")


@given(
    st.text(min_size=1).filter(lambda t: t.isprintable() and len(t.encode("utf-8", "ignore")) > 0),
    st.text(min_size=1).filter(str.isprintable),
)
def test_any_comment_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, who: str, text: str
) -> None:
    house, said = personal(tmp_path_factory.mktemp("r")), comment(text, who)
    assert from_record(next(house.whole([to_record(house.part(said))]))) == said


def test_comments_go_after_their_days_and_everything_after_three_years(tmp_path: Path) -> None:
    references = References(tmp_path)
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def kept(days: float, kind: str) -> str:
        at = (now - timedelta(days=days)).timestamp()
        return references.keep("x", "阿婆", kind=kind, at=at)

    new, old = kept(59.9, COMMENT), kept(60.1, COMMENT)
    name, ancient, oldest = kept(1000, PERSON), kept(1200, PERSON), kept(1200, COMMENT)
    gone = {piece.reference for piece in expired(references, now, 60)}
    assert gone == {old, ancient, oldest} and not gone & {new, name}
