"""A line becomes sound clause by clause: read out, spoken, made equally loud, with mouth shapes and pauses.

The speaker is blocking and belongs in the worker threads of :mod:`core.compute`; it may be shared. A clause
spoken before comes from a bounded cache. Cancelled, it stops between two clauses and keeps nothing half made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from anchor.speech.clauses import clauses
from anchor.speech.front_end import read_out
from anchor.speech.levelling import TARGET, levelled
from anchor.speech.pronunciation import Pronunciation
from core.errors import InputError
from core.events import Samples, Viseme
from core.ports import Cancelled, Speech, Voice, never

LOUDNESS = TARGET
"""LUFS of everything that is spoken (EBU R 128 s2 recommends it for streams)."""
PAUSES = {
    "。": 0.28,
    "！": 0.28,
    "？": 0.3,
    "；": 0.22,
    "…": 0.3,
    "\n": 0.35,
    "：": 0.12,
    "，": 0.1,
    "、": 0.05,
}
"""Seconds of silence after a clause, by what it ends with; a voice leaves about 0.2 s itself."""
CACHE_SECONDS = 600.0

Sign = Callable[[str, int], Samples]
"""A line and a rate → the sound that goes before it, empty for none (the audio label of an AI's voice)."""


def no_sign(line: str, rate: int) -> Samples:
    """Nothing goes before a line."""
    return np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Clause:
    """A spoken clause: as ``written``, as read out (``said``), and its sound with mouth shapes.

    ``start`` is seconds from the beginning of the line; ``cached`` tells that no voice had to work for it.
    """

    written: str
    said: str
    speech: Speech
    start: float
    cached: bool = False


@dataclass(frozen=True, slots=True)
class _Key:
    voice: str
    speed: float
    said: str
    pause: float


class Speaker:
    """One voice with its manner. ``cache_seconds`` of sound are remembered, oldest use forgotten first."""

    def __init__(
        self,
        voice: Voice,
        name: str = "",
        speed: float = 1.0,
        pronunciation: Pronunciation | None = None,
        cache_seconds: float = CACHE_SECONDS,
        sign: Sign = no_sign,
    ) -> None:
        """``name`` is one of the voice's ``capabilities.voices``; empty takes the first."""
        self._sign = sign
        self.voice = voice
        self.name = name or next(iter(voice.capabilities.voices), "")
        low, high = voice.capabilities.speeds
        self.speed = min(high, max(low, speed))
        self._pronunciation = pronunciation or Pronunciation.load()
        self._cache: OrderedDict[_Key, Speech] = OrderedDict()
        self._held = 0.0
        self._limit = cache_seconds
        self._lock = threading.Lock()

    def plan(self, line: str) -> list[tuple[str, str]]:
        """The clauses of ``line`` as written and as they will be said; silent ones are left out."""
        pairs = [(written, self.read_out(written)) for written in clauses(line, self._syllables)]
        return [(written, said) for written, said in pairs if said]

    def read_out(self, text: str) -> str:
        """``text`` as this speaker reads it aloud."""
        return read_out(text, self._pronunciation)

    def speak(self, line: str, cancelled: Cancelled = never) -> Iterator[Clause]:
        """Speak ``line`` clause by clause; the first is ready soonest. Ends early when ``cancelled()``."""
        start = 0.0
        for written, said in self.plan(line):
            if cancelled():
                return
            key = _Key(self.name, self.speed, said, _pause(written))
            speech = self._remembered(key)
            cached = speech is not None
            if speech is None:
                speech = self._spoken(key, cancelled)
                if cancelled():
                    return
                if speech is None:
                    continue
                self._remember(key, speech)
            if not start:
                speech = _after(self._sign(line, speech.rate), speech)
            yield Clause(written, said, speech, start, cached)
            start += speech.seconds

    def _spoken(self, key: _Key, cancelled: Cancelled) -> Speech | None:
        try:
            speech = self.voice.synthesize(key.said, key.voice, key.speed, cancelled)
        except InputError as error:
            if error.code == "voice.nothing_to_say":
                return None
            raise
        if not len(speech.samples):
            return None
        silence = np.zeros(round(key.pause * speech.rate), dtype=np.float32)
        samples = np.concatenate([levelled(speech.samples, speech.rate, LOUDNESS), silence])
        samples.flags.writeable = False
        end = len(samples) / speech.rate
        rest = (Viseme("rest", speech.seconds, end),) if end > speech.seconds else ()
        return Speech(samples, speech.rate, (*speech.visemes, *rest))

    def _remembered(self, key: _Key) -> Speech | None:
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _remember(self, key: _Key, speech: Speech) -> None:
        with self._lock:
            if key in self._cache or speech.seconds > self._limit:
                return
            self._cache[key] = speech
            self._held += speech.seconds
            while self._held > self._limit:
                _, forgotten = self._cache.popitem(last=False)
                self._held -= forgotten.seconds

    @property
    def remembered_seconds(self) -> float:
        """Seconds of sound in the cache."""
        return self._held

    def _syllables(self, text: str) -> int:
        return sum("\u3400" <= c <= "\u9fff" for c in read_out(text))


def _pause(written: str) -> float:
    last = written.rstrip("”’」』）)】 \t")[-1:]
    return PAUSES.get({"!": "！", "?": "？", ";": "；", ":": "：", ",": "，"}.get(last, last), 0.0)


def _after(lead: Samples, speech: Speech) -> Speech:
    """``speech`` with a sound before it, at which the mouth rests."""
    if not len(lead):
        return speech
    seconds = len(lead) / speech.rate
    moved = (Viseme(v.shape, v.start + seconds, v.end + seconds) for v in speech.visemes)
    samples = np.concatenate([lead, speech.samples])
    return Speech(samples, speech.rate, (Viseme("rest", 0.0, seconds), *moved))


def joined(spoken: Iterable[Clause]) -> Speech:
    """The clauses of a line as one stretch of sound with mouth shapes from its beginning.

    InputError where there is nothing to hear.
    """
    parts = list(spoken)
    if not parts:
        raise InputError("voice.nothing_to_say", "这句话里没有能念出来的字。", "请写中文。")
    mouths = [
        Viseme(v.shape, clause.start + v.start, clause.start + v.end)
        for clause in parts
        for v in clause.speech.visemes
    ]
    samples = np.concatenate([clause.speech.samples for clause in parts])
    return Speech(samples, parts[0].speech.rate, tuple(mouths))
