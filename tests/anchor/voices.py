"""A scripted voice for tests: a tone as long as the text, and a record of what it was asked to say."""

from __future__ import annotations

import numpy as np

from core.errors import InputError
from core.events import Viseme
from core.ports import Cancelled, Speech, VoiceCapabilities, never

RATE = 24_000
SYLLABLE = 0.2


class ScriptedVoice:
    """Says every text as a tone of 0.2 s a character."""

    name = "scripted"
    capabilities = VoiceCapabilities(voices=("tone", "other"), rate=RATE, visemes=True)

    def __init__(self) -> None:
        self.said: list[tuple[str, str, float]] = []

    def synthesize(
        self, text: str, voice: str = "", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        self.said.append((text, voice, speed))
        if cancelled():
            return Speech(np.zeros(0, np.float32), RATE)
        if not any(c.isalnum() for c in text):
            raise InputError("voice.nothing_to_say", "没有能念的字。")
        seconds = SYLLABLE * len(text) / speed
        time = np.arange(round(seconds * RATE)) / RATE
        samples = (0.05 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)
        return Speech(samples, RATE, (Viseme("a", 0.0, len(samples) / RATE),))
