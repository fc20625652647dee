"""One microphone's sound on its way into a room: bytes of PCM, resampled, stamped with the room's time.

A session survives a lost connection: the client sends again what was not acknowledged, and ``samples``
says from where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import InputError
from core.events import AudioChunk, Samples
from media.audio import Resampler

Format = Literal["s16le", "f32le"]
WIDTH: dict[str, int] = {"s16le": 2, "f32le": 4}


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """How a client sends: samples a second, sample format, and the name of its session."""

    rate: int = 16_000
    format: Format = "s16le"
    session: str = ""


class Microphone:
    """Turns a client's bytes into chunks. ``samples`` counts what was taken, at the client's rate."""

    def __init__(self, settings: MicrophoneSettings, base: float, samples: int = 0) -> None:
        """``base`` is the room's time of the next sample, ``samples`` how many were taken before."""
        if not 8_000 <= settings.rate <= 192_000:
            raise InputError(
                "audio.rate",
                f"采样率 {settings.rate} 不能用。",
                "请用 8000 到 192000 之间的采样率，最好 16000。",
            )
        if settings.format not in WIDTH:
            raise InputError("audio.format", f"声音格式 {settings.format} 不认识。", "请用 s16le 或 f32le。")
        self.settings = settings
        self.samples = samples
        self._base = base
        self._made = 0
        self._resampler = None if settings.rate == AudioChunk.rate else Resampler(settings.rate)

    def accept(self, data: bytes) -> AudioChunk | None:
        """The next chunk, or None where the bytes do not make one yet."""
        if len(data) % WIDTH[self.settings.format]:
            raise InputError("audio.torn", "收到的声音数据不完整。", "请按整数个采样发送。")
        samples = _decode(data, self.settings.format)
        self.samples += len(samples)
        if self._resampler is not None:
            samples = self._resampler.process(samples)
        if not len(samples):
            return None
        at = self._base + self._made / AudioChunk.rate
        self._made += len(samples)
        return AudioChunk(samples=samples, at=at)


def _decode(data: bytes, form: Format) -> Samples:
    if form == "s16le":
        return np.frombuffer(data, "<i2").astype(np.float32) / 32768.0
    # A broken client may send NaN or infinity: treat both as silence.
    samples: Samples = np.nan_to_num(np.frombuffer(data, "<f4"), posinf=0.0, neginf=0.0).astype(np.float32)
    return samples.clip(-1.0, 1.0)
