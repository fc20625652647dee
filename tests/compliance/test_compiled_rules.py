"""What patterns are made of, and the cache that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import compiled
from compliance.match import Matcher
from compliance.pattern import analyse
from compliance.rulebook import load_rules

pytestmark = pytest.mark.unit
RULES = load_rules().rules


def test_every_match_contains_a_string_of_each_required_set() -> None:
    found = analyse("(?:甲乙|丙)[^，]{0,3}(?:丁|戊)己?")
    assert found.required == (frozenset({"甲乙", "丙"}), frozenset({"丁", "戊"}))
    assert found.width == 7
    assert found.words == {"甲乙"}


def test_an_optional_part_is_not_required() -> None:
    assert analyse("甲?乙").required == (frozenset({"乙"}),)


def test_the_matcher_finds_what_the_patterns_alone_find() -> None:
    matcher = Matcher(RULES)
    for rule in RULES[::7]:
        for text in rule.block:
            alone = {(r.id, *m.span()) for r in RULES for m in r.pattern.finditer(text)}
            assert {(m.rule.id, m.start, m.end) for m in matcher.find(text)} == alone


@given(st.text("甲乙丙丁己，", max_size=12))
def test_a_text_without_a_required_set_never_matches(text: str) -> None:
    source = "(?:甲乙|丙)[^，]{0,3}(?:丁|戊)己?"
    if re.search(source, text):
        assert all(any(word in text for word in words) for words in analyse(source).required)


def test_the_cache_gives_back_what_was_saved(tmp_path: Path) -> None:
    analyses = {p: analyse(p) for p in ("甲(?:乙|丙)", "丁[戊己]")}
    assert compiled.save(analyses, "x", tmp_path)
    assert compiled.load("x", tmp_path) == analyses


def test_a_damaged_or_missing_cache_is_no_cache(tmp_path: Path) -> None:
    compiled.save({"甲": analyse("甲")}, "x", tmp_path)
    file = tmp_path / "x.json"
    file.write_bytes(file.read_bytes().replace("甲".encode(), "乙".encode()))
    assert compiled.load("x", tmp_path) == {}
    assert compiled.load("y", tmp_path) == {}


def test_rules_from_the_cache_are_the_rules_from_the_tables(tmp_path: Path) -> None:
    fresh = load_rules(tmp_path)
    assert list(tmp_path.glob("*.json"))
    load_rules.cache_clear()
    assert load_rules(tmp_path) == fresh


def test_an_unwritable_folder_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load_rules(tmp_path / "file").version == load_rules().version
