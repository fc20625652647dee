"""A cache of what the rules' patterns are made of: JSON with a checksum, named by the hash of its inputs.

A missing, damaged or unwritable cache only costs the seconds to work it out again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from compliance.pattern import Analysis
from core.errors import StorageError
from core.files import write_atomic

_FORMAT = "1"
_KEEP = 3


def default_folder() -> Path:
    """Where compiled rules lie (XDG Base Directory Specification)."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "xiangyin" / "compliance"


def key(version: str) -> str:
    """The name for rules of ``version``: their hash with that of the code and of the interpreter."""
    digest = hashlib.sha256(f"{_FORMAT} {version} {sys.version_info[:3]}".encode())
    digest.update((resources.files("compliance") / "pattern.py").read_bytes())
    return digest.hexdigest()[:24]


def save(analyses: Mapping[str, Analysis], name: str, folder: Path) -> bool:
    """Write the analyses by pattern; False where the folder cannot be written."""
    sets: dict[frozenset[str], int] = {}
    rows = {
        pattern: [a.width, [sets.setdefault(s, len(sets)) for s in (*a.required, a.words)]]
        for pattern, a in analyses.items()
    }
    body = json.dumps(
        {"sets": [sorted(s) for s in sets], "rules": rows}, ensure_ascii=False, separators=(",", ":")
    )
    content = body.encode()
    try:
        write_atomic(folder / f"{name}.json", hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    except StorageError:
        return False
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True)
        for file in files[_KEEP:]:
            file.unlink(missing_ok=True)
    return True


def load(name: str, folder: Path) -> dict[str, Analysis]:
    """The analyses saved under ``name``; empty where there are none or they are damaged."""
    try:
        checksum, _, body = (folder / f"{name}.json").read_bytes().partition(b"\n")
    except OSError:
        return {}
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return {}
    saved = json.loads(body)
    sets = list(map(frozenset, saved["sets"]))
    return {
        pattern: Analysis(width, tuple(sets[i] for i in parts[:-1]), sets[parts[-1]])
        for pattern, (width, parts) in saved["rules"].items()
    }
