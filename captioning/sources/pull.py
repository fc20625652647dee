"""Sound pulled from a stream (RTMP, RTSP, HLS, any URL or file) or read from standard input, by PyAV.

A live stream that breaks off is asked for again, with growing waits, until it has been silent for
``patience`` seconds; a recording ends where it ends. With ``listen`` the program waits for a publisher (OBS,
a camera) instead of asking a server.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

import av
import numpy as np

from captioning.sources.timeline import Timeline
from core.channel import Channel, ChannelClosed
from core.errors import InputError
from core.events import AudioChunk, Notice, Samples
from media.audio import RATE, TOO_DAMAGED

FLUSH = 1.2
"""Seconds of silence that end the open sentence when the stream is gone."""


@dataclass(frozen=True, slots=True)
class RawPcm:
    """Sound without a header: samples a second, and FFmpeg's name of their format."""

    rate: int = 16_000
    format: str = "s16le"


@dataclass(frozen=True, slots=True)
class Retry:
    """Waits in seconds double from ``first`` to ``longest``; after ``patience`` without sound it is over."""

    first: float = 0.5
    longest: float = 10.0
    patience: float = 60.0
    timeout: float = 20.0


@dataclass(slots=True)
class Pull:
    """Implements :class:`captioning.sources.AudioSource`. ``location`` is a URL, a path, or an open file.

    ``raw`` says that an open file has no header.
    """

    location: str | BinaryIO
    listen: bool = False
    raw: RawPcm | None = None
    retry: Retry = field(default_factory=Retry)
    clock: Callable[[], float] = time.monotonic
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """What people are told: never a stream key or a password."""
        if not isinstance(self.location, str):
            return "标准输入"
        parts = urlsplit(self.location)
        return f"{parts.scheme}://{parts.hostname}" if parts.hostname else self.location

    async def events(self) -> AsyncIterator[AudioChunk | Notice]:
        """The sound; leaving the loop early stops the reading."""
        channel: Channel[AudioChunk | Notice] = Channel(64)
        reading = asyncio.create_task(asyncio.to_thread(self._read_into, channel))
        reading.add_done_callback(lambda _: channel.close())
        try:
            async for event in channel:
                yield event
            await reading
        finally:
            self._stop.set()
            channel.close()
            with suppress(ChannelClosed):
                await reading

    def _read_into(self, channel: Channel[AudioChunk | Notice]) -> None:
        for event in self.read():
            channel.send_from_thread(event)

    def read(self) -> Iterator[AudioChunk | Notice]:
        """The same for a thread; blocking."""
        timeline = Timeline(repeats=self._is_hls())
        lost_at: float | None = None
        wait = self.retry.first
        while not self._stop.is_set():
            try:
                container = self._open()
            except (av.FFmpegError, OSError, ValueError) as error:
                if lost_at is None:
                    raise self._unreachable() from error
                container = None
            if container is not None:
                with container:
                    finite = self._is_finite(container)
                    if lost_at is not None and finite:
                        break  # the broadcast became a recording: it would begin again
                    for chunk in self._chunks(container, timeline, lost_at):
                        if lost_at is not None:
                            yield self._back(chunk)
                            lost_at, wait = None, self.retry.first
                        yield chunk
                if finite or self._stop.is_set():
                    return
            if lost_at is None:
                lost_at = self.clock()
                yield from self._lost(timeline)
            if self.clock() - lost_at >= self.retry.patience:
                break
            self._stop.wait(wait)
            wait = min(self.retry.longest, wait * 2)
        if lost_at is not None:
            yield self._over()

    def _chunks(
        self, container: av.container.InputContainer, timeline: Timeline, lost_at: float | None
    ) -> Iterator[AudioChunk]:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        new = False
        for frame in self._frames(container):
            if lost_at is not None:
                timeline.lost(self.clock() - lost_at)
                lost_at = None
            stamp = frame.time
            frame.pts = None  # the resampler must not stretch the sound to fit its time stamps
            samples = _joined(resampler.resample(frame))
            if len(samples):
                place = timeline.place(stamp, len(samples) / RATE)
                kept = samples[round(place.skip * RATE) :]
                new = len(kept) > 0
                if new:
                    yield AudioChunk(samples=kept, at=place.at)
        samples = _joined(resampler.resample(None))
        if new and len(samples):
            yield AudioChunk(samples=samples, at=timeline.place(None, len(samples) / RATE).at)

    def _frames(self, container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
        packets = container.demux(container.streams.audio[0])
        faults = 0
        while faults < TOO_DAMAGED and not self._stop.is_set():
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError, OSError):
                return
            try:
                frames = packet.decode()
            except av.FFmpegError:
                faults += 1
                continue
            faults = 0
            yield from (frame for frame in frames if isinstance(frame, av.AudioFrame))

    def _open(self) -> av.container.InputContainer:
        options: dict[str, str] = {}
        form = None
        if not isinstance(self.location, str):
            if self.raw:
                form = self.raw.format
                options = {"sample_rate": str(self.raw.rate), "ch_layout": "mono"}
            container = av.open(_Pipe(self.location), mode="r", format=form, options=options)
        else:
            form, options = self._how()
            seconds = self.retry.patience if self.listen else self.retry.timeout
            timeout = (seconds, self.retry.timeout)
            container = av.open(self.location, mode="r", format=form, options=options, timeout=timeout)
        if not container.streams.audio:
            container.close()
            raise InputError("source.no_sound", f"{self.name} 里没有声音。", "请检查推流软件的声音设置。")
        return container

    def _how(self) -> tuple[str | None, dict[str, str]]:
        scheme = urlsplit(str(self.location)).scheme
        if scheme.startswith("rtsp"):
            patience = str(round(self.retry.patience))
            listen = {"rtsp_flags": "listen", "listen_timeout": patience}
            return "rtsp", listen if self.listen else {"rtsp_transport": "tcp"}
        if scheme.startswith("rtmp"):
            return "flv", {"listen": "1"} if self.listen else {}
        return None, {}

    def _is_hls(self) -> bool:
        return isinstance(self.location, str) and urlsplit(self.location).path.endswith((".m3u8", ".m3u"))

    def _is_finite(self, container: av.container.InputContainer) -> bool:
        """Whether the end is the end: an open file, a local one, or a stream that states its length."""
        if not isinstance(self.location, str) or len(urlsplit(self.location).scheme) < 2:
            return True
        return urlsplit(self.location).scheme == "file" or bool(container.duration)

    def _lost(self, timeline: Timeline) -> Iterator[AudioChunk | Notice]:
        yield Notice(code="source.lost", text=f"{self.name} 断了，正在重连。", level="warning")
        yield AudioChunk(samples=np.zeros(round(FLUSH * RATE), np.float32), at=timeline.end)

    def _back(self, chunk: AudioChunk) -> Notice:
        return Notice(code="source.back", text=f"{self.name} 接上了。", level="info", at=chunk.at)

    def _over(self) -> Notice:
        text = f"{self.name} 等了 {self.retry.patience:.0f} 秒没有新的声音，这场直播的字幕到此结束。"
        return Notice(code="source.ended", text=text, level="info")

    def _unreachable(self) -> InputError:
        return InputError(
            "source.unreachable",
            f"连不上 {self.name}，或者那里没有能听的声音。",
            "请检查地址、网络，以及直播是不是已经开始。",
        )


class _Pipe:
    """Only ``read``, which gives what is there instead of waiting for a full buffer."""

    def __init__(self, file: BinaryIO) -> None:
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)

    def read(self, size: int) -> bytes:
        return self._read(size)


def _joined(frames: list[av.AudioFrame]) -> Samples:
    parts = [frame.to_ndarray().reshape(-1) for frame in frames]
    return np.ascontiguousarray(np.concatenate(parts) if parts else np.zeros(0), dtype=np.float32)
