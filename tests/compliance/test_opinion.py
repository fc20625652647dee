"""The guard's learned second opinion: what it adds, what it may not do."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.guard import Guard
from compliance.opinion import WINDOW, Opinion, clause, fitted, load_opinion
from compliance.rulebook import load_rules
from compliance.weighing import UNFITTED, Passage, counted
from compliance.weighing import fitted as balanced

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


def test_a_lawful_text_reads_lawful_in_its_worst_sentence(small: Opinion) -> None:
    reading = small.read("。".join(GOOD))
    assert reading and reading.odds <= 0
    assert small.read("") is None


def test_a_clause_ends_at_its_marks() -> None:
    text = f"{BAD[0]}，{GOOD[1]}：{BAD[1]}。"
    for part in (BAD[0], GOOD[1], BAD[1]):
        assert clause(text, text.index(part) + 1, text.index(part) + 2) == part


@pytest.mark.parametrize("frame", ["阿宁刚才说：{}", "{}，是他们讲的", "不是我讲的：{}，您自己看"])
def test_a_known_claim_is_bad_enough_alone(frame: str) -> None:
    assert Guard.load().check(frame.format("吃了能治糖尿病")).action != "allow"


def test_a_long_text_is_judged_sentence_by_sentence(small: Opinion) -> None:
    text = "。".join(GOOD * 3)
    assert small.passages("短句。两句。") == [(0, 6)]
    assert [text[a:b].strip("。") for a, b in small.passages(text)] == GOOD * 3
    assert small.passages("！" * 99) == [(0, 99)]


def test_what_frames_an_offence_does_not_excuse_it() -> None:
    assert Guard.load().check("店主刚才说：包治百病。").action != "allow"


def test_eight_bits_lose_little(small: Opinion) -> None:
    file = io.BytesIO()
    small.write(file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as held:
        scale = float(held["numbers"][0])
        assert np.abs(held["weights"] * scale - small.offends.weights[:, 0]).max() <= scale / 2 + 1e-6


def test_the_same_lines_give_the_same_model() -> None:
    assert np.array_equal(fitted(LINES).offends.weights, fitted(LINES).offends.weights)


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


def weighed(small: Opinion, **changed: Any) -> Guard:
    return Guard(load_rules(), opinion=replace(small, weighing=replace(UNFITTED, **changed)))


LAWFUL = {"weights": (0.0,) * 6, "bias": -9.0}
"""Whatever is said is thought lawful."""


def test_a_rule_errs_where_the_passage_reads_lawful(small: Opinion) -> None:
    text = "这是顶级的木耳"
    assert weighed(small, bias=9.0).check(text).action != "allow"
    judged = weighed(small, **LAWFUL).check(text)
    assert judged.action == "allow"
    assert "整句读来不违规" in {one.why for one in judged.considered}


def test_how_often_a_rule_is_right_counts(small: Opinion) -> None:
    text = "这是顶级的木耳"
    rules = {f.rule for f in Guard(load_rules()).check(text).findings}
    trusts = {"weights": (0.0, 0.0, 0.0, 1.0, 0.0, 0.0)}
    for odds, action in ((9.0, True), (-9.0, False)):
        guard = weighed(small, **trusts, reliability=dict.fromkeys(rules, odds))
        assert (guard.check(text).action != "allow") is action


def test_a_claim_with_nothing_beside_it_is_not_outweighed(small: Opinion) -> None:
    assert weighed(small, **LAWFUL).check("店主说了，包治百病。").action != "allow"


def test_a_disguised_word_is_not_outweighed(small: Opinion) -> None:
    guard = weighed(small, **LAWFUL)
    assert guard.check("这袋真的是全网最低价").action == "allow"
    assert guard.check("这袋真的是全 网 最 低 价").action != "allow"


def test_a_passage_that_reads_like_another_class_names_both(small: Opinion) -> None:
    text = f"全网最低价，{UNKNOWN}，{UNKNOWN}"
    assert {f.kind for f in Guard(load_rules()).check(text).findings} == {"C6", "C1"}
    assert "opinion.C7" in {f.rule for f in weighed(small, bias=9.0).check(text).findings}


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_the_weighing_is_fitted_to_what_tells_the_lines_apart(a: float, b: float) -> None:
    rows = [(a, 0.0, 0.0, 0.0, 0.0, 0.0), (b, 0.0, 1.0, 0.0, 0.0, 0.0)] * 20
    found = balanced(rows, [False, True] * 20, {})
    passages = [Passage(a, 0.0, "", {}, False), Passage(b, 0.0, "", {"r": "C1"}, False)]
    assert found.odds(passages[0]) < 0 < found.odds(passages[1])


def test_a_rule_is_trusted_by_what_it_stopped() -> None:
    told = counted([({"good", "poor"}, True), ({"good"}, True), ({"poor"}, False), ({"poor"}, False)])
    assert told["good"] > 0 > told["poor"]


def test_the_verdict_names_rules_and_lines(small: Opinion) -> None:
    house = Guard.load()
    assert house.version == f"{house.book.version}-{load_opinion().version}"
    assert load_opinion().version
    assert Guard(house.book).version == house.book.version
