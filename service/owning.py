"""Who owns a data folder: the running service, or for a moment the command that opens it itself.

The service holds a lock of the operating system on ``service.lock``, so that a kill gives the folder free;
the file says where the service listens. A command asks :func:`owner` and works through the service's local
API (``service/protocols/local.py``) where there is one.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import StorageError
from core.files import storage_error

LOCK = "service.lock"
MOMENT = 2.0
"""Seconds for which a look at the lock by others may keep it from us."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The running service: its process and where it listens on this machine."""

    pid: int
    host: str
    port: int

    @property
    def url(self) -> str:
        """The address of its plain HTTP listener."""
        return f"http://{self.host}:{self.port}"


def reached_at(host: str) -> str:
    """The address by which this machine reaches a service that listens at ``host``."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host


@contextmanager
def owning(data: Path, host: str, port: int) -> Iterator[None]:
    """Own the folder inside the block. Raises :class:`StorageError` (``service.already_running``)."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise storage_error(error, data / LOCK) from error
    try:
        _take(descriptor, data)
        try:
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(asdict(Owner(os.getpid(), reached_at(host), port))).encode(), 0)
        except OSError as error:
            raise storage_error(error, data / LOCK) from error
        yield
    finally:
        os.close(descriptor)


def owner(data: Path) -> Owner | None:
    """The service that owns the folder now; None where none runs, whatever a dead one left behind."""
    try:
        descriptor = os.open(data / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, data / LOCK) from error
    try:
        for _ in range(round(MOMENT / 0.02)):
            if _free(descriptor):
                return None
            with suppress(ValueError, TypeError):  # it is just being written
                return Owner(**json.loads(os.pread(descriptor, 1024, 0)))
            time.sleep(0.02)
    finally:
        os.close(descriptor)
    return None


def _free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True


def _take(descriptor: int, data: Path) -> None:
    until = time.monotonic() + MOMENT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() < until:
                time.sleep(0.02)
                continue
            held = owner(data)
            where = f"，请在浏览器里打开：{held.url}" if held else ""
            raise StorageError(
                "service.already_running",
                f"乡音已经开着{where}。",
                f"要重开，先关掉它；要同时开两个，请各用一个数据文件夹（service.data_dir，现在是 {data}）。",
            ) from error
