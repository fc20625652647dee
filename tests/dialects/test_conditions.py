from __future__ import annotations

import pytest

from dialects import conditions
from dialects.ordinary import Ordinary, WordClasses

pytestmark = pytest.mark.unit


def judged(when: str, text: str, word: str, mandarin: Ordinary) -> conditions.Outcome:
    start = text.index(word)
    classes = WordClasses(text, mandarin, lambda _: frozenset())
    return conditions.evaluate(conditions.parse(when), text, start, start + len(word), classes)


def test_no_condition_holds_without_showing_anything(mandarin: Ordinary) -> None:
    assert judged("", "摆桌子", "摆", mandarin) == conditions.Outcome(True, False, False)


def test_right_neighbour_selects(mandarin: Ordinary) -> None:
    assert judged("+R:龙门阵|条", "摆龙门阵", "摆", mandarin).shown
    assert not judged("+R:龙门阵|条", "摆桌子", "摆", mandarin).holds


def test_left_neighbour_forbids(mandarin: Ordinary) -> None:
    assert judged("-L:别|莫", "别摆", "摆", mandarin).vetoed
    assert judged("-L:别|莫", "先摆", "摆", mandarin).holds


def test_alternatives_are_enough_one_by_one(mandarin: Ordinary) -> None:
    assert judged("+R:甲 -L:乙;+L:先", "先摆", "摆", mandarin).holds


def test_lacking_a_positive_neighbour_is_no_veto(mandarin: Ordinary) -> None:
    outcome = judged("+R:龙门阵 -L:别", "先摆", "摆", mandarin)
    assert not outcome.holds
    assert not outcome.vetoed


def test_near_looks_eight_characters_either_side(mandarin: Ordinary) -> None:
    assert judged("+N:鸭", "一二三四五六摆七鸭", "摆", mandarin).holds
    assert not judged("+N:鸭", "摆" + "一" * 8 + "鸭", "摆", mandarin).holds


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("num", "三"),
        ("clf", "斤"),
        ("verb", "吃饭"),
        ("adj", "漂亮"),
        ("person", "我"),
        ("money", "块"),
        ("punct", "。"),
    ],
)
def test_word_classes_begin_after_the_word(name: str, after: str, mandarin: Ordinary) -> None:
    assert judged("+R:{" + name + "}", "摆" + after, "摆", mandarin).holds


def test_the_edge_of_the_sentence_counts_as_punctuation(mandarin: Ordinary) -> None:
    assert judged("+R:{punct} +L:{punct}", "摆", "摆", mandarin).holds


@pytest.mark.parametrize(
    "when", ["R:甲", "+X:甲", "+R:", "+R:甲||乙", "+R:{动词}", "+R:{verb", "+R:甲;", "+R甲"]
)
def test_what_cannot_be_read_is_an_error(when: str) -> None:
    with pytest.raises(conditions.ConditionSyntaxError):
        conditions.parse(when)
