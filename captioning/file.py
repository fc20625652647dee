"""Captions of a recording: the same ears and the same captioner as live, without the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from captioning.captioner import Captioner
from captioning.endpoint import RATE, BoundaryKind, Endpointer, EndpointSettings
from captioning.hearing import Dropped, SampleBuffer, final_request, judge
from captioning.repair import Candidate
from core.events import Cue, Samples
from core.ports import RecognitionRequest, Transcript, VoiceActivity

Decode = Callable[[Samples, RecognitionRequest], Transcript]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one segment: what was expected and heard, what repair considered, and the outcome."""

    hotwords: tuple[str, ...]
    heard: str
    confidence: float
    considered: tuple[Candidate, ...]
    outcome: Cue | Dropped


PADDING = 0.25
"""Seconds of sound kept on either side of a segment."""

OFFLINE = EndpointSettings(end_silence=((6.0, 0.8), (12.0, 0.6), (60.0, 0.35)), max_seconds=24.0)
"""A recording does not wait, so a pause may be longer before it ends a segment."""


@dataclass(slots=True)
class Timing:
    """How long the parts took, in seconds, and over how much sound."""

    audio: float = 0.0
    recognition: float = 0.0
    rendering: float = 0.0
    wall: float = 0.0

    def record(self) -> dict[str, float]:
        """JSON-ready, with the real-time factor."""
        parts = {
            "audio_seconds": self.audio,
            "recognition_seconds": self.recognition,
            "rendering_seconds": self.rendering,
            "wall_seconds": self.wall,
            "real_time_factor": self.wall / self.audio if self.audio else 0.0,
        }
        return {name: round(value, 3) for name, value in parts.items()}


@dataclass(slots=True)
class FileCaptioner:
    """Captions one recording after another. ``timing`` and ``dropped`` tell of the last.

    ``tell`` hears of each segment how its caption came about.
    """

    decode: Decode
    activity: VoiceActivity
    captioner: Captioner
    settings: EndpointSettings = OFFLINE
    tell: Callable[[Told], None] | None = None
    timing: Timing = field(default_factory=Timing)
    dropped: list[Dropped] = field(default_factory=list)

    def caption(
        self, chunks: Iterable[Samples], progress: Callable[[float], None] = lambda _: None
    ) -> Iterator[Cue]:
        """Yield the final cues of 16 kHz mono float32 sound, in order.

        ``progress`` is called with the seconds of sound read so far. Memory does not grow with length.
        """
        self.timing, self.dropped = Timing(), []
        begun = time.perf_counter()
        for number, (start, end, origin, samples) in enumerate(self._segments(chunks, progress), 1):
            cue = self._caption_segment(f"c{number}", start, end, origin, samples)
            self.timing.wall = time.perf_counter() - begun
            if cue:
                yield cue
        self.timing.wall = time.perf_counter() - begun

    def _caption_segment(
        self, name: str, start: float, end: float, origin: float, samples: Samples
    ) -> Cue | None:
        began = time.perf_counter()
        hotwords = self.captioner.hotwords()
        transcript = self.decode(samples, final_request(hotwords, "best"))
        heard_at = time.perf_counter()
        heard = judge(transcript, name, start, end, origin=origin)
        masked = self.captioner.mask(transcript.text.strip()) if self.tell else ""
        cue = None
        if isinstance(heard, Dropped):
            self.dropped.append(heard)
        else:
            cue = self.captioner.caption(heard)
        if self.tell:
            self._tell(hotwords, masked, transcript.confidence, heard if isinstance(heard, Dropped) else cue)
        self.timing.recognition += heard_at - began
        self.timing.rendering += time.perf_counter() - heard_at
        return cue

    def _tell(
        self, hotwords: tuple[str, ...], heard: str, confidence: float, outcome: Cue | Dropped | None
    ) -> None:
        assert self.tell is not None
        assert outcome is not None
        considered = self.captioner.repair(heard).considered
        self.tell(Told(hotwords, heard, confidence, considered, outcome))

    def _segments(
        self, chunks: Iterable[Samples], progress: Callable[[float], None]
    ) -> Iterator[tuple[float, float, float, Samples]]:
        endpointer = Endpointer(self.settings)
        activity = self.activity.stream()
        window = self.activity.capabilities.window
        buffer = SampleBuffer()
        pending = np.zeros(0, np.float32)
        start = 0.0
        for chunk in chunks:
            pending = np.concatenate([pending, chunk])
            usable = len(pending) // window * window
            for at in range(0, usable, window):
                piece = pending[at : at + window]
                buffer.append(piece)
                for boundary in endpointer.accept(activity.accept(piece)):
                    if boundary.kind is BoundaryKind.START:
                        start = boundary.at
                    elif boundary.kind is BoundaryKind.END:
                        yield (start, boundary.at, *buffer.cut(start - PADDING, boundary.at + PADDING))
                buffer.trim((start if endpointer.speaking else buffer.end) - 1.0)
            pending = pending[usable:]
            self.timing.audio = buffer.end + len(pending) / RATE
            progress(self.timing.audio)
        for boundary in endpointer.finish():
            yield (start, boundary.at, *buffer.cut(start - PADDING, boundary.at + PADDING))
