"""A cache of the compiled tables: JSON with a checksum, named by the hash of all that went into it.

A missing, damaged or unwritable cache only costs the time to compile.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from core.errors import StorageError
from core.files import write_atomic
from dialects.dictionary import Sounding, Tables
from dialects.lexicon import Sense

FORMAT = "6"
_KEEP = 3


def default_folder() -> Path:
    """Where compiled tables lie (XDG Base Directory Specification)."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "xiangyin" / "dialects"


def key(lexicons: Iterable[bytes]) -> str:
    """The hash of the lexicons, of the sound tables and of the code that compiles them."""
    digest = hashlib.sha256(FORMAT.encode())
    room = resources.files("dialects")
    parts = [room / "data" / name for name in ("syllables.tsv", "jyutping.tsv", "native.tsv")]
    parts += [room / "dictionary.py", room / "lexicon.py", room / "affinity.py"]
    parts += sorted(
        (f for f in (room / "phonology").iterdir() if f.name.endswith(".py")), key=lambda f: f.name
    )
    for content in (*lexicons, *(p.read_bytes() for p in parts)):
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def save(tables: Tables, name: str, folder: Path) -> bool:
    """Write the tables; False where the folder cannot be written."""
    content = json.dumps(_columns(tables), ensure_ascii=False, separators=(",", ":")).encode()
    checksum = hashlib.sha256(content).hexdigest().encode()
    try:
        write_atomic(folder / f"{name}.json", checksum + b"\n" + content)
    except StorageError:
        return False
    _forget_old(folder)
    return True


def load(name: str, folder: Path) -> Tables | None:
    """The tables saved under ``name``; None where there are none or they are damaged."""
    try:
        content = (folder / f"{name}.json").read_bytes()
    except OSError:
        return None
    checksum, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    return _tables(json.loads(body))


def _forget_old(folder: Path) -> None:
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True)
        for file in files[_KEEP:]:
            file.unlink(missing_ok=True)


def _columns(tables: Tables) -> dict[str, Any]:
    return {
        "senses": [
            [s.group, s.id, s.surfaces, s.mandarin, s.pos, s.regions, s.register, s.shared, s.when, s.note]
            for s in tables.senses
        ],
        "exact": tables.exact,
        "soundings": list(zip(*tables.soundings, strict=True)) or [[], [], [], [], []],
        "index": tables.sound_index,
        "heard": [list(tables.heard), list(tables.heard.values())],
        "telling": tables.telling,
    }


def _tables(columns: dict[str, Any]) -> Tables:
    return Tables(
        tuple(_sense(*row) for row in columns["senses"]),
        columns["exact"],
        list(map(Sounding._make, zip(*columns["soundings"], strict=True))),
        columns["index"],
        dict(zip(*columns["heard"], strict=True)),
        columns["telling"],
    )


def _sense(
    group: str,
    identity: str,
    surfaces: list[str],
    mandarin: str,
    pos: str,
    regions: list[str],
    register: str,
    shared: bool,
    when: str,
    note: str,
) -> Sense:
    return Sense(
        group, identity, tuple(surfaces), mandarin, pos, tuple(regions), register, shared, when, note, ""
    )
