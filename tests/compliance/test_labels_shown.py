from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import labels

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 44100, 48000])
def test_the_rhythm_is_heard_as_short_long_short_short(rate: int) -> None:
    sound = labels.rhythm(rate)
    window = rate // 200
    count = len(sound) // window
    loud = np.abs(sound[: count * window]).reshape(count, window).max(axis=1) > 0.1
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    lengths = np.diff(edges) * 5
    assert lengths.tolist() == pytest.approx([120, 120, 360, 360, 120, 120, 120], abs=10)
    tones = "".join("短" if length < 240 else "长" for length in lengths[::2])
    assert tones == "短长短短"
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * rate / len(sound) == pytest.approx(1000, abs=5)
    assert np.abs(sound).max() <= 0.5


@pytest.mark.parametrize(
    ("size", "height"),
    [((720, 1280), 36), ((1080, 1920), 54), ((1920, 1080), 54), ((540, 960), 27), ((719, 9999), 36)],
)
def test_the_visible_label_is_a_twentieth_of_the_short_edge(size: tuple[int, int], height: int) -> None:
    assert labels.text_height(*size) == height


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_the_visible_label_is_never_too_small(width: int, height: int) -> None:
    assert labels.text_height(width, height) >= 0.05 * min(width, height)


@pytest.mark.parametrize(
    ("text", "both"),
    [(labels.TEXT, True), ("您听到的是AI合成的声音", True), ("我是AI主播", False), ("合成的图片", False)],
)
def test_a_label_names_both_elements(text: str, both: bool) -> None:
    assert labels.names_both(text) is both
