from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import build

pytestmark = pytest.mark.unit


def test_one_comment_is_explained_to_a_person() -> None:
    result = CliRunner().invoke(build(), ["comments", "triage", "--explain", "几天能到货"])
    assert result.exit_code == 0, result.output
    assert "functional" in result.output and "依据" in result.output


def test_a_batch_keeps_ids_and_order_and_reports_bad_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"id": "x1", "text": "大家早上好"}, {"id": "x2"}, {"id": "x3", "text": "不想活了"}]
    source.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    result = CliRunner().invoke(build(), ["comments", "triage", "--in", str(source), "--out", str(target)])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [one["id"] for one in found] == ["x1", "x2", "x3"]
    assert found[0]["kind"] == "ritual" and "error" in found[1] and found[2]["kind"] == "distress"
    assert set(found[0]) == {"id", "kind", "also", "confidence"}
