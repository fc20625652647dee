"""Is the voice on the microphone alive? Not the host's own sound, not a recording that was heard before.

Voice activity says that someone speaks; fingerprints say whether this very sound was heard before, or comes
from the host; the loudness curve says whether it is the host's sound coming back through the room. Sound is
kept for eight seconds, fingerprints longer; neither leaves the memory.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from compliance.presence.fingerprint import RATE, STEP, Archive, Match, peaks, prints
from core.events import AudioChunk, Samples, Utterance
from core.ports import VoiceActivity
from media.audio import resample

Source = Literal["live", "own", "replay", "stranger"]
OWN: Source = "own"
REPLAY: Source = "replay"

SPAN, HOP = 5.0, 2.0
"""Seconds of sound that are compared at once, and how often."""
HITS = 20
"""Agreeing hashes that make a match; unrelated speech reaches 12 (``benchmarks.presence``)."""
SHARE = 0.01
"""Hits among the hashes of a replay."""
STEADY_HITS, STEADY_LAG, LOOKS = 12, 0.5, 3
"""Fewer hits also tell, where so many looks in a row find the sound equally long ago: a noisy replay."""
APART = 10.0
"""Seconds after which sound that comes again is a replay."""
VOICED = 0.5
ECHO, ECHO_LAG = 0.6, 1.5
"""Correlation of loudness curves that makes an echo, at most so many seconds behind the host."""
CONFIRMED = SPAN + HOP
"""Seconds after which all that could unmask a second has been looked at."""
_CURVE = 50
_SOUND_KEPT = 8.0

SpeakerMatch = Callable[[Samples], float]
"""How likely, in [0, 1], a stretch of 16 kHz sound is the enrolled speaker. Wants the speaker's consent."""


@dataclass(frozen=True, slots=True)
class HeardSecond:
    """One second of the microphone: how much of it is voice, whose, and how loud (dB of full scale)."""

    second: int
    voiced: float
    source: Source
    level: float


@dataclass(slots=True)
class _Second:
    voiced: float = 0.0
    power: float = 0.0
    samples: int = 0
    source: Source = "live"


