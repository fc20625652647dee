from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, StorageError
from core.events import Comment, Notice
from core.journal import GENESIS, Head, Journal, encode, read, segments, verify

pytestmark = pytest.mark.unit


def fill(folder: Path, count: int, segment_bytes: int = 600) -> Head:
    with Journal(folder, segment_bytes) as journal:
        for number in range(count):
            journal.append({"n": number, "text": "土蜂蜜"})
        return journal.head()


def test_numbers_are_gapless_across_reopening_and_the_chain_holds(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    head = fill(tmp_path, 5)
    assert [entry.seq for entry in read(tmp_path)] == list(range(1, 11))
    assert len(segments(tmp_path)) > 2
    report = verify(tmp_path, head)
    assert report.ok and report.head == head


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.head() == Head(0, GENESIS)
        assert journal.append_many([]) == []
        assert journal.verify(journal.head()).ok


def test_reading_starts_anywhere(tmp_path: Path) -> None:
    fill(tmp_path, 20)
    for start in (1, 7, 20, 21):
        assert [entry.seq for entry in read(tmp_path, start)] == list(range(start, 21))


def test_a_line_is_canonical_json_with_its_own_hash(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        entry = journal.append({"b": 1, "a": "腊肉"})
    [line] = segments(tmp_path)[0].read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "hash": entry.hash,
        "prev": GENESIS,
        "record": {"a": "腊肉", "b": 1},
        "seq": 1,
    }
    canonical = json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert line == canonical


@pytest.mark.parametrize("cut", [1, 2, 40, 100])
def test_an_unfinished_last_line_is_cut_and_kept_aside(tmp_path: Path, cut: int) -> None:
    head = fill(tmp_path, 3, segment_bytes=10_000)
    line, _ = encode(head.seq + 1, head.hash, {"text": "没写完" * 20})
    with open(segments(tmp_path)[-1], "ab") as segment:
        segment.write(line[:-cut])
    assert verify(tmp_path).fault == "torn"
    with Journal(tmp_path, 10_000) as journal:
        assert journal.head() == head
        assert journal.append({"text": "接着写"}).seq == 4
    assert verify(tmp_path).ok
    [aside] = tmp_path.glob("torn-*")
    assert aside.read_bytes() == line[:-cut]


def test_a_new_segment_that_holds_only_an_unfinished_line_continues_the_one_before(tmp_path: Path) -> None:
    head = fill(tmp_path, 3, segment_bytes=10_000)
    (tmp_path / "segment-000000000004.jsonl").write_bytes(b'{"hash":"ab')
    with Journal(tmp_path) as journal:
        assert journal.append({}).prev == head.hash
    assert verify(tmp_path).ok


def tampered(folder: Path, change: str) -> tuple[str, int]:
    """Change the second segment and say where the first fault must be found."""
    file = segments(folder)[1]
    lines = file.read_bytes().splitlines(keepends=True)
    where = (file.name, 2)
    if change == "edited":
        lines[1] = lines[1].replace("土蜂蜜".encode(), "蜂蜜土".encode())
    elif change == "dropped":
        del lines[1]
    elif change == "reordered":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "repeated":
        lines.insert(1, lines[0])
    elif change == "recomputed":
        old = json.loads(lines[1])
        lines[1], _ = encode(old["seq"], old["prev"], {"n": "forged"})
        where = (file.name, 3)
    elif change == "malformed":
        lines[1] = b"null\n"
    file.write_bytes(b"".join(lines))
    return where


@pytest.mark.parametrize("change", ["edited", "dropped", "reordered", "repeated", "recomputed", "malformed"])
def test_verify_names_the_first_bad_segment_and_line(tmp_path: Path, change: str) -> None:
    fill(tmp_path, 20, segment_bytes=1500)
    where = tampered(tmp_path, change)
    report = verify(tmp_path)
    assert not report.ok
    assert (report.segment, report.line) == where


def test_a_missing_segment_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 20)
    segments(tmp_path)[1].unlink()
    report = verify(tmp_path)
    assert (report.ok, report.fault, report.line) == (False, "order", 1)


def test_a_cut_tail_is_found_against_a_head_kept_apart(tmp_path: Path) -> None:
    head = fill(tmp_path, 20)
    segments(tmp_path)[-1].unlink()
    assert verify(tmp_path).ok
    assert verify(tmp_path, head).fault == "head"


