"""Every voice keeps the port's promises, and mouth shapes cover the sound."""

from __future__ import annotations

import itertools
import os
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import choose, load
from backends.voices import BACKENDS
from backends.voices.kokoro import NICENESS
from backends.voices.openai import OpenAIVoice
from backends.voices.visemes import SHAPES, shapes, visemes
from core.errors import ConfigurationError, InputError, XiangyinError
from core.events import Viseme
from core.ports import Speech, Voice
from tests.backends.protocol import answering, speech

pytestmark = pytest.mark.contract

Serve = Callable[[FastAPI], str]
CLAUSE = "这筐苹果，今早刚摘的。"


@pytest.fixture(params=["kokoro", "openai"], scope="module")
def voice(request: pytest.FixtureRequest, kokoro: Voice, serve: Serve) -> Voice:
    if request.param == "kokoro":
        return kokoro
    url = serve(speech(lambda: kokoro))
    return load(choose(BACKENDS, "openai"), base_url=url, model="kokoro", voice="zf_xiaoxiao")


@pytest.fixture(scope="module")
def said(voice: Voice) -> Speech:
    return voice.synthesize(CLAUSE, voice.capabilities.voices[0])


def covers(track: tuple[Viseme, ...], seconds: float) -> bool:
    joined = all(a.end == pytest.approx(b.start) for a, b in itertools.pairwise(track))
    return joined and track[0].start == 0 and track[-1].end == pytest.approx(seconds)


def test_it_is_a_voice(voice: Voice) -> None:
    assert isinstance(voice, Voice)


def test_a_clause_becomes_audible_sound_of_plausible_length(voice: Voice, said: Speech) -> None:
    assert said.rate == voice.capabilities.rate
    assert 1.0 < said.seconds < 6.0
    assert said.samples.dtype == np.float32 and said.samples.ndim == 1
    assert 0.02 < np.abs(said.samples).max() <= 1.0


def test_mouth_shapes_cover_the_sound(said: Speech) -> None:
    assert covers(said.visemes, said.seconds)
    assert {v.shape for v in said.visemes} <= set(SHAPES)
    assert len({v.shape for v in said.visemes}) > 3


def test_slower_speech_lasts_longer(voice: Voice, said: Speech) -> None:
    slow = voice.synthesize(CLAUSE, voice.capabilities.voices[0], speed=0.7)
    assert slow.seconds > 1.15 * said.seconds


def test_a_cancelled_call_makes_no_sound(voice: Voice) -> None:
    assert voice.synthesize(CLAUSE, voice.capabilities.voices[0], cancelled=lambda: True).seconds == 0


def test_kokoro_breaks_off_in_the_midst_of_a_clause_and_speaks_again(kokoro: Voice) -> None:
    asked = itertools.count()
    assert kokoro.synthesize(CLAUSE, "zf_xiaoxiao", cancelled=lambda: next(asked) > 0).seconds == 0
    assert kokoro.synthesize("好。", "zf_xiaoxiao").seconds > 0


def test_kokoro_lists_its_voices_when_one_is_unknown(kokoro: Voice) -> None:
    with pytest.raises(ConfigurationError, match="zm_yunxi"):
        kokoro.synthesize(CLAUSE, "nobody")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
def test_kokoros_threads_stand_back_for_the_ears(kokoro: Voice) -> None:
    kokoro.synthesize("好。")
    ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    threads = [os.getpriority(os.PRIO_PROCESS, int(task)) for task in os.listdir("/proc/self/task")]
    assert threads.count(ours + NICENESS) >= 2  # its worker and the session's own


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_kokoro_says_when_there_is_nothing_to_say(kokoro: Voice, text: str) -> None:
    with pytest.raises(InputError):
        kokoro.synthesize(text, "zf_xiaobei")


def test_kokoro_begins_without_a_long_silence(kokoro: Voice) -> None:
    samples = kokoro.synthesize("好。", "zf_xiaoxiao").samples
    loud = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max())
    assert loud[0] / 24_000 < 0.2


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [(200, b"no sound", "remote.garbage"), (503, b"", "remote.busy"), (404, b"", "remote.refused")],
)
def test_a_broken_server_is_a_coded_error(serve: Serve, status: int, content: bytes, code: str) -> None:
    with pytest.raises(XiangyinError) as caught:
        OpenAIVoice(serve(answering(status, content)), "m").synthesize(CLAUSE)
    assert caught.value.code == code


def test_lips_close_for_m_and_open_for_a() -> None:
    assert [s.name for s in shapes("妈")] == ["m", "a"]


@pytest.mark.parametrize(
    ("character", "names"), [("四", ["s", "s"]), ("鱼", ["v"]), ("飞", ["f", "e", "i"]), ("月", ["v", "e"])]
)
def test_a_syllable_has_the_shapes_of_its_pinyin(character: str, names: list[str]) -> None:
    assert [s.name for s in shapes(character)] == names


@given(st.text(max_size=40), st.integers(0, 48_000), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_any_text_over_any_sound_is_covered_without_overlap(text: str, length: int, seed: int) -> None:
    gaps = np.repeat(np.random.default_rng(seed).integers(0, 2, 20), 2_400)[:length]
    samples = np.resize(gaps, length).astype(np.float32)
    track = visemes(text, samples, 24_000)
    assert covers(track, length / 24_000) if length else track == ()
