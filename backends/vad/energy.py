"""Voice activity by loudness over an adaptive noise floor: a fallback that always works.

It cannot tell speech from music. The floor falls at once and rises slowly (minimum statistics in the manner
of Martin 2001, reduced to one band).
"""

from __future__ import annotations

import math

import numpy as np

from core.events import Samples
from core.ports import VoiceActivityCapabilities, VoiceActivityStream

SILENCE_DB = -70.0
RISE_DB = 0.03
MARGIN_DB = 12.0
SLOPE = 0.5


def level(window: Samples) -> float:
    """Root mean square of a window in dB of full scale, not below :data:`SILENCE_DB`."""
    power = float(np.mean(np.square(window, dtype=np.float64))) if len(window) else 0.0
    return max(SILENCE_DB, 10 * math.log10(power)) if power > 0 else SILENCE_DB


class EnergyStream:
    """The noise floor of one stream; starts at silence, so early sound counts as speech."""

    def __init__(self) -> None:
        self._floor = SILENCE_DB + MARGIN_DB

    def accept(self, window: Samples) -> float:
        """A logistic of how far the window stands above the floor."""
        loudness = level(window)
        self._floor = (
            min(loudness, self._floor + RISE_DB) if loudness < self._floor else self._floor + RISE_DB
        )
        return 1 / (1 + math.exp(-SLOPE * (loudness - self._floor - MARGIN_DB)))


class Energy:
    """Voice activity by loudness alone."""

    name = "energy"
    capabilities = VoiceActivityCapabilities(window=512)

    def stream(self) -> VoiceActivityStream:
        """Open a stream with a fresh noise floor."""
        return EnergyStream()
