"""Where files lie, and writing them so that a crash leaves the old or the new content, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from core.errors import ConfigurationError, InputError, StorageError, XiangyinError, cause


def cache_folder(name: str) -> Path:
    """Where what can be made or fetched again is kept (XDG Base Directory Specification)."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "xiangyin" / name


@contextlib.contextmanager
def shipped_model(path: Traversable, code: str, what: str) -> Iterator[IO[bytes]]:
    """The opened model file that ships with the program; ConfigurationError ``code`` where it is damaged.

    ``what`` tells a user what the file is for. Reading inside may raise OSError, ValueError or KeyError.
    """
    try:
        with path.open("rb") as file:
            yield file
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            code, f"{what}的数据文件 {path} 读不了：{error}。", "请重新安装乡音。"
        ) from error


@contextlib.contextmanager
def readable(
    path: Path, what: str, code: str = "input.unreadable", family: type[XiangyinError] = InputError
) -> Iterator[None]:
    """Reading inside tells in one sentence why a file that a person named cannot be read.

    ``what`` the file is, or nothing; a text file is expected in UTF-8.
    """
    try:
        yield
    except OSError as error:
        raise family(code, f"打不开{what} {path}：{cause(error)}。", "请检查路径和权限。") from error
    except UnicodeDecodeError as error:
        raise family(code, f"{what} {path} 不是 UTF-8 编码的文字。", "请另存为 UTF-8 编码。") from error


def storage_error(error: OSError, path: Path) -> StorageError:
    """The coded error of a failed write: ``storage.full`` or ``storage.unwritable``."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            "storage.full",
            f"磁盘满了，写不下 {path}。",
            "请删掉不用的文件腾出空间，或在设置里把 service.data_dir 换到别的盘。",
        )
    return StorageError(
        "storage.unwritable", f"写不了 {path}：{cause(error)}。", "请检查磁盘和文件夹的权限。"
    )


def sync_folder(folder: Path) -> None:
    """Make creations and renames inside ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside ``path``, of the same suffix: what is written there inside takes the place of ``path``.

    It is fsynced first; on an exception ``path`` stays as it was. An OSError becomes a StorageError.
    """
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield partial
        with open(partial, "rb+") as written:
            os.fsync(written.fileno())
        os.replace(partial, path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        partial.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace ``path`` by ``content``: write beside it, fsync, rename, fsync the folder.

    Readers see the old or the new content. Raises :class:`StorageError` (``storage.full`` …).
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        if temporary:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        raise storage_error(error, path) from error