def test_a_journal_rewritten_from_the_middle_is_found_against_a_head(tmp_path: Path) -> None:
    head = fill(tmp_path / "true", 5)
    with Journal(tmp_path / "false") as journal:
        for number in range(5):
            journal.append({"n": number, "text": "改过"})
    report = verify(tmp_path / "false", head)
    assert (report.fault, report.line) == ("head", 5)


@given(st.data())
def test_any_flipped_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("journal")
    head = fill(folder, 6)
    file = data.draw(st.sampled_from(segments(folder)))
    content = bytearray(file.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    assert not verify(folder, head).ok


def test_opening_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, 3, segment_bytes=10_000)
    file = segments(tmp_path)[-1]
    file.write_bytes(file.read_bytes().replace(b'"n":2', b'"n":7'))
    with pytest.raises(StorageError) as caught:
        Journal(tmp_path)
    assert caught.value.code == "journal.damaged"


def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(StorageError) as caught:
        Journal(tmp_path)
    assert caught.value.code == "journal.in_use"
    Journal(tmp_path).close()


def test_a_full_disk_is_one_coded_error_and_leaves_the_journal_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def write_a_little(descriptor: int, content: bytes) -> int:
        if len(content) > 30:
            return real(descriptor, content[:30])
        raise OSError(errno.ENOSPC, "No space left on device")

    with Journal(tmp_path) as journal:
        journal.append({"n": 1})
        with monkeypatch.context() as patch, pytest.raises(StorageError) as caught:
            patch.setattr(os, "write", write_a_little)
            journal.append({"n": 2})
        assert caught.value.code == "storage.full"
        assert caught.value.hint
        assert journal.append({"n": 3}).seq == 2
        assert journal.verify(journal.head()).ok


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_the_system_reports_a_full_device_as_storage_full(tmp_path: Path) -> None:
    (tmp_path / "segment-000000000001.jsonl").symlink_to("/dev/full")
    with Journal(tmp_path) as journal, pytest.raises(StorageError) as caught:
        journal.append({"n": 1})
    assert caught.value.code == "storage.full"


@pytest.mark.parametrize("value", [float("nan"), object(), "\ud800"])
def test_what_json_cannot_carry_is_refused_and_takes_no_number(tmp_path: Path, value: object) -> None:
    with Journal(tmp_path) as journal:
        with pytest.raises(InputError) as caught:
            journal.append_many([{"fine": 1}, {"value": value}])
        assert caught.value.code == "journal.not_json"
        assert journal.append({}).seq == 1


def test_events_come_back_with_their_number(tmp_path: Path) -> None:
    comment = Comment(who="阿婆", text="甜不甜", source="replay")
    notice = Notice(code="x", text="好")
    with Journal(tmp_path) as journal:
        written = [journal.append_event(comment), journal.append_event(notice)]
        assert [event.seq for event in written] == [1, 2]
        assert [entry.event() for entry in journal.read()] == written


def append_for_ever(folder: Path, acknowledged: Path) -> None:
    with Journal(folder, 20_000) as journal, open(acknowledged, "ab", buffering=0) as told:
        while True:
            entry = journal.append_many([{"text": "腊肉" * 50}] * 3)[-1]
            told.write(b"%d\n" % entry.seq)


def test_kill_9_loses_nothing_acknowledged_and_numbers_continue(tmp_path: Path) -> None:
    folder, acknowledged = tmp_path / "journal", tmp_path / "acknowledged"
    for _ in range(3):
        writer = multiprocessing.get_context("fork").Process(
            target=append_for_ever, args=(folder, acknowledged)
        )
        writer.start()
        before = acknowledged.stat().st_size if acknowledged.exists() else 0
        while not acknowledged.exists() or acknowledged.stat().st_size < before + 50:
            time.sleep(0.005)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    told = [int(line) for line in acknowledged.read_bytes().split(b"\n")[:-1]]
    with Journal(folder) as journal:
        assert journal.head().seq >= told[-1]
        assert journal.verify().ok
        assert [entry.seq for entry in journal.read()] == list(range(1, journal.head().seq + 1))
