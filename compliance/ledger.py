"""The ledger of a room: its event journal, and signed heads of it that are kept in another folder.

The journal chains every line to the one before; a head (number and hash of a line, signed with Ed25519) pins
the chain, so that nobody without the key can rewrite it or cut its tail off unnoticed. Heads are a journal of
their own, and each signs the signature before it. Copy the heads and the public key to another machine and
the check no longer needs trust in this one.

Source of the duties: 《直播电商监督管理办法》 (SAMR and CAC Order 117) art. 27, 28, 31: records are kept for
at least three years.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from compliance.ledger_heads import Kind, PublicKey, SignedHead, SigningKey
from compliance.ledger_personal import Personal
from compliance.ledger_references import References
from compliance.ledger_verify import FAULTS, LedgerReport, verify
from core.errors import ConfigurationError, RefusedError, StorageError
from core.events import Act, utc_now
from core.files import sync_folder
from core.journal import Head, Journal, read, segments

__all__ = [
    "FAULTS",
    "YEARS",
    "Ledger",
    "LedgerReport",
    "Personal",
    "PublicKey",
    "References",
    "SignedHead",
    "SigningKey",
    "Why",
    "retention_limit",
    "verify",
]

YEARS = 3
"""How long records are kept at least (Order 117 art. 31)."""
_ERASED_AT_ONCE = 500
Why = Literal["asked", "expired"]
"""Somebody asked for the erasure, or the data was kept long enough."""


class Ledger:
    """Signs heads of ``journal`` into the folder ``heads``. Safe to use from several threads.

    The owner of the journal appends to it as always and calls :meth:`seal_if_due` afterwards (and now and
    then when the room is quiet): a head is due after ``every_entries`` lines or ``every_seconds``. Opening
    seals what a kill left unsealed. Raises :class:`StorageError`, and :class:`ConfigurationError`
    (``ledger.key_changed``) where the newest head was signed with another key.
    """

    def __init__(
        self,
        journal: Journal,
        heads: Path,
        key: SigningKey,
        room: str = "main",
        every_entries: int = 100,
        every_seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._key, self._room = journal, key, room
        self._every_entries, self._every_seconds, self._clock = every_entries, every_seconds, clock
        self._guard = threading.Lock()
        self._heads = Journal(heads)
        self._last = Head(0, "")
        self._previous = ""
        self._closed = False
        try:
            self._resume(heads)
            self.cut = journal.head().seq < self._last.seq
            """The journal is shorter than what was signed: :func:`verify` will say so, warn people."""
            self._sealed_at = clock()
            self.seal()
        except BaseException:
            self._heads.close()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def seal(self) -> SignedHead | None:
        """Sign the newest line; it is on the disk when this returns. None where there is nothing new."""
        with self._guard:
            head = self._journal.head()
            self._sealed_at = self._clock()
            if head == self._last or head.seq == 0:
                return None
            return self._sign("sealed", head)

    def seal_if_due(self) -> SignedHead | None:
        """:meth:`seal`, where enough lines or seconds have passed."""
        waiting = self._journal.head().seq - self._last.seq
        late = self._clock() - self._sealed_at >= self._every_seconds
        return self.seal() if waiting >= self._every_entries or (waiting and late) else None

    def close(self) -> None:
        """Seal and release the heads; the journal stays its owner's to close. May be called twice."""
        try:
            if not self._closed:
                self.seal()
        finally:
            self._closed = True
            self._heads.close()

    def erase(
        self,
        named: Iterable[str],
        references: References,
        who: str,
        why: Why = "asked",
        at: float = 0.0,
    ) -> list[Act]:
        """Remove the personal data behind the references ``named``, as far as it is still there.

        That it was done, by whom, when and why is journalled first, in the returned :class:`Act` s ``erase``;
        the data itself was never in the chain, which therefore stays whole.
        """
        there = [piece.reference for piece in references.named(dict.fromkeys(named))]
        personal, done = Personal(references), list[Act]()
        for start in range(0, len(there), _ERASED_AT_ONCE):
            some = there[start : start + _ERASED_AT_ONCE]
            act = Act(room=self._room, at=at, kind="erase", who=who, detail={"references": some, "why": why})
            done.append(replace(act, seq=self._journal.append_event(personal.part(act)).seq))
            self.seal()
            references.erase(*some)
        return done

    def prune(self, before: datetime | None = None) -> int:
        """Delete whole segments in which every line is older than ``before``; the newest always stays.

        Returns how many lines went. ``before`` is at most three years ago, and that by default; anything
        younger raises :class:`RefusedError` (``ledger.retention``), a ledger with a fault
        :class:`StorageError` (``ledger.damaged``): what is wrong must stay to be seen.
        """
        limit = retention_limit(utc_now())
        if before is not None and before > limit:
            raise RefusedError(
                "ledger.retention",
                f"{before:%Y-%m-%d} 以前的记录还不满 {YEARS} 年，不能删。",
                f"按《直播电商监督管理办法》要留满 {YEARS} 年，现在最多删到 {limit:%Y-%m-%d}。",
            )
        if not has_old(self._journal.folder, before or limit):
            return 0
        if not (found := verify(self._journal.folder, self._heads.folder, self._key.public)).ok:
            raise StorageError(
                "ledger.damaged", f"记录不完好，先不删：{found.sentence()}", "请用备份恢复，或者先导出留证。"
            )
        removed = 0
        for segment in segments(self._journal.folder)[:-1]:
            lines = _lines_if_older(segment, before or limit)
            if lines is None:
                break
            with self._guard:  # signed before it goes: a crash in between leaves a segment too many
                self._sign("pruned", lines[1])
            segment.unlink()
            sync_folder(self._journal.folder)
            removed += lines[0]
        return removed

    def _sign(self, kind: Kind, head: Head) -> SignedHead:
        bare = SignedHead(
            kind, self._room, head.seq, head.hash, utc_now().isoformat(), self._key.public.id, self._previous
        )
        signature = self._key.sign(bare.content())
        self._heads.append(bare.record() | {"signature": signature})
        self._previous = signature
        if kind == "sealed":
            self._last = head
        return SignedHead(**bare.record() | {"signature": signature})

    def _resume(self, folder: Path) -> None:
        signer = self._key.public.id
        for entry in read(folder):
            head = SignedHead.of(entry.record)
            if head is None:
                raise StorageError(
                    "ledger.bad_heads",
                    f"签名记录 {folder} 第 {entry.seq} 条坏了。",
                    "请从备份恢复这个文件夹。",
                )
            self._previous, signer = head.signature, head.key
            if head.kind == "sealed":
                self._last = Head(head.seq, head.hash)
        if signer != self._key.public.id:
            raise ConfigurationError(
                "ledger.key_changed",
                f"{folder} 是用另一把密钥签的。",
                "请从备份恢复原来的密钥，或者换一个数据文件夹。",
            )


def retention_limit(now: datetime) -> datetime:
    """Until when records may be deleted: three years before ``now`` (from 29 February: 28 February)."""
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return now.replace(year=now.year - YEARS, day=day)


def has_old(folder: Path, before: datetime) -> bool:
    """Whether a segment of the journal in ``folder`` can go because all of it is older than ``before``."""
    files = segments(folder)[:-1]
    return bool(files) and _lines_if_older(files[0], before) is not None


def _lines_if_older(segment: Path, before: datetime) -> tuple[int, Head] | None:
    """Number of lines and the last head of a segment, or None where one line is not older than ``before``."""
    count, head = 0, Head(0, "")
    with open(segment, "rb") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:  # a fault, which verify names
                continue
            wall = entry["record"].get("wall")
            if not isinstance(wall, str) or datetime.fromisoformat(wall).astimezone(UTC) >= before:
                return None
            count, head = count + 1, Head(entry["seq"], entry["hash"])
    return (count, head) if count else None
