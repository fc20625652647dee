"""``xiangyin guard``: what a script that calls it can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import InputError
from service.cli import build

pytestmark = pytest.mark.unit

FINE, BAD = "各位乡亲晚上好", "这是全网最低价"


@pytest.mark.parametrize("speaker", ["ai", "human"])
def test_the_exit_code_says_whether_a_line_may_be_said(speaker: str) -> None:
    fine, bad = (
        CliRunner().invoke(build(), ["guard", "check", text, "--speaker", speaker]) for text in (FINE, BAD)
    )
    assert fine.exit_code == 0 and fine.stdout.strip() == "可以说"
    assert bad.exit_code == 1 and "最低价" in bad.stdout


def test_a_batch_with_findings_ends_well(tmp_path: Path) -> None:
    source = tmp_path / "said.jsonl"
    source.write_text("\n".join(json.dumps({"id": t, "text": t}) for t in (FINE, BAD)), encoding="utf-8")
    result = CliRunner().invoke(build(), ["guard", "check", "--in", str(source)])
    assert result.exit_code == 0
    assert [json.loads(line)["action"] == "allow" for line in result.stdout.splitlines()] == [True, False]


@pytest.mark.parametrize("words", [["guard", "check"], ["guard", "check", " "], ["guard", "mask"]])
def test_nothing_to_judge_is_no_clean_bill(words: list[str]) -> None:
    error = CliRunner().invoke(build(), words).exception
    assert isinstance(error, InputError) and error.code == "guard.empty"
