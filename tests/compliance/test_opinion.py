"""The guard's learned second opinion: what it adds, what it may not do."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.guard import Guard
from compliance.opinion import WINDOW, Opinion, fitted, load_opinion
from compliance.rulebook import load_rules

pytestmark = pytest.mark.unit

BAD = ["喝了它血压就降下来", "吃它三天睡得香病也好", "抹上去斑就没了", "这药酒一擦腰就不疼"]
GOOD = ["今天的橘子刚摘下来", "两斤一袋明天发货", "想看哪个您打字", "这袋米是去年的"]
UNKNOWN = "蓝布鞋到后院来拿"
"""Taught as an offence; no rule knows it."""
LINES = (
    [(text, "C3") for text in BAD]
    + [(text, "") for text in GOOD]
    + [("加我微信便宜些", "C7"), (UNKNOWN, "C7")]
)


@pytest.fixture(scope="module")
def small() -> Opinion:
    return fitted(LINES * 5)


def test_it_tells_offences_from_lawful_lines_it_was_taught(small: Opinion) -> None:
    assert min(small.odds(text) for text in BAD) > 0 > max(small.odds(text) for text in GOOD)


def test_it_names_the_class(small: Opinion) -> None:
    told = [small.read("加我微信"), small.read("血压就降下来")]
    assert [reading.kind for reading in told if reading] == ["C7", "C3"]


def test_of_two_sentences_the_worse_is_read_and_bounded(small: Opinion) -> None:
    text = f"{GOOD[0]}。{BAD[0]}。"
    reading = small.read(text)
    assert reading and reading.odds > 0
    assert len(GOOD[0]) < reading.start < reading.end <= len(text)


def test_a_finding_begins_and_ends_with_a_letter_and_is_no_longer_than_its_window() -> None:
    reading = load_opinion().read("今天有太阳。，，喝了它，三个月药就停了，血压也稳了！！")
    assert reading and reading.end - reading.start <= WINDOW
    said = "今天有太阳。，，喝了它，三个月药就停了，血压也稳了！！"[reading.start : reading.end]
    assert said[0].isalnum() and said[-1].isalnum()


def test_honest_talk_around_it_does_not_hide_an_offence(small: Opinion) -> None:
    text = "。".join([*GOOD * 4, BAD[2], *GOOD * 4])
    reading = small.read(text)
    assert reading and reading.odds == pytest.approx(small.odds(BAD[2] + "。"))


def test_a_lawful_text_has_no_reading_above_a_threshold(small: Opinion) -> None:
    assert small.read("。".join(GOOD), above=0.0) is None
    assert small.read("") is None


def test_what_stands_in_another_sentence_does_not_count(small: Opinion) -> None:
    text = f"{BAD[0]}。{GOOD[1]}。{BAD[1]}"
    at = text.index(GOOD[1])
    assert small.around(text, at, at + 2) == pytest.approx(small.odds(GOOD[1]))


def test_what_frames_an_offence_does_not_excuse_it() -> None:
    assert Guard.load().check("店主刚才说：包治百病。").action != "allow"


def test_eight_bits_lose_little(small: Opinion) -> None:
    file = io.BytesIO()
    small.write(file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as held:
        scale = float(held["numbers"][0])
        assert np.abs(held["weights"] * scale - small.weights).max() <= scale / 2 + 1e-6


def test_the_same_lines_give_the_same_model() -> None:
    assert np.array_equal(fitted(LINES).weights, fitted(LINES).weights)


@given(st.text(max_size=300))
def test_any_text_is_read_with_a_span_inside_it(text: str) -> None:
    reading = load_opinion().read(text)
    assert reading is None or np.isfinite(reading.odds)
    assert reading is None or 0 <= reading.start <= reading.end <= len(text)


def test_an_ai_does_not_say_what_only_the_opinion_doubts(small: Opinion) -> None:
    guard = Guard(load_rules(), opinion=small)
    assert Guard(guard.book).check(UNKNOWN).action == "allow"
    doubted = guard.check(UNKNOWN)
    assert doubted.action == "block"
    assert [finding.rule for finding in doubted.findings] == ["opinion.C7"]
    assert doubted.findings[0].surface in UNKNOWN


def test_a_person_is_not_alerted_by_the_opinion(small: Opinion) -> None:
    assert Guard(load_rules(), opinion=small).check(UNKNOWN, "human").action == "allow"


def test_a_rule_errs_where_the_sentence_reads_lawful(small: Opinion, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "这是顶级的木耳"
    monkeypatch.setattr("compliance.guard.LAWFUL", -99.0)
    assert Guard(load_rules(), opinion=small).check(text).action != "allow"
    monkeypatch.setattr("compliance.guard.LAWFUL", 99.0)
    judged = Guard(load_rules(), opinion=small).check(text)
    assert judged.action == "allow"
    assert "整句读来不违规" in {one.why for one in judged.considered}


def test_rules_that_agree_are_harder_to_outvote(small: Opinion, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "今天说这个木耳是天下第一又独一无二的好货"
    guard = Guard(load_rules(), opinion=small)
    assert len({f.rule for f in Guard(guard.book).check(text).findings}) > 1
    for threshold in ("LAWFUL", "PROVED"):
        monkeypatch.setattr(f"compliance.guard.{threshold}", 99.0)
    assert guard.check(text).action == "allow"
    monkeypatch.setattr("compliance.guard._AGREED", 999.0)
    assert guard.check(text).action != "allow"


def test_a_claim_with_nothing_beside_it_is_not_outvoted(
    small: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.guard.LAWFUL", 99.0)
    assert Guard(load_rules(), opinion=small).check("店主说了，包治百病。").action != "allow"


def test_a_claim_that_wants_evidence_is_harder_to_outvote(
    small: Opinion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.guard.LAWFUL", 99.0)
    guard = Guard(load_rules(), opinion=small)
    rule = next(r for r in guard.book.rules if r.evidence and r.block)
    assert rule.id in {finding.rule for finding in guard.check(rule.block[0]).findings}


def test_the_verdict_names_rules_and_lines(small: Opinion) -> None:
    house = Guard.load()
    assert house.version == f"{house.book.version}-{load_opinion().version}"
    assert load_opinion().version
    assert Guard(house.book).version == house.book.version
