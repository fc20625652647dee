"""Never make things up: why a recognised stretch must not be shown.

Whisper-type recognisers write fluent credits and loops over silence, wind and music. Each test here names
a reason; the dropped stretch is counted and shown as 听不清, never as text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from core.events import Samples
from core.ports import Transcript

FRAME = 320
"""Samples, 20 ms, over which a level is taken."""
MURMUR = 13.0
"""dB between loud and soft moments: a voice nearby has more (85 of 100 starts of recorded speech), six voices
at once less (96 of 100)."""


@dataclass(frozen=True, slots=True)
class PlausibilitySettings:
    """Thresholds. ``characters_per_second`` bounds what a person can say; ``loop`` the share of repeats.

    ``confidence``: below it nearly every character is wrong (``benchmarks/clarity.py``).
    """

    no_speech: float = 0.6
    confidence: float = 0.4
    unsure: float = 0.45
    compression: float = 2.4
    characters_per_second: float = 12.0
    loop: float = 0.6


@cache
def hallucinations() -> tuple[str, ...]:
    """Strings that recognisers write when nobody speaks, folded to their bare characters."""
    text = resources.files("captioning").joinpath("data/hallucinations.txt").read_text(encoding="utf-8")
    return tuple(bare(line) for line in text.splitlines() if line.strip() and not line.startswith("#"))


def bare(text: str) -> str:
    """Letters, digits and ideographs only, lower case."""
    return re.sub(r"[\W_]+", "", text).lower()


def implausible(
    transcript: Transcript, seconds: float, settings: PlausibilitySettings | None = None
) -> str | None:
    """Why the transcript of ``seconds`` of sound must not be shown, or None where it may be.

    The reason is a stable code: ``empty``, ``no_speech``, ``hallucination``, ``loop``, ``too_fast``,
    ``low_confidence``.
    """
    s = settings or PlausibilitySettings()
    text = bare(transcript.text)
    if not text:
        return "empty"
    if transcript.no_speech is not None and (
        transcript.no_speech > s.no_speech and transcript.confidence < s.unsure
    ):
        return "no_speech"
    if any(known in text and len(known) * 2 >= len(text) for known in hallucinations()):
        return "hallucination"
    if looping(text, s.loop) or (transcript.compression or 0.0) > s.compression:
        return "loop"
    if len(text) > 6 and len(text) / max(seconds, 0.1) > s.characters_per_second:
        return "too_fast"
    return "low_confidence" if transcript.confidence < s.confidence else None


def stands_out(samples: Samples) -> bool:
    """Whether one voice stands out of 16 kHz sound: a crowd's syllables add up to an even murmur."""
    count = len(samples) // FRAME
    if not count:
        return False
    frames = samples[: count * FRAME].astype(np.float64).reshape(count, FRAME)
    soft, loud = np.percentile(10 * np.log10(np.square(frames).mean(axis=1) + 1e-10), [10, 95])
    return bool(loud - soft >= MURMUR)


def looping(text: str, share: float = 0.6) -> bool:
    """Whether one short piece, repeated, makes up more than ``share`` of a text of 12 characters or more."""
    if len(text) < 12:
        return False
    for size in range(1, 7):
        pieces = Counter(text[i : i + size] for i in range(len(text) - size + 1))
        piece, _ = pieces.most_common(1)[0]
        longest = max((len(m.group()) for m in re.finditer(f"(?:{re.escape(piece)})+", text)), default=0)
        if longest >= share * len(text) and longest >= 4 * size:
            return True
    return False
