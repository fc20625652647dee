"""Text to speech."""

from __future__ import annotations

from backends import SERVER, BackendSpec
from core.ports import Voice, VoiceCapabilities

KOKORO_VOICES = (
    "zf_xiaobei",
    "zf_xiaoni",
    "zf_xiaoxiao",
    "zf_xiaoyi",
    "zm_yunjian",
    "zm_yunxi",
    "zm_yunxia",
    "zm_yunyang",
)

_SPECS: tuple[BackendSpec[Voice], ...] = (
    BackendSpec(
        "kokoro",
        "backends.voices.kokoro:Kokoro",
        "",
        VoiceCapabilities(voices=KOKORO_VOICES, rate=24_000, visemes=True),
        (("folder", "kokoro"), ("voices", "kokoro-voices")),
        (("folder", "model"), ("threads", "threads")),
    ),
    BackendSpec(
        "openai",
        "backends.voices.openai:OpenAIVoice",
        "",
        VoiceCapabilities(rate=24_000, visemes=True),
        settings=(*SERVER, ("voice", "voice")),
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
