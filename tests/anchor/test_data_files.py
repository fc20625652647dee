"""A bad line of a data file is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from anchor import replies
from anchor.speech import pronunciation
from core.errors import ConfigurationError

pytestmark = pytest.mark.unit

HEADER = "# author: a\n# source: b\n# licence: c\n# date: d\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("core.tables.resources.files", lambda _: tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_a_kind_word_without_text_is_named(folder: Path) -> None:
    (folder / "replies.tsv").write_text(HEADER + "x1\tgrief\t\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"replies.tsv 第 5 行"):
        replies.replies.__wrapped__()


def test_a_kind_of_reply_without_a_sentence_is_refused(folder: Path) -> None:
    (folder / "replies.tsv").write_text(HEADER + "a\tnotice\t这里是AI主播。\n", "utf-8")
    with pytest.raises(ConfigurationError, match="despair"):
        replies.replies.__wrapped__()


def test_a_reading_without_its_pinyin_is_named(folder: Path) -> None:
    (folder / "pronunciation.tsv").write_text(HEADER + "果脯\t果腐\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"pronunciation.tsv 第 5 行"):
        pronunciation._house.__wrapped__()
