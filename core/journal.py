"""Append-only, hash-chained JSON Lines in a folder of segments; what is acknowledged is on the disk.

A line is canonical JSON (sorted keys, no spaces, UTF-8)::

    {"hash":"<64 hex>","prev":"<64 hex>","record":{…},"seq":N}

``hash`` is the SHA-256 of the same line without its hash, so a change to any byte shows, and ``prev`` chains
it to the line before, across segments. Because the layout is fixed, the chain is checked on the bytes, with
no JSON parsing. A tail that was cut off cleanly shows only against a head kept elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from core.codec import from_record, to_record
from core.errors import InputError, StorageError
from core.events import Event
from core.files import storage_error, sync_folder

__all__ = [
    "GENESIS",
    "Entry",
    "Head",
    "Journal",
    "Report",
    "from_record",
    "read",
    "segments",
    "to_record",
    "verify",
]

E = TypeVar("E", bound=Event)

GENESIS = "0" * 64
"""What the first line is chained to."""

_BEFORE_HASH = b'{"hash":"'
_PREV = slice(len(_BEFORE_HASH) + 64 + 2, len(_BEFORE_HASH) + 64 + 2 + 8 + 64)


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a journal: its number (0 when empty) and hash. Keep it apart to find cut tails."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal."""

    seq: int
    prev: str
    hash: str
    record: dict[str, Any]

    def event(self) -> Event:
        """The event in the record, stamped with this line's ``seq``."""
        return replace(from_record(self.record), seq=self.seq)


@dataclass(frozen=True, slots=True)
class Report:
    """What :func:`verify` found: ``ok``, or the first fault with its segment file and line number (from 1).

    ``head`` is the last good line. Faults: ``edited``, ``order`` (dropped, inserted or moved lines),
    ``malformed``, ``torn`` (an unfinished last line), ``head`` (the expected head is not there).
    """

    ok: bool
    head: Head
    fault: str = ""
    segment: str = ""
    line: int = 0


def segments(folder: Path) -> list[Path]:
    """The segment files in order."""
    return sorted(folder.glob("segment-*.jsonl"))


def encode(seq: int, prev: str, record: Mapping[str, Any]) -> tuple[bytes, str]:
    """One line with its line end, and its hash. Raises :class:`InputError` on what JSON cannot carry."""
    try:
        body = json.dumps(
            {"prev": prev, "record": record, "seq": seq},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        ).encode()
    except (TypeError, ValueError) as error:
        raise InputError("journal.not_json", f"这条记录存不成 JSON：{error}。") from error
    digest = hashlib.sha256(body).hexdigest()
    return b'{"hash":"' + digest.encode() + b'",' + body[1:] + b"\n", digest


def fault_of(line: bytes, seq: int, prev: bytes) -> str:
    """Why ``line`` is not the line number ``seq`` after the hash ``prev``; empty when it is.

    Checked on the bytes: parsing a million lines would take longer than hashing them.
    """
    if not line.endswith(b"}\n"):
        return "malformed" if line.endswith(b"\n") else "torn"
    digest = line[9:73]
    if not line.startswith(_BEFORE_HASH) or line[73:75] != b'",':
        return "malformed"
    if hashlib.sha256(b"{" + line[75:-1]).hexdigest().encode() != digest:
        return "edited"
    if line[_PREV] != b'"prev":"' + prev or not line.endswith(b',"seq":%d}\n' % seq):
        return "order"
    return ""


