from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from core.errors import ConfigurationError, InputError, StorageError
from core.files import readable, replacing, write_atomic

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


def test_a_file_that_is_not_there_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"打不开节目单 .*a\.toml：没有这个文件或文件夹。") as caught:
        with readable(tmp_path / "a.toml", "节目单"):
            (tmp_path / "a.toml").read_bytes()
    assert caught.value.code == "input.unreadable"


def test_a_text_in_another_encoding_is_told_so_under_the_code_of_its_room(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("评论".encode("gbk"))
    with pytest.raises(ConfigurationError, match="不是 UTF-8") as caught:
        with readable(tmp_path / "a.txt", "设置文件", "settings.unreadable", ConfigurationError):
            (tmp_path / "a.txt").read_text("utf-8")
    assert caught.value.code == "settings.unreadable"


def test_what_is_written_beside_a_file_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"old")
    with replacing(path) as partial:
        assert partial.suffix == ".mp3"
        partial.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp3", b"new")]


@pytest.mark.parametrize("failure", [ValueError("bad"), OSError(errno.ENOSPC, "full")])
def test_a_failure_while_writing_beside_leaves_the_old_content_alone(
    tmp_path: Path, failure: Exception
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"old")
    with pytest.raises((ValueError, StorageError)):
        with replacing(path) as partial:
            partial.write_bytes(b"ha")
            raise failure
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp3", b"old")]
