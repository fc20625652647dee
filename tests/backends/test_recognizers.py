"""Windows, the growing window and the fallback, without a model."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from backends import BackendSpec
from backends.recognizers.fallback import Fallback, with_fallback
from backends.recognizers.openai import OpenAIRecognizer, parse
from backends.recognizers.streaming import GrowingWindow
from backends.recognizers.windows import RATE, Piece, cuts, join, quietest
from backends.remote import unwav, wav
from core import settings
from core.errors import ModelUnavailableError, OverloadedError, XiangyinError
from core.events import Samples, Word
from core.ports import RecognitionRequest, Recognizer, RecognizerCapabilities, Transcript, never
from core.weights import Weights
from tests.backends.protocol import answering

pytestmark = pytest.mark.unit

Serve = Callable[[FastAPI], str]


def sound(seconds: float, level: float = 0.5) -> Samples:
    return np.full(round(seconds * RATE), level, dtype=np.float32)


DEFAULT = RecognitionRequest()


class Counting:
    """Recognises a sound as one character a second, and remembers how long each sound was."""

    name = "counting"
    capabilities = RecognizerCapabilities()

    def __init__(self, error: XiangyinError | None = None) -> None:
        self.error = error
        self.lengths: list[float] = []

    def transcribe(
        self, samples: Samples, request: RecognitionRequest = DEFAULT, cancelled: Any = never
    ) -> Transcript:
        self.lengths.append(len(samples) / RATE)
        if self.error is not None:
            raise self.error
        return Transcript("字" * round(len(samples) / RATE), 0.9)


@given(st.integers(0, 40 * RATE), st.floats(1.0, 29.0))
def test_cuts_cover_the_sound_in_order_and_none_is_too_long(length: int, longest: float) -> None:
    spans = cuts(np.zeros(length, dtype=np.float32), longest)
    assert spans[0][0] == 0 and spans[-1][1] == length
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    assert all(end - start <= longest * RATE for start, end in spans)


def test_a_cut_falls_into_the_pause() -> None:
    samples = np.concatenate([sound(22), sound(0.4, 0.0), sound(10)])
    [(_, cut), _] = cuts(samples, 29.0)
    assert 22.0 < cut / RATE < 22.4


def test_the_quietest_spot_lies_between_its_bounds() -> None:
    assert 16_000 <= quietest(sound(3), 16_000, 32_000) <= 32_000


def test_joined_transcripts_shift_word_times_and_weigh_confidence() -> None:
    first = Transcript("早", 1.0, (Word("早", 0.1, 0.3),), 0.0)
    second = Transcript("上", 0.4, (Word("上", 0.2, 0.4),), 0.8)
    whole = join([Piece(first, 0.0, 1.0), Piece(second, 1.0, 3.0)])
    assert whole.text == "早上"
    assert whole.words[1] == Word("上", 1.2, 1.4)
    assert whole.confidence == pytest.approx(0.55)
    assert whole.no_speech == pytest.approx(0.6)


def test_a_growing_window_recognises_after_each_step() -> None:
    engine = Counting()
    window = GrowingWindow(engine.transcribe, RecognitionRequest(), step=1.0, window=28.0)
    assert window.accept(sound(0.6)) is None
    revised = window.accept(sound(0.6))
    assert revised is not None and revised.text == "字"


def test_without_a_step_it_recognises_only_when_asked() -> None:
    engine = Counting()
    window = GrowingWindow(engine.transcribe, RecognitionRequest(), step=None, window=28.0)
    assert window.accept(sound(5)) is None and engine.lengths == []
    assert window.revise() == Transcript("字" * 5, 0.9)
    assert window.revise() is None and len(engine.lengths) == 1


def test_finishing_does_not_recognise_the_same_sound_twice() -> None:
    engine = Counting()
    window = GrowingWindow(engine.transcribe, RecognitionRequest(), step=1.0, window=28.0)
    window.accept(sound(2))
    assert window.finish().text == "字字"
    assert engine.lengths == [2.0]


def test_old_sound_is_settled_so_that_cost_stays_bounded() -> None:
    engine = Counting()
    window = GrowingWindow(engine.transcribe, RecognitionRequest(), step=5.0, window=10.0)
    for _ in range(60):
        window.accept(sound(1))
    assert abs(len(window.finish().text) - 60) <= 12
    assert max(engine.lengths) <= 10.0


@pytest.mark.parametrize("error", [ModelUnavailableError("m", "坏了"), OverloadedError("o", "忙")])
def test_the_second_recogniser_answers_while_the_first_rests(error: XiangyinError) -> None:
    now = [0.0]
    first, second = Counting(error), Counting()
    both = Fallback(first, second, lambda: now[0], rest=10.0)
    assert both.transcribe(sound(1)).text == "字"
    both.transcribe(sound(1))
    assert len(first.lengths) == 1 and len(second.lengths) == 2
    now[0] = 10.0
    both.transcribe(sound(1))
    assert len(first.lengths) == 2


def test_a_change_of_recognisers_is_told_once_each_way() -> None:
    told: list[XiangyinError | None] = []
    broken = ModelUnavailableError("m", "坏了")
    first = Counting(broken)
    both = Fallback(first, Counting(), lambda: 0.0, rest=0.0, told=told.append)
    for error in (broken, broken, None, None, broken):
        first.error = error
        both.transcribe(sound(1))
    assert told == [broken, None, broken]


def server(url: str, fallback: str = "") -> settings.Recognizer:
    return settings.Recognizer(backend="far", url=url, fallback=fallback)


NEAR = Counting()


def far(url: str) -> Counting:
    """A factory, for the specs of these tests: a server that can or cannot be opened."""
    if url == "down":
        raise ModelUnavailableError("remote.unreachable", "连不上")
    return Counting()


def near() -> Counting:
    """A factory, for the specs of these tests."""
    return NEAR


TABLE: dict[str, BackendSpec[Recognizer]] = {
    "far": BackendSpec("far", f"{__name__}:far", "", None, settings=(("url", "url"),)),
    "near": BackendSpec("near", f"{__name__}:near", "", None),
}


def test_the_settings_name_the_recogniser_and_the_one_behind_it(tmp_path: Path) -> None:
    weights, told = Weights(tmp_path), list[XiangyinError | None]()
    assert isinstance(with_fallback(TABLE, server("up"), weights, told.append), Counting)
    assert isinstance(with_fallback(TABLE, server("up", "near"), weights, told.append), Fallback)
    assert told == []


def test_where_the_first_cannot_be_opened_the_second_is_all_there_is(tmp_path: Path) -> None:
    told: list[XiangyinError | None] = []
    assert with_fallback(TABLE, server("down", "near"), Weights(tmp_path), told.append) is NEAR
    assert [error.code for error in told if error] == ["remote.unreachable"]
    with pytest.raises(ModelUnavailableError):
        with_fallback(TABLE, server("down"), Weights(tmp_path), told.append)


def test_a_fault_of_another_kind_is_not_hidden() -> None:
    both = Fallback(Counting(XiangyinError("x", "输入不对")), Counting(), lambda: 0.0)
    with pytest.raises(XiangyinError, match="输入不对"):
        both.transcribe(sound(1))


def test_an_answer_without_scores_is_taken_at_its_word() -> None:
    assert parse({"text": " 你好 "}) == Transcript("你好", 1.0)


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (200, b"<html>", "remote.garbage"),
        (200, b"[]", "remote.garbage"),
        (200, b'{"no": "text"}', "remote.garbage"),
        (200, b'{"text": "x", "words": [{"word": "x"}]}', "remote.garbage"),
        (401, b"bad key", "remote.refused"),
        (429, b"", "remote.busy"),
        (500, b"boom", "remote.refused"),
    ],
)
def test_a_broken_server_is_a_coded_error(serve: Serve, status: int, content: bytes, code: str) -> None:
    remote = OpenAIRecognizer(serve(answering(status, content)), "m")
    with pytest.raises(XiangyinError) as caught:
        remote.transcribe(sound(0.1))
    assert caught.value.code == code


def test_an_absent_server_is_a_coded_error(closed_port: str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        OpenAIRecognizer(closed_port, "m").transcribe(sound(0.1))
    assert caught.value.code == "remote.unreachable"
    assert isinstance(caught.value.__cause__, httpx.HTTPError)


def test_wav_keeps_sound_and_rate() -> None:
    samples = np.linspace(-1, 1, 480, dtype=np.float32)
    back, rate = unwav(wav(samples, 24_000))
    assert rate == 24_000
    assert back == pytest.approx(samples, abs=1e-4)


@given(st.binary(max_size=200))
def test_what_is_no_wav_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):
        unwav(content)
