"""Fingerprints of sound: is this the same recording again?

A constellation of spectral peaks, hashed in pairs (Wang, "An Industrial-Strength Audio Search Algorithm",
ISMIR 2003). Two recordings of the same sentence by the same person do not match; the same recording does,
also quieter, noisier, begun elsewhere, or played up to 5 % faster or slower, with its pitch moved or kept:
the peaks that are asked for are moved to each of :data:`TEMPOS` and :data:`PITCHES` before they are hashed.
From a fingerprint the speech cannot be made again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.events import Samples

RATE = 16_000
_WINDOW, _HOP = 1024, 256
STEP = _HOP / RATE
"""Seconds between two frames."""
_LOW, _HIGH = 16, 232
"""Bins of 15.6 Hz: 250 to 3,600 Hz, what a telephone line still carries."""
_AROUND_BINS, _AROUND_FRAMES = 9, 5
_RANGE_DB = 45.0
_FAN, _NEAR, _FAR = 10, 2, 96
_BUCKET = 4
"""Frames that may lie between the lags of a true match (the grid of frames starts elsewhere)."""

TEMPOS = (1.0, 0.965, 1.035)
PITCHES = (1.0, 0.96, 0.98, 1.02, 1.04)
"""What a replay may have been changed by; a match holds 2 % of tempo and 1 % of pitch to either side."""

_taper = np.hanning(_WINDOW).astype(np.float32)

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Prints:
    """Hashes of a stretch of sound and the frame (from its first sample) each begins at."""

    hashes: Numbers
    frames: Numbers

    def __len__(self) -> int:
        return len(self.hashes)

    def between(self, start: float, end: float) -> Prints:
        """Those that begin in ``[start, end)`` seconds."""
        held = (self.frames * STEP >= start) & (self.frames * STEP < end)
        return Prints(self.hashes[held], self.frames[held])


@dataclass(frozen=True, slots=True)
class Match:
    """Where known sound comes again: ``lag`` is its age in seconds; ``hits`` of ``asked`` hashes agree on it.

    ``frames`` are where the hits begin in what was asked for.
    """

    hits: int
    asked: int
    lag: float
    frames: Numbers

    @property
    def share(self) -> float:
        """Hits among the hashes that were asked for."""
        return self.hits / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """Spectral peaks of a stretch of sound, in order of time: frame and bin (above 250 Hz) of each."""

    frames: Numbers
    bins: Numbers

    def prints(self, tempo: float = 1.0, pitch: float = 1.0) -> Prints:
        """Hashed pairs of the peaks as they would lie at so many times the tempo and pitch.

        Frames of the hashes stay those of the sound itself.
        """
        frames = np.rint(self.frames / tempo).astype(np.int32)
        bins = np.maximum(np.rint((self.bins + _LOW) * pitch).astype(np.int32) - _LOW, 0)
        hashes, begins = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for step in range(1, min(_FAN + 1, len(frames))):
            later, earlier = slice(step, None), slice(None, -step)
            apart = frames[later] - frames[earlier]
            fine = (apart >= _NEAR) & (apart < _FAR)
            code = (bins[earlier] // 2 << 20) | (bins[later] // 2 << 10) | (apart // 2)
            hashes.append(code[fine])
            begins.append(self.frames[earlier][fine])
        return Prints(np.concatenate(hashes), np.concatenate(begins))

    def changed(self) -> Iterator[tuple[Prints, float]]:
        """The prints of what this may be a replay of, each with the tempo that was assumed."""
        for tempo, pitch in itertools.product(TEMPOS, PITCHES):
            yield self.prints(tempo, pitch), tempo


def prints(samples: Samples) -> Prints:
    """The fingerprint of mono float32 sound at 16 kHz. Independent of volume."""
    return peaks(samples).prints()


def peaks(samples: Samples) -> Peaks:
    """The points that stand above everything near them, of mono float32 sound at 16 kHz."""
    spectrum = _spectrum(samples)
    if spectrum.shape[0] < 2:
        return Peaks(np.zeros(0, np.int32), np.zeros(0, np.int32))
    highest = _running_max(_running_max(spectrum, _AROUND_BINS, 1), _AROUND_FRAMES, 0)
    loud = spectrum > max(float(spectrum.max()) - _RANGE_DB, -60.0)
    frames, bins = np.nonzero((spectrum == highest) & loud)
    return Peaks(frames.astype(np.int32), bins.astype(np.int32))


def _spectrum(samples: Samples) -> npt.NDArray[np.float32]:
    """Magnitudes in dB, frames by bins of the telephone band."""
    if len(samples) < _WINDOW:
        return np.zeros((0, _HIGH - _LOW), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    magnitudes = np.abs(np.fft.rfft(windows * _taper, axis=1)[:, _LOW:_HIGH])
    decibels: npt.NDArray[np.float32] = 20 * np.log10(np.maximum(magnitudes, 1e-7)).astype(np.float32)
    return decibels


def _running_max(grid: npt.NDArray[np.float32], around: int, axis: int) -> npt.NDArray[np.float32]:
    width = [(around, around) if i == axis else (0, 0) for i in (0, 1)]
    padded = np.pad(grid, width, constant_values=-np.inf)
    best: npt.NDArray[np.float32] = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * around + 1, axis=axis
    ).max(axis=-1)
    return best


@dataclass(slots=True)
class Archive:
    """Known sound, searched by hash. Times are the caller's seconds.

    What is older than ``keep`` seconds is forgotten.

    Blocks of sorted hashes are merged as they grow, so that adding stays cheap over a long stream.
    """

    keep: float = 6 * 3600.0
    _blocks: list[tuple[Numbers, Numbers]] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(hashes) for hashes, _ in self._blocks)

    def add(self, new: Prints, at: float) -> None:
        """Remember sound whose frame 0 was at ``at`` seconds."""
        if not len(new):
            return
        order = np.argsort(new.hashes, kind="stable")
        block = (new.hashes[order], new.frames[order] + np.int32(round(at / STEP)))
        while self._blocks and len(self._blocks[-1][0]) <= 2 * len(block[0]):
            block = _merged(self._blocks.pop(), block)
        self._blocks.append(block)

    def forget(self, now: float) -> None:
        """Drop what is older than ``keep`` seconds before ``now``."""
        limit = round((now - self.keep) / STEP)
        kept = [(h[t >= limit], t[t >= limit]) for h, t in self._blocks if len(t) and int(t.max()) >= limit]
        self._blocks = kept

    def find(self, asked: Prints, at: float, before: float = float("inf"), tempo: float = 1.0) -> Match:
        """The best earlier place, heard before ``before``, of sound whose frame 0 is at ``at``.

        ``tempo`` is the one that ``asked`` was hashed for.
        """
        hashes, frames = _telling(asked)
        times = np.rint(frames / tempo).astype(np.int32) + np.int32(round(at / STEP))
        found = [_lags(b, hashes, frames, times, before) for b in self._blocks]
        lags = np.concatenate([lag for lag, _ in found]) if found else np.zeros(0, np.int32)
        if not len(lags):
            return Match(0, len(hashes), 0.0, lags)
        # Neighbouring buckets together: the grid of frames of a replay lies between that of the original.
        buckets = lags // _BUCKET
        values, counts = np.unique(buckets, return_counts=True)
        joined = counts.copy()
        joined[:-1] += np.where(np.diff(values) == 1, counts[1:], 0)
        best = int(np.argmax(joined))
        agreed = (buckets == values[best]) | (buckets == values[best] + 1)
        places = np.concatenate([place for _, place in found])[agreed]
        return Match(int(joined[best]), len(hashes), float(values[best] * _BUCKET * STEP), places)

    def find_changed(self, asked: Peaks, at: float, before: float = float("inf")) -> Match:
        """As :meth:`find`, of sound that may have been made slower, faster, higher or lower."""
        found = (self.find(prints, at, before, tempo) for prints, tempo in asked.changed())
        return max(found, key=lambda match: match.hits)


def _telling(asked: Prints) -> tuple[Numbers, Numbers]:
    """Hashes with their frames; those that a steady tone repeats again and again tell nothing of a place."""
    if not len(asked):
        return asked.hashes, asked.frames
    _, inverse, counts = np.unique(asked.hashes, return_inverse=True, return_counts=True)
    rare = counts[inverse] <= 3
    return asked.hashes[rare], asked.frames[rare]


def _lags(
    block: tuple[Numbers, Numbers], hashes: Numbers, frames: Numbers, times: Numbers, before: float
) -> tuple[Numbers, Numbers]:
    """Ages of all equal hashes of a block, each with the frame that was asked for."""
    known, heard = block
    left = np.searchsorted(known, hashes, "left")
    counts = np.searchsorted(known, hashes, "right") - left
    total = int(counts.sum())
    if not total:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    starts = np.repeat(left - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    found = heard[starts + np.arange(total)]
    earlier = found * STEP < before
    return (np.repeat(times, counts) - found)[earlier], np.repeat(frames, counts)[earlier]


def _merged(first: tuple[Numbers, Numbers], second: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    hashes = np.concatenate([first[0], second[0]])
    times = np.concatenate([first[1], second[1]])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], times[order]
