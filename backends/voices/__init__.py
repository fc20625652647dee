"""Text to speech."""

from __future__ import annotations

from backends import BackendSpec
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
    ),
    BackendSpec(
        "openai",
        "backends.voices.openai:OpenAIVoice",
        "",
        VoiceCapabilities(rate=24_000, visemes=True),
    ),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
