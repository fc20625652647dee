"""Speech to text."""

from __future__ import annotations

from backends import SERVER, BackendSpec
from core.ports import Recognizer, RecognizerCapabilities

_SPECS: tuple[BackendSpec[Recognizer], ...] = (
    BackendSpec(
        "whisper",
        "backends.recognizers.whisper:open_model",
        "",
        RecognizerCapabilities(hotwords=True, word_times=True),
        (("folder", "whisper-base"),),
        (("folder", "model"), ("threads", "threads")),
    ),
    BackendSpec(
        "openai",
        "backends.recognizers.openai:OpenAIRecognizer",
        "",
        RecognizerCapabilities(hotwords=True, word_times=True),
        settings=SERVER,
    ),
    BackendSpec(
        "funasr",
        "backends.recognizers.funasr:FunASR",
        "",
        RecognizerCapabilities(streaming=True, hotwords=True, word_times=True),
        settings=(("url", "url"), ("timeout", "timeout")),
    ),
    BackendSpec(
        "transformers",
        "backends.recognizers.transformers:open_model",
        "gpu",
        RecognizerCapabilities(),
        settings=(("folder", "model"), ("device", "device"), ("threads", "threads")),
    ),
    BackendSpec(
        "sherpa",
        "backends.recognizers.sherpa:open_model",
        "sherpa",
        RecognizerCapabilities(word_times=True),
        settings=(("folder", "model"), ("threads", "threads")),
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
