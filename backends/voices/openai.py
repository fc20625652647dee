"""Client of a server that speaks OpenAI's ``/v1/audio/speech`` (CosyVoice, Kokoro-FastAPI, vLLM-omni …).

Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

from __future__ import annotations

import numpy as np

from backends.remote import Remote, unwav
from backends.voices.visemes import visemes
from core.ports import Cancelled, Speech, VoiceCapabilities, never


class OpenAIVoice:
    """Remote voice. It asks for WAV and takes whatever rate the server answers with."""

    name = "openai"

    def __init__(
        self,
        base_url: str,
        model: str,
        voice: str = "default",
        api_key: str = "",
        timeout: float = 30.0,
        rate: int = 24_000,
    ) -> None:
        self.capabilities = VoiceCapabilities(voices=(voice,), rate=rate, visemes=True)
        self._remote = Remote(base_url, "语音合成", api_key, timeout)
        self._model = model

    def synthesize(
        self, text: str, voice: str = "", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        """Speak on the server; coded errors where it is unreachable, busy, or answers no sound."""
        if cancelled():
            return Speech(np.zeros(0, dtype=np.float32), self.capabilities.rate)
        content = {
            "model": self._model,
            "input": text,
            "voice": voice or self.capabilities.voices[0],
            "speed": speed,
            "response_format": "wav",
        }
        response = self._remote.post("audio/speech", json=content)
        try:
            samples, rate = unwav(response.content)
        except ValueError as error:
            raise self._remote.garbage(error) from error
        return Speech(samples, rate, visemes(text, samples, rate))
