"""What is made of faster-whisper's segments."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from backends.recognizers.whisper import SIMPLIFIED, STEP, seen, transcript
from core.events import Samples

pytestmark = pytest.mark.unit


def segment(text: str) -> SimpleNamespace:
    return SimpleNamespace(
        text=text, avg_logprob=-0.3, words=None, no_speech_prob=0.1, compression_ratio=1.0, start=0.0, end=2.0
    )


@pytest.mark.parametrize(
    "text", [SIMPLIFIED, f"大家吃饭，{SIMPLIFIED}", "那些普通话的句子", "普通话", "以下是普通的句子"]
)
def test_a_transcript_that_repeats_the_prompt_is_not_believed(text: str) -> None:
    assert transcript([segment(text)]).confidence == 0.0


def test_what_was_said_keeps_its_confidence() -> None:
    assert transcript([segment("我说普通话，你听得懂吧")]).confidence == pytest.approx(0.7408, abs=1e-4)


def test_the_encoder_sees_all_that_was_heard_and_few_different_lengths() -> None:
    def sound(frames: int) -> Samples:
        return np.pad(np.ones((80, frames), np.float32), ((0, 0), (0, 3000 - frames)))

    lengths = {frames: seen(sound(frames), "draft") for frames in range(0, 2800, 7)}
    assert all(frames < length for frames, length in lengths.items())
    assert len(set(lengths.values())) <= 3000 / STEP
