from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dialects import compiled, dictionary, phonology
from dialects.dictionary import Tables
from dialects.lexicon import Lexicon
from dialects.render import Renderer

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def tables(lexicons: Sequence[Lexicon], readings: phonology.Readings) -> Tables:
    return dictionary.compile_tables(lexicons, readings)


def test_saved_tables_come_back_the_same(tables: Tables, tmp_path: Path) -> None:
    assert compiled.save(tables, "k", tmp_path)
    again = compiled.load("k", tmp_path)
    assert again is not None
    assert [replace(s, example="") for s in tables.senses] == list(again.senses)
    assert list(again.pos) == [s.pos for s in tables.senses]
    assert list(again.soundings) == list(tables.soundings)
    assert again.sound_index.dump() == tables.sound_index.dump()
    assert (again.heard, again.exact) == (tables.heard, tables.exact)


def test_a_damaged_cache_counts_as_none(tables: Tables, tmp_path: Path) -> None:
    compiled.save(tables, "k", tmp_path)
    file = tmp_path / "k.json"
    content = file.read_bytes()
    for broken in (
        b"",
        content[: len(content) // 2],
        content.replace("巴适".encode(), "八四".encode()),
        b"x" + content,
    ):
        file.write_bytes(broken)
        assert compiled.load("k", tmp_path) is None


def test_a_folder_that_cannot_be_written_costs_only_time(tables: Tables, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert not compiled.save(tables, "k", blocked / "sub")
    assert Renderer(cache=blocked / "sub").render("巴适得板").group == "xinan"


def test_the_key_follows_every_lexicon() -> None:
    assert compiled.key([b"a", b"b"]) != compiled.key([b"ab"])
    assert compiled.key([b"a"]) == compiled.key([b"a"])


def test_old_caches_are_cleared_away(tables: Tables, tmp_path: Path) -> None:
    for n in range(6):
        compiled.save(tables, f"k{n}", tmp_path)
    assert len(list(tmp_path.glob("*.json"))) <= 3


def test_the_second_start_uses_the_cache_and_answers_the_same(tmp_path: Path) -> None:
    first = Renderer(cache=tmp_path).render("这个东西巴适得板，相因")
    assert list(tmp_path.glob("*.json"))
    assert Renderer(cache=tmp_path).render("这个东西巴适得板，相因") == first
