"""Sound on disk: what comes back, who can read it, what is deleted and when."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.spool import MINUTE, Spool, open_key
from core.errors import StorageError
from core.events import AudioChunk

pytestmark = pytest.mark.unit

KEY = bytes(range(32))
BEGAN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


class Hours:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


def chunk(number: int, at: float | None = None) -> AudioChunk:
    """0.1 s of 16-bit sound that no other number has."""
    samples = ((np.arange(1600) * (number + 3)) % 20_000 - 10_000).astype(np.float32) / 32768.0
    return AudioChunk(samples=samples, at=number / 10 if at is None else at)


def write(spool: Spool, numbers: range, source: str = "s") -> None:
    for number in numbers:
        spool.write(chunk(number), source, (number + 1) * 1600)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "sound", KEY, Hours())
    yield spool
    spool.close()


def read(spool: Spool, since: float = 0.0) -> list[tuple[float, bytes]]:
    return [(round(c.at, 6), c.samples.tobytes()) for c in spool.pending(since)]


def test_sound_comes_back_sample_by_sample_with_its_times(spool: Spool) -> None:
    write(spool, range(5))
    assert read(spool) == [(n / 10, chunk(n).samples.tobytes()) for n in range(5)]


def test_another_process_knows_whose_sound_came_last_and_how_much(tmp_path: Path) -> None:
    with_kill = Spool(tmp_path / "sound", KEY)
    write(with_kill, range(700))
    with_kill._index.close()  # nothing else is done when a process is killed
    again = Spool(tmp_path / "sound", KEY)
    assert (again.tail.source, again.tail.taken) == ("s", 700 * 1600)
    assert again.tail.end == pytest.approx(70.0)
    assert len(read(again)) == 700


@given(cut=st.integers(min_value=0, max_value=20_000))
def test_a_file_cut_anywhere_gives_the_whole_frames_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("spool") / "sound"
    spool = Spool(folder, KEY)
    write(spool, range(5))
    spool.close()
    (file,) = folder.glob("*.sound")
    frame = 20 + 3200 + 16
    os.truncate(file, min(cut, file.stat().st_size))
    again = Spool(folder, KEY)
    whole = max(0, min(5, (cut - 16) // frame))
    assert [at for at, _ in read(again)] == [n / 10 for n in range(whole)]
    again.write(chunk(9), "s")
    assert [at for at, _ in read(again)][-1] == 0.9
    again.close()


def test_only_what_was_not_yet_captioned_is_pending(spool: Spool) -> None:
    write(spool, range(10))
    (first, samples), *_ = read(spool, since=0.55)
    assert first == 0.55 and samples == chunk(5).samples[800:].tobytes()
    spool.settle()
    assert read(spool) == []
    write(spool, range(10, 12))
    assert [at for at, _ in read(spool)] == [1.0, 1.1]


def test_no_sound_is_readable_on_the_disk_without_the_key(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "sound", KEY)
    write(spool, range(3))
    spool.close()
    plain = (chunk(1).samples * 32768).astype("<i2").tobytes()
    for file in tmp_path.rglob("*.sound"):
        assert plain[:64] not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(StorageError) as caught:
        Spool(tmp_path / "sound", bytes(32))
    assert caught.value.code == "spool.unreadable"


def test_the_key_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "spool.key"
    assert open_key(path) == open_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    with pytest.raises(StorageError) as caught:
        open_key(path)
    assert caught.value.code == "spool.bad_key"


def test_old_sound_is_deleted_by_whole_minutes_and_stays_deleted(tmp_path: Path) -> None:
    hours = Hours()
    spool = Spool(tmp_path / "sound", KEY, hours)
    for number in range(3):
        hours.now = BEGAN + timedelta(hours=number)
        spool.write(chunk(number, at=number * 3600.0))
    assert spool.sweep(BEGAN + timedelta(seconds=MINUTE)) == 0
    assert spool.sweep(BEGAN + timedelta(minutes=90)) == 2
    assert [at for at, _ in read(spool)] == [7200.0]
    spool.close()
    assert len(list(tmp_path.rglob("*.sound"))) == 1
    assert [at for at, _ in read(Spool(tmp_path / "sound", KEY))] == [7200.0]


def test_what_was_said_between_two_moments_is_erased_even_while_it_is_written(tmp_path: Path) -> None:
    hours = Hours()
    spool = Spool(tmp_path / "sound", KEY, hours)
    for number in range(3):
        hours.now = BEGAN + timedelta(hours=number)
        spool.write(chunk(number, at=number * 3600.0))
    assert spool.erase(BEGAN + timedelta(minutes=119)) == 1
    spool.write(chunk(9, at=7200.1))
    assert [at for at, _ in read(spool)] == [0.0, 3600.0, 7200.1]
    assert spool.erase() == 3
    assert read(spool) == [] and not list(tmp_path.rglob("*.sound"))
    spool.close()


def test_a_full_disk_is_one_clear_error_and_the_next_write_tries_again(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(spool, range(2))
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        real(descriptor, bytes(data)[:100])  # half a frame, as a full disk leaves it
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError) as caught:
        spool.write(chunk(2))
    assert caught.value.code == "storage.full"
    monkeypatch.setattr(os, "write", real)
    spool.write(chunk(3))
    assert [at for at, _ in read(spool)] == [0.0, 0.1, 0.3]
