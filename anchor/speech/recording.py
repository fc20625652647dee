"""Spoken lines as files: the one place of the anchor where sound is written."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from core.ports import Speech
from media.audio import write_wav
from media.loudness import integrated


def write(path: Path, speech: Speech) -> None:
    """Write the speech as 16-bit mono WAV, atomically. StorageError where the disk refuses."""
    write_wav(path, speech.samples, speech.rate)


def describe(speech: Speech) -> dict[str, Any]:
    """Seconds, loudness in LUFS (None where it is silent) and mouth shapes, as the manifest has them."""
    level = integrated(speech.samples, speech.rate)
    return {
        "seconds": round(speech.seconds, 3),
        "loudness": None if math.isinf(level) else round(level, 2),
        "visemes": [
            {"shape": v.shape, "start": round(v.start, 3), "end": round(v.end, 3)} for v in speech.visemes
        ],
    }
