"""What our live stage is compared with: the same weights, voice activity and sound, used plainly.

``Plain`` decodes each voice-activity segment once, when it has ended. ``LocalAgreement`` decodes the growing
segment again and again, shows what two decodes agree on (LocalAgreement-2, Macháček et al. 2023), and
flushes at the endpoint. Both call faster-whisper as its documentation does, without prompt or filters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from faster_whisper import WhisperModel

from captioning.endpoint import RATE, BoundaryKind, Endpointer, EndpointSettings
from captioning.stabilise import shared_prefix
from core.channel import Channel
from core.events import AudioChunk, Cue, Event, Samples
from core.ports import VoiceActivity

Decode = Callable[[Samples], str]


def decoder(model: WhisperModel) -> Decode:
    """The model as its documentation uses it, for one stretch of Mandarin."""

    def decode(samples: Samples) -> str:
        segments, _ = model.transcribe(samples, language="zh", beam_size=1, without_timestamps=True)
        return "".join(s.text for s in segments).strip()

    return decode


def _cue(name: str, start: float, end: float, text: str, *, final: bool) -> Cue:
    return Cue(cue=name, start=start, end=end, raw=text, mandarin=text, final=final)


@dataclass(slots=True)
class Plain:
    """One decode a segment, at its end."""

    decode: Decode
    activity: VoiceActivity
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    every: float | None = None
    name: str = "plain"

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Caption until the inbox closes."""
        await _Run(self, outbox).run(inbox)


def local_agreement(decode: Decode, activity: VoiceActivity, endpoint: EndpointSettings) -> Plain:
    """LocalAgreement-2 with a decode for every second of new sound, as its public server does."""
    return Plain(decode, activity, endpoint, every=1.0, name="LocalAgreement-2")


class _Run:
    def __init__(self, stage: Plain, outbox: Channel[Event]) -> None:
        self._stage = stage
        self._outbox = outbox
        self._endpointer = Endpointer(stage.endpoint)
        self._stream = stage.activity.stream()
        self._sound: Samples = np.zeros(0, np.float32)
        self._done = 0
        self._start: float | None = None
        self._count = 0
        self._previous = self._shown = ""
        self._decoded = 0.0
        self._jobs: asyncio.Queue[tuple[int, float, float, bool] | None] = asyncio.Queue()

    async def run(self, inbox: Channel[Event]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._decode_in_order())
            async for event in inbox:
                if isinstance(event, AudioChunk):
                    self._hear(event.samples)
            for boundary in self._endpointer.finish():
                self._end(boundary.at)
            self._jobs.put_nowait(None)

    def _hear(self, samples: Samples) -> None:
        self._sound = np.concatenate([self._sound, samples])
        window = self._stage.activity.capabilities.window
        while self._done + window <= len(self._sound):
            piece = self._sound[self._done : self._done + window]
            self._done += window
            for boundary in self._endpointer.accept(self._stream.accept(piece)):
                if boundary.kind is BoundaryKind.START:
                    self._count += 1
                    self._start = self._decoded = boundary.at
                elif boundary.kind is BoundaryKind.END:
                    self._end(boundary.at)
        now = self._done / RATE
        every = self._stage.every
        if every and self._start is not None and now - self._decoded >= every and self._jobs.empty():
            self._decoded = now
            self._jobs.put_nowait((self._count, self._start, now, False))

    def _end(self, at: float) -> None:
        assert self._start is not None
        self._jobs.put_nowait((self._count, self._start, at, True))
        self._start = None

    async def _decode_in_order(self) -> None:
        while (job := await self._jobs.get()) is not None:
            count, start, end, final = job
            sound = self._sound[max(0, round((start - 0.25) * RATE)) : round((end + 0.25) * RATE)]
            text = await asyncio.to_thread(self._stage.decode, sound)
            if not final:
                agreed = text[: shared_prefix(self._previous, text)]
                self._previous = text
                if len(agreed) <= len(self._shown):
                    continue
                self._shown = text = agreed
            else:
                # What was committed stays; the rest is flushed as it was last heard.
                text = self._shown + text[len(self._shown) :]
                self._previous = self._shown = ""
            if text:
                await self._outbox.send(_cue(f"b{count}", start, end, text, final=final))
