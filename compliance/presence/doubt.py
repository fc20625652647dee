"""When the meter cannot tell: clocks that disagree, events that are missing, a recogniser that is out.

In doubt the AI is silent and people carry on: every reason here silences the AI until it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.events import (
    Act,
    AudioChunk,
    Cue,
    Event,
    Hypothesis,
    Notice,
    Played,
    Utterance,
)  # fmt: skip

SKEW = 2.0
"""Seconds that the time of an event in the room and on the wall may disagree."""
SOUND_LATE = 5.0
SOUND_GONE = 5.0
SCREEN_GONE = 6.0
CALM = 5.0
"""Seconds without a new sign after which a doubt is gone."""
DEAF_VOICED, DEAF_SECONDS = 12.0, 20.0
"""So much voice in so many seconds without any caption: the recogniser is out."""
OUTAGES = frozenset({"captions.unavailable", "stage.failed", "stage.restarted", "recognizer.unavailable"})

REASONS = {
    "clock": "时钟对不上，分不清谁在什么时候说话",
    "events": "有几条记录丢了",
    "sound": "话筒的声音断了或者来得太晚",
    "screen": "不知道虚拟主播的声音放完没有",
    "captions": "字幕识别停了，听不懂主播在说什么",
    "meter": "在场检查没有在工作",
}
"""What people are told, by kind of doubt."""


@dataclass(slots=True)
class Doubts:
    """Signs that the meter's picture may be wrong, seen from the events of one room."""

    _since: dict[str, float] = field(default_factory=dict)
    _opened: float | None = None
    _offset: float | None = None
    _seq: int | None = None
    _sound_end: float | None = None
    _playing: dict[str, float] = field(default_factory=dict)
    _captions_out: bool = False
    _voiced: float = 0.0
    _voiced_since: float | None = None

    def see(self, event: Event, now: float) -> None:
        """Take one event that arrived at ``now`` seconds of the room."""
        if event.seq is not None:
            if self._seq is not None and event.seq > self._seq + 1:
                self._since["events"] = now
            self._seq = max(event.seq, self._seq or 0)
        match event:
            case AudioChunk():
                self._hear(event, now)
            case Utterance():
                self._playing[event.id] = event.at + event.seconds
            case Played():
                self._playing.pop(event.utterance, None)
            case Cue() | Hypothesis():
                self._captions_out, self._voiced_since = False, None
            case Notice(code="caption.unclear"):
                self._voiced_since = None
            case Notice() if event.code in OUTAGES and event.subject in ("", "captions", "字幕"):
                self._captions_out = True
        if isinstance(event, Act | Utterance | Played):  # made when they happen; lines may wait
            self._compare(event, now)

    def tick(self, now: float, monotonic: float) -> None:
        """The room's time beside one that nobody sets: they must go on together."""
        offset = now - monotonic
        if self._offset is not None and abs(offset - self._offset) > SKEW:
            self._since["clock"] = now
            self._opened = None
        self._offset = offset if self._offset is None or abs(offset - self._offset) > SKEW else self._offset

    def voiced(self, second: int, share: float) -> None:
        """A second of live voice, for the recogniser's sake."""
        if self._voiced_since is None:
            self._voiced_since, self._voiced = float(second), 0.0
        self._voiced += share

    def now(self, now: float, listening: bool) -> Iterator[str]:
        """The kinds of doubt there are now, keys of :data:`REASONS`."""
        for kind, since in self._since.items():
            if abs(now - since) < CALM:
                yield kind
        if listening and self._sound_end is not None and now - self._sound_end > SOUND_GONE:
            yield "sound"
        if any(now - end > SCREEN_GONE for end in self._playing.values()):
            yield "screen"
        if self._captions_out or self._deaf(now, listening):
            yield "captions"

    def _deaf(self, now: float, listening: bool) -> bool:
        since = self._voiced_since
        return listening and since is not None and self._voiced >= DEAF_VOICED and now - since >= DEAF_SECONDS

    def _hear(self, chunk: AudioChunk, now: float) -> None:
        end = chunk.at + chunk.seconds
        if now - end > SOUND_LATE or end - now > SOUND_LATE:
            self._since["sound"] = now
        self._sound_end = max(end, self._sound_end or 0.0)

    def _compare(self, event: Event, now: float) -> None:
        """When the room was opened, by this event: all events must agree on it."""
        opened = event.wall.timestamp() - event.at
        if self._opened is None:
            self._opened = opened
        elif abs(opened - self._opened) > SKEW:
            self._since["clock"], self._opened = now, opened  # a clock that was set is right from then on
        if event.at - now > SKEW:
            self._since["clock"] = now
