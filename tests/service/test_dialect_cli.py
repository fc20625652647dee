from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import XiangyinError
from service.cli import build

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def run(*arguments: str, stdin: str = "") -> str:
    result = CliRunner().invoke(build(), ["dialect", *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_sentence_is_printed_in_mandarin_with_its_notes() -> None:
    assert "〔" in run("render", "你要买啥子，巴适得板")


def test_explain_says_what_was_weighed() -> None:
    assert "得分" in run("render", "你要买啥子", "--explain")


def test_a_batch_keeps_order_and_ids_and_survives_bad_lines(home: Path) -> None:
    source, target = home / "in.jsonl", home / "out.jsonl"
    lines = [json.dumps({"id": 1, "said": "你要买啥子"}), "不是 JSON", json.dumps({"id": 3})]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("render", "--in", str(source), "--out", str(target), "--field", "said")
    one, two, three = map(json.loads, target.read_text("utf-8").splitlines())
    assert (one["id"], one["group"]) == (1, "xinan")
    gloss = one["glosses"][0]
    wanted = "surface start end mandarin mandarin_start mandarin_end note region entry function"
    assert set(gloss) == set(wanted.split())
    assert two["error"]["code"] == "input.bad_json"
    assert (three["id"], three["error"]["code"]) == (3, "input.missing_field")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["render", "好", "--dialect", "火星话"], "dialect.unknown_group"),
        (["render", "好", "--rewriter", "magic"], "dialect.rewriter"),
        (["render"], "input.text_or_file"),
        (["check", "没有.tsv"], "input.unreadable"),
        (["export", "粤语"], "dialect.nothing_to_export"),
    ],
)
def test_mistakes_are_coded_errors(arguments: list[str], code: str) -> None:
    with pytest.raises(XiangyinError) as caught:
        run(*arguments)
    assert caught.value.code == code


def test_an_added_word_is_used_and_exported() -> None:
    run("add", "哦豁连天", "糟糕透顶", "--dialect", "四川话", "--author", "张大姐")
    assert "糟糕透顶" in run("render", "今天哦豁连天")
    assert "张大姐" in run("export", "xinan")


def test_check_names_the_bad_line(home: Path) -> None:
    file = home / "x.tsv"
    file.write_text("# group: xinan\n坏\n", encoding="utf-8")
    result = CliRunner().invoke(build(), ["dialect", "check", str(file)])
    assert result.exit_code == 1
    assert "第 2 行" in result.output


def test_every_group_is_listed() -> None:
    assert run("groups").count("词") >= 12
