"""A room's ears: one microphone at a time into one long-lived caption stage."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from captioning.spool import Spool
from core.channel import Channel, ChannelClosed
from core.errors import InputError, StorageError
from core.events import AudioChunk, Event, Notice
from core.stage import Stage, Supervised
from service.microphone import Microphone, MicrophoneSettings
from service.rooms import Room

log = logging.getLogger(__name__)

BACKLOG = 1200
"""Chunks that may wait while the models load (two minutes of 0.1 s chunks)."""

FLUSH = 1.2
"""Seconds of silence that end an open segment when a microphone stops."""

GRACE = 2.0
"""Seconds in which a lost connection may come back without its sentence being cut in two."""

RETRY = 15.0
"""Seconds between two tries to keep sound on a disk that takes none."""

FAILURES = frozenset({"stage.restarted", "stage.failed", "captions.unavailable"})
"""Notices after which not all sound was captioned."""

MakeStage = Callable[[], Awaitable[Stage]]


def nobody() -> bool:
    """The host's voice of a room without a host: never to be heard."""
    return False


class Listening:
    """Feeds sound to the room's caption stage. A newcomer takes the microphone over."""

    def __init__(
        self,
        room: Room,
        make_stage: MakeStage,
        hushed: Callable[[], bool] = nobody,
        tap: Callable[[AudioChunk], None] = lambda _: None,
        spool: Spool | None = None,
        consent: bool = False,
    ) -> None:
        """While ``hushed()`` the microphone hears the host's own voice, which is no person: it is dropped.

        ``tap`` has all sound as it comes, the host's included. With ``consent`` the sound is kept in
        ``spool`` before it is captioned.
        """
        self._room = room
        self._hushed = hushed
        self._tap = tap
        self._make_stage = make_stage
        self._inbox: Channel[Event] = Channel(BACKLOG)
        self._microphone: Microphone | None = None
        self._running: asyncio.Task[None] | None = None
        self._next = 0.0
        self._spool = spool
        self._keeping = consent and spool is not None
        self._retry_at = 0.0
        self._recovering: asyncio.Task[None] | None = None
        self._flushing: asyncio.Task[None] | None = None
        self._begun = False
        self._taking = asyncio.Lock()
        self._whole = True
        if spool is not None:
            self._next = spool.tail.end
            self._recovering = asyncio.create_task(self._recover(spool))

    @property
    def hushed(self) -> bool:
        """Whether what the microphone hears is dropped, as the host is speaking."""
        return self._hushed()

    def begin(self, settings: MicrophoneSettings) -> Microphone:
        """A client's microphone: its earlier session where it has one, else a new one."""
        known = self._microphone
        if known is not None and settings.session and known.settings == settings:
            self._microphone = copy.copy(known)  # what the lost connection still brings is sent again anyway
            return self._microphone
        self._microphone = self._resumed(settings) or Microphone(
            settings, max(self._room.now, self._next, self._room.captioned_until)
        )
        self._room.listening = True
        self._start()
        return self._microphone

    def _resumed(self, settings: MicrophoneSettings) -> Microphone | None:
        """The session that was cut by a crash of ours: its sound goes on where the spool ends."""
        first, self._begun = not self._begun, True
        if not first or self._spool is None or not settings.session:
            return None
        tail = self._spool.tail
        return Microphone(settings, tail.end, tail.taken) if tail.source == _source(settings) else None

    def _start(self) -> None:
        if self._running is None or self._running.done():
            self._inbox = Channel(BACKLOG)
            self._running = asyncio.create_task(self._run())

    def holds(self, microphone: Microphone) -> bool:
        """Whether this microphone is the one that is heard."""
        return self._microphone is microphone

    async def hear(self, microphone: Microphone, data: bytes) -> None:
        """Take bytes of the microphone; raises where another one has taken over."""
        async with self._taking:
            await self._take(microphone, data)

    async def _take(self, microphone: Microphone, data: bytes) -> None:
        if not self.holds(microphone):
            raise InputError("microphone.replaced", "另一个话筒接过去了。", "要用这个话筒，请再按一次开始。")
        chunk = microphone.accept(data)
        if chunk is None:
            return
        self._tap(chunk)
        if self._hushed():
            chunk = replace(chunk, samples=np.zeros_like(chunk.samples))  # silence, so that times go on
        if self._recovering is not None:
            await asyncio.wait([self._recovering])
        await self._keep(microphone, chunk)
        await self._send(chunk)

    async def end(self, microphone: Microphone) -> None:
        """The seller stopped: what was being said is finished and shown."""
        if not self.holds(microphone):
            return
        await self._flush(0.0)
        self._microphone = None
        self._room.listening = False

    async def pause(self, microphone: Microphone) -> None:
        """The connection is lost: keep the session; unless it is soon back, finish the open segment."""
        if self.holds(microphone):
            self._flush_after(GRACE)

    async def close(self) -> None:
        """End the stage; every open segment is finished first."""
        for task in (self._flushing, self._recovering):
            if task is not None and not task.done():
                self._whole = self._whole and task is self._flushing
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._inbox.close()
        if self._running is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        if self._spool is not None and self._whole:
            with contextlib.suppress(StorageError):  # captioned once more at the next start
                await asyncio.to_thread(self._spool.settle)

    async def _recover(self, spool: Spool) -> None:
        """Caption what was kept and not captioned when the program was killed."""
        since = self._room.captioned_until
        if spool.tail.end <= max(since, spool.settled):
            return
        sound = spool.pending(since)
        self._start()
        try:
            while not self._inbox.closed and (some := await asyncio.to_thread(_some, sound)):
                for chunk in some:
                    await self._feed(chunk)
        except StorageError as error:
            self._whole = False
            await self._tell(error.code, str(error))
        self._flush_after(GRACE)

    async def _keep(self, microphone: Microphone, chunk: AudioChunk) -> None:
        """Spool the sound; where the disk takes none people are told, and captions go on."""
        if self._spool is None or not self._keeping or self._room.now < self._retry_at:
            return
        try:
            await asyncio.to_thread(
                self._spool.write, chunk, _source(microphone.settings), microphone.samples
            )
        except StorageError as error:
            self._retry_at = self._room.now + RETRY
            await self._tell("spool.stopped", f"声音没有留底，字幕照常：{error}")

    async def _tell(self, code: str, text: str) -> None:
        await self._room.publish(Notice(code=code, text=text, level="warning", at=self._room.now))

    def _flush_after(self, seconds: float) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
        self._flushing = asyncio.create_task(self._flush(seconds))

    async def _flush(self, seconds: float) -> None:
        """End the open segment by silence, unless sound comes within some seconds."""
        until = self._next
        await asyncio.sleep(seconds)
        if until and self._next == until and self._running is not None:
            silence = np.zeros(round(FLUSH * AudioChunk.rate), np.float32)
            await self._feed(AudioChunk(samples=silence, at=until))

    async def _send(self, chunk: AudioChunk) -> None:
        self._next = chunk.at + chunk.seconds
        await self._feed(chunk)

    async def _feed(self, chunk: AudioChunk) -> None:
        with contextlib.suppress(ChannelClosed):
            await self._inbox.send(chunk)

    async def _run(self) -> None:
        outbox: Channel[Event] = Channel(256)
        publishing = asyncio.create_task(self._publish(outbox))
        try:
            stage = await self._make_stage()
            await Supervised(stage, room=self._room.name, title="字幕").run(self._inbox, outbox)
        except Exception as error:
            self._inbox.close()  # nobody reads it: no sender may wait for room in it
            log.error("captions cannot start: %s", type(error).__name__, exc_info=error)
            text = f"字幕开不起来：{error}"
            await outbox.send(
                Notice(code="captions.unavailable", text=text, level="error", at=self._room.now)
            )
        finally:
            outbox.close()
            await publishing

    async def _publish(self, outbox: Channel[Event]) -> None:
        async for event in outbox:
            if isinstance(event, Notice) and event.code in FAILURES:
                self._whole = False
            await self._room.publish(event)


def _source(settings: MicrophoneSettings) -> str:
    return f"{settings.rate} {settings.format} {settings.session}"


def _some(sound: Iterator[AudioChunk]) -> list[AudioChunk]:
    return list(islice(sound, 50))
