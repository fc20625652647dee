"""Personal data kept beside the chain, so that it can be erased without breaking it.

The journal holds only a *reference*, ``pd:`` and the SHA-256 of a random 32-byte salt and the data. The salt
and the data are a *piece* in ``pieces.sqlite``. While the piece is there, the reference proves that the data
is what was recorded; once it is erased the reference says nothing about it (PIPL art. 47).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.errors import InputError, StorageError
from core.files import storage_error, sync_folder

REFERENCE = re.compile(r"pd:[0-9a-f]{64}")
FILE = "pieces.sqlite"
BATCH = 500
_WAIT = 30.0
"""Seconds that a second writer waits: erasing rewrites the file."""
_TABLE = """
CREATE TABLE IF NOT EXISTS pieces (
    reference TEXT NOT NULL UNIQUE, salt TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL,
    event TEXT NOT NULL, kind TEXT NOT NULL, kept REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_subject ON pieces (subject);
CREATE INDEX IF NOT EXISTS by_event ON pieces (event);
CREATE INDEX IF NOT EXISTS by_age ON pieces (kind, kept);
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Personal ``data`` about ``subject`` (a name or account), which the event ``event`` refers to.

    ``kind`` says how long it is needed, ``kept`` is when it was stored, in seconds of the Unix epoch.
    """

    reference: str
    salt: str
    subject: str
    data: str
    event: str
    kind: str
    kept: float

    @property
    def whole(self) -> bool:
        """Whether this is the data that was recorded."""
        return commitment(self.salt, self.subject, self.data) == self.reference


def commitment(salt: str, subject: str, data: str) -> str:
    """The reference of ``data`` about ``subject``; ``salt`` is 64 hex digits."""
    body = json.dumps([salt, subject, data], ensure_ascii=False, separators=(",", ":"))
    return "pd:" + hashlib.sha256(body.encode()).hexdigest()


def new_piece(data: str, subject: str, event: str, kind: str, kept: float) -> Piece:
    """A piece with a fresh salt, not stored yet."""
    salt = secrets.token_hex(32)
    return Piece(commitment(salt, subject, data), salt, subject, data, event, kind, kept)


class References:
    """The personal data of a room, readable by its owner alone. Safe to use from threads and processes.

    Raises :class:`StorageError`: ``storage.full``, ``ledger.references_unusable``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / FILE

    def keep(
        self, data: str, subject: str = "", *, event: str = "", kind: str = "", at: float | None = None
    ) -> str:
        """Store ``data`` about ``subject`` (a name or account) and return its reference; durable."""
        piece = new_piece(data, subject, event, kind, time.time() if at is None else at)
        self.keep_all([piece])
        return piece.reference

    def keep_all(self, new: Sequence[Piece]) -> None:
        """Store pieces in one durable step: all of them or none."""
        if not new:
            return
        with self._opened() as pieces:
            pieces.execute("BEGIN IMMEDIATE")
            pieces.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?, ?)", map(astuple, new))
            pieces.execute("COMMIT")

    def get(self, reference: str) -> str | None:
        """The data, or None where it was erased. Raises :class:`StorageError` where it was altered."""
        if not REFERENCE.fullmatch(reference):
            raise InputError(
                "ledger.bad_reference",
                f"“{reference}”不是资料编号。",
                "编号是 pd: 加 64 位数字或字母 a 到 f。",
            )
        return self.find([reference]).get(reference)

    def find(self, references: Iterable[str]) -> dict[str, str]:
        """The data of those that are still there. Raises :class:`StorageError` where one was altered."""
        found = {}
        for piece in self.named(references):
            if not piece.whole:
                raise StorageError(
                    "ledger.reference_altered",
                    f"{self._file} 里的个人资料 {piece.reference} 被改动过或者坏了。",
                    "请从备份恢复。",
                )
            found[piece.reference] = piece.data
        return found

    def pieces(
        self,
        subject: str | None = None,
        kind: str | None = None,
        begin: float = 0.0,
        end: float = math.inf,
    ) -> Iterator[Piece]:
        """Everything kept in [begin, end), only of one subject or kind where given, oldest first."""
        where, values = "kept >= ? AND kept < ?", list[Any]((begin, end))
        for column, value in (("subject", subject), ("kind", kind)):
            if value is not None:
                where, values = f"{where} AND {column} = ?", [*values, value]
        yield from self._read(where, values)

    def of(self, subject: str) -> Iterator[str]:
        """The references of everything kept about ``subject``."""
        return (piece.reference for piece in self.pieces(subject))

    def owner(self, event: str) -> str:
        """Whom the event is about; empty where nothing is kept about it."""
        found = next(self._read("event = ?", [event]), None)
        return found.subject if found else ""

    def missing(self, references: Iterable[str]) -> str:
        """The first reference without its data; empty where all are there."""
        wanted = sorted(references)
        for part in _batches(wanted):
            there = {piece.reference for piece in self.named(part)}
            if lost := [reference for reference in part if reference not in there]:
                return lost[0]
        return ""

    def erase(self, *references: str) -> int:
        """Remove data for good; how many pieces were still there.

        The file is rewritten without them; copies that a disk or a backup keeps are beyond it.
        """
        if not self._file.exists():
            return 0
        with self._opened() as pieces:
            pieces.execute("BEGIN IMMEDIATE")
            gone = sum(
                pieces.execute("DELETE FROM pieces WHERE reference = ?", (reference,)).rowcount
                for reference in references
            )
            pieces.execute("COMMIT")
            if gone:
                pieces.execute("VACUUM")
        return gone

    def altered(self) -> str:
        """The first reference whose data is not what was recorded; empty where all is as it was."""
        try:
            return next((piece.reference for piece in self._read("1", []) if not piece.whole), "")
        except StorageError:
            return FILE

    def named(self, references: Iterable[str]) -> Iterator[Piece]:
        """The pieces behind the references that are still there, whether whole or altered."""
        for part in _batches(references):
            yield from self._read(f"reference IN ({','.join('?' * len(part))})", part)

    def _read(self, where: str, values: Sequence[Any]) -> Iterator[Piece]:
        """In pages, so that a writer never waits for a reader to come to its end."""
        last = 0
        while self._file.exists():
            with self._opened() as pieces:
                found = pieces.execute(
                    f"SELECT rowid, reference, salt, subject, data, event, kind, kept FROM pieces"
                    f" WHERE rowid > ? AND {where} ORDER BY rowid LIMIT {BATCH}",
                    (last, *values),
                ).fetchall()
            yield from (Piece(*row[1:]) for row in found)
            if len(found) < BATCH:
                return
            last = found[-1][0]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is done in the block is one durable step."""
        try:
            if not self._file.exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
                sync_folder(self.folder)
            with closing(sqlite3.connect(self._file, timeout=_WAIT, isolation_level=None)) as pieces:
                pieces.execute("PRAGMA secure_delete = ON")
                pieces.execute("PRAGMA synchronous = FULL")
                pieces.executescript(_TABLE)
                yield pieces
        except OSError as error:
            raise storage_error(error, self._file) from error
        except sqlite3.Error as error:
            full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
            raise StorageError(
                "storage.full" if full else "ledger.references_unusable",
                f"个人资料 {self._file} {'写不下，磁盘满了' if full else '坏了或者打不开'}。",
                "请腾出空间。" if full else "请检查权限，或者从备份恢复。",
            ) from error


def _batches(references: Iterable[str]) -> Iterator[list[str]]:
    left = iter(references)
    while part := list(islice(left, BATCH)):
        yield part
