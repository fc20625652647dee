from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.stabilise import Stabiliser, erasure, shared_prefix, whole_words

pytestmark = pytest.mark.unit

TEXTS = st.lists(st.text(alphabet="甲乙丙丁", max_size=8), min_size=1, max_size=8)


def test_what_two_hypotheses_share_is_shown() -> None:
    settle = Stabiliser()
    assert [settle.accept(t) for t in ("今天的橘子", "今天的柚子很大")] == ["", "今天的"]


def test_a_word_is_never_cut_in_half() -> None:
    assert whole_words(4, [(0, 1), (1, 5)]) == 1
    assert whole_words(5, [(0, 1), (1, 5)]) == 5


def test_nested_words_fall_back_to_the_outermost_border() -> None:
    assert whole_words(4, [(3, 5), (1, 4)]) == 1


def test_what_was_shown_stays_while_a_single_hypothesis_differs() -> None:
    settle = Stabiliser()
    shown = [settle.accept(t) for t in ("今天", "今天的橘", "今天的橘子甜", "今天好")]
    assert shown == ["", "今天", "今天的橘", "今天的橘"]


def test_what_was_shown_is_taken_back_where_two_hypotheses_agree_on_something_else() -> None:
    settle = Stabiliser()
    shown = [settle.accept(t) for t in ("经天", "经天", "今天的橘子", "今天的橘子甜")]
    assert shown == ["", "经天", "经天", "今天的橘子"]


def test_a_lone_hypothesis_shows_as_much_as_its_confidence_says_is_right() -> None:
    assert Stabiliser().accept("今天的橘子", 1.0) == "今天的橘子"
    assert Stabiliser().accept("今天的橘子", 0.5) == "今天"
    assert Stabiliser(lambda _: [(0, 3), (3, 5)]).accept("今天的橘子", 0.5) == ""


def test_a_second_lone_hypothesis_takes_nothing_back() -> None:
    settle = Stabiliser()
    assert [settle.accept(t, 0.5) for t in ("今天的橘", "惊天", "今天的橘子甜")] == [
        "今天",
        "今天",
        "今天的橘",
    ]


def test_erasure_counts_what_was_taken_back() -> None:
    assert erasure(["今天的", "今天的橘子", "今天的橘子"]) == 0
    assert erasure(["今天的桔", "今天的橘子甜"]) == pytest.approx(1 / 6)


def test_one_hypothesis_that_is_off_does_not_delay_what_its_neighbours_agree_on() -> None:
    settle = Stabiliser()
    assert [settle.accept(t) for t in ("今天的", "惊天", "今天的橘子")] == ["", "", "今天的"]


def test_words_are_asked_for_only_where_something_is_agreed_on() -> None:
    asked: list[str] = []

    def words(text: str) -> list[tuple[int, int]]:
        asked.append(text)
        return []

    settle = Stabiliser(words)
    for text in ("甲", "乙", "乙丙"):
        settle.accept(text)
    assert asked == ["乙丙"]


@given(TEXTS)
def test_what_is_shown_was_said_by_two_hypotheses_of_the_last_three_or_was_shown_before(
    texts: list[str],
) -> None:
    settle = Stabiliser()
    shown = [settle.accept(t) for t in texts]
    for at, (before, now) in enumerate(pairwise(shown), 1):
        agreed = [texts[at][: shared_prefix(e, texts[at])] for e in texts[max(0, at - 2) : at]]
        assert now == before or now in agreed
