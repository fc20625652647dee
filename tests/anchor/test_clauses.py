"""Clauses: short first, none too long, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.speech.clauses import FIRST, LONGEST, clauses, led, spoken_length

pytestmark = pytest.mark.unit

LINE = "乡亲们好，今天这批土豆刚从地里起出来，个头匀称，沙瓤的，一箱十斤，三十九块九包邮。要的说一声！"


def test_the_first_clause_is_short() -> None:
    assert spoken_length(clauses(LINE)[0]) <= FIRST


def test_a_sentence_ends_a_clause() -> None:
    assert clauses("好的。明天发货。") == ["好的。", "明天发货。"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("核桃卖26.5元，您看着拍。", ["核桃卖26.5元，", "您看着拍。"]),
        ("先看保质期，六个月，放凉处。", ["先看保质期，", "六个月，放凉处。"]),
        ("价格1,280元，包邮。", ["价格1,280元，", "包邮。"]),
        ("今天好，您看着拍。", ["今天好，您看着拍。"]),
    ],
)
def test_a_comma_beside_an_amount_ends_a_clause_that_is_not_too_short(line: str, parts: list[str]) -> None:
    assert clauses(line) == parts


def test_a_long_stretch_without_pauses_is_cut_between_words() -> None:
    parts = clauses("我们这边的橙子都是每天早上五点钟开始摘然后当天下午就装车发往全国各地的大家放心")
    assert len(parts) > 1
    assert all(spoken_length(part) <= LONGEST for part in parts)
    assert not any(part.startswith(("的", "了", "们")) for part in parts)


@pytest.mark.parametrize("amount", ["1,280.50元", "18:30", "三千六百五十斤", "2026年11月22日"])
def test_an_amount_is_never_cut(amount: str) -> None:
    line = "今天这一批自家果园里新摘下来的好果子总共是" + amount + "左右那么多大家慢慢看慢慢挑不着急"
    assert any(amount in part for part in clauses(line))


def test_punctuation_alone_is_no_clause_of_its_own() -> None:
    assert clauses("好。……！") == ["好。……！"]


@given(st.text("好的今天发货一箱三十元，。！？、：\n 1239.5abc", max_size=200))
@settings(max_examples=300, deadline=None)
def test_the_clauses_joined_are_the_line(line: str) -> None:
    assert "".join(clauses(line)) == line


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_cut_without_loss(line: str) -> None:
    assert "".join(clauses(line)) == line


def test_a_reply_begins_with_the_phrases_that_are_known_by_heart() -> None:
    assert led("老乡，听我讲，小米罐装38元。", ("小米", "小米罐装", "老乡，听我讲，")) == (
        ["老乡，听我讲，", "小米罐装"],
        "38元。",
    )


@pytest.mark.parametrize("line", ["小米的价格是38元。", "小米和花生一起发。", "小米、花生都有。"])
def test_a_name_is_not_parted_from_what_belongs_to_it(line: str) -> None:
    assert led(line, ("小米",)) == ([], line)


@given(st.text("小米的，。5斤a", max_size=30), st.lists(st.text("小米，5a", max_size=4), max_size=3))
@settings(max_examples=200, deadline=None)
def test_leads_and_rest_joined_are_the_line(line: str, leads: list[str]) -> None:
    begins, rest = led(line, leads)
    assert "".join(begins) + rest == line