class Ears:
    """The microphone of one room, second by second. ``is_speaker`` is asked only where a person consented."""

    def __init__(
        self,
        activity: VoiceActivity,
        is_speaker: SpeakerMatch | None = None,
        least_speaker: float = 0.5,
        start: float = 0.0,
    ) -> None:
        self.archive = Archive()
        self._activity = activity
        self._is_speaker, self._least_speaker = is_speaker, least_speaker
        self._own = Archive(keep=3600.0)
        self._looks: deque[Match] = deque(maxlen=LOOKS)
        self._host: deque[tuple[float, npt.NDArray[np.float32]]] = deque(maxlen=64)
        self._seconds: dict[int, _Second] = {}
        self._flags: deque[tuple[float, bool]] = deque()
        self._done = math.floor(start)
        self._restart(start)

    def _restart(self, at: float) -> None:
        self._voice = self._activity.stream()
        self._origin = at
        self._sound: Samples = np.zeros(0, np.float32)
        self._pending: Samples = np.zeros(0, np.float32)
        self._next = at + SPAN
        self._end = at

    @property
    def end(self) -> float:
        """Up to where the microphone was heard."""
        return self._end

    def hear(self, chunk: AudioChunk) -> None:
        """Take the next sound; a hole of more than half a second begins anew behind it."""
        if abs(chunk.at - self._end) > 0.5:
            self._restart(chunk.at)
        self._measure(chunk)
        self._end += chunk.seconds
        self._sound = np.concatenate([self._sound, chunk.samples])
        while self._end >= self._next:
            self._examine(self._next)
            self._next += HOP
        too_much = len(self._sound) - round(_SOUND_KEPT * RATE)
        if too_much > 0:
            self._sound = self._sound[too_much:]
            self._origin += too_much / RATE

    def own(self, utterance: Utterance) -> None:
        """What the host says from ``utterance.at`` on; its samples are compared with the microphone's."""
        if utterance.samples is None or not len(utterance.samples):
            return
        sound = resample(utterance.samples, utterance.rate)
        self._own.add(prints(sound), utterance.at)
        self._host.append((utterance.at, _curve(sound)))

    def take(self, until: float) -> list[HeardSecond]:
        """Seconds before ``until`` that were not taken yet, in order; silence where there was no sound."""
        found = []
        for second in range(self._done, max(self._done, math.floor(until))):
            s = self._seconds.pop(second, _Second())
            level = 10 * math.log10(s.power / s.samples + 1e-12) if s.samples else -120.0
            found.append(HeardSecond(second, min(1.0, s.voiced), s.source, level))
        self._done = max(self._done, math.floor(until))
        if len(self._seconds) > 600:  # sound from before what was taken: too late to count
            self._seconds = {k: v for k, v in self._seconds.items() if k >= self._done}
        return found

    def _measure(self, chunk: AudioChunk) -> None:
        """Voice activity and loudness, into the seconds they belong to."""
        window = self._activity.capabilities.window
        begin = chunk.at - len(self._pending) / RATE
        sound = np.concatenate([self._pending, chunk.samples])
        usable = len(sound) // window * window
        for at in range(0, usable, window):
            piece = sound[at : at + window]
            time = begin + at / RATE
            voiced = self._voice.accept(piece) >= VOICED
            second = self._seconds.setdefault(int(time), _Second())
            second.voiced += voiced * window / RATE
            second.power += float(np.dot(piece, piece))
            second.samples += window
            self._flags.append((time, voiced))
        self._pending = sound[usable:]

    def _examine(self, end: float) -> None:
        """Compare the :data:`SPAN` seconds before ``end`` with all that is known."""
        start = end - SPAN
        while self._flags and self._flags[0][0] < start:
            self._flags.popleft()
        voiced = sum(v for _, v in self._flags) / max(1, len(self._flags))
        if voiced < 0.2:
            return
        first = round((start - self._origin) * RATE)
        sound = self._sound[max(0, first) : first + round(SPAN * RATE)]
        shape = peaks(sound)
        again = self.archive.find_changed(shape, start, start - APART)
        self._looks.append(again)
        if (again.hits >= HITS and again.share >= SHARE) or self._steady():
            self._mark(start, again, REPLAY)
        # The host is faintly in the microphone under a person, too: while it speaks, loudness decides.
        host = self._own.find_changed(shape, start)
        if host.hits >= HITS and host.lag > ECHO_LAG:
            self._mark(start, host, OWN)
        if self._echoes(sound, start):
            self._mark_all(start, end, OWN)
        if self._is_speaker is not None and self._is_speaker(sound) < self._least_speaker:
            self._mark_all(start, end, "stranger")
        # Hashes reach at most 1.5 s on, so those of the middle are whole; each is kept once.
        self.archive.add(shape.prints().between(1.0, 1.0 + HOP), start)
        self.archive.forget(end)

    def _steady(self) -> bool:
        """Whether the last looks found one recording, each a little further on."""
        lags = [look.lag for look in self._looks]
        enough = len(lags) == LOOKS and all(look.hits >= STEADY_HITS for look in self._looks)
        return enough and max(lags) - min(lags) <= STEADY_LAG

    def _mark(self, start: float, match: Match, source: Source) -> None:
        """The seconds between the first and the last hit; a lone hit at the edge is none of it."""
        places = np.sort(match.frames)[1:-1]
        self._mark_all(start + float(places[0]) * STEP, start + float(places[-1]) * STEP + 0.5, source)

    def _mark_all(self, start: float, end: float, source: Source) -> None:
        for second in range(math.floor(start), math.ceil(end)):
            if second in self._seconds:
                self._seconds[second].source = source

    def _echoes(self, sound: Samples, start: float) -> bool:
        """Whether the loudness of ``sound`` follows the host's, up to :data:`ECHO_LAG` behind."""
        ahead = round(ECHO_LAG * _CURVE)
        length = round(SPAN * _CURVE)
        host = np.zeros(length + ahead, np.float32)
        for at, curve in self._host:
            offset = round((at - (start - ECHO_LAG)) * _CURVE)
            a, b = max(0, offset), min(len(host), offset + len(curve))
            if a < b:
                host[a:b] = curve[a - offset : b - offset]
        if (host > 0).sum() < 2 * _CURVE:
            return False
        here = _curve(sound)[:length]
        windows = np.lib.stride_tricks.sliding_window_view(host, len(here))
        centred = windows - windows.mean(axis=1, keepdims=True)
        mine = here - here.mean()
        scale = np.linalg.norm(centred, axis=1) * np.linalg.norm(mine)
        correlation = centred @ mine / np.maximum(scale, 1e-9)
        return bool(correlation.max() >= ECHO)


def _curve(sound: Samples) -> npt.NDArray[np.float32]:
    """Loudness at 50 Hz: the cube root of the power, between what is heard and what is measured."""
    step = RATE // _CURVE
    whole = sound[: len(sound) // step * step].reshape(-1, step)
    power: npt.NDArray[np.float32] = np.cbrt(np.mean(np.square(whole), axis=1)).astype(np.float32)
    return power
