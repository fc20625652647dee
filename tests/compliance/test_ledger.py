from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import stat
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compliance.ledger import (
    Ledger,
    LedgerReport,
    PublicKey,
    References,
    SigningKey,
    retention_limit,
    verify,
)
from compliance.ledger_references import FILE
from core.errors import ConfigurationError, InputError, RefusedError, StorageError
from core.events import Act, Comment, Notice, utc_now
from core.journal import Journal, encode, segments
from tests.compliance.tampering import tamper

pytestmark = pytest.mark.unit

KEY = SigningKey.make()


def fill(room: Path, count: int, segment_bytes: int = 2000, start: datetime | None = None) -> None:
    begun = start or utc_now()
    with (
        Journal(room / "events", segment_bytes) as journal,
        Ledger(journal, room / "heads", KEY, every_entries=7) as ledger,
    ):
        for number in range(count):
            wall = begun + timedelta(minutes=number)
            journal.append_event(Comment(who="阿婆", text=f"第{number}问", source="test", wall=wall))
            ledger.seal_if_due()


def check(room: Path, references: References | None = None) -> LedgerReport:
    return verify(room / "events", room / "heads", KEY.public, references)


def test_a_ledger_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    fill(tmp_path, 30)
    fill(tmp_path, 3)
    report = check(tmp_path)
    assert (report.ok, report.head.seq, report.sealed, report.unsealed) == (True, 33, 33, 0)
    assert "完好：33 条" in report.sentence()


def test_a_ledger_without_entries_is_whole(tmp_path: Path) -> None:
    fill(tmp_path, 0)
    assert check(tmp_path).ok


@pytest.mark.parametrize("seed", range(4))
def test_every_random_change_is_found(tmp_path: Path, seed: int) -> None:
    fill(tmp_path / "true", 40)
    chosen = random.Random(seed)
    for _ in range(100):
        room = tmp_path / "changed"
        shutil.copytree(tmp_path / "true", room)
        what = tamper(room, chosen)
        assert not check(room).ok, what
        shutil.rmtree(room)


def lines_of(room: Path) -> tuple[Path, list[bytes]]:
    file = segments(room / "events")[1]
    return file, file.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("change", "fault", "line"),
    [("edit", "edited", 3), ("drop", "order", 3), ("swap", "order", 3), ("insert", "order", 4)],
)
def test_the_first_fault_is_named_with_segment_and_line(
    tmp_path: Path, change: str, fault: str, line: int
) -> None:
    fill(tmp_path, 40)
    file, lines = lines_of(tmp_path)
    if change == "edit":
        lines[2] = lines[2].replace("问".encode(), "答".encode())
    elif change == "drop":
        del lines[2]
    elif change == "swap":
        lines[2], lines[3] = lines[3], lines[2]
    else:
        lines.insert(3, lines[2])
    file.write_bytes(b"".join(lines))
    report = check(tmp_path)
    assert (report.fault, report.where, report.segment, report.line) == (fault, "events", file.name, line)
    assert file.name in report.sentence() and f"第 {line} 行" in report.sentence()


def rewritten(room: Path, cut: int) -> None:
    """The whole chain recomputed with one text changed, as somebody without the key could."""
    records = [
        json.loads(line)["record"]
        for file in segments(room / "events")
        for line in file.read_bytes().splitlines()
    ]
    records[10]["text"] = "改过"
    shutil.rmtree(room / "events")
    with Journal(room / "events") as journal:
        journal.append_many(records[:cut])


