from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.sound import NONE, distance, key, merges, readings, split, syllable_distance, syllables

pytestmark = pytest.mark.unit

ANY_TEXT = st.text(st.characters(), max_size=30)
SICHUAN_LIKE = merges("n/l", "zh/z", "eng/en", "ing/in")


def test_syllables_with_and_without_tones() -> None:
    assert syllables("绿豆糕") == ["lv", "dou", "gao"]
    assert syllables("绿豆糕", tones=True) == ["lv4", "dou4", "gao1"]
    assert syllables("了", tones=True) == ["le5"]


def test_context_chooses_the_reading_by_word() -> None:
    assert syllables("重庆", context=True) == ["chong", "qing"]
    assert syllables("银行A3", context=True) == ["yin", "hang", "a", "3"]


def test_every_reading_of_a_character() -> None:
    assert set(readings("行")) >= {"xing", "hang"}
    assert readings("😀") == ("😀",)


def test_merged_sounds_have_one_key() -> None:
    assert key("男生", SICHUAN_LIKE) == key("蓝森", SICHUAN_LIKE)
    assert key("男生") != key("蓝森")
    assert key("湖", merges("f/h")) == key("福", merges("f/h"))


def test_unknown_merger_is_refused() -> None:
    with pytest.raises(KeyError):
        merges("x/q")


@pytest.mark.parametrize(
    ("near", "far"),
    [(("zhang", "zang"), ("zhang", "mi")), (("lan", "nan"), ("lan", "lu")), (("xin", "xing"), ("xin", "xu"))],
)
def test_confusable_syllables_are_nearer(near: tuple[str, str], far: tuple[str, str]) -> None:
    assert 0 < syllable_distance(*near) < 0.2 < syllable_distance(*far)


def test_distance_counts_missing_syllables() -> None:
    assert distance("脐橙", "脐橙子") == 1.0
    assert distance("干南脐橙", "赣南脐橙") == 0.0
    assert distance("蜂蜜", "风密") == 0.0


def test_split() -> None:
    assert split("zhuang") == ("zh", "uang")
    assert split("an") == ("", "an")


@given(ANY_TEXT, st.booleans(), st.booleans())
def test_one_syllable_a_code_point(text: str, tones: bool, context: bool) -> None:
    assert len(syllables(text, tones, context)) == len(key(text, SICHUAN_LIKE)) == len(text)


@given(ANY_TEXT, ANY_TEXT)
def test_distance_is_a_symmetric_bounded_premetric(a: str, b: str) -> None:
    there = distance(a, b, SICHUAN_LIKE)
    assert there == pytest.approx(distance(b, a, SICHUAN_LIKE))
    assert 0 <= there <= max(len(a), len(b))
    assert distance(a, a, NONE) == 0
