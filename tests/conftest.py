"""Shared places of the tests: the development sets, and the real engines, loaded once a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from backends import chat, choose, load, recognizers, voices
from core.errors import ModelUnavailableError
from core.events import Samples
from core.ports import ChatModel, Recognizer, Speech, Voice
from core.settings import load as load_settings
from core.weights import Weights
from media.audio import resample

# Properties are searched afresh on every developer's machine; CI gives the same answer to the same commit.
# A busy machine is no failure anywhere.
hypothesis.settings.register_profile("ours", derandomize=bool(os.environ.get("CI")), deadline=None)
hypothesis.settings.load_profile("ours")

SHARED = Path(__file__).resolve().parents[2] / "shared"

SENTENCE = "各位乡亲晚上好，今天给大家看看自家菜园的新鲜萝卜和白菜。"


@pytest.fixture(scope="session")
def weights() -> Weights:
    return Weights(load_settings().weights.folder)


def require(build: Callable[[], Any]) -> Any:
    try:
        return build()
    except ModelUnavailableError as error:
        if error.code != "weights.missing":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def whisper(weights: Weights) -> Recognizer:
    recognizer: Recognizer = require(lambda: load(choose(recognizers.BACKENDS, "whisper"), weights))
    return recognizer


@pytest.fixture(scope="session")
def kokoro(weights: Weights) -> Voice:
    voice: Voice = require(lambda: load(choose(voices.BACKENDS, "kokoro"), weights))
    return voice


@pytest.fixture(scope="session")
def llama(weights: Weights) -> ChatModel:
    model: ChatModel = require(lambda: load(choose(chat.BACKENDS, "llama"), weights))
    return model


@pytest.fixture(scope="session")
def spoken(kokoro: Voice) -> Speech:
    """:data:`SENTENCE`, spoken."""
    return kokoro.synthesize(SENTENCE, "zf_xiaoxiao")


@pytest.fixture(scope="session")
def heard(spoken: Speech) -> Samples:
    """:data:`SENTENCE`, spoken, at the recognisers' 16 kHz."""
    return resample(spoken.samples, spoken.rate)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development sets beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared (development sets and recorded speech) is not beside this checkout")
    return SHARED
