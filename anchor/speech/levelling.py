"""Every clause equally loud: a gain to the target, with a look-ahead limiter for the peaks that would pass.

A plain gain cannot bring a peaky voice to -16 LUFS below -1 dBTP; the limiter turns single peaks down for a
few milliseconds instead of the whole clause (the usual design of broadcast limiters, EBU R 128).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.events import Samples
from media.loudness import integrated, true_peak

TARGET = -16.0
PEAK = -1.0
LOOK_AHEAD = 0.004
"""Seconds over which the limiter's gain falls and rises."""
HEADROOM = 0.97
"""Sample peaks are held a little below the true-peak ceiling: what lies between samples is higher."""
TOLERANCE = 0.2
ROUNDS = 4


def levelled(samples: Samples, rate: int, target: float = TARGET, peak: float = PEAK) -> Samples:
    """``samples`` at ``target`` LUFS and at most ``peak`` dBTP; silence stays silence."""
    level = integrated(samples, rate)
    if math.isinf(level):
        return samples
    ceiling = 10 ** (peak / 20)
    loud = limited = samples
    for _ in range(ROUNDS):
        loud = (loud * np.float32(10 ** ((target - level) / 20))).astype(np.float32)
        limited = limit(loud, rate, HEADROOM * ceiling)
        level = integrated(limited, rate)
        if abs(level - target) < TOLERANCE:
            break
    highest = true_peak(limited, rate)
    return limited if highest <= ceiling else (limited * np.float32(ceiling / highest)).astype(np.float32)


def limit(samples: Samples, rate: int, ceiling: float) -> Samples:
    """No sample beyond ``ceiling``; the gain changes smoothly and is 1 where nothing is near it."""
    need = np.minimum(1.0, ceiling / np.maximum(np.abs(samples), 1e-9))
    if float(need.min(initial=1.0)) >= 1.0:
        return samples
    half = max(1, round(LOOK_AHEAD * rate))
    least = sliding_window_view(np.pad(need, half, constant_values=1.0), 2 * half + 1).min(axis=1)
    kernel = np.hanning(2 * half + 3)[1:-1]
    # Each smoothed gain averages minima that all took its own sample's need into account.
    gain = np.convolve(np.pad(least, half, mode="edge"), kernel / kernel.sum(), mode="valid")
    return (samples * np.minimum(gain, need)).astype(np.float32)
