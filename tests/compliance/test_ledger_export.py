from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compliance.ledger import Ledger, Personal, References, SigningKey
from compliance.ledger_export import MANIFEST, REPORT, export, verify_export
from compliance.ledger_references import FILE
from core.errors import InputError, StorageError
from core.events import (
    Act,
    Comment,
    Cue,
    Event,
    Finding,
    Line,
    Notice,
    Played,
    Presence,
    Segment,
    Utterance,
    Verdict,
)
from core.journal import Journal, segments
from service.cli import build

pytestmark = pytest.mark.unit


def show() -> list[Event]:
    line = Line(segments=(Segment("这蜂蜜包治百病"),), purpose="introduce")
    finding = Finding("c04", 3, 7, "包治百病", "食品不能说治病", law="广告法第十七条")
    heard = Utterance(line="l2", text="蜂蜜三十九块九", rate=24000, seconds=2.5)
    return [
        Comment(who="阿婆", text="甜不甜<script>", source="test"),
        line,
        Verdict(on=line.id, by="guard", action="block", findings=(finding,), suggestion="去掉疗效"),
        heard,
        Played(utterance=heard.id, start=0, end=2.5),
        Utterance(line="l3", text="没来得及说的话", rate=24000, seconds=2),
        Cue(cue="c1", start=0, end=2, raw="巴适得板", mandarin="好极了", final=True),
        Act(kind="take_over", who="女儿"),
        Act(kind="correct_cue", who="女儿", detail={"cue": "c1", "before": "好极了", "after": "非常好"}),
        Presence(kind="human", seconds=90),
        Notice(code="x", text="网络慢了"),
    ]


def room(data: Path, *more: Event) -> Path:
    folder = data / "rooms" / "main"
    key = SigningKey.open(data / "keys" / "ledger.pem")
    with Journal(folder / "events") as journal, Ledger(journal, folder / "heads", key):
        journal.append_events([*show(), *more])
    return folder


