"""Labels for people: the text in the picture, the spoken notice, the audio rhythm (GB 45438-2025 §5)."""

from __future__ import annotations

import math

import numpy as np

from core.events import Samples

TEXT = "本内容由人工智能生成"
"""Stands in every frame that shows the host or an AI picture; it has both elements, AI and generated."""

SHORT, LONG, GAP, LETTER_GAP = 0.12, 0.36, 0.12, 0.36
"""Seconds. The standard names the rhythm only; these lengths are a proposal: one, three, one, three units."""
PITCH = 1000.0
_EDGE = 0.005
_LEVEL = 0.5


def names_both(text: str) -> bool:
    """Whether ``text`` says both that it is AI and that it is generated or synthesised (GB 45438-2025 §5)."""
    return any(w in text for w in ("人工智能", "AI")) and any(w in text for w in ("生成", "合成"))


def text_height(width: int, height: int) -> int:
    """Least height in pixels of the drawn characters of :data:`TEXT`, for a frame of this size.

    5 % of the shorter edge, rounded up (GB 45438-2025 §5.2, §5.4; Order 117 art. 37): 36 at 720x1280. It is
    the height of the ink, which is somewhat less than a font's nominal size. Raises ValueError for a frame
    without pixels.
    """
    if width <= 0 or height <= 0:
        raise ValueError(f"a frame has pixels, not {width}x{height}")
    return math.ceil(min(width, height) / 20)


def rhythm(rate: int) -> Samples:
    """The audio label 短长 短短 (Morse for AI): mono float32 at ``rate`` Hz, 1 kHz tones, 1.32 s."""
    pause, between = _silence(GAP, rate), _silence(LETTER_GAP, rate)
    short, long = _tone(SHORT, rate), _tone(LONG, rate)
    return np.concatenate([short, pause, long, between, short, pause, short])


def _tone(seconds: float, rate: int) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    edge = np.clip(np.minimum(time, time[::-1]) / _EDGE, 0, 1)  # without it the tone clicks
    return (_LEVEL * np.sin(np.pi / 2 * edge) ** 2 * np.sin(2 * np.pi * PITCH * time)).astype(np.float32)


def _silence(seconds: float, rate: int) -> Samples:
    return np.zeros(round(seconds * rate), np.float32)
