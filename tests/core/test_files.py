from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from core.errors import StorageError
from core.files import write_atomic

pytestmark = pytest.mark.unit


def test_a_file_is_made_with_its_folder_and_then_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_atomic(path, b"old")
    write_atomic(path, "新".encode())
    assert path.read_text("utf-8") == "新"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_the_old_content_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.json"
    write_atomic(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        write_atomic(path, b"new")
    assert caught.value.code == "storage.full"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        write_atomic(tmp_path / "file" / "below", b"")
    assert caught.value.code == "storage.unwritable"
    assert "below" in caught.value.message