def test_the_report_tells_what_was_said_refused_corrected_and_who_took_over(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    assert export("main", room(tmp_path), tmp_path / "out", key).ok
    page = (tmp_path / "out" / REPORT).read_text("utf-8")
    for row in (
        "<td>蜂蜜三十九块九</td><td>2.5 秒</td>",
        "<td>没来得及说的话</td><td>没有播出</td>",
        "<td>巴适得板</td><td>好极了</td>",
        "<td>合规：不让说</td><td>这蜂蜜包治百病</td>"
        "<td>“包治百病”食品不能说治病（广告法第十七条）；建议：去掉疗效</td>",
        "<td>女儿</td><td>好极了</td><td>非常好</td>",
        "<td>女儿</td><td>接管，AI 停声</td>",
        "<td>真人说话</td><td>1.5</td>",
        "<td>网络慢了</td>",
    ):
        assert row in page
    assert "完好：11 条" in page and "<script>" not in page


def test_an_export_verifies_with_the_public_key_alone_and_no_file_can_be_changed(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    out = tmp_path / "out"
    export("main", room(tmp_path), out, key)
    assert verify_export(out, key.public).ok
    assert verify_export(out, SigningKey.make().public).file == MANIFEST
    for file in [f for f in out.rglob("*") if f.is_file()]:
        true = file.read_bytes()
        old = next(letter for letter in b"a0e1c5" if letter in true)
        file.write_bytes(true.replace(bytes([old]), b"7", 1))
        found = verify_export(out, key.public)
        assert not found.ok and found.file == file.relative_to(out).as_posix()
        file.write_bytes(true)
    (out / "extra.txt").write_text("x")
    assert verify_export(out, key.public).file == "extra.txt"


def test_a_line_that_is_being_written_does_not_spoil_the_export(tmp_path: Path) -> None:
    folder = room(tmp_path)
    with open(segments(folder / "events")[-1], "ab") as segment:
        segment.write(b'{"hash":"ab')
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    assert export("main", folder, tmp_path / "out", key).ok


def test_an_export_never_overwrites_and_needs_a_room(tmp_path: Path) -> None:
    key = SigningKey.make()
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError) as caught:
        export("main", room(tmp_path), tmp_path / "out", key)
    assert caught.value.code == "ledger.out_exists"
    with pytest.raises(InputError) as caught:
        export("x", tmp_path / "nowhere", tmp_path / "new", key)
    assert caught.value.code == "ledger.no_room"
    with pytest.raises(InputError) as caught:
        verify_export(tmp_path / "out", key.public)
    assert caught.value.code == "ledger.no_export"


def parted(data: Path) -> Path:
    """The room of :func:`show` as a service writes it: personal data by reference."""
    folder = data / "rooms" / "main"
    personal = Personal(References(folder / "references"))
    key = SigningKey.open(data / "keys" / "ledger.pem")
    with Journal(folder / "events") as journal, Ledger(journal, folder / "heads", key):
        journal.append_events(personal.part(event) for event in show())
    return folder


def everything(folder: Path) -> str:
    return "".join(file.read_text("utf-8") for file in folder.rglob("*") if file.is_file())


def test_an_export_has_no_personal_data_unless_it_is_asked_for(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    folder = parted(tmp_path)
    export("main", folder, tmp_path / "bare", key)
    assert not any(word in everything(tmp_path / "bare") for word in ("女儿", "阿婆", "甜不甜"))
    assert "（个人资料，没有导出）" in (tmp_path / "bare" / REPORT).read_text("utf-8")
    assert verify_export(tmp_path / "bare", key.public).ok
    export("main", folder, tmp_path / "full", key, personal=True)
    assert "<td>女儿</td><td>接管，AI 停声</td>" in (tmp_path / "full" / REPORT).read_text("utf-8")
    assert verify_export(tmp_path / "full", key.public).ok


def test_exported_personal_data_that_is_not_what_was_recorded_is_found(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    folder = parted(tmp_path)
    with closing(sqlite3.connect(folder / "references" / FILE, isolation_level=None)) as pieces:
        pieces.execute("UPDATE pieces SET salt = ? WHERE subject = '女儿'", ("0" * 64,))
    with pytest.raises(StorageError):
        export("main", folder, tmp_path / "out", key, personal=True)
    assert not (tmp_path / "out").exists()


def test_the_report_names_the_cells_that_carry_a_line_and_the_spoken_notices(tmp_path: Path) -> None:
    key = SigningKey.open(tmp_path / "keys" / "ledger.pem")
    price = Line(
        segments=(Segment("这蜂蜜"), Segment("三十九块九", "f7"), Segment("新鲜", "f8")), purpose="price"
    )
    notice = Line(segments=(Segment("主播由人工智能生成"),), purpose="notice")
    sounds = [
        Utterance(line=notice.id, text=f"主播由人工智能生成{n}", rate=24000, seconds=3, at=n * 720.0)
        for n in range(3)
    ]
    heard = [Played(utterance=s.id, start=0, end=3) for s in sounds[:2]]
    folder = room(
        tmp_path,
        price,
        Verdict(on=price.id, by="claims", action="allow"),
        Verdict(on=price.id, by="guard", action="allow"),
        notice,
        *sounds,
        *heard,
    )
    export("main", folder, tmp_path / "out", key, facts={"f7": "蜂蜜价格 39.9（货单.xlsx 商品 D4）"})
    page = (tmp_path / "out" / REPORT).read_text("utf-8")
    for row in (
        "<td>这蜂蜜三十九块九新鲜</td><td>蜂蜜价格 39.9（货单.xlsx 商品 D4）；资料 f8</td>"
        "<td>商品资料：通过，合规：通过</td>",
        "<td>主播由人工智能生成0</td><td></td>",
        "<td>主播由人工智能生成1</td><td>12.0</td>",
        "<td>M2 ",
    ):
        assert row in page
    assert "<td>主播由人工智能生成2</td><td>12.0</td>" not in page


def run(data: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(data))
    result = CliRunner().invoke(build(), ["ledger", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_commands_verify_export_erase_and_prune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    references = References(tmp_path / "rooms" / "main" / "references")
    reference = references.keep("某某村 3 号", "阿婆")
    folder = room(tmp_path, Notice(code="order", text="下单", subject=reference))
    code, said = run(tmp_path, monkeypatch, "verify")
    assert code == 0 and said.startswith("完好：12 条")
    assert run(tmp_path, monkeypatch, "key", "--out", str(tmp_path / "public.pem"))[0] == 0
    assert run(tmp_path, monkeypatch, "export", "--out", str(tmp_path / "out"))[0] == 0
    checking = ("verify", str(tmp_path / "out"), "--key", str(tmp_path / "public.pem"))
    assert run(tmp_path, monkeypatch, *checking)[0] == 0
    assert run(tmp_path, monkeypatch, "erase", reference, "--who", "阿婆") == (0, "已删除。\n")
    assert "1 份个人资料" in run(tmp_path, monkeypatch, "verify")[1]
    assert "没有满三年" in run(tmp_path, monkeypatch, "prune")[1]
    segment = segments(folder / "events")[0]
    segment.write_bytes(segment.read_bytes().replace("包治".encode(), "不治".encode()))
    code, said = run(tmp_path, monkeypatch, "verify")
    assert code == 1 and segment.name in said and "第 2 行" in said and "内容被改过" in said
