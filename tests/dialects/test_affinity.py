from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.affinity import BUCKETS, CLASSES, Affinity, Sounds, Weights, built_in, features
from dialects.groups import MANDARIN
from dialects.phonology import Readings

pytestmark = pytest.mark.unit

HEARD = {"咩": "mie1", "灭": "mie4", "嘢": "", "好": "hao3", "号": "hao4"}


def taught(text: str, group: str) -> Affinity:
    """A model for which what ``text`` holds speaks for ``group``."""
    table = np.zeros((BUCKETS, len(CLASSES)), np.int8)
    table[features(text, Sounds(lambda c: HEARD.get(c, ""))), CLASSES.index(group)] = 100
    return Affinity(Weights(table, 0.05, np.zeros(len(CLASSES))), HEARD)


def test_a_text_is_weighed_towards_the_class_whose_strings_it_holds() -> None:
    odds = taught("咩嘢", "yue").weigh("买咩嘢好")
    assert max(odds, key=lambda g: odds[g]) == "yue"


def test_a_misheard_text_is_known_by_its_sounds() -> None:
    affinity = taught("咩好", "yue")
    assert affinity.weigh("灭号")["yue"] > affinity.weigh("嘢嘢")["yue"]


def test_a_string_counts_once_however_often_it_stands_there() -> None:
    sounds = Sounds(lambda c: HEARD.get(c, ""))
    assert set(features("好好好", sounds)) == set(features("好好好好", sounds))


def test_a_text_without_words_is_weighed_by_the_bias_alone() -> None:
    odds = taught("咩", "yue").weigh("……")
    assert odds["yue"] == pytest.approx(-math.log(len(CLASSES)))


@given(st.text(max_size=30))
def test_the_shares_are_those_of_a_whole(text: str) -> None:
    odds = taught("咩嘢", "yue").weigh(text)
    assert set(odds) == set(CLASSES)
    assert sum(map(math.exp, odds.values())) == pytest.approx(1.0)


def test_what_is_written_comes_back() -> None:
    held = built_in()
    file = io.BytesIO()
    held.write(file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as again:
        assert (again["table"] == held.table).all()
        assert float(again["step"]) == held.step


def test_the_model_of_the_house_knows_plain_cases(readings: Readings) -> None:
    affinity = Affinity(built_in(), {c: " ".join(s) for c, s in readings.items()})
    for text, group in (
        ("今天的会议改到下午三点", MANDARIN),
        ("你哋食咗饭未呀", "yue"),
        ("侬今朝夜里到啥地方去", "wu"),
    ):
        odds = affinity.weigh(text)
        assert max(odds, key=lambda g: odds[g]) == group
