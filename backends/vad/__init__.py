"""Voice activity."""

from __future__ import annotations

from backends import BackendSpec
from core.ports import VoiceActivity, VoiceActivityCapabilities

_SPECS: tuple[BackendSpec[VoiceActivity], ...] = (
    BackendSpec("silero", "backends.vad.silero:Silero", "", VoiceActivityCapabilities(512)),
    BackendSpec("energy", "backends.vad.energy:Energy", "", VoiceActivityCapabilities(512)),
)

BACKENDS = {spec.name: spec for spec in _SPECS}
