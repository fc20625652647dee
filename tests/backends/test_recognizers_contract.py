"""Every recogniser keeps the port's promises: embedded, lifted, falling back, and behind a server."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from fastapi import FastAPI

from backends import choose, load
from backends.recognizers import BACKENDS
from backends.recognizers.fallback import Fallback
from backends.recognizers.streaming import Streaming
from backends.recognizers.windows import Windowed
from core.events import Samples
from core.ports import RecognitionRequest, Recognizer, StreamingRecognizer
from tests.backends.funasr_server import recognising, running
from tests.backends.protocol import transcriptions
from tests.conftest import SENTENCE

pytestmark = pytest.mark.contract

Serve = Callable[[FastAPI], str]


@pytest.fixture(scope="module")
def funasr(whisper: Recognizer) -> Iterator[Recognizer]:
    with running(recognising(lambda: whisper)) as url:
        yield load(choose(BACKENDS, "funasr"), url=url)


@pytest.fixture(params=["whisper", "streaming", "fallback", "openai", "funasr"], scope="module")
def recognizer(
    request: pytest.FixtureRequest, whisper: Recognizer, funasr: Recognizer, serve: Serve
) -> Recognizer:
    def remote() -> Recognizer:
        url = serve(transcriptions(lambda: whisper))
        return load(choose(BACKENDS, "openai"), base_url=url, model="whisper", api_key="k")

    makers: dict[str, Callable[[], Recognizer]] = {
        "whisper": lambda: whisper,
        "streaming": lambda: Streaming(whisper),
        "fallback": lambda: Fallback(whisper, whisper, lambda: 0.0),
        "openai": remote,
        "funasr": lambda: funasr,
    }
    return makers[request.param]()


def likeness(text: str, other: str) -> float:
    one, two = ("".join(c for c in t if c.isalnum()) for t in (text, other))
    return difflib.SequenceMatcher(None, one, two, autojunk=False).ratio()


def test_it_is_a_recognizer(recognizer: Recognizer) -> None:
    assert isinstance(recognizer, Recognizer)


def test_it_hears_most_of_what_the_voice_says(recognizer: Recognizer, heard: Samples) -> None:
    result = recognizer.transcribe(heard)
    assert likeness(result.text, SENTENCE) > 0.75
    assert 0.3 < result.confidence <= 1.0


def test_word_times_lie_in_order_within_the_sound(recognizer: Recognizer, heard: Samples) -> None:
    words = recognizer.transcribe(heard, RecognitionRequest(word_times=True)).words
    assert recognizer.capabilities.word_times and words
    assert all(w.start <= w.end for w in words)
    assert [w.start for w in words] == sorted(w.start for w in words)
    assert words[-1].end <= len(heard) / 16_000 + 0.5


def test_silence_is_not_taken_for_confident_speech(recognizer: Recognizer) -> None:
    result = recognizer.transcribe(np.zeros(32_000, dtype=np.float32))
    assert not result.text or (result.no_speech or 0.0) > 0.3 or result.confidence < 0.5


def test_a_cancelled_call_returns_without_text(recognizer: Recognizer, heard: Samples) -> None:
    assert recognizer.transcribe(heard, RecognitionRequest(), lambda: True).text == ""


def test_whisper_writes_simplified_characters(whisper: Recognizer, heard: Samples) -> None:
    import opencc

    text = whisper.transcribe(heard, RecognitionRequest(prompt="這是繁體中文的節目。")).text
    assert text and opencc.OpenCC("t2s").convert(text) == text


def test_whisper_hears_sound_longer_than_its_window(
    whisper: Recognizer, heard: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(whisper, Windowed)
    monkeypatch.setattr(whisper.engine, "longest", 6.0)
    result = whisper.transcribe(np.tile(heard, 2), RecognitionRequest(word_times=True))
    assert likeness(result.text, SENTENCE * 2) > 0.7
    assert result.words[-1].end > 1.5 * len(heard) / 16_000


@pytest.mark.parametrize("engine", ["lifted", "funasr"])
def test_a_stream_ends_with_what_the_whole_sound_gives(
    engine: str, whisper: Recognizer, funasr: Recognizer, heard: Samples
) -> None:
    recognizer = Streaming(whisper, step=2.0) if engine == "lifted" else funasr
    assert isinstance(recognizer, StreamingRecognizer)
    stream = recognizer.stream()
    partials = [stream.accept(heard[at : at + 8_000]) for at in range(0, len(heard), 8_000)]
    until = time.monotonic() + 60
    while not any(p is not None and p.text for p in partials):  # a server answers when it can
        assert time.monotonic() < until
        partials.append(stream.accept(heard[:0]))
        time.sleep(0.05)
    assert likeness(stream.finish().text, SENTENCE) > 0.75
