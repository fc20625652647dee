from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.stabilise import Stabiliser, agreed, erasure

pytestmark = pytest.mark.unit


def test_what_two_hypotheses_share_is_stable() -> None:
    assert agreed("今天的橘子", "今天的柚子很大") == 3


def test_a_word_of_the_lexicon_is_never_cut_in_half() -> None:
    assert agreed("来摆龙门", "来摆龙门阵", unbreakable=("摆龙门阵",)) == 1


def test_stable_text_stays_stable_while_it_is_confirmed() -> None:
    settle = Stabiliser()
    assert [settle.accept(t) for t in ("今天", "今天的橘", "今天的橘子甜", "今天好")] == [0, 2, 4, 2]


def test_erasure_counts_what_was_taken_back() -> None:
    assert erasure(["今天的", "今天的橘子", "今天的橘子"]) == 0
    assert erasure(["今天的桔", "今天的橘子甜"]) == pytest.approx(1 / 6)


@given(st.lists(st.text(alphabet="甲乙丙丁", max_size=8), min_size=1, max_size=8))
def test_stable_lengths_lie_inside_the_text(texts: list[str]) -> None:
    settle = Stabiliser()
    assert all(0 <= settle.accept(t) <= len(t) for t in texts)
