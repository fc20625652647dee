"""What tests of every room use: a runner for stages, a virtual clock, and scripted models.

The fakes implement the five ports. They are for tests and for trying out a room without weights; nothing
that serves people is built from them.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.channel import Channel
from core.events import Event, Samples, Viseme
from core.ports import (
    Cancelled,
    ChatCapabilities,
    ChatRequest,
    EmbedderCapabilities,
    RecognitionRequest,
    RecognizerCapabilities,
    Speech,
    Transcript,
    VoiceActivityCapabilities,
    VoiceCapabilities,
    never,
)
from core.stage import Stage

RATE = 16_000


async def run_stage(stage: Stage, inputs: Iterable[Event], limit: float = 30.0) -> list[Event]:
    """Feed ``inputs`` to ``stage``, close its inbox and return what it sent, in order.

    Raises :class:`TimeoutError` after ``limit`` real seconds: a stage that does not end hangs no test.
    """
    inbox: Channel[Event] = Channel()
    outbox: Channel[Event] = Channel()
    outputs: list[Event] = []

    async def feed() -> None:
        for event in inputs:
            await inbox.send(event)
        inbox.close()

    async def run() -> None:
        try:
            await stage.run(inbox, outbox)
        finally:
            outbox.close()

    async def collect() -> None:
        async for event in outbox:
            outputs.append(event)

    async with asyncio.timeout(limit), asyncio.TaskGroup() as group:
        feeding = group.create_task(feed())
        group.create_task(collect())
        await run()
        feeding.cancel()  # a stage may end before it has read everything
    return outputs


class VirtualClock:
    """Time that jumps to the next sleeper whenever every task of the event loop waits.

    Sleepers wake one at a time, by deadline and then in the order they went to sleep, and everything a
    sleeper sets off is done before the next one wakes: the same programme always runs the same way. Work in
    threads must be marked with :meth:`hold` (:mod:`core.compute` does); real sockets cannot be seen.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._watching = False
        self._held = 0
        self._lock = threading.Lock()  # a hold may begin in a worker thread

    def now(self) -> float:
        """Virtual seconds."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait in virtual time."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), wake))
        self._watch()
        await wake

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep the time where it is inside the block."""
        with self._lock:
            self._held += 1
        try:
            yield
        finally:
            with self._lock:
                self._held -= 1
            self._watch()

    def _watch(self) -> None:
        if self._sleepers and not self._held and not self._watching:
            self._watching = True
            asyncio.get_running_loop().call_soon(self._look, 0)

    def _look(self, quiet: int) -> None:
        """Advance when nothing else is ready in two rounds of the loop running (the second polled I/O)."""
        loop = asyncio.get_running_loop()
        # asyncio has no public question for "is anything else ready?".
        quiet = 0 if getattr(loop, "_ready", ()) else quiet + 1
        if quiet < 2 and not self._held:
            loop.call_soon(self._look, quiet)
            return
        self._watching = False
        if self._held:
            return
        while self._sleepers:
            deadline, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                self._now = max(self._now, deadline)
                wake.set_result(None)
                break
        self._watch()


class ScriptedRecognizer:
    """Hears what the script says: one transcript a call, the last one again when the script is over.

    ``timeline`` is for streaming: pairs of (seconds of sound heard, text so far), rising. A stream revises
    its transcript when that much sound has come in and finishes with the last text.
    """

    name = "scripted"
    capabilities = RecognizerCapabilities(streaming=True, hotwords=True)

    def __init__(
        self, script: Sequence[str | Transcript] = ("",), timeline: Sequence[tuple[float, str]] = ()
    ) -> None:
        self._script = [s if isinstance(s, Transcript) else Transcript(s, 0.9) for s in script]
        self._timeline = tuple(timeline)
        self.requests: list[RecognitionRequest] = []
        self.heard: list[float] = []

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest | None = None,
        cancelled: Cancelled = never,
    ) -> Transcript:
        """The next transcript of the script; nothing when cancelled."""
        self.requests.append(request or RecognitionRequest())
        self.heard.append(len(samples) / RATE)
        if cancelled():
            return Transcript("", 0.0)
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def stream(self, request: RecognitionRequest | None = None) -> _ScriptedStream:
        """A stream that follows ``timeline``."""
        self.requests.append(request or RecognitionRequest())
        return _ScriptedStream(self._timeline)


