from __future__ import annotations

from pathlib import Path

import pytest

from core import cache

pytestmark = pytest.mark.unit


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    assert cache.save({"词": [1, "二"]}, "k", tmp_path / "new")
    assert cache.load("k", tmp_path / "new") == {"词": [1, "二"]}


def test_what_is_missing_or_damaged_is_none(tmp_path: Path) -> None:
    assert cache.load("k", tmp_path) is None
    cache.save(["甲"], "k", tmp_path)
    whole = (tmp_path / "k.json").read_bytes()
    for broken in (b"", whole[:-1], b"x" + whole, whole.replace("甲".encode(), "乙".encode())):
        (tmp_path / "k.json").write_bytes(broken)
        assert cache.load("k", tmp_path) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not cache.save([], "k", tmp_path / "file" / "below")


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for n in range(cache.KEEP + 3):
        cache.save(n, f"k{n}", tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == cache.KEEP
    assert cache.load(f"k{cache.KEEP + 2}", tmp_path) == cache.KEEP + 2
