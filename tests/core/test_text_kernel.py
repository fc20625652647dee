"""Kernel ridge regression over vectors: what it learns, and that what is written is what is read."""

from __future__ import annotations

import io

import numpy as np
import pytest

from core.text.kernel import Kernel, fitted, read

pytestmark = pytest.mark.unit

KNOWN = np.eye(4, dtype=np.float32)
TARGETS = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], np.float64)


@pytest.fixture(scope="module")
def small() -> Kernel:
    return fitted(KNOWN, TARGETS, ridge=0.01, version="a1")


def test_what_is_known_scores_as_it_was_taught_several_kinds_at_once(small: Kernel) -> None:
    assert np.array_equal(small.scores(KNOWN).round(), TARGETS)


def test_what_lies_near_scores_alike_and_what_lies_far_as_the_kinds_do_in_all(small: Kernel) -> None:
    near = KNOWN[:1] + 0.05
    assert small.scores(near)[0].round().tolist() == [1, 0]
    assert small.scores(near + 9)[0] == pytest.approx(TARGETS.mean(0))


def test_eight_bits_lose_little(small: Kernel) -> None:
    file = io.BytesIO()
    small.write(file)
    file.seek(0)
    again = read(file)
    assert again.version == "a1"
    assert np.abs(again.scores(KNOWN) - small.scores(KNOWN)).max() < 0.05


def test_a_damaged_file_is_refused() -> None:
    with pytest.raises((OSError, ValueError, KeyError)):
        read(io.BytesIO(b"no model"))
