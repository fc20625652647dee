from __future__ import annotations

import numpy as np
import pytest

from captioning.plausible import implausible, looping, stands_out
from core.ports import Transcript

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("transcript", "seconds", "reason"),
    [
        (Transcript("……", 0.9), 2.0, "empty"),
        (Transcript("字幕由 Amara.org 社群提供", 0.8), 2.0, "hallucination"),
        (Transcript("好的好的好的好的好的好的好的好的", 0.8), 4.0, "loop"),
        (Transcript("这是今天早上刚刚摘下来的", 0.9, compression=3.1), 3.0, "loop"),
        (Transcript("这个话说得实在是太快了没有人能说得这么快", 0.9), 0.5, "too_fast"),
        (Transcript("大概说了什么", 0.1), 2.0, "low_confidence"),
        (Transcript("大概说了什么", 0.35, no_speech=0.9), 2.0, "no_speech"),
    ],
)
def test_what_nobody_said_is_dropped_with_its_reason(
    transcript: Transcript, seconds: float, reason: str
) -> None:
    assert implausible(transcript, seconds) == reason


@pytest.mark.parametrize(
    "text", ["今天的橘子很甜", "对对对，好好好", "谢谢大家，谢谢大家，感谢观看我家的橘子园，一会儿带你们去摘"]
)
def test_ordinary_speech_is_shown(text: str) -> None:
    assert implausible(Transcript(text, 0.7), 6.0) is None


def test_a_repeated_word_in_a_longer_sentence_is_no_loop() -> None:
    assert not looping("慢慢来慢慢来我们一样一样给大家看清楚")


def test_a_voice_with_its_syllables_stands_out_and_an_even_murmur_does_not() -> None:
    murmur = 0.05 * np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    syllables = (1 + np.sin(2 * np.pi * 4 * np.arange(16_000) / 16_000)).astype(np.float32)
    assert stands_out(murmur * syllables)
    assert not stands_out(murmur)
    assert not stands_out(murmur[:100])
