"""The live stage: sound in; partial, then final cues out, one segment after another.

A running decode cannot be cut, so the stage is careful about when it starts one: no partial while the
speaker seems to pause, and what is decoded at the pause serves as the final when nothing more is said.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from captioning.captioner import Captioner
from captioning.endpoint import RATE, Boundary, BoundaryKind, Endpointer, EndpointSettings
from captioning.hearing import Dropped, SampleBuffer, final_request, judge
from captioning.overload import Load, lengthened
from captioning.plausible import PlausibilitySettings, stands_out
from captioning.stabilise import Stabiliser
from core.channel import Channel
from core.clock import Clock, SystemClock
from core.compute import Compute, JobDropped, Priority
from core.events import AudioChunk, Cue, Event, Hypothesis, Notice, Samples
from core.ports import RecognitionRequest, Recognizer, Transcript, VoiceActivity
from core.telemetry import Telemetry

PADDING = 0.25
GAP = 0.5
"""A jump of the stream's clock by more than this many seconds, or back, ends the open segment."""

NEWS = 0.1
"""Two partials of less new sound than this agree because they heard the same."""

SLACK = 16
"""Samples (1 ms) by which a chunk may come early: the rounding of times."""

UNCLEAR = frozenset({"low_confidence", "loop", "too_fast"})
"""Reasons that mean somebody spoke and was not understood: viewers see 听不清."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Times in seconds. The first partial is decoded ``first_partial`` after speech starts. Until some text
    is shown, for at most ``eager``, the next one follows at once. Then each is followed by a rest of
    ``partial_rest``, and of ``partial_share`` times its own decoding: text over more new sound flickers less,
    and a final seldom waits for a partial under way. ``partial`` says what a partial may show: less certain
    text than a final, where one voice stands out.
    """

    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    partial: PlausibilitySettings = field(default_factory=lambda: PlausibilitySettings(confidence=0.2))
    first_partial: float = 0.3
    eager: float = 3.0
    partial_rest: float = 1.2
    partial_share: float = 1.0


@dataclass(slots=True)
class _Segment:
    name: str
    start: float
    next_partial: float
    stabiliser: Stabiliser
    partial: asyncio.Task[None] | None = None
    guess: asyncio.Task[Transcript] | None = None
    guess_end: float = -1.0
    ended: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    segment: _Segment
    end: float
    arrived: float


