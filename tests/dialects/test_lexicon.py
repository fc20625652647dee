from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from dialects import lexicon
from tests.dialects.books import HEADER, TITLES, row

pytestmark = pytest.mark.unit


def problems_of(*rows: str, header: str = HEADER.format(group="xinan"), titles: str = TITLES) -> list[str]:
    _, found = lexicon.read((header + titles + "".join(rows)).encode(), "村.tsv")
    return [str(p) for p in found]


def test_a_good_line_becomes_a_sense() -> None:
    book, problems = lexicon.read(
        (HEADER.format(group="xinan") + TITLES + row("巴适|巴实", "舒服", "adj")).encode(), "x"
    )
    assert not problems
    assert book is not None
    sense = book.senses[0]
    assert (sense.surfaces, sense.mandarin, sense.shared, sense.entry) == (
        ("巴适", "巴实"),
        "舒服",
        False,
        "xinan/巴适",
    )


def test_a_dash_means_that_the_word_disappears() -> None:
    book, _ = lexicon.read((HEADER.format(group="yue") + TITLES + row("㗎", "-", "part")).encode(), "x")
    assert book is not None
    assert book.senses[0].mandarin == ""


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (row("甲", "乙", "动词"), "pos", "没有词性"),
        (row("甲", "", "n"), "mandarin", "普通话"),
        (row("甲|甲", "乙"), "surfaces", "重复"),
        (row("甲|", "乙"), "surfaces", "不能空"),
        (row("甲", "乙", ambiguity="maybe"), "ambiguity", "safe 或 shared"),
        (row("甲", "乙", when="+Q:丙"), "when", "读不懂"),
        (row("甲", "乙", note="长" * 50), "note", "太长"),
    ],
)
def test_a_bad_cell_is_named_by_file_line_and_column(line: str, column: str, says: str) -> None:
    (problem,) = problems_of(row("好", "好的"), line)
    assert problem.startswith(f"村.tsv 第 8 行 {column} 列")
    assert says in problem


def test_a_line_with_too_few_columns_is_named() -> None:
    (problem,) = problems_of("甲\t乙\n")
    assert "第 7 行" in problem
    assert "10 列" in problem


def test_a_repeated_id_names_the_first_line() -> None:
    (problem,) = problems_of(row("甲", "乙"), row("甲", "丙"))
    assert "与第 7 行重复" in problem


def test_an_example_must_contain_the_word() -> None:
    line = row("甲", "乙").replace("\t甲\n", "\t没有\n")
    assert "例句" in problems_of(line)[0]


def test_an_unknown_group_lists_the_groups() -> None:
    (problem,) = problems_of(header=HEADER.format(group="火星"))
    assert "xinan" in problem


def test_a_missing_header_key_is_named() -> None:
    assert any(
        "licence" in p for p in problems_of(header="# group: xinan\n# author: a\n# source: a\n# date: d\n")
    )


def test_bytes_that_are_no_utf8_name_the_line() -> None:
    _, (problem,) = lexicon.read(b"# group: xinan\n\xff\xfe", "x.tsv")
    assert "第 2 行" in str(problem)


def test_loading_a_bad_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text(HEADER.format(group="xinan") + TITLES + row("甲", "乙", "坏"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="第 7 行 pos 列") as caught:
        lexicon.load(path)
    assert caught.value.code == "dialect.bad_lexicon"


def test_a_sense_written_as_a_line_reads_back_the_same() -> None:
    text = (
        HEADER.format(group="wu")
        + TITLES
        + row("汏|汰", "洗", "v", when="-R:澡", note="洗", regions="上海,苏州")
    )
    book, _ = lexicon.read(text.encode(), "x")
    assert book is not None
    again, problems = lexicon.read(
        (HEADER.format(group="wu") + TITLES + lexicon.line_of(book.senses[0])).encode(), "x"
    )
    assert not problems
    assert again is not None
    assert again.senses == book.senses


def test_the_version_follows_the_content() -> None:
    one, _ = lexicon.read((HEADER.format(group="wu") + TITLES + row("汏", "洗", "v")).encode(), "x")
    two, _ = lexicon.read((HEADER.format(group="wu") + TITLES + row("汏", "涮", "v")).encode(), "x")
    assert one is not None
    assert two is not None
    assert one.version != two.version


def test_a_sense_that_can_never_be_chosen_is_pointed_out() -> None:
    rows = (
        row("头晌", "上午"),
        row("早起", "早晨"),
        row("清早|早起", "清晨"),
        row("头晌", "午前", identity="头晌.2"),
    )
    book, _ = lexicon.read((HEADER.format(group="wu") + TITLES + "".join(rows)).encode(), "x")
    assert book is not None
    assert [hint[:2] for hint in lexicon.shadowed(book)] == ["清早", "头晌"]


def test_conditions_make_two_senses_of_one_surface_reachable() -> None:
    rows = row("摆", "聊", when="+R:龙门阵"), row("摆", "放", identity="摆.2")
    book, _ = lexicon.read((HEADER.format(group="wu") + TITLES + "".join(rows)).encode(), "x")
    assert book is not None
    assert not list(lexicon.shadowed(book))