def test_a_chain_recomputed_without_the_key_fails_at_the_next_signed_line(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    rewritten(tmp_path, 40)
    report = check(tmp_path)
    assert (report.fault, report.head.seq + 1) == ("head", 14)


def test_a_tail_cut_at_a_line_end_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    segments(tmp_path / "events")[-1].unlink()
    assert check(tmp_path).fault == "cut"


def test_a_tail_that_was_cut_and_grew_again_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    segments(tmp_path / "events")[-1].unlink()
    with Journal(tmp_path / "events", 2000) as journal, Ledger(journal, tmp_path / "heads", KEY) as ledger:
        assert ledger.cut
        for number in range(40):
            journal.append({"n": number})
    assert check(tmp_path).fault == "head"


def test_a_missing_first_segment_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    segments(tmp_path / "events")[0].unlink()
    assert check(tmp_path).fault == "start"


def test_a_segment_whose_name_lies_about_its_first_line_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    last = segments(tmp_path / "events")[-1]
    last.rename(last.with_name("segment-000000000099.jsonl"))
    report = check(tmp_path)
    assert (report.fault, report.segment) == ("order", "segment-000000000099.jsonl")


def test_events_that_nobody_signed_are_not_called_whole(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    shutil.rmtree(tmp_path / "heads")
    assert check(tmp_path).fault == "unsigned"


def test_a_head_dropped_from_a_recomputed_heads_journal_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    [file] = segments(tmp_path / "heads")
    records = [json.loads(line)["record"] for line in file.read_bytes().splitlines()]
    shutil.rmtree(tmp_path / "heads")
    with Journal(tmp_path / "heads") as journal:
        journal.append_many(records[:2] + records[3:])
    report = check(tmp_path)
    assert (report.fault, report.where, report.line) == ("signature", "heads", 3)


@pytest.mark.parametrize("field", ["seq", "hash", "kind", "at", "room"])
def test_a_head_with_a_changed_field_is_found(tmp_path: Path, field: str) -> None:
    fill(tmp_path, 10)
    [file] = segments(tmp_path / "heads")
    record = json.loads(file.read_bytes().splitlines()[0])["record"]
    record[field] = {"seq": 3, "kind": "pruned"}.get(field, "0" * 64)
    file.write_bytes(encode(1, "0" * 64, record)[0])
    assert check(tmp_path).fault == "signature"


def test_another_key_does_not_vouch(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    report = verify(tmp_path / "events", tmp_path / "heads", SigningKey.make().public)
    assert (report.fault, report.line) == ("signature", 1)


def test_opening_with_another_key_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    with Journal(tmp_path / "events") as journal, pytest.raises(ConfigurationError) as caught:
        Ledger(journal, tmp_path / "heads", SigningKey.make())
    assert caught.value.code == "ledger.key_changed"
    fill(tmp_path, 1)


@pytest.mark.parametrize("record", [{}, {"kind": "sealed"}, {"seq": "3", "hash": 5}])
def test_something_else_among_the_heads_is_a_fault(tmp_path: Path, record: dict[str, object]) -> None:
    with Journal(tmp_path / "heads") as heads:
        heads.append(record)
    assert check(tmp_path).fault == "signature"
    with Journal(tmp_path / "events") as journal, pytest.raises(StorageError) as caught:
        Ledger(journal, tmp_path / "heads", KEY)
    assert caught.value.code == "ledger.bad_heads"


def test_a_head_is_due_after_lines_or_seconds(tmp_path: Path) -> None:
    now = [0.0]
    with (
        Journal(tmp_path / "events") as journal,
        Ledger(journal, tmp_path / "heads", KEY, every_entries=3, clock=lambda: now[0]) as ledger,
    ):
        assert ledger.seal_if_due() is None
        journal.append({})
        assert ledger.seal_if_due() is None
        now[0] = 10
        head = ledger.seal_if_due()
        assert head is not None and head.seq == 1
        journal.append_many([{}, {}])
        assert ledger.seal_if_due() is None
        journal.append({})
        head = ledger.seal_if_due()
        assert head is not None and head.seq == 4
        assert ledger.seal() is None


def test_the_key_is_made_once_for_its_owner_alone_and_the_public_half_can_be_handed_out(
    tmp_path: Path,
) -> None:
    made = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    assert stat.S_IMODE((tmp_path / "keys" / "ledger.pem").stat().st_mode) == 0o600
    again = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    (tmp_path / "public.pem").write_bytes(made.public.pem())
    public = PublicKey.load(tmp_path / "public.pem")
    assert again.public.id == made.public.id == public.id
    assert public.signed(b"x", again.sign(b"x")) and not public.signed(b"y", again.sign(b"x"))
    assert not public.signed(b"x", "not base64")


def test_a_key_that_others_can_read_or_that_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.pem"
    SigningKey.open(path)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError) as caught:
        SigningKey.open(path)
    assert caught.value.code == "ledger.key_readable"
    path.chmod(0o600)
    path.write_bytes(b"no key")
    with pytest.raises(ConfigurationError) as caught:
        SigningKey.open(path)
    assert caught.value.code == "ledger.bad_key"
    with pytest.raises(InputError) as refused:
        PublicKey.load(path)
    assert refused.value.code == "ledger.bad_public_key"


def write_for_ever(room: Path, acknowledged: Path) -> None:
    with (
        Journal(room / "events", 20_000) as journal,
        Ledger(journal, room / "heads", KEY, every_entries=5) as ledger,
        open(acknowledged, "ab", buffering=0) as told,
    ):
        while True:
            told.write(b"%d\n" % journal.append({"text": "腊肉" * 50}).seq)
            ledger.seal_if_due()


def test_kill_9_leaves_a_ledger_that_goes_on_and_has_all_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    for _ in range(3):
        writer = multiprocessing.get_context("fork").Process(
            target=write_for_ever, args=(tmp_path, acknowledged)
        )
        before = acknowledged.stat().st_size
        writer.start()
        while acknowledged.stat().st_size < before + 60:
            time.sleep(0.005)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    told = [int(line) for line in acknowledged.read_bytes().split(b"\n")[:-1]]
    fill(tmp_path, 1)
    report = check(tmp_path)
    assert report.ok and report.unsealed == 0
    assert told[-1] + 1 <= report.head.seq <= told[-1] + 2


def test_personal_data_is_kept_apart_and_erasing_it_leaves_the_chain_whole(tmp_path: Path) -> None:
    references = References(tmp_path / "references")
    reference = references.keep("收货地址：某某村", subject="阿婆")
    with Journal(tmp_path / "events") as journal, Ledger(journal, tmp_path / "heads", KEY) as ledger:
        journal.append_event(Notice(code="order.address", text="有地址", subject=reference))
        ledger.seal()
        assert check(tmp_path, references).ok
        assert list(references.of("阿婆")) == [reference]
        assert references.get(reference) == "收货地址：某某村"
        [act] = ledger.erase([reference], references, who="家人")
        assert (act.who, act.detail["references"]) == ("家人", [reference])
        assert not ledger.erase([reference], references, who="家人")
    assert references.get(reference) is None and list(references.of("阿婆")) == []
    assert not found_in(tmp_path, "某某村", "阿婆")
    report = check(tmp_path, references)
    assert report.ok and report.erased == 1 and "1 份个人资料" in report.sentence()


def found_in(folder: Path, *words: str) -> list[str]:
    """Which of the words stand in any byte of any file."""
    everything = b"".join(f.read_bytes() for f in folder.rglob("*") if f.is_file())
    return [word for word in words if word.encode() in everything]


def change_piece(references: References, statement: str) -> None:
    with closing(sqlite3.connect(references.folder / FILE, isolation_level=None)) as pieces:
        pieces.execute(statement)


def test_personal_data_altered_or_removed_without_a_record_is_found(tmp_path: Path) -> None:
    references = References(tmp_path / "references")
    reference = references.keep("十斤")
    with Journal(tmp_path / "events") as journal, Ledger(journal, tmp_path / "heads", KEY):
        journal.append_event(Notice(code="order", text="有人下单", subject=reference))
    true = (tmp_path / "references" / FILE).read_bytes()
    change_piece(references, "UPDATE pieces SET data = '九斤'")
    assert check(tmp_path, references).fault == "altered"
    with pytest.raises(StorageError):
        references.get(reference)
    change_piece(references, "DELETE FROM pieces")
    report = check(tmp_path, references)
    assert (report.fault, report.where, report.segment) == ("missing", "references", reference)
    (tmp_path / "references" / FILE).write_bytes(b"no database" * 1000)
    assert check(tmp_path, references).fault == "altered"
    (tmp_path / "references" / FILE).write_bytes(true)
    assert check(tmp_path, references).ok


def test_altered_personal_data_can_still_be_erased(tmp_path: Path) -> None:
    references = References(tmp_path / "references")
    reference = references.keep("十斤")
    change_piece(references, "UPDATE pieces SET data = '九斤'")
    with Journal(tmp_path / "events") as journal, Ledger(journal, tmp_path / "heads", KEY) as ledger:
        assert len(ledger.erase([reference], references, who="家人")) == 1
    assert check(tmp_path, references).ok


def test_the_same_data_has_another_reference_each_time(tmp_path: Path) -> None:
    references = References(tmp_path)
    assert references.keep("十斤") != references.keep("十斤")
    with pytest.raises(InputError):
        references.get("pd:../../etc/passwd")


def test_personal_data_is_its_owners_alone_and_is_found_by_subject_kind_and_time(tmp_path: Path) -> None:
    references = References(tmp_path / "references")
    names = [
        references.keep(f"{who}{n}", who, event=f"e{n}", kind=kind, at=float(n))
        for n, (who, kind) in enumerate([("阿婆", "comment"), ("女儿", "person"), ("阿婆", "person")] * 300)
    ]
    assert stat.S_IMODE((tmp_path / "references" / FILE).stat().st_mode) == 0o600
    assert [p.reference for p in references.pieces()] == names
    assert len(list(references.pieces("阿婆", kind="person"))) == 300
    assert [p.event for p in references.pieces(begin=5, end=7)] == ["e5", "e6"]
    assert references.owner("e1") == "女儿" and references.owner("e1000") == ""
    assert references.missing(names) == ""
    assert references.erase(*names[:600], names[0]) == 600
    assert references.missing(names[599:]) == names[599]


def test_old_segments_can_go_and_the_rest_still_verifies(tmp_path: Path) -> None:
    old = retention_limit(utc_now()) - timedelta(days=30)
    fill(tmp_path, 30, start=old)
    fill(tmp_path, 30)
    before = len(segments(tmp_path / "events"))
    with Journal(tmp_path / "events") as journal, Ledger(journal, tmp_path / "heads", KEY) as ledger:
        removed = ledger.prune()
    assert 0 < removed <= 30
    report = check(tmp_path)
    assert report.ok and report.first == removed + 1
    assert f"更早的 {removed} 条" in report.sentence()
    assert len(segments(tmp_path / "events")) < before
    segments(tmp_path / "events")[0].unlink()
    assert check(tmp_path).fault == "start"


def test_a_ledger_with_a_fault_is_not_pruned(tmp_path: Path) -> None:
    fill(tmp_path, 40, start=retention_limit(utc_now()) - timedelta(days=30))
    file, lines = lines_of(tmp_path)
    file.write_bytes(b"".join(lines).replace("问".encode(), "答".encode()))
    with (
        Journal(tmp_path / "events") as journal,
        Ledger(journal, tmp_path / "heads", KEY) as ledger,
        pytest.raises(StorageError) as caught,
    ):
        ledger.prune()
    assert caught.value.code == "ledger.damaged"
    assert file.exists()


def test_nothing_younger_than_three_years_is_pruned(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    with Journal(tmp_path / "events") as journal, Ledger(journal, tmp_path / "heads", KEY) as ledger:
        assert ledger.prune() == 0
        with pytest.raises(RefusedError) as caught:
            ledger.prune(before=retention_limit(utc_now()) + timedelta(days=1))
    assert caught.value.code == "ledger.retention"
    assert retention_limit(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2025, 2, 28, tzinfo=UTC)


def test_a_report_of_unsealed_lines_says_so(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    with Journal(tmp_path / "events") as journal:
        journal.append_event(Act(kind="take_over", who="女儿"))
    report = check(tmp_path)
    assert report.ok and report.unsealed == 1 and "1 条还没签名" in report.sentence()
    assert replace(report, ok=False, fault="cut").sentence().startswith("有问题")
