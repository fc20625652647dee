from __future__ import annotations

import math

import numpy as np
import pytest

from core.events import Samples
from media.loudness import integrated, normalise, true_peak

pytestmark = pytest.mark.unit


def tone(level: float, seconds: float = 5.0, rate: int = 48_000, hertz: float = 997.0) -> Samples:
    return (10 ** (level / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_a_full_scale_997_hz_tone_reads_minus_three_lufs(rate: int) -> None:
    # BS.1770: a 0 dBFS 997 Hz sine in one channel measures -3.01 LKFS.
    assert integrated(tone(0.0, rate=rate), rate) == pytest.approx(-3.01, abs=0.1)


def test_silence_around_speech_does_not_lower_the_loudness() -> None:
    loud = tone(-20.0)
    padded = np.concatenate([np.zeros(480_000, np.float32), loud, np.zeros(480_000, np.float32)])
    assert integrated(padded, 48_000) == pytest.approx(integrated(loud, 48_000), abs=0.3)


def test_silence_has_no_loudness_and_stays_silent() -> None:
    silence = np.zeros(48_000, np.float32)
    assert integrated(silence, 48_000) == -math.inf
    assert not normalise(silence, 48_000).any()


def test_sound_is_brought_to_the_target() -> None:
    assert integrated(normalise(tone(-30.0), 48_000), 48_000) == pytest.approx(-16.0, abs=0.1)


def test_the_peak_stays_below_full_scale() -> None:
    spiky = tone(-40.0)
    spiky[1000] = 0.9
    assert float(np.abs(normalise(spiky, 48_000)).max()) <= 10 ** (-1 / 20) + 1e-6


def test_a_peak_between_samples_is_found_and_kept_below_full_scale() -> None:
    # A quarter-rate sine sampled 45 degrees off its crests: every sample is at 0.707 of the crest.
    hidden = np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4).astype(np.float32)
    assert float(np.abs(hidden).max()) < 0.71
    assert true_peak(hidden, 48_000) > 0.98
    assert true_peak(normalise(hidden, 48_000, target=0.0), 48_000) <= 10 ** (-1 / 20) + 1e-3
