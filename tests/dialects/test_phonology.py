from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import groups, phonology
from dialects.phonology import yue

pytestmark = pytest.mark.unit

SYLLABLES = st.sampled_from(
    "ba1 shi4 xiang1 yin1 nong2 long2 en4 eng1 yue4 yu2 wu3 wo3 jiu3 lü4 zhe er2 n2".split()
)


@given(SYLLABLES, st.sampled_from(groups.NAMES))
def test_a_syllable_is_no_distance_from_itself(syllable: str, group: str) -> None:
    assert phonology.system(group).distance(syllable, syllable) == 0


@given(SYLLABLES, SYLLABLES, st.sampled_from(groups.NAMES))
def test_distance_is_symmetric_between_mandarin_syllables(a: str, b: str, group: str) -> None:
    system = phonology.system(group)
    assert system.distance(a, b) == system.distance(b, a) >= 0


def test_what_a_group_merges_lies_nearer_there() -> None:
    assert phonology.system("xinan").distance("niu2", "liu2") < phonology.system("dongbei").distance(
        "niu2", "liu2"
    )


def test_another_tone_costs_more_than_the_same() -> None:
    assert phonology.system("xinan").distance("mo1", "mo4") == phonology.OTHER_TONE


def test_what_no_system_merges_is_far() -> None:
    assert phonology.system("jin").distance("ba1", "ma1") >= phonology.UNLICENSED


def test_merged_syllables_share_a_coarse_key() -> None:
    assert phonology.coarse("nong2") == phonology.coarse("leng3")
    assert phonology.coarse("fei1") == phonology.coarse("hui1")


@pytest.mark.parametrize(
    ("jyutping", "pinyin"), [("m", "wu"), ("hai", "hai"), ("mou", "mao"), ("tai", "tai"), ("sik", "xi")]
)
def test_cantonese_is_heard_as_the_nearest_mandarin(jyutping: str, pinyin: str) -> None:
    assert pinyin in yue.approximate(jyutping)


def test_native_syllables_never_equal_mandarin_ones() -> None:
    assert phonology.system("yue").distance("yue~sik6", "xi2") >= phonology.UNLICENSED
    assert phonology.system("yue").distance("yue~sik6", "yue~sik1") == phonology.OTHER_NATIVE_TONE


def test_every_group_has_its_sounds() -> None:
    assert {phonology.system(name).group for name in groups.NAMES} == set(groups.NAMES)
