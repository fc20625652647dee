"""Sound kept on disk before it is captioned, so that a crash loses nothing; only with the seller's consent.

A room's spool is a folder of files of about a minute. A file: ``XYSOUND1``, a salt of 8 bytes, frames::

    length u32 | at f64 | taken u64 | AES-256-GCM of the samples (s16le, 16 kHz), with its tag

The nonce of a frame is the salt and the frame's number, its header is authenticated too. A frame that a kill
cut short ends its file: nobody was told that its sound was taken. The index, a journal, tells which files
there are, whose sound they hold, up to where everything was captioned, and which were deleted.
"""

from __future__ import annotations

import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import StorageError
from core.events import AudioChunk, Samples, utc_now
from core.files import storage_error, sync_folder, write_atomic
from core.journal import Journal

MAGIC = b"XYSOUND1"
SALT = 8
HEADER = struct.Struct("<IdQ")
LONGEST = 1 << 23
"""Bytes of one frame: a longer one is no frame."""

MINUTE = 60.0
"""Seconds of sound, and of time, in one file: the grain of deletion."""

SYNC = 1.0
"""Seconds of sound between two fsyncs: a kill loses none of it, a power cut at most these."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the spool ends: whose sound came last, how many of its samples were taken, until which time."""

    source: str = ""
    taken: int = 0
    end: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """One file of sound: from ``at`` seconds of the room, begun at ``wall``, at most :data:`MINUTE` long."""

    name: str
    at: float
    wall: datetime
    source: str

    def overlaps(self, since: datetime | None, until: datetime | None) -> bool:
        """Whether any of it can have been said between two moments (None: without end)."""
        last = self.wall + timedelta(seconds=MINUTE)
        return (since is None or last >= since) and (until is None or self.wall <= until)


def open_key(path: Path) -> bytes:
    """The key of all spools (32 bytes, its file mode 0600), made on first use."""
    if not path.exists():
        write_atomic(path, secrets.token_bytes(32), mode=0o600)
    try:
        key = path.read_bytes()
    except OSError as error:
        raise storage_error(error, path) from error
    if len(key) != 32:
        raise StorageError(
            "spool.bad_key", f"声音留底的钥匙 {path} 坏了。", "请用备份恢复它；没有它，留下的声音谁也打不开。"
        )
    return key


