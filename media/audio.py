"""Any recording as a stream of mono float32 at 16 kHz; sound written as WAV and other files.

Decoding is FFmpeg's through PyAV, resampling soxr's. Memory stays constant whatever the length.
"""

from __future__ import annotations

import os
import wave
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import av
import numpy as np
import soxr

from core.errors import InputError
from core.events import Samples
from core.files import replacing, storage_error, sync_folder

RATE = 16_000

TOO_DAMAGED = 200
"""Damaged packets in a row after which the rest of a file is given up."""

FORMATS = "wav、mp3、flac、mp4、m4a、ogg"


def decode(path: Path, rate: int = RATE) -> Iterator[Samples]:
    """Yield the first audio track of any file as mono float32 chunks at ``rate`` Hz, in [-1, 1].

    Raises :class:`InputError` before the first chunk (``audio.missing``, ``audio.empty_file``,
    ``audio.not_audio``, ``audio.no_track``); a file that breaks off later yields what it has.
    """
    container = _open(path)
    with container:
        track = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for frame in _frames(container, track):
            for piece in resampler.resample(frame):
                yield _samples(piece)
        for piece in resampler.resample(None):
            yield _samples(piece)


def duration(path: Path) -> float | None:
    """Length in seconds as the file states it, or None where it does not."""
    with _open(path) as container:
        track = container.streams.audio[0]
        if track.duration is not None and track.time_base is not None:
            return float(track.duration * track.time_base)
        return None if container.duration is None else float(container.duration / av.time_base)


def read(path: Path, rate: int = RATE) -> Samples:
    """The whole recording in memory; for short ones."""
    chunks = list(decode(path, rate))
    return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)


def _open(path: Path) -> av.container.InputContainer:
    if not path.is_file():
        raise InputError("audio.missing", f"找不到文件 {path}。", "请检查文件名和文件夹。")
    if path.stat().st_size == 0:
        raise InputError(
            "audio.empty_file", f"文件 {path.name} 是空的，一个字节也没有。", "请重新录音或重新拷贝。"
        )
    try:
        container = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            "audio.not_audio",
            f"文件 {path.name} 不是录音也不是视频，或者已经损坏。",
            f"请换成 {FORMATS} 文件。",
        ) from error
    if not container.streams.audio:
        container.close()
        raise InputError("audio.no_track", f"文件 {path.name} 里没有声音。", "请换一个录了声音的文件。")
    return container


def _frames(container: av.container.InputContainer, track: av.AudioStream) -> Iterator[av.AudioFrame]:
    packets = container.demux(track)
    faults = 0
    while faults < TOO_DAMAGED:
        try:
            frames = next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError:
            faults += 1
            continue
        faults = 0
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                # Wrong or missing time stamps must not make the resampler stretch the sound.
                frame.pts = None
                yield frame


def _samples(frame: av.AudioFrame) -> Samples:
    return np.ascontiguousarray(frame.to_ndarray().reshape(-1), dtype=np.float32)


class Resampler:
    """A stateful mono resampler for live sound, any rate to ``target``."""

    def __init__(self, source: int, target: int = RATE) -> None:
        self._stream = soxr.ResampleStream(source, target, 1, dtype="float32")

    def process(self, samples: Samples, last: bool = False) -> Samples:
        """The resampled sound that is ready; with ``last`` all that is left."""
        out: Samples = self._stream.resample_chunk(np.ascontiguousarray(samples, np.float32), last=last)
        return out


def resample(samples: Samples, source: int, target: int = RATE) -> Samples:
    """A whole stretch of mono sound at another rate."""
    if source == target:
        return samples
    out: Samples = soxr.resample(samples, source, target)
    return np.asarray(out, np.float32)


def to_int16(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """16-bit samples, clipped at full scale."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")


class WavWriter:
    """Writes mono 16-bit WAV piece by piece beside ``path`` and renames it into place when closed.

    Use it as a context manager; on an exception nothing is left at ``path``.
    """

    def __init__(self, path: Path, rate: int) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self.seconds = 0.0
        self._rate = rate
        try:
            self._file = open(self._partial, "wb")
        except OSError as error:
            raise storage_error(error, path) from error
        self._wave = wave.open(self._file, "wb")
        self._wave.setparams((1, 2, rate, 0, "NONE", "not compressed"))

    def __enter__(self) -> WavWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        for part in (self._wave, self._file):
            with suppress(OSError):  # a full disk refuses the last bytes as well
                part.close()
        self._partial.unlink(missing_ok=True)

    def write(self, samples: Samples) -> None:
        """Append mono float32 samples."""
        try:
            self._wave.writeframes(to_int16(samples).tobytes())
        except OSError as error:
            raise storage_error(error, self._path) from error
        self.seconds += len(samples) / self._rate

    def close(self) -> None:
        """Finish the header, fsync, rename."""
        try:
            self._wave.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._partial, self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise storage_error(error, self._path) from error


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """Write mono 16-bit WAV atomically."""
    with WavWriter(path, rate) as out:
        out.write(samples)


CODECS = {".mp3": "libmp3lame", ".flac": "flac", ".m4a": "aac", ".ogg": "libopus"}


def encode(path: Path, chunks: Iterable[Samples], rate: int) -> None:
    """Write mono sound as mp3, flac, m4a or ogg, by the suffix of ``path``, atomically."""
    codec = CODECS.get(path.suffix.lower())
    if codec is None:
        raise InputError(
            "audio.format_unknown", f"不会写“{path.suffix}”格式的声音。", "可用 wav、mp3、flac、m4a、ogg。"
        )
    with replacing(path) as partial, av.open(str(partial), "w") as out:
        _encode(out, codec, chunks, rate)


def _encode(out: av.container.OutputContainer, codec: str, chunks: Iterable[Samples], rate: int) -> None:
    target = 48_000 if codec == "libopus" else rate
    stream = out.add_stream(codec, rate=target, layout="mono")
    assert isinstance(stream, av.AudioStream)
    resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=target)
    for chunk in chunks:
        frame = av.AudioFrame.from_ndarray(
            chunk.reshape(1, -1).astype(np.float32), format="flt", layout="mono"
        )
        frame.sample_rate = rate
        for piece in resampler.resample(frame):
            out.mux(stream.encode(piece))
    for piece in resampler.resample(None):
        out.mux(stream.encode(piece))
    out.mux(stream.encode(None))
