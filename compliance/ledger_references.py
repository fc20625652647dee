"""Personal data kept beside the chain, so that it can be erased without breaking it.

The journal holds only a *reference*, ``pd:`` and the SHA-256 of a random 32-byte salt and the data. The salt
and the data lie in a file of their own. While the file is there, the reference proves that the data is what
was recorded; once it is erased the reference says nothing about it (PIPL art. 47).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from core.errors import InputError, StorageError
from core.files import storage_error, sync_folder, write_atomic

REFERENCE = re.compile(r"pd:[0-9a-f]{64}")


def commitment(salt: str, subject: str, data: str) -> str:
    """The reference of ``data`` about ``subject``; ``salt`` is 64 hex digits."""
    body = json.dumps([salt, subject, data], ensure_ascii=False, separators=(",", ":"))
    return "pd:" + hashlib.sha256(body.encode()).hexdigest()


class References:
    """A folder of personal data, one file a piece, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: str, subject: str = "") -> str:
        """Store ``data`` about ``subject`` (a name or account) and return its reference; durable."""
        salt = secrets.token_hex(32)
        reference = commitment(salt, subject, data)
        content = json.dumps({"data": data, "salt": salt, "subject": subject}, ensure_ascii=False)
        write_atomic(self._file(reference), content.encode())
        return reference

    def get(self, reference: str) -> str | None:
        """The data, or None where it was erased. Raises :class:`StorageError` where it was altered."""
        file = self._file(reference)
        return _read(file)[1] if file.exists() else None

    def of(self, subject: str) -> Iterator[str]:
        """The references of everything kept about ``subject``."""
        for file in self._files():
            if _read(file)[0] == subject:
                yield "pd:" + file.stem

    def erase(self, reference: str) -> bool:
        """Remove the data behind ``reference`` for good; False where it was gone already.

        The bytes are overwritten before the file goes; copies that a disk or a backup keeps are beyond it.
        """
        file = self._file(reference)
        if not file.exists():
            return False
        try:
            with open(file, "r+b") as content:
                content.write(b"\0" * file.stat().st_size)
                content.flush()
                os.fsync(content.fileno())
            file.unlink()
            sync_folder(file.parent)
        except OSError as error:
            raise storage_error(error, file) from error
        return True

    def altered(self) -> str:
        """The first reference whose data is not what was recorded; empty where all is as it was."""
        for file in self._files():
            try:
                _read(file)
            except StorageError:
                return "pd:" + file.stem
        return ""

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))

    def _file(self, reference: str) -> Path:
        if not REFERENCE.fullmatch(reference):
            raise InputError(
                "ledger.bad_reference",
                f"“{reference}”不是资料编号。",
                "编号是 pd: 加 64 位数字或字母 a 到 f。",
            )
        return self.folder / f"{reference.removeprefix('pd:')}.json"


def _read(file: Path) -> tuple[str, str]:
    """Subject and data, once they are found to match the name of the file."""
    try:
        held = json.loads(file.read_bytes())
        subject, data = held["subject"], held["data"]
        whole = commitment(held["salt"], subject, data) == "pd:" + file.stem
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise StorageError(
            "ledger.reference_altered", f"个人资料 {file} 被改动过或者坏了。", "请从备份恢复。"
        )
    return subject, data
