"""What the command line says of its own use: Chinese, one sentence, and where to read on."""

from __future__ import annotations

import sys

import pytest

from service.cli import main

pytestmark = pytest.mark.unit


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["xiangyin", *words])
    with pytest.raises(SystemExit) as left:
        main()
    streams = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, streams.out + streams.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["shop", "import"], "还缺 FILE（商品表"),
        (["shop", "propose", "六块一斤"], "还缺 --who（谁说的）"),
        (["shop", "impotr", "货单.xlsx"], "没有 impotr 这个命令，您要的是不是 import。"),
        (["shop", "import", "货单.xlsx", "--shpo", "a"], "没有 --shpo 这个选项，您要的是不是 --shop。"),
        (["shop", "import", "我的", "货单.xlsx"], "多出了“货单.xlsx”：名字里有空格的，请用引号括起来。"),
        (["serve", "--port", "七"], "--port 的值不对。"),
        (["serve", "--port"], "--port 后面要写一个值。"),
        (["shop", "import", "--draft=1", "a"], "--draft 后面不用写值。"),
    ],
)
def test_wrong_use_is_told_in_one_chinese_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], expected: str
) -> None:
    code, text = said(capsys, monkeypatch, *words)
    assert code == 2
    assert expected in text and "--help" in text and len(text.splitlines()) == 1


def test_help_has_chinese_headings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text = said(capsys, monkeypatch, "shop", "--help")
    assert code == 0
    assert "选项" in text and "命令" in text and "显示这份说明" in text and "Show this" not in text


def test_a_group_without_a_command_shows_its_help_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text = said(capsys, monkeypatch, "shop")
    assert code == 2
    assert text.count("revert") == 1


def test_help_is_chinese_throughout_and_loses_no_end_of_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, text = said(capsys, monkeypatch, "ledger", "export", "--help")
    assert code == 0
    assert "用法：" in text and "xiangyin ledger export [选项]" in text
    assert "…" not in text
