"""The compiled tables, kept between starts (:mod:`core.cache`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from core import cache
from core.files import cache_folder
from dialects.dictionary import Sounding, Tables
from dialects.lexicon import Sense

FORMAT = "6"


def default_folder() -> Path:
    """Where compiled tables lie."""
    return cache_folder("dialects")


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
    return cache.save(_columns(tables), name, folder)


def load(name: str, folder: Path) -> Tables | None:
    """The tables saved under ``name``; None where there are none or they are damaged."""
    columns = cache.load(name, folder)
    return None if columns is None else _tables(columns)


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
