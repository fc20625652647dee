"""Tables that ship with the program: what a row is, and how a bad one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tables
from core.errors import ConfigurationError

pytestmark = pytest.mark.unit

HEAD = "# author: a\n# source: b\n# licence: c\n# date: d\n"
CELL = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=5)


@given(st.lists(st.tuples(CELL, CELL), max_size=5))
def test_rows_are_what_was_written_with_their_line_numbers(written: list[tuple[str, str]]) -> None:
    content = HEAD + "".join(f"{one}\t{other}\n" for one, other in written)
    assert list(tables.rows(content, "x.tsv", 2)) == [(n, list(row)) for n, row in enumerate(written, 5)]


def test_comments_and_blank_lines_are_no_rows_and_space_around_a_cell_does_not_count() -> None:
    assert list(tables.rows(f"{HEAD}# one\t two\n\n a \t b\n", "x.tsv", 2)) == [(7, ["a", "b"])]


def test_cells_left_out_at_the_end_are_empty() -> None:
    assert list(tables.rows(HEAD + "a\nb\t\tc\n", "x.tsv", 3, filled=1)) == [
        (5, ["a", "", ""]),
        (6, ["b", "", "c"]),
    ]


@pytest.mark.parametrize("row", ["a\tb\tc", "a", "a\t", "\tb"])
def test_too_many_cells_and_missing_ones_are_named_by_file_and_line(row: str) -> None:
    with pytest.raises(ConfigurationError, match=r"x\.tsv 第 6 行有误：要有 2 栏"):
        list(tables.rows(f"{HEAD}a\tb\n{row}\n", "x.tsv", 2))


@pytest.mark.parametrize("key", tables.ORIGIN)
def test_a_table_that_does_not_tell_its_origin_is_refused(key: str) -> None:
    content = "".join(line for line in HEAD.splitlines(True) if key not in line)
    with pytest.raises(ConfigurationError, match=key):
        list(tables.rows(content + "a\tb\n", "x.tsv", 2))


@pytest.mark.parametrize("between", ["; ", "\t"])
def test_the_origin_may_stand_on_one_line(between: str) -> None:
    told = tables.origin("# words: two\n# " + between.join(HEAD.replace("# ", "").splitlines()), "x.tsv")
    assert {key: told[key] for key in tables.ORIGIN} == dict(zip(tables.ORIGIN, "abcd", strict=True))


def test_a_shipped_table_lies_in_data_beside_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.tsv").write_text(HEAD + "甲\t乙\n", "utf-8")
    monkeypatch.setattr("core.tables.resources.files", lambda package: tmp_path / package)
    assert list(tables.shipped(".", "x.tsv", 2)) == [(5, ["甲", "乙"])]
