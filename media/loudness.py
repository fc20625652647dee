"""Integrated loudness after ITU-R BS.1770-4 (K-weighting and gating), and a gain that reaches a target.

The two K-weighting filters are second-order sections designed for the sampling rate from the analogue
prototypes' parameters that reproduce the recommendation's 48 kHz coefficients.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import soxr

from core.events import Samples

BLOCK = 0.4
STEP = 0.1
ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
OFFSET = -0.691

Section = tuple[float, float, float, float, float]


def _shelf(rate: int) -> Section:
    """The pre-filter: a high shelf of about +4 dB above 1.7 kHz."""
    frequency, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * frequency / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    return (
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )


def _high_pass(rate: int) -> Section:
    """The RLB filter: a high pass at 38 Hz."""
    frequency, q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * frequency / rate)
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _response(section: Section, z: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    b0, b1, b2, a1, a2 = section
    return np.asarray((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))


def k_weighted(samples: Samples, rate: int) -> npt.NDArray[np.float64]:
    """The K-weighted signal. Filtered in the frequency domain with a second of padding for the tails."""
    size = len(samples) + rate
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    spectrum = np.fft.rfft(samples.astype(np.float64), size) * _response(_shelf(rate), z)
    return np.asarray(np.fft.irfft(spectrum * _response(_high_pass(rate), z), size)[: len(samples)])


def integrated(samples: Samples, rate: int) -> float:
    """Integrated loudness of mono sound in LUFS; ``-inf`` where all of it is gated away."""
    weighted = k_weighted(samples, rate) ** 2
    block, step = round(BLOCK * rate), round(STEP * rate)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    sums = np.concatenate([[0.0], np.cumsum(weighted)])
    starts = np.arange(0, len(weighted) - block + 1, step)
    power = (sums[starts + block] - sums[starts]) / block
    loud = power[_level(power) > ABSOLUTE_GATE]
    if not len(loud):
        return -math.inf
    gate = float(_level(np.array([loud.mean()]))[0]) + RELATIVE_GATE
    return float(_level(np.array([loud[_level(loud) > gate].mean()]))[0])


def _level(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return OFFSET + 10 * np.log10(np.maximum(power, 1e-12))


def true_peak(samples: Samples, rate: int) -> float:
    """The greatest level between samples too, at four times the rate (BS.1770-4 annex 2); linear, not dB."""
    between: Samples = soxr.resample(samples, rate, 4 * rate)
    return max(float(np.abs(samples).max(initial=0.0)), float(np.abs(between).max(initial=0.0)))


def normalise(samples: Samples, rate: int, target: float = -16.0, peak: float = -1.0) -> Samples:
    """Sound at ``target`` LUFS, quieter where its true peak would pass ``peak`` dBTP; silence stays."""
    level = integrated(samples, rate)
    highest = true_peak(samples, rate)
    if level == -math.inf or highest == 0.0:
        return samples
    gain = min(10 ** ((target - level) / 20), 10 ** (peak / 20) / highest)
    return (samples * np.float32(gain)).astype(np.float32)
