from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.bias import Habits, expect, hotwords

pytestmark = pytest.mark.unit


def test_the_likeliest_words_come_first_and_the_budget_is_kept() -> None:
    assert hotwords(["盘山板栗", "荞麦挂面", "豆腐乳"], budget=10) == ("盘山板栗", "荞麦挂面")


def test_a_word_within_another_takes_no_room() -> None:
    assert hotwords(["盘山板栗礼盒", "盘山板栗", "豆腐乳"], budget=20) == ("盘山板栗礼盒", "豆腐乳")


def test_dialect_words_that_the_seller_repeats_are_expected_again() -> None:
    habits = Habits()
    habits.heard(["巴适", "安逸"])
    habits.heard(["巴适"])
    assert expect(["盘山板栗"], habits.usual(), budget=20) == ("盘山板栗", "巴适")


def test_without_a_shop_and_habits_nothing_is_expected() -> None:
    assert expect([]) == ()


def test_habits_of_a_long_show_stay_bounded() -> None:
    habits = Habits()
    for number in range(1000):
        habits.heard([f"词{number}"])
    assert len(habits.counts) <= 200


@given(st.lists(st.text("甲乙丙丁", min_size=1, max_size=6)), st.lists(st.text("子丑寅", max_size=5)))
def test_no_more_characters_than_the_budget(words: list[str], usual: list[str]) -> None:
    assert sum(len(w) + 1 for w in expect(words, usual, budget=30)) <= 31