@dataclass(slots=True)
class LiveCaptions:
    """Implements ``core.stage.Stage`` over ``AudioChunk`` events; other events are ignored."""

    recognizer: Recognizer
    activity: VoiceActivity
    captioner: Captioner
    compute: Compute
    settings: LiveSettings = field(default_factory=LiveSettings)
    telemetry: Telemetry | None = None
    clock: Clock = field(default_factory=SystemClock)
    room: str = "main"
    prefix: str = "c"
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))  # a restart repeats no name
    name: str = "captions"

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Caption until the inbox closes; every open segment is finished before this returns."""
        await _Run(self, outbox).run(inbox)


class _Run:
    """The moving parts of one run of the stage."""

    def __init__(self, stage: LiveCaptions, outbox: Channel[Event]) -> None:
        self._s = stage
        self._outbox = outbox
        self._load = Load()
        self._heard = False
        self._segment: _Segment | None = None
        self._finals: asyncio.Queue[_Ended | None] = asyncio.Queue()
        self._reset(0.0)

    def _reset(self, origin: float) -> None:
        self._origin = origin
        usual = self._s.settings.endpoint
        self._endpointer = Endpointer(lengthened(usual) if self._load.behind else usual)
        self._activity = self._s.activity.stream()
        self._buffer = SampleBuffer(origin)
        self._pending: Samples = np.zeros(0, np.float32)

    async def run(self, inbox: Channel[Event]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._finish_in_order())
            async for event in inbox:
                if isinstance(event, AudioChunk):
                    await self._hear(event)
            await self._close()
            await self._finals.put(None)

    async def _hear(self, chunk: AudioChunk) -> None:
        sound = await self._aligned(chunk)
        window = self._s.activity.capabilities.window
        self._pending = np.concatenate([self._pending, sound])
        usable = len(self._pending) // window * window
        for at in range(0, usable, window):
            await self._window(self._pending[at : at + window])
        self._pending = self._pending[usable:]

    async def _aligned(self, chunk: AudioChunk) -> Samples:
        """The sound of ``chunk``, after silence for a short gap; any other gap is a new start."""
        missing = round((chunk.at - self._buffer.end) * RATE) - len(self._pending)
        if self._heard and 0 <= missing + SLACK and missing <= GAP * RATE:
            return np.concatenate([np.zeros(max(0, missing), np.float32), chunk.samples])
        if self._heard:
            await self._close()
        self._heard = True
        self._reset(chunk.at)
        return chunk.samples

    async def _window(self, piece: Samples) -> None:
        self._buffer.append(piece)
        for boundary in self._endpointer.accept(self._activity.accept(piece)):
            await self._boundary(boundary)
        self._buffer.trim((self._segment.start if self._segment else self._buffer.end) - 1.0)
        if self._segment is None:
            return
        if self._buffer.end >= self._segment.next_partial and not self._endpointer.quiet_windows:
            self._start_partial(self._segment)

    async def _boundary(self, boundary: Boundary) -> None:
        at = boundary.at + self._origin
        if boundary.kind is BoundaryKind.START:
            self._open(at)
        elif boundary.kind is BoundaryKind.PAUSE and self._segment and not self._load.thin:
            self._guess(self._segment, at)
        elif boundary.kind is BoundaryKind.RESUME and self._segment and self._segment.guess:
            self._segment.guess.cancel()  # where it still waits, it would only be in another's way
            self._segment.guess = None
        elif boundary.kind is BoundaryKind.END:
            await self._end(at)

    def _open(self, at: float) -> None:
        self._segment = _Segment(
            f"{self._s.prefix}{next(self._s.numbers)}",
            at,
            next_partial=at + self._s.settings.first_partial,
            stabiliser=Stabiliser(self._s.captioner.words),
        )

    async def _close(self) -> None:
        for boundary in self._endpointer.finish():
            await self._boundary(boundary)

    async def _end(self, at: float) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        segment.ended = True
        if segment.guess is None or segment.guess_end != at:
            self._guess(segment, at)
        await self._tell(self._load.change(1))
        silence = self._buffer.end - at
        await self._finals.put(_Ended(segment, at, self._s.clock.now() - silence))

    def _guess(self, segment: _Segment, end: float) -> None:
        segment.guess_end = end
        segment.guess = asyncio.ensure_future(
            self._decode(segment, self._cut(segment, end), Priority.FINAL_CAPTION)
        )

    def _start_partial(self, segment: _Segment) -> None:
        busy = segment.partial is not None and not segment.partial.done()
        if not busy and not self._load.thin:
            end = self._buffer.end
            segment.partial = asyncio.ensure_future(self._partial(segment, self._cut(segment, end), end))

    def _cut(self, segment: _Segment, end: float) -> Samples:
        return self._buffer.cut(segment.start - PADDING, end + PADDING)[1]

    async def _decode(self, segment: _Segment, samples: Samples, priority: Priority) -> Transcript:
        words = self._s.captioner.hotwords()
        partial = priority is Priority.PARTIAL
        wanted = RecognitionRequest(hotwords=words, effort="draft") if partial else final_request(words)
        return await self._s.compute.submit(
            lambda: self._s.recognizer.transcribe(samples, wanted),
            priority=priority,
            model="recognizer",
            cancelled=lambda: priority is Priority.PARTIAL and segment.ended,
        )

    async def _partial(self, segment: _Segment, samples: Samples, end: float) -> None:
        began = self._s.clock.now()
        try:
            transcript = await self._decode(segment, samples, Priority.PARTIAL)
        except JobDropped:
            return
        settings, took = self._s.settings, self._s.clock.now() - began
        heard = judge(
            transcript, segment.name, segment.start, end, final=False, plausibility=settings.partial
        )
        if not segment.ended and isinstance(heard, Hypothesis) and trusted(heard, samples):
            await self._show_settled(segment, heard)
        segment.next_partial = end + NEWS
        if segment.shown or end - segment.start > settings.eager:
            segment.next_partial = self._buffer.end + max(
                settings.partial_rest, settings.partial_share * took
            )

    async def _show_settled(self, segment: _Segment, heard: Hypothesis) -> None:
        """Show what of a partial is settled, where that is news."""
        shown = segment.stabiliser.accept(heard.text, heard.confidence)
        if shown == segment.shown:
            return
        if not segment.shown and self._s.telemetry:
            self._s.telemetry.first_partial.observe(self._buffer.end - segment.start)
        segment.shown = shown
        await self._show(replace(heard, text=shown, stable=len(shown)))

    async def _finish_in_order(self) -> None:
        while (ended := await self._finals.get()) is not None:
            await self._finish(ended)
            await self._tell(self._load.change(-1))

    async def _tell(self, news: str) -> None:
        """Lengthen segments while the recogniser is behind, and say so."""
        if not news:
            return
        behind = news == "behind"
        usual = self._s.settings.endpoint
        self._endpointer.follow(lengthened(usual) if behind else usual)
        text = "字幕跟不上了，先保证每句都有，边说边出的字暂停。" if behind else "字幕跟上来了。"
        await self._outbox.send(
            Notice(
                room=self._s.room,
                at=self._buffer.end,
                code=f"captions.{news}",
                text=text,
                level="warning" if behind else "info",
            )
        )

    async def _finish(self, ended: _Ended) -> None:
        segment = ended.segment
        assert segment.guess is not None
        transcript = await segment.guess
        heard = judge(transcript, segment.name, segment.start, ended.end)
        if self._s.telemetry:
            self._s.telemetry.final_lag.observe(max(0.0, self._s.clock.now() - ended.arrived))
        if isinstance(heard, Dropped):
            await self._drop(segment, heard)
        else:
            await self._show(heard)

    async def _show(self, heard: Hypothesis) -> None:
        heard = replace(heard, room=self._s.room)
        await self._outbox.send(heard)
        await self._outbox.send(self._s.captioner.caption(heard))

    async def _drop(self, segment: _Segment, dropped: Dropped) -> None:
        """Take back what a partial showed, and say 听不清 where somebody did speak."""
        if segment.shown:
            await self._outbox.send(
                Cue(
                    room=self._s.room,
                    cue=segment.name,
                    start=dropped.start,
                    end=dropped.end,
                    raw="",
                    mandarin="",
                    at=dropped.end,
                )
            )
        if dropped.reason in UNCLEAR:
            text = "这一句没听清。"
            notice = Notice(
                room=self._s.room, at=dropped.end, code="caption.unclear", text=text, subject=segment.name
            )
            await self._outbox.send(notice)


def trusted(heard: Hypothesis, samples: Samples) -> bool:
    """Whether a partial over ``samples`` may be shown: confident like a final, or of one voice nearby.

    Out of a crowd's murmur a recogniser writes fluent text, which finals are confident enough to leave out.
    """
    voice = samples[round(PADDING * RATE) :]
    return heard.confidence >= PlausibilitySettings().confidence or stands_out(voice)