def verify(folder: Path, expected_head: Head | None = None) -> Report:
    """Check the whole chain; with ``expected_head`` also that this line is there, unchanged.

    A journal may have grown since the head was kept. Memory stays constant.
    """
    seq, prev = 0, GENESIS.encode()
    met = expected_head is None or expected_head == Head(0, GENESIS)
    last, number = "", 0
    for segment in segments(folder):
        last, number = segment.name, 0
        with open(segment, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if fault := fault_of(line, seq + 1, prev):
                    return Report(False, Head(seq, prev.decode()), fault, segment.name, number)
                seq, prev = seq + 1, line[9:73]
                if expected_head is not None and seq == expected_head.seq:
                    met = prev.decode() == expected_head.hash
                    if not met:
                        return Report(False, Head(seq, prev.decode()), "head", segment.name, number)
    head = Head(seq, prev.decode())
    return Report(True, head) if met else Report(False, head, "head", last, number)


def read(folder: Path, from_seq: int = 1) -> Iterator[Entry]:
    """The entries from ``from_seq`` on. An unfinished last line is left out: nobody was told of it.

    Raises :class:`StorageError` (``journal.damaged``) on a line that is no entry. Does not check the chain.
    """
    files = segments(folder)
    starts = [_first_seq(file) for file in files]
    for index, file in enumerate(files):
        if index + 1 < len(files) and starts[index + 1] <= from_seq:
            continue
        with open(file, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    break
                entry = _parse(line, file, number)
                if entry.seq >= from_seq:
                    yield entry


def _parse(line: bytes, file: Path, number: int | None = None) -> Entry:
    try:
        entry = Entry(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise _damaged(file, number) from error
    if not (isinstance(entry.seq, int) and isinstance(entry.prev, str) and isinstance(entry.record, dict)):
        raise _damaged(file, number)
    return entry


def _damaged(file: Path, number: int | None = None) -> StorageError:
    where = "最后一行" if number is None else f"第 {number} 行"
    return StorageError(
        "journal.damaged", f"记录文件 {file} {where}坏了。", "请用备份恢复这个文件；在那之前不要删改它。"
    )


def _first_seq(segment: Path) -> int:
    try:
        return int(segment.stem.removeprefix("segment-"))
    except ValueError as error:
        raise _damaged(segment, 1) from error


class Journal:
    """The one writer of a folder. Safe to use from several threads; appends block on the disk.

    Opening repairs what a kill left: an unfinished last line, which nobody was told of, is moved to a
    ``torn-*`` file. Raises :class:`StorageError`: ``journal.in_use``, ``journal.damaged``, ``storage.full``.
    """

    def __init__(self, folder: Path, segment_bytes: int = 16 * 1024 * 1024) -> None:
        self.folder = folder
        self._segment_bytes = segment_bytes
        self._guard = threading.Lock()
        self._file = -1
        self._size = 0
        self._head = Head(0, GENESIS)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise storage_error(error, folder) from error
        try:
            self._take_lock()
            self._resume()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the folder; everything acknowledged is already on the disk."""
        with self._guard:
            for descriptor in (self._file, self._lock):
                if descriptor >= 0:
                    os.close(descriptor)
            self._file = self._lock = -1

    def head(self) -> Head:
        """The last acknowledged line."""
        return self._head

    def append(self, record: Mapping[str, Any]) -> Entry:
        """Append one record; it is on the disk when this returns."""
        return self.append_many([record])[0]

    def append_many(self, records: Iterable[Mapping[str, Any]]) -> list[Entry]:
        """Append records with one fsync for all (group commit): all of them are kept, or none.

        (After a crash in between, a leading part of them may be there.) Raises :class:`StorageError`
        (``storage.full`` …), after which the journal is as before.
        """
        with self._guard:
            head, lines, entries = self._head, bytearray(), []
            for record in records:
                line, digest = encode(head.seq + 1, head.hash, record)
                entries.append(Entry(head.seq + 1, head.hash, digest, dict(record)))
                head = Head(head.seq + 1, digest)
                lines += line
            if entries:
                self._write(bytes(lines))
                self._head = head
            return entries

    def append_event(self, event: E) -> E:
        """Append ``event`` and return it with its ``seq``."""
        return self.append_events([event])[0]

    def append_events(self, events: Iterable[E]) -> list[E]:
        """Append ``events`` with one fsync and return them with their ``seq``."""
        events = list(events)
        entries = self.append_many(to_record(replace(event, seq=None)) for event in events)
        return [replace(event, seq=entry.seq) for event, entry in zip(events, entries, strict=True)]

    def read(self, from_seq: int = 1) -> Iterator[Entry]:
        """The entries from ``from_seq`` on."""
        return read(self.folder, from_seq)

    def verify(self, expected_head: Head | None = None) -> Report:
        """Check the whole chain. Appends wait meanwhile."""
        with self._guard:
            return verify(self.folder, expected_head)

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageError(
                "journal.in_use",
                f"文件夹 {self.folder} 正被另一个乡音程序使用。",
                "请先关掉另一个，或换一个数据文件夹（service.data_dir）。",
            ) from error

    def _resume(self) -> None:
        """Find the head from the last line, cutting an unfinished one."""
        files = segments(self.folder)
        for file in reversed(files):
            self._cut_torn_tail(file, newest=file is files[-1])
            line = _last_line(file)
            if not line:
                continue
            entry = _parse(line, file)
            if fault_of(line, entry.seq, entry.prev.encode()):
                raise _damaged(file)
            self._head = Head(entry.seq, entry.hash)
            break
        try:
            self._open_segment(files[-1] if files else self._next_segment())
        except OSError as error:
            raise storage_error(error, self.folder) from error

    def _cut_torn_tail(self, file: Path, newest: bool) -> None:
        content = _tail_after_last_newline(file)
        if not content:
            return
        if not newest:  # only the newest segment was ever being written
            raise _damaged(file)
        end = file.stat().st_size - len(content)
        try:
            (self.folder / f"torn-{file.stem}-{end}.partial").write_bytes(content)
            with open(file, "r+b") as segment:
                segment.truncate(end)
                os.fsync(segment.fileno())
            sync_folder(self.folder)
        except OSError as error:
            raise storage_error(error, file) from error

    def _next_segment(self) -> Path:
        return self.folder / f"segment-{self._head.seq + 1:012}.jsonl"

    def _open_segment(self, path: Path) -> None:
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size = opened, os.fstat(opened).st_size
        sync_folder(self.folder)

    def _write(self, lines: bytes) -> None:
        if self._file < 0:
            raise StorageError("journal.closed", f"记录 {self.folder} 已经关闭。", "请重新启动程序。")
        try:
            if self._size >= self._segment_bytes:
                self._open_segment(self._next_segment())
            left = memoryview(lines)
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as error:
            self._take_back()
            raise storage_error(error, self.folder) from error
        self._size += len(lines)

    def _take_back(self) -> None:
        """Remove what was written but never acknowledged; if even that fails, write no more."""
        try:
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = -1


def _tail_after_last_newline(file: Path) -> bytes:
    tail = b""
    for block in _blocks_from_the_end(file):
        _, newline, rest = block.rpartition(b"\n")
        if newline:
            return rest + tail
        tail = rest + tail
    return tail


def _last_line(file: Path) -> bytes:
    """The last finished line; empty when there is none."""
    tail = b""
    for block in _blocks_from_the_end(file):
        tail = block + tail
        start = tail.rfind(b"\n", 0, len(tail) - 1)
        if start >= 0:
            return tail[start + 1 :]
    return tail


def _blocks_from_the_end(file: Path, size: int = 64 * 1024) -> Iterator[bytes]:
    with open(file, "rb") as content:
        end = content.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - size)
            content.seek(start)
            yield content.read(end - start)
            end = start
