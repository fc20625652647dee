"""What is slow to work out, kept between starts: JSON with a checksum, named by the hash of its inputs.

A missing, damaged or unwritable cache only costs the time to work it out again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from core.errors import StorageError
from core.files import write_atomic

KEEP = 3
"""Values kept in a folder, newest first; older ones are of inputs that are gone."""


def save(value: Any, name: str, folder: Path) -> bool:
    """Keep a JSON value as ``name``; False where the folder cannot be written."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        write_atomic(folder / f"{name}.json", hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    except StorageError:
        return False
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True)
        for file in files[KEEP:]:
            file.unlink(missing_ok=True)
    return True


def load(name: str, folder: Path) -> Any | None:
    """The value kept as ``name``; None where there is none or it is damaged."""
    try:
        with (folder / f"{name}.json").open("rb") as file:
            checksum, body = file.readline().rstrip(b"\n"), file.read()
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    text = body.decode()
    del body  # one copy less at the moment that takes the most memory
    return json.loads(text)
