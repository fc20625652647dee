"""Metrics with their parts, platform policies, fingerprints of made-up sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.presence import metrics as m
from compliance.presence import words
from compliance.presence.ears import HITS, SHARE
from compliance.presence.fingerprint import Archive, peaks, prints
from compliance.presence.log import Log
from compliance.presence.policy import Limit, judge, level, load_policies, refusal
from compliance.presence.proof import Proof, alike, phrase
from compliance.presence.timeline import KINDS, Timeline
from core.errors import ConfigurationError
from core.events import (
    Act,
    Comment,
    Cue,
    Finding,
    Line,
    Notice,
    Played,
    Presence,
    PresenceKind,
    Segment,
    Utterance,
    Verdict,
)  # fmt: skip
from media.audio import resample

pytestmark = pytest.mark.unit


def seconds(*runs: tuple[PresenceKind, int]) -> Timeline:
    at, found = 0.0, []
    for kind, length in runs:
        found.append(Presence(kind=kind, at=at, seconds=length))
        at += length
    return Timeline.of(found)


def test_m1_counts_from_the_last_person_to_the_last_sound_of_the_ai() -> None:
    line = seconds(("human", 10), ("ai", 60), ("silence", 5), ("ai", 15), ("silence", 100))
    assert m.ai_only(line, 190).value == 80
    assert m.ai_only(line, 190).detail == (("AI 出声", 75),)


@pytest.mark.parametrize(
    ("kind", "length", "expected"), [("human", 2, 62), ("human", 3, 20), ("typed", 3, 20)]
)
def test_m1_is_ended_by_three_seconds_of_a_person(kind: PresenceKind, length: int, expected: float) -> None:
    assert m.ai_only(seconds(("ai", 40), (kind, length), ("ai", 20)), 40 + length + 20).value == expected


def test_m1_is_not_ended_by_typing_where_typing_does_not_count() -> None:
    assert m.ai_only(seconds(("ai", 40), ("typed", 9), ("ai", 20)), 69, typed_counts=False).value == 69


def test_m2_tells_all_its_parts_and_typing_apart() -> None:
    share = m.talk_share(seconds(("human", 20), ("typed", 10), ("ai", 60), ("prerendered", 10)), 100, 1800)
    assert (share.value, share.numerator, share.denominator) == (0.3, 30, 100)
    assert dict(share.detail)["只算说话"] == 0.2


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 50)), min_size=1, max_size=30))
def test_runs_and_counts_agree(runs: list[tuple[PresenceKind, int]]) -> None:
    line = seconds(*runs)
    assert sum(r.seconds for r in line.runs()) == len(line) == sum(n for _, n in runs)
    for kind in KINDS:
        assert line.count(kind) == sum(n for k, n in runs if k == kind)


def asked(at: float, answered: float | None) -> Log:
    comment = Comment(who="小红", text="蜂蜜多少钱", source="x", at=at)
    found = Finding("triage.functional", 0, 1, "蜂", "")
    log = Log.of(
        [comment, Verdict(on=comment.id, by="triage", action="answer", findings=(found,), at=at + 1)]
    )
    if answered is not None:
        line = Line(segments=(Segment("四十"),), purpose="answer", answers=(comment.id,), at=answered)
        sound = Utterance(line=line.id, text="四十", rate=1, seconds=2, at=answered)
        for event in (line, sound, Played(utterance=sound.id, start=0, end=2, at=answered + 2)):
            log.add(event)
    return log


def test_m3_and_m4_wait_from_choice_and_from_arrival() -> None:
    log = asked(10, 13.5)
    assert m.system_latency(log, 20, 1800).value == 2.5
    assert m.comment_latency(log, 20, 1800)[0].value == 3.5


@pytest.mark.parametrize(("answered", "share"), [(12.0, 1.0), (None, 0.0)])
def test_m7_counts_questions_the_facts_could_answer(answered: float | None, share: float) -> None:
    assert m.coverage(asked(10, answered), 20, 1800).value == share


def test_m9_wants_turns_to_belong_to_the_stream() -> None:
    log = asked(10, 12)
    for start, text in ((15.0, "这个蜂蜜今天四十块钱一罐"), (40.0, "总统昨天访问了邻国首都")):
        log.add(Cue(cue=str(start), start=start, end=start + 3, raw=text, mandarin=text, final=True))
    found = m.effectiveness(log, 60, 1800)
    assert (found.numerator, found.denominator, found.value) == (1, 2, 0.5)


def test_m11_is_the_longest_time_to_silence() -> None:
    sound = Utterance(line="l", text="x", rate=1, seconds=5, at=10)
    log = Log.of(
        [sound, Act(kind="take_over", who="x", at=12), Played(utterance=sound.id, start=0, end=2.3, at=13)]
    )
    found = m.takeover(log, 20, 1800)
    assert found.value == pytest.approx(0.3)
    assert found.numerator == 1


def test_m12_waits_until_now_for_what_is_still_open() -> None:
    log = Log.of([Notice(code="ticket.open", text="", subject="a/C3", at=10)])
    assert m.corrections(log, 55, 1800)[1].value == 45
    log.add(Notice(code="ticket.closed", text="", subject="a/C3", at=30))
    assert m.corrections(log, 55, 1800)[1].value == 20


def test_m8_is_careful_and_small_samples_are_not_judged() -> None:
    audits = [
        Act(kind="audit", who="x", detail={"on_topic": True, "grounded": True}, at=1) for _ in range(20)
    ]
    found = m.audited(Log.of(audits), 10, 100)
    assert found.value is not None and 0.8 < found.value < 1
    assert judge([replace(found, value=0.1)], load_policies()["generic"]) == ()


def test_m8_counts_the_last_word_on_an_answer() -> None:
    words = [{"line": "a", "on_topic": True, "grounded": g} for g in (True, False)]
    found = m.audited(Log.of(Act(kind="audit", who="x", detail=d, at=1) for d in words), 10, 100)
    assert (found.numerator, found.denominator) == (0, 1)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("现在晚上八点", True),
        ("现在二十点整", True),
        ("现在下午三点", False),
        ("八点前发货", False),
        ("有八点毛病", False),
    ],
)  # fmt: skip
def test_the_hour_counts_only_where_it_is_true(text: str, true: bool) -> None:
    wall = datetime(2026, 11, 22, 12, 2, tzinfo=UTC)
    if text == "有八点毛病":
        wall += timedelta(hours=4)
    assert words.tells_time(text, wall) is true


def test_m13_is_the_share_of_looks_that_found_the_label() -> None:
    told = [
        Notice(code="label.sampled", text="", subject=s, at=at) for at, s in ((1, "0/50"), (90, "99/100"))
    ]
    assert m.label_uptime(Log.of(told), 100, 60).value == 0.99
    assert m.label_uptime(Log.of(told), 100, 300).value == 0.66
    assert m.label_uptime(Log.of([]), 100, 60).value is None


def test_nothing_to_count_has_no_value_and_breaks_no_limit() -> None:
    found = m.measure(Log(), seconds(), 0)
    assert judge(found, load_policies()["generic"]) == ()
    assert all(x.value is None or x.key == "M1" for x in found)


def test_every_policy_says_where_it_was_read_when_and_by_whom() -> None:
    policies = load_policies()
    assert {"generic", "douyin", "kuaishou", "taobao", "1688", "shipinhao", "xiaohongshu"} <= set(policies)
    for policy in policies.values():
        assert policy.source and policy.reader and policy.limits
        stale = refusal(policy, policy.until + timedelta(days=1), "有编号")
        assert stale is not None and stale.message.count("。") == 1


def test_refusals_are_by_policy_registration_and_age() -> None:
    policies, today = load_policies(), date(2026, 11, 22)
    codes = {n: (r.code if (r := refusal(p, today)) else "") for n, p in policies.items()}
    assert codes["shipinhao"] == "platform.forbidden"
    assert codes["douyin"] == "platform.unregistered"
    assert codes["generic"] == codes["kuaishou"] == ""
    assert refusal(policies["douyin"], today, "DY-1") is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("M1 = { warn = 9, act = 3 }", "M1"), ("M99 = { warn = 1 }", "M99"), ("M1 = { often = 1 }", "M1"),
    ],
)  # fmt: skip
def test_a_bad_policy_is_named_with_its_line(tmp_path: Path, change: str, where: str) -> None:
    head = 'title = "甲"\nhost = "allowed"\nsource = "x"\nread = 2026-11-22\nreader = "y"\n'
    text = head + "valid_days = 9\n\n[limits]\n"
    (tmp_path / "jia.toml").write_text(text + change, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"jia.toml 第 9 行 {where}"):
        load_policies(tmp_path)


def test_the_worst_breach_decides() -> None:
    policy = replace(load_policies()["generic"], limits={"M1": Limit(3, 5, 9), "M2": Limit(0.2)})
    line = seconds(("human", 1), ("ai", 8))
    assert level(judge(m.measure(Log(), line, 9), policy)) == "act"


def test_a_sound_is_found_again_and_another_is_not() -> None:
    chance = np.random.default_rng(3)
    first, second = (chance.normal(0, 0.1, 5 * 16_000).astype(np.float32) for _ in range(2))
    archive = Archive()
    archive.add(prints(first), 100.0)
    again = archive.find(prints(0.2 * first), 160.0)
    assert again.hits > 100 and again.lag == pytest.approx(60.0, abs=0.1)
    assert archive.find(prints(second), 160.0).hits < 20
    assert archive.find(prints(first), 160.0, before=90.0).hits == 0
    archive.forget(100.0 + archive.keep + 10)
    assert archive.find(prints(first), 160.0).hits == 0


@pytest.mark.parametrize("speed", [0.95, 0.97, 1.03, 1.05])
def test_a_sound_is_found_again_at_another_speed(speed: float) -> None:
    chance = np.random.default_rng(4)
    first, second = (chance.normal(0, 0.1, 8 * 16_000).astype(np.float32) for _ in range(2))
    archive = Archive()
    archive.add(prints(first), 100.0)
    for sound, known in ((first, True), (second, False)):
        replayed = resample(sound, 16_000, round(16_000 / speed))[: 5 * 16_000]
        match = archive.find_changed(peaks(replayed), 160.0)
        assert (match.hits >= HITS and match.share >= SHARE) is known


def test_a_phrase_is_known_by_its_sound_and_only_in_time() -> None:
    import random

    asked_for = Proof(phrase(random.Random(5)), at=100.0)
    assert asked_for.read_by(asked_for.phrase, 104.0)
    assert not asked_for.read_by(asked_for.phrase, 120.0)
    assert alike("今天天气很好我们去赶集", asked_for.phrase) < 0.5
    assert max(alike(phrase(random.Random(i)), asked_for.phrase) for i in range(6, 40)) < 0.95
