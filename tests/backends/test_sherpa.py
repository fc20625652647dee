"""sherpa-onnx on tiny models that hear: folders as its releases lay them out, opened by the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import equip
from backends.recognizers import BACKENDS
from core import settings
from core.errors import ModelUnavailableError
from core.events import Samples
from core.ports import RecognitionRequest, Recognizer, StreamingRecognizer
from tests.backends import tiny_onnx

pytestmark = pytest.mark.torch

RATE = 16_000
STARTS = (0.5, 1.4, 2.3)


def bursts(seconds: float = 3.0) -> Samples:
    """Three loud noises of 0.3 s in silence."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    noise = 0.3 * np.random.default_rng(1).normal(size=round(0.3 * RATE))
    for start in STARTS:
        at = round(start * RATE)
        sound[at : at + len(noise)] = noise
    return sound


def opened(folder: Path) -> Any:
    pytest.importorskip("sherpa_onnx", reason="sherpa-onnx is not installed: make test-torch")
    return equip(BACKENDS, settings.Recognizer(backend="sherpa", model=str(folder)))


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Any]:
    pytest.importorskip("onnx", reason="onnx is not installed: make test-torch")

    def open_one(kind: str) -> Any:
        if kind == "transducer":
            parts = zip(("encoder", "decoder", "joiner"), tiny_onnx.transducer(), strict=True)
            return opened(tiny_onnx.folder_of(tmp_path, *((f"{n}-epoch-1.onnx", m) for n, m in parts)))
        model = tiny_onnx.online_ctc() if kind == "online" else tiny_onnx.offline_ctc()
        return opened(tiny_onnx.folder_of(tmp_path, ("model.onnx", model)))

    return open_one


@pytest.mark.parametrize("kind", ["offline", "online"])
def test_every_loud_noise_is_heard_once_and_where_it_is(kind: str, make: Callable[[str], Any]) -> None:
    recognizer = make(kind)
    assert isinstance(recognizer, Recognizer)
    result = recognizer.transcribe(bursts())
    assert result.text == "好好好"
    assert [w.start for w in result.words] == pytest.approx(STARTS, abs=0.15)
    assert all(w.start <= w.end for w in result.words)


@pytest.mark.parametrize("kind", ["offline", "online", "transducer"])
def test_silence_has_no_text(kind: str, make: Callable[[str], Any]) -> None:
    assert make(kind).transcribe(np.zeros(RATE, np.float32)).text == ""


@pytest.mark.parametrize("kind", ["offline", "online", "transducer"])
def test_a_cancelled_call_returns_without_text(kind: str, make: Callable[[str], Any]) -> None:
    assert make(kind).transcribe(bursts(), cancelled=lambda: True).text == ""


def test_a_sound_longer_than_the_window_is_heard_to_its_end(make: Callable[[str], Any]) -> None:
    result = make("offline").transcribe(np.concatenate([np.zeros(28 * RATE, np.float32), bursts()]))
    assert result.text == "好好好"
    assert result.words[-1].start == pytest.approx(28 + STARTS[-1], abs=0.15)


def test_a_stream_is_revised_while_the_sound_comes(make: Callable[[str], Any]) -> None:
    recognizer = make("online")
    assert isinstance(recognizer, StreamingRecognizer) and recognizer.capabilities.streaming
    stream, sound = recognizer.stream(), bursts()
    partials = [stream.accept(sound[at : at + 1_600]) for at in range(0, len(sound), 1_600)]
    assert [p.text for p in partials if p is not None][:2] == ["好", "好好"]
    assert stream.finish().text == "好好好"


def test_streams_do_not_share_state(make: Callable[[str], Any]) -> None:
    recognizer = make("online")
    first, second = recognizer.stream(), recognizer.stream()
    first.accept(bursts())
    second.accept(np.zeros(RATE, np.float32))
    assert (first.finish().text, second.finish().text) == ("好好好", "")


def test_hotwords_decide_between_characters_that_sound_alike(make: Callable[[str], Any]) -> None:
    recognizer = make("transducer")
    assert recognizer.capabilities.hotwords
    plain = recognizer.transcribe(bursts())
    assert plain.text == "好" and 0.3 < plain.confidence < 1.0
    assert recognizer.transcribe(bursts(), RecognitionRequest(hotwords=("号",))).text == "号"


def test_the_smaller_precision_is_opened_where_there_are_two(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: make test-torch")
    model = tiny_onnx.offline_ctc()
    folder = tiny_onnx.folder_of(tmp_path, ("model.onnx", model), ("model.int8.onnx", model))
    (folder / "model.onnx").write_bytes(b"")
    assert opened(folder).transcribe(bursts()).text == "好好好"


@pytest.mark.parametrize("fault", ["empty folder", "no tokens", "unknown kind"])
def test_what_cannot_be_opened_is_one_clear_sentence(fault: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: make test-torch")
    if fault != "empty folder":
        folder = tiny_onnx.folder_of(tmp_path, ("model.onnx", tiny_onnx.offline_ctc("mystery")))
        if fault == "no tokens":
            (folder / "tokens.txt").unlink()
    with pytest.raises(ModelUnavailableError) as caught:
        opened(tmp_path)
    assert caught.value.code == "recognizer.unloadable"
