"""A line becomes sound clause by clause: read out, spoken, made equally loud, with mouth shapes and pauses.

The speaker is blocking and belongs in the worker threads of :mod:`core.compute`; it may be shared. A clause
spoken before comes from a bounded cache. Cancelled, it stops between two clauses and keeps nothing half made.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anchor.speech.clauses import FIRST, REPLY, clauses, led
from anchor.speech.front_end import read_out
from anchor.speech.levelling import TARGET, levelled
from anchor.speech.pace import Pace
from anchor.speech.pronunciation import Pronunciation
from anchor.speech.shelf import ClauseKey, Shelf
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
GAP = 0.3
"""Seconds that a clause may be late after the one before it."""
LONGEST_HOLD = 1.5
"""Seconds that a clause which is ready waits at most, so that the next one is not late."""

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
class _Planned:
    """A clause to be: as ``written``, and what makes its sound."""

    written: str
    key: ClauseKey

    @property
    def syllables(self) -> int:
        return sum(c.isalnum() for c in self.key.said)


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
        shelf: Shelf | None = None,
    ) -> None:
        """``name`` is one of the voice's ``capabilities.voices``; empty takes the first.

        What is learnt by heart is kept on the ``shelf``, and found there.
        """
        self._sign = sign
        self._shelf = shelf
        self._pace = Pace()
        self.voice = voice
        self.name = name or next(iter(voice.capabilities.voices), "")
        low, high = voice.capabilities.speeds
        self.speed = min(high, max(low, speed))
        self._pronunciation = pronunciation or Pronunciation.load()
        self._cache: OrderedDict[ClauseKey, Speech] = OrderedDict()
        self._held = 0.0
        self._limit = cache_seconds
        self._lock = threading.Lock()

    def keeping(self, shelf: Shelf | None) -> Speaker:
        """The same voice in the same manner, which keeps on ``shelf`` what it learns by heart."""
        return Speaker(self.voice, self.name, self.speed, self._pronunciation, self._limit, self._sign, shelf)

    def plan(self, line: str) -> list[tuple[str, str]]:
        """The clauses of ``line`` as written and as they will be said; silent ones are left out."""
        return [(each.written, each.key.said) for each in self._planned(line, None)]

    def _planned(self, line: str, leads: Sequence[str] | None) -> list[_Planned]:
        """The clauses of a line; of a reply where there are ``leads``, the phrases that it may begin with."""
        begins, rest = ([], line) if leads is None else led(line, leads)
        longest = {} if leads is None else {"first": FIRST, "longest": REPLY}
        spoken = [(each, each if each[-1] in PAUSES else f"{each}，") for each in begins]
        spoken += [(each, each) for each in clauses(rest, self._syllables, **longest)]
        made = [
            _Planned(written, ClauseKey(self.name, self.speed, self.read_out(aloud), _pause(aloud)))
            for written, aloud in spoken
        ]
        return [each for each in made if each.key.said]

    def read_out(self, text: str) -> str:
        """``text`` as this speaker reads it aloud."""
        return read_out(text, self._pronunciation)

    def speak(
        self, line: str, cancelled: Cancelled = never, leads: Sequence[str] | None = None
    ) -> Iterator[Clause]:
        """Speak ``line`` clause by clause; the first is ready soonest. Ends early when ``cancelled()``.

        With ``leads`` it is a reply: phrases among them that it begins with are clauses of their own, and the
        others are short; what a voice had to make of it is kept.
        """
        start = 0.0
        for planned in self._planned(line, leads):
            if cancelled():
                return
            speech = self._remembered(planned.key)
            cached = speech is not None
            if speech is None:
                speech = self._spoken(planned, cancelled)
                if cancelled():
                    return
                if speech is None:
                    continue
                self._remember(planned.key, speech)
                if leads is not None:  # what one viewer asked another will ask
                    self._keep(planned.key, speech)
            if not start:
                speech = _after(self._sign(line, speech.rate), speech)
            yield Clause(planned.written, planned.key.said, speech, start, cached)
            start += speech.seconds

    def learn(self, line: str, leads: Sequence[str], cancelled: Cancelled = never) -> bool | None:
        """Learn by heart the first clause of a reply that is not known yet.

        False where all of it is known, None where it was ``cancelled()``.
        """
        for planned in self._planned(line, leads):
            if self._known(planned.key):
                continue
            speech = self._cached(planned.key) or self._spoken(planned, cancelled)
            if cancelled():
                return None
            if speech is not None:
                self._remember(planned.key, speech)
                self._keep(planned.key, speech)
                return True
        return False

    def _keep(self, key: ClauseKey, speech: Speech) -> None:
        if self._shelf is not None and not self._shelf.put(key, speech):
            self._shelf = None  # from now on memory alone

    def hold(self, line: str, leads: Sequence[str]) -> float:
        """Seconds that a reply's first clause should wait, once ready, so that none after it comes late."""
        needed = ahead = late = 0.0
        for at, planned in enumerate(self._planned(line, leads)):
            speech = self._remembered(planned.key)
            if at:
                needed += 0.0 if speech else self._pace.work(planned.syllables)
                late = max(late, needed - ahead - GAP)
            ahead += speech.seconds if speech else self._pace.sound(planned.syllables)
        return min(LONGEST_HOLD, late)

    def _known(self, key: ClauseKey) -> bool:
        return key in self._shelf if self._shelf is not None else self._cached(key) is not None

    def _spoken(self, planned: _Planned, cancelled: Cancelled) -> Speech | None:
        key, began = planned.key, time.perf_counter()
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
        self._pace.note(planned.syllables, time.perf_counter() - began, end)
        rest = (Viseme("rest", speech.seconds, end),) if end > speech.seconds else ()
        return Speech(samples, speech.rate, (*speech.visemes, *rest))

    def _remembered(self, key: ClauseKey) -> Speech | None:
        speech = self._cached(key)
        if speech is None and self._shelf is not None and (speech := self._shelf.get(key)) is not None:
            self._remember(key, speech)
        return speech

    def _cached(self, key: ClauseKey) -> Speech | None:
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _remember(self, key: ClauseKey, speech: Speech) -> None:
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