class Spool:
    """The sound of one room; the one writer of its folder. Safe to use from several threads, all calls block.

    Raises :class:`StorageError` (``storage.full``, ``journal.in_use`` …); after a failed :meth:`write` the
    next one tries again with a new file.
    """

    def __init__(self, folder: Path, key: bytes, now: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self._cipher = AESGCM(key)
        self._now = now
        self._guard = threading.RLock()
        self._file: _Writing | None = None
        self._held: dict[str, Held] = {}
        self.settled = 0.0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._index = Journal(folder / "index")
        self._restore()
        self.tail = self._find_tail()

    def close(self) -> None:
        """Release the folder."""
        with self._guard:
            self._end_file()
            self._index.close()

    @property
    def held(self) -> tuple[Held, ...]:
        """The files of sound, oldest first."""
        return tuple(self._held.values())

    def write(self, chunk: AudioChunk, source: str = "", taken: int = 0) -> None:
        """Keep ``chunk``. ``source`` names the client's session, ``taken`` counts its samples so far."""
        with self._guard:
            file = self._file_for(chunk, source)
            try:
                file.append(self._cipher, chunk, taken)
            except OSError as error:
                self._file = None
                file.give_up()
                raise storage_error(error, self.folder) from error
            self.tail = Tail(source, taken, chunk.at + chunk.seconds)

    def pending(self, since: float) -> Iterator[AudioChunk]:
        """The sound from ``since`` (or what was settled, if later) on: what is still to be captioned."""
        since = max(since, self.settled)
        for held in self.held:
            if held.at + 2 * MINUTE < since:
                continue
            for _, chunk in self._read(held):
                if chunk.at + chunk.seconds <= since:
                    continue
                skip = max(0, round((since - chunk.at) * AudioChunk.rate))
                yield replace(chunk, samples=chunk.samples[skip:], at=chunk.at + skip / AudioChunk.rate)

    def settle(self) -> None:
        """All sound so far was captioned or heard to hold no words."""
        with self._guard:
            if self.tail.end > self.settled:
                self._index.append({"kind": "settled", "until": self.tail.end})
                self.settled = self.tail.end

    def sweep(self, before: datetime) -> int:
        """Delete what was said before a moment; how many files. A file goes when its last second is older."""
        gone = [held for held in self.held if held.wall + timedelta(seconds=MINUTE) < before]
        return self._remove(gone, "old")

    def erase(self, since: datetime | None = None, until: datetime | None = None) -> int:
        """Delete what was said between two moments, whole minutes at a time; how many files."""
        return self._remove([held for held in self.held if held.overlaps(since, until)], "erased")

    def _remove(self, gone: list[Held], why: str) -> int:
        with self._guard:
            if not gone:
                return 0
            if self._file and self._file.name in {held.name for held in gone}:
                self._end_file()
            self._index.append_many({"kind": "removed", "file": held.name, "why": why} for held in gone)
            for held in gone:
                (self.folder / held.name).unlink(missing_ok=True)
                self._held.pop(held.name, None)
            sync_folder(self.folder)
            return len(gone)

    def _restore(self) -> None:
        removed = set()
        for entry in self._index.read():
            record = entry.record
            if record["kind"] == "settled":
                self.settled = record["until"]
            elif record["kind"] == "opened":
                wall = datetime.fromisoformat(record["wall"])
                self._held[record["file"]] = Held(record["file"], record["at"], wall, record["source"])
            else:
                removed.add(record["file"])
        for name in removed:  # a kill may have come between the record and the deed
            self._held.pop(name, None)
            (self.folder / name).unlink(missing_ok=True)

    def _find_tail(self) -> Tail:
        for held in reversed(self.held):
            tail = None
            for taken, chunk in self._read(held):
                tail = Tail(held.source, taken, chunk.at + chunk.seconds)
            if tail:
                return tail
        return Tail(end=self.settled)

    def _read(self, held: Held) -> Iterator[tuple[int, AudioChunk]]:
        try:
            file = open(self.folder / held.name, "rb")
        except FileNotFoundError:
            return  # killed before its first frame, or erased meanwhile
        with file:
            if file.read(len(MAGIC)) != MAGIC:
                return
            yield from _frames(file, self._cipher, self.folder / held.name)

    def _file_for(self, chunk: AudioChunk, source: str) -> _Writing:
        file = self._file
        if file is not None:
            held = self._held[file.name]
            age = (self._now() - held.wall).total_seconds()
            if held.source == source and age < MINUTE and 0 <= chunk.at - held.at < MINUTE:
                return file
            self._end_file()
        number = self._index.head().seq + 1
        held = Held(f"{number:012}.sound", chunk.at, self._now(), source)
        self._index.append(
            {
                "kind": "opened",
                "file": held.name,
                "at": held.at,
                "wall": held.wall.isoformat(),
                "source": source,
            }
        )
        self._held[held.name] = held
        self._file = _Writing(self.folder / held.name)
        return self._file

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


class _Writing:
    """The file that grows."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._count = 0
        self._unsynced = 0.0
        self._salt = secrets.token_bytes(SALT)
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            self._put(MAGIC + self._salt)
            sync_folder(path.parent)
        except OSError as error:
            self.give_up()
            raise storage_error(error, path) from error

    def append(self, cipher: AESGCM, chunk: AudioChunk, taken: int) -> None:
        sound = np.clip(np.rint(chunk.samples * 32768.0), -32768, 32767).astype("<i2").tobytes()
        header = HEADER.pack(len(sound) + 16, chunk.at, taken)
        self._put(header + cipher.encrypt(_nonce(self._salt, self._count), sound, header))
        self._count += 1
        self._unsynced += chunk.seconds
        if self._unsynced >= SYNC:
            os.fsync(self._descriptor)
            self._unsynced = 0.0

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def close(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError:
            pass  # what was written stays readable; the disk's trouble shows at the next write
        self.give_up()

    def give_up(self) -> None:
        """Write no more: an unfinished frame ends the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")


def _frames(file: BinaryIO, cipher: AESGCM, path: Path) -> Iterator[tuple[int, AudioChunk]]:
    """``taken`` and sound of the frames, up to one that was cut short."""
    salt, number = file.read(SALT), 0
    while len(header := file.read(HEADER.size)) == HEADER.size:
        length, at, taken = HEADER.unpack(header)
        sealed = file.read(length) if length <= LONGEST else b""
        if len(sealed) < length or not sealed:
            return
        yield taken, AudioChunk(samples=_unsealed(cipher, salt, number, header, sealed, path), at=at)
        number += 1


def _unsealed(cipher: AESGCM, salt: bytes, number: int, header: bytes, sealed: bytes, path: Path) -> Samples:
    try:
        sound = cipher.decrypt(_nonce(salt, number), sealed, header)
    except InvalidTag as error:
        raise StorageError(
            "spool.unreadable",
            f"留底的声音 {path} 打不开：钥匙不对，或文件被改过。",
            "请用备份恢复数据文件夹里的 keys/spool.key。",
        ) from error
    return np.frombuffer(sound, "<i2").astype(np.float32) / 32768.0
