"""Levelling: the target is reached even by a peaky voice, and no peak passes the ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.speech.levelling import PEAK, TARGET, levelled, limit
from core.events import Samples
from media.loudness import integrated, true_peak

pytestmark = pytest.mark.unit

RATE = 24_000


def peaky(crest: float, seconds: float = 2.0) -> Samples:
    """A tone with a click of ``crest`` times its height every fifth of a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = 0.05 * np.sin(2 * np.pi * 440 * time)
    tone[:: RATE // 5] = 0.05 * crest
    return tone.astype(np.float32)


@pytest.mark.parametrize("crest", [1.0, 4.0, 10.0])
def test_the_target_is_reached_below_the_ceiling(crest: float) -> None:
    level = levelled(peaky(crest), RATE)
    assert integrated(level, RATE) == pytest.approx(TARGET, abs=0.6)
    assert true_peak(level, RATE) <= 10 ** (PEAK / 20) + 1e-4


def test_what_is_below_the_ceiling_is_untouched() -> None:
    sound = peaky(1.0)
    assert limit(sound, RATE, 0.5) is sound


def test_silence_stays() -> None:
    assert not levelled(np.zeros(RATE, np.float32), RATE).any()


@given(st.floats(0.02, 1.0), st.integers(0, 2**32 - 1), st.integers(1, 4_000))
@settings(max_examples=60, deadline=None)
def test_no_sample_passes_the_ceiling(ceiling: float, seed: int, length: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.5, length).astype(np.float32)
    out = limit(noise, RATE, ceiling)
    assert len(out) == length
    assert np.abs(out).max() <= ceiling * 1.0001
