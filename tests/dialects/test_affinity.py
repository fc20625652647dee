from __future__ import annotations

import pytest

from dialects.affinity import Affinity, learn
from dialects.groups import NAMES
from tests.dialects.books import book, row

pytestmark = pytest.mark.unit


def learned() -> Affinity:
    yue = [row(word, "什么", "pron", example=f"{word}嘢嚟㗎") for word in ("咩", "乜", "乜嘢")]
    xinan = [row(word, "什么", "pron", example=f"你要{word}子嘛") for word in ("啥", "哪样", "爪")]
    return Affinity(learn([*book("yue", *yue).senses, *book("xinan", *xinan).senses]))


def test_a_text_is_weighed_towards_the_group_whose_examples_hold_its_strings() -> None:
    weights = learned().weigh("呢啲嘢嚟㗎")
    assert max(weights, key=lambda g: weights[g]) == "yue"
    assert weights["xinan"] < 0 < weights["yue"]


def test_a_string_counts_once_however_often_it_stands_there() -> None:
    affinity = learned()
    assert affinity.weigh("嚟㗎，嚟㗎") == affinity.weigh("嚟㗎")


def test_a_text_of_unknown_strings_says_nothing() -> None:
    assert learned().weigh("abc") == dict.fromkeys(NAMES, 0.0)
