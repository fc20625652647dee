from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError, InputError
from dialects import village
from dialects.render import Renderer
from dialects.village import Entry
from tests.dialects.books import HEADER, TITLES, book, row

pytestmark = pytest.mark.unit


def add(folder: Path, word: str, mandarin: str) -> tuple[int, Path]:
    return village.add(folder, "四川话", Entry(word, mandarin, note="村里话"), "张大姐", "CC0-1.0")


def test_an_added_word_lies_over_the_built_in_ones(tmp_path: Path) -> None:
    add(tmp_path / "d", "哦豁连天", "糟糕透顶")
    rendering = Renderer(user=tmp_path / "d", cache=tmp_path / "c").render("今天哦豁连天")
    assert rendering.mandarin == "今天糟糕透顶"
    assert rendering.glosses[0].note == "村里话"


def test_the_same_word_again_is_a_further_sense(tmp_path: Path) -> None:
    add(tmp_path, "打晃眼", "看错")
    _, path = add(tmp_path, "打晃眼", "走神")
    assert "打晃眼.2" in path.read_text("utf-8")


def test_what_is_exported_carries_author_and_licence(tmp_path: Path) -> None:
    add(tmp_path, "打晃眼", "看错")
    text = village.export(tmp_path, "xinan").decode()
    assert "# author: 张大姐" in text
    assert "# licence: CC0-1.0" in text


def test_an_exported_file_can_be_added_elsewhere(tmp_path: Path) -> None:
    add(tmp_path / "a", "打晃眼", "看错")
    file = tmp_path / "x.tsv"
    file.write_bytes(village.export(tmp_path / "a", "xinan"))
    assert village.add_file(tmp_path / "b", file)[0] == 1
    assert village.add_file(tmp_path / "b", file)[0] == 0


def test_an_incomplete_word_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mandarin"):
        add(tmp_path, "打晃眼", "")
    assert not list(tmp_path.iterdir())


def test_the_group_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="哪里话"):
        village.add(tmp_path, "", Entry("甲", "乙"), "a", "b")


def test_nothing_to_export_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="还没有加过"):
        village.export(tmp_path, "粤语")


def test_a_bad_file_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.tsv"
    file.write_text(HEADER.format(group="wu") + TITLES + row("甲", "乙", "坏词性"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="第 7 行"):
        village.add_file(tmp_path / "d", file)


def test_the_small_lexicon_of_the_tests_is_sound() -> None:
    assert len(book("wu", row("汏", "洗", "v")).senses) == 1
