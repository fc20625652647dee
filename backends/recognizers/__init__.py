"""Speech to text."""

from __future__ import annotations

from backends import BackendSpec
from core.ports import Recognizer, RecognizerCapabilities

_SPECS: tuple[BackendSpec[Recognizer], ...] = (
    BackendSpec(
        "whisper",
        "backends.recognizers.whisper:Whisper",
        "",
        RecognizerCapabilities(hotwords=True, word_times=True),
        (("folder", "whisper-base"),),
    ),
    BackendSpec(
        "openai",
        "backends.recognizers.openai:OpenAIRecognizer",
        "",
        RecognizerCapabilities(hotwords=True, word_times=True),
    ),
    BackendSpec(
        "transformers",
        "backends.recognizers.transformers:TransformersRecognizer",
        "gpu",
        RecognizerCapabilities(),
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
