"""Hashed linear models: what they learn, and that what is written is what is read."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.linear import Classifier, Hashes, features, fitted, letters, named, read, runs, runs_within

pytestmark = pytest.mark.unit

SIZE = 1 << 12
TOLD = [
    ("几块钱一斤", {"price"}),
    ("寄到家要几天", {"ship"}),
    ("几块钱，几天到家", {"price", "ship"}),
    ("你好", set()),
]
KINDS = ("price", "ship")


def hashed(text: str) -> list[Hashes]:
    return runs(letters(text))


@pytest.fixture(scope="module")
def small() -> Classifier:
    return fitted(
        [(hashed(text), kinds) for text, kinds in TOLD * 10], KINDS, SIZE, about='{"version": "a1"}'
    )


def test_each_kind_is_told_by_itself(small: Classifier) -> None:
    for text, kinds in TOLD:
        odds = small.odds(hashed(text))
        assert {kind for kind, each in zip(KINDS, odds, strict=True) if each > 0} == kinds


def test_what_is_named_counts_beside_the_letters() -> None:
    told = [([*hashed("好"), named(["price"])], {"price"}), ([*hashed("好"), named(["ship"])], {"ship"})]
    model = fitted(told * 5, KINDS, SIZE)
    assert model.odds(told[0][0]).argmax() == 0 and model.odds(told[1][0]).argmax() == 1


def test_named_features_are_the_same_in_every_process() -> None:
    assert named(["价", "price"]).tolist() == [0xE262FD27CDA727CF, 0xB15DB03C9C19AFC2]


def test_eight_bits_lose_little_and_the_rest_is_kept(small: Classifier) -> None:
    file = io.BytesIO()
    small.write(file)
    file.seek(0)
    again = read(file)
    step = np.abs(small.weights).max() / 127
    assert np.abs(again.weights - small.weights).max() <= step / 2 + 1e-6
    assert (again.kinds, again.version, again.bias.tolist()) == (KINDS, "a1", small.bias.tolist())


def test_the_same_examples_give_the_same_model(small: Classifier) -> None:
    again = fitted([(hashed(text), kinds) for text, kinds in TOLD * 10], KINDS, SIZE)
    assert np.array_equal(again.weights, small.weights)


def test_a_text_without_letters_has_the_odds_of_the_bias(small: Classifier) -> None:
    assert small.odds(hashed("，。 👏")).tolist() == small.bias.tolist()


@given(st.text(max_size=60))
def test_any_text_has_places_in_the_table_and_its_marks_do_not_count(text: str) -> None:
    places = features(hashed(text), SIZE)
    assert all(places < SIZE) and all(np.diff(places.astype(np.int64)) > 0)
    assert np.array_equal(places, features(hashed("，".join(text)), SIZE))


@given(st.text(max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_runs_within_a_text_are_those_of_its_part(text: str, start: int, size: int) -> None:
    of = letters(text)
    found = runs_within(runs(of), start, min(len(of), start + size))
    assert [each.tolist() for each in found] == [each.tolist() for each in runs(of[start : start + size])]
