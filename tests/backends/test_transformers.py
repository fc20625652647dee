"""The transformers recogniser on a tiny, randomly initialised checkpoint of the same architecture."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from backends import choose, load
from backends.recognizers import BACKENDS
from core.errors import ModelUnavailableError
from core.ports import RecognitionRequest, Recognizer
from core.weights import Weights

pytestmark = pytest.mark.torch

RATE = 16_000


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, weights: Weights) -> Path:
    """A Whisper of a few thousand parameters with the real tokenizer, saved as a user's folder would be."""
    torch = pytest.importorskip("torch", reason="torch is not installed: make test-torch")
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("tiny-whisper")
    shutil.copy(weights.path("whisper-base") / "tokenizer.json", folder / "tokenizer.json")
    tokenizer = WhisperTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        unk_token="<|endoftext|>",
        bos_token="<|endoftext|>",
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
    )
    start = tokenizer.convert_tokens_to_ids("<|startoftranscript|>")
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    torch.manual_seed(1)
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=51865,
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            pad_token_id=end,
            bos_token_id=end,
            eos_token_id=end,
            decoder_start_token_id=start,
        )
    )
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        is_multilingual=True,
        lang_to_id={"<|zh|>": tokenizer.convert_tokens_to_ids("<|zh|>")},
        task_to_id={"transcribe": tokenizer.convert_tokens_to_ids("<|transcribe|>")},
        no_timestamps_token_id=tokenizer.convert_tokens_to_ids("<|notimestamps|>"),
        max_length=448,
    )
    model.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(), tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def recognizer(checkpoint: Path) -> Recognizer:
    return load(choose(BACKENDS, "transformers"), folder=checkpoint)


def noise(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def test_it_is_a_recognizer(recognizer: Recognizer) -> None:
    assert isinstance(recognizer, Recognizer)


def test_a_checkpoint_decodes_to_text_with_a_confidence(recognizer: Recognizer) -> None:
    result = recognizer.transcribe(noise(1.0))
    assert isinstance(result.text, str)
    assert 0.0 <= result.confidence <= 1.0


def test_the_same_sound_gives_the_same_text(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(1.0)) == recognizer.transcribe(noise(1.0))


def test_a_beam_is_searched_when_asked(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(0.5), RecognitionRequest(beam_size=2)).confidence >= 0.0


def test_sound_longer_than_the_window_is_cut_and_joined(recognizer: Recognizer) -> None:
    assert isinstance(recognizer.transcribe(noise(31.0)).text, str)


def test_a_cancelled_call_returns_at_once_with_nothing(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(noise(1.0), cancelled=lambda: True).text == ""


def test_a_folder_without_a_model_is_one_clear_sentence(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: make test-torch")
    with pytest.raises(ModelUnavailableError) as caught:
        load(choose(BACKENDS, "transformers"), folder=tmp_path)
    assert caught.value.code == "recognizer.unloadable"
