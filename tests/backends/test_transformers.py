"""The transformers recogniser on tiny, randomly initialised checkpoints of the architectures it opens."""

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
from core.ports import RecognitionRequest, Recognizer
from core.weights import Weights
from tests.backends import tiny_checkpoints

pytestmark = pytest.mark.torch

RATE = 16_000
ARCHITECTURES = ("whisper", "qwen3_asr", "fun_asr_nano")


def opened(folder: Path, device: str = "") -> Recognizer:
    return equip(BACKENDS, settings.Recognizer(backend="transformers", model=str(folder), device=device))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, weights: Weights) -> Callable[[str], Recognizer]:
    pytest.importorskip("torch", reason="torch is not installed: make test-torch")
    made: dict[str, Recognizer] = {}

    def open_or_make(architecture: str) -> Recognizer:
        if architecture == "fun_asr_nano":
            pytest.importorskip("torchaudio", reason="torchaudio is not installed: make test-torch")
        if architecture not in made:
            folder = tmp_path_factory.mktemp(architecture)
            if architecture == "whisper":
                tiny_checkpoints.whisper(folder, weights.path("whisper-base") / "tokenizer.json")
            else:
                getattr(tiny_checkpoints, architecture)(folder)
            made[architecture] = opened(folder)
        return made[architecture]

    return open_or_make


@pytest.fixture(params=ARCHITECTURES)
def recognizer(request: pytest.FixtureRequest, make: Callable[[str], Recognizer]) -> Recognizer:
    return make(request.param)


def noise(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def test_it_is_a_recognizer(recognizer: Recognizer) -> None:
    assert isinstance(recognizer, Recognizer)


def test_a_checkpoint_decodes_to_text_with_a_confidence(recognizer: Recognizer) -> None:
    result = recognizer.transcribe(noise(1.0))
    assert isinstance(result.text, str)
    assert 0.0 < result.confidence <= 1.0


def test_the_same_sound_gives_the_same_text(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(1.0)) == recognizer.transcribe(noise(1.0))


def test_a_beam_is_searched_when_asked(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(0.5), RecognitionRequest(beam_size=2)).confidence > 0.0


def test_sound_longer_than_the_window_is_cut_and_joined(recognizer: Recognizer) -> None:
    assert isinstance(recognizer.transcribe(noise(31.0)).text, str)


def test_a_cancelled_call_returns_at_once_with_nothing(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(1.0), cancelled=lambda: True).text == ""


@pytest.mark.parametrize("architecture", ["qwen3_asr", "fun_asr_nano"])
def test_a_model_that_is_asked_hears_of_hotwords_and_the_text_before(
    architecture: str, make: Callable[[str], Recognizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer: Any = make(architecture)
    assert recognizer.capabilities.hotwords
    asked: list[str] = []
    processor = recognizer.engine._format._processor
    request = processor.apply_transcription_request

    def spy(**given: Any) -> Any:
        inputs = request(**given)
        asked.append(processor.tokenizer.decode(inputs["input_ids"][0]))
        return inputs

    monkeypatch.setattr(processor, "apply_transcription_request", spy)
    recognizer.transcribe(noise(0.5), RecognitionRequest(hotwords=("红薯", "粉条"), prompt="前面说的"))
    assert all(word in asked[0] for word in ("红薯", "粉条", "前面说的"))


@pytest.mark.parametrize(
    ("answer", "text", "dialect"),
    [
        ("language Cantonese<asr_text>呢啲好食", "呢啲好食", "yue"),
        ("language Chinese<asr_text>這個好吃", "这个好吃", None),
        ("language None<asr_text>", "", None),
        ("这个好吃", "这个好吃", None),
    ],
)
def test_the_language_that_a_model_names_is_no_part_of_the_text(
    answer: str, text: str, dialect: str | None, make: Callable[[str], Recognizer]
) -> None:
    recognizer: Any = make("qwen3_asr")
    tokens = recognizer.engine._format._processor.tokenizer(answer)["input_ids"]
    read, named = recognizer.engine._format.read(tokens)
    assert (recognizer.engine._simplify(read), named) == (text, dialect)


def test_a_folder_without_a_model_is_one_clear_sentence(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: make test-torch")
    with pytest.raises(ModelUnavailableError) as caught:
        opened(tmp_path)
    assert caught.value.code == "recognizer.unloadable"
    assert "\n" not in caught.value.message