class _ScriptedStream:
    def __init__(self, timeline: tuple[tuple[float, str], ...]) -> None:
        self._timeline = timeline
        self._seconds = 0.0
        self._text = ""

    def accept(self, samples: Samples) -> Transcript | None:
        self._seconds += len(samples) / RATE
        due = [text for seconds, text in self._timeline if seconds <= self._seconds + 1e-9]
        if not due or due[-1] == self._text:
            return None
        self._text = due[-1]
        return Transcript(self._text, 0.8)

    def finish(self) -> Transcript:
        return Transcript(self._timeline[-1][1] if self._timeline else "", 0.9)


class ScriptedVoice:
    """A sine tone of ``seconds_per_character`` for each character, with one viseme a character."""

    name = "scripted"
    capabilities = VoiceCapabilities(voices=("tone",), rate=24_000, visemes=True)

    def __init__(self, seconds_per_character: float = 0.2, pitch: float = 220.0) -> None:
        self._each = seconds_per_character
        self._pitch = pitch
        self.spoken: list[str] = []

    def synthesize(
        self, text: str, voice: str = "tone", speed: float = 1.0, cancelled: Cancelled = never
    ) -> Speech:
        """Speak ``text`` as a tone; silence of no length when cancelled."""
        rate = self.capabilities.rate
        if cancelled():
            return Speech(np.zeros(0, np.float32), rate)
        self.spoken.append(text)
        each = self._each / speed
        times = np.arange(round(len(text) * each * rate)) / rate
        tone = (0.3 * np.sin(2 * np.pi * self._pitch * times)).astype(np.float32)
        return Speech(tone, rate, tuple(Viseme("a", i * each, (i + 1) * each) for i in range(len(text))))


class ScriptedChatModel:
    """Answers with the script, one answer a request, the last one again; yields a character a piece.

    An exception in the script is raised instead.
    """

    name = "scripted"
    capabilities = ChatCapabilities(streaming=True, json_schema=True)

    def __init__(self, script: Sequence[str | Exception] = ("好的。",)) -> None:
        self._script = list(script)
        self.requests: list[ChatRequest] = []

    def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
        """Yield the next answer until ``cancelled()``."""
        self.requests.append(request)
        answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(answer, Exception):
            raise answer
        for piece in answer:
            if cancelled():
                return
            yield piece


class ScriptedVoiceActivity:
    """Speech is what is louder than ``threshold`` (root mean square)."""

    name = "scripted"
    capabilities = VoiceActivityCapabilities(window=512)

    def __init__(self, threshold: float = 0.01) -> None:
        self._threshold = threshold

    def stream(self) -> _EnergyStream:
        """Open a stream; it keeps no state."""
        return _EnergyStream(self._threshold)


class _EnergyStream:
    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    def accept(self, window: Samples) -> float:
        loudness = float(np.sqrt(np.mean(np.square(window)))) if len(window) else 0.0
        return loudness / (loudness + self._threshold)


class ScriptedEmbedder:
    """Hashes characters and character pairs into a unit vector: shared words mean nearby vectors."""

    name = "scripted"

    def __init__(self, dimensions: int = 64) -> None:
        self.capabilities = EmbedderCapabilities(dimensions)

    def embed(
        self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage"
    ) -> npt.NDArray[np.float32]:
        """Embed ``texts``; shape (len(texts), dimensions), rows of unit length."""
        rows = np.zeros((len(texts), self.capabilities.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature in [*text, *map("".join, itertools.pairwise(text))] or [""]:
                digest = hashlib.blake2b(feature.encode(), digest_size=4).digest()
                row[int.from_bytes(digest) % len(row)] += 1.0
            row /= np.linalg.norm(row)
        return rows
