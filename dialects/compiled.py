"""The compiled tables, kept between starts (:mod:`core.cache`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from sys import intern
from typing import Any, overload

from core import cache
from core.files import cache_folder
from dialects.dictionary import SensesByGroup, Sounding, Tables
from dialects.lexicon import Sense
from dialects.sound_index import SoundIndex

FORMAT = "9"


def default_folder() -> Path:
    """Where compiled tables lie."""
    return cache_folder("dialects")


def key(lexicons: Iterable[bytes]) -> str:
    """The hash of the lexicons, of the sound tables and of the code that compiles them."""
    digest = hashlib.sha256(FORMAT.encode())
    room = resources.files("dialects")
    parts = [room / "data" / name for name in ("syllables.tsv", "jyutping.tsv", "native.tsv")]
    parts += [room / "dictionary.py", room / "lexicon.py", room / "sound_index.py"]
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


class Senses(Sequence[Sense]):
    """Senses made of their rows when they are asked for; most of them never are."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._rows = rows
        self._made: dict[int, Sense] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Sense: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sense]: ...
    def __getitem__(self, at: int | slice) -> Sense | Sequence[Sense]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        known = self._made.get(at)
        if known is None:
            known = self._made[at] = _sense(self._rows[at])
        return known


class Exact(Mapping[str, SensesByGroup]):
    """Surfaces with their senses by group, which are read when asked for."""

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._listed = listed
        self._made: dict[str, SensesByGroup] = {}

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __contains__(self, surface: object) -> bool:
        return surface in self._listed

    def __getitem__(self, surface: str) -> SensesByGroup:
        known: SensesByGroup | None = self.get(surface)
        if known is None:
            raise KeyError(surface)
        return known

    def get(self, surface: str, default: Any = None, /) -> Any:
        """The senses of a surface; most stretches of a text are none, so that no exception says so."""
        known = self._made.get(surface)
        if known is None:
            listed = self._listed.get(surface)
            if listed is None:
                return default
            known = self._made[surface] = _parsed(listed)
        return known


class Soundings(Sequence[Sounding]):
    """Soundings made of their rows when they are asked for; ``usual`` is written in hundredths."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Sounding: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sounding]: ...
    def __getitem__(self, at: int | slice) -> Sounding | Sequence[Sounding]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        group, surface, listed, dropped, usual = self._rows[at].split("\t")
        return Sounding(intern(group), surface, listed, int(dropped), int(usual) / 100)


def _columns(tables: Tables) -> dict[str, Any]:
    return {
        "senses": "\n".join(map(_row, tables.senses)),
        "pos": " ".join(tables.pos),
        "exact": "\n".join(f"{surface}\t{_listed(by)}" for surface, by in tables.exact.items()),
        "soundings": "\n".join(
            f"{s.group}\t{s.surface}\t{s.listed}\t{s.dropped}\t{round(100 * s.usual)}"
            for s in tables.soundings
        ),
        "index": tables.sound_index.dump(),
        "heard": "\n".join(f"{character}\t{heard}" for character, heard in tables.heard.items()),
    }


def _tables(columns: dict[str, Any]) -> Tables:
    # Each column is given up once it is read: together they are the most that is ever held.
    syllables: dict[str, str] = {}
    heard = {line[0]: syllables.setdefault(line[2:], line[2:]) for line in _lines(columns.pop("heard"))}
    pos: dict[str, str] = {}
    return Tables(
        Senses(_lines(columns.pop("senses"))),
        [pos.setdefault(p, p) for p in columns.pop("pos").split()],
        Exact(dict(line.split("\t") for line in _lines(columns.pop("exact")))),
        Soundings(_lines(columns.pop("soundings"))),
        SoundIndex.restore(columns.pop("index")),
        heard,
    )


def _lines(block: str) -> list[str]:
    return block.split("\n") if block else []


def _listed(by_group: SensesByGroup) -> str:
    return " ".join(f"{group}:{','.join(map(str, ids))}" for group, ids in by_group)


def _parsed(listed: str) -> SensesByGroup:
    pairs = (one.split(":") for one in listed.split(" "))
    return tuple((intern(group), tuple(map(int, ids.split(",")))) for group, ids in pairs)


def _row(s: Sense) -> str:
    shared = "1" if s.shared else ""
    surfaces, regions = "|".join(s.surfaces), ",".join(s.regions)
    return "\t".join(
        (s.group, s.id, surfaces, s.mandarin, s.pos, regions, s.register, shared, s.when, s.note)
    )


def _sense(row: str) -> Sense:
    group, identity, surfaces, mandarin, pos, regions, register, shared, when, note = row.split("\t")
    return Sense(
        group, identity, tuple(surfaces.split("|")), mandarin, pos,
        tuple(regions.split(",")) if regions else (), register, bool(shared), when, note, "",
    )  # fmt: skip
