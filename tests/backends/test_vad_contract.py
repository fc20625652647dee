"""Every voice activity backend keeps the port's promises."""

from __future__ import annotations

import numpy as np
import pytest

from backends import choose, load
from backends.vad import BACKENDS
from core.events import Samples
from core.ports import VoiceActivity

pytestmark = pytest.mark.contract


@pytest.fixture(params=sorted(BACKENDS))
def activity(request: pytest.FixtureRequest) -> VoiceActivity:
    return load(choose(BACKENDS, request.param))


def probabilities(activity: VoiceActivity, samples: Samples) -> list[float]:
    stream, size = activity.stream(), activity.capabilities.window
    return [stream.accept(samples[i : i + size]) for i in range(0, len(samples) - size + 1, size)]


def test_it_is_a_voice_activity(activity: VoiceActivity) -> None:
    assert isinstance(activity, VoiceActivity)


def test_speech_scores_high_and_silence_low(activity: VoiceActivity, heard: Samples) -> None:
    silence = np.zeros(16_000, dtype=np.float32)
    assert max(probabilities(activity, silence)) < 0.5
    assert np.mean([p > 0.5 for p in probabilities(activity, heard)]) > 0.6


def test_faint_noise_is_no_speech(activity: VoiceActivity) -> None:
    noise = np.random.default_rng(7).normal(0, 0.001, 32_000).astype(np.float32)
    assert np.mean([p > 0.5 for p in probabilities(activity, noise)]) < 0.1


def test_probabilities_are_probabilities(activity: VoiceActivity) -> None:
    loud = np.random.default_rng(1).uniform(-1, 1, 16_000).astype(np.float32)
    assert all(0.0 <= p <= 1.0 for p in probabilities(activity, loud))


def test_streams_do_not_share_state(activity: VoiceActivity, heard: Samples) -> None:
    first = probabilities(activity, heard[:16_384])
    other = activity.stream()
    for _ in range(20):
        other.accept(np.zeros(activity.capabilities.window, dtype=np.float32))
    assert probabilities(activity, heard[:16_384]) == pytest.approx(first)
