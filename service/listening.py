"""A room's ears: one microphone at a time into one long-lived caption stage."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np

from core.channel import Channel, ChannelClosed
from core.errors import InputError
from core.events import AudioChunk, Event, Notice
from core.stage import Stage, Supervised
from service.microphone import Microphone, MicrophoneSettings
from service.rooms import Room

log = logging.getLogger(__name__)

BACKLOG = 1200
"""Chunks that may wait while the models load (two minutes of 0.1 s chunks)."""

FLUSH = 1.2
"""Seconds of silence that end an open segment when a microphone stops."""

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
    ) -> None:
        """While ``hushed()`` the microphone hears the host's own voice, which is no person: it is dropped.

        ``tap`` has all sound as it comes, the host's included.
        """
        self._room = room
        self._hushed = hushed
        self._tap = tap
        self._make_stage = make_stage
        self._inbox: Channel[Event] = Channel(BACKLOG)
        self._microphone: Microphone | None = None
        self._running: asyncio.Task[None] | None = None
        self._next = 0.0

    def begin(self, settings: MicrophoneSettings) -> Microphone:
        """A client's microphone: its earlier session where it has one, else a new one."""
        known = self._microphone
        if known is not None and settings.session and known.settings == settings:
            return known
        self._microphone = Microphone(settings, max(self._room.now, self._next, self._room.captioned_until))
        self._room.listening = True
        if self._running is None or self._running.done():
            self._inbox = Channel(BACKLOG)
            self._running = asyncio.create_task(self._run())
        return self._microphone

    def holds(self, microphone: Microphone) -> bool:
        """Whether this microphone is the one that is heard."""
        return self._microphone is microphone

    async def hear(self, microphone: Microphone, data: bytes) -> None:
        """Take bytes of the microphone; raises where another one has taken over."""
        if not self.holds(microphone):
            raise InputError("microphone.replaced", "另一个话筒接过去了。", "要用这个话筒，请再按一次开始。")
        chunk = microphone.accept(data)
        if chunk is None:
            return
        self._tap(chunk)
        if self._hushed():
            chunk = replace(chunk, samples=np.zeros_like(chunk.samples))  # silence, so that times go on
        await self._send(chunk)

    async def end(self, microphone: Microphone) -> None:
        """The seller stopped: what was being said is finished and shown."""
        if not self.holds(microphone):
            return
        await self.pause(microphone)
        self._microphone = None
        self._room.listening = False

    async def pause(self, microphone: Microphone) -> None:
        """The connection is lost: finish the open segment, keep the session for its return."""
        if self.holds(microphone) and self._next:
            silence = np.zeros(round(FLUSH * AudioChunk.rate), np.float32)
            await self._send(AudioChunk(samples=silence, at=self._next))

    async def close(self) -> None:
        """End the stage; every open segment is finished first."""
        self._inbox.close()
        if self._running is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def _send(self, chunk: AudioChunk) -> None:
        self._next = chunk.at + chunk.seconds
        with contextlib.suppress(ChannelClosed):
            await self._inbox.send(chunk)

    async def _run(self) -> None:
        outbox: Channel[Event] = Channel(256)
        publishing = asyncio.create_task(self._publish(outbox))
        try:
            stage = await self._make_stage()
            await Supervised(stage, room=self._room.name, title="字幕").run(self._inbox, outbox)
        except Exception as error:
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
            await self._room.publish(event)
