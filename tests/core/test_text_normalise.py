from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.normalise import DEFAULT, Folds, fold, normalise

pytestmark = pytest.mark.unit

ANY_TEXT = st.text(st.characters(), max_size=60)  # characters() includes surrogates and private use
FOLDS = st.builds(
    Folds,
    width=st.booleans(),
    invisible=st.booleans(),
    marks=st.booleans(),
    simplify=st.booleans(),
    case=st.booleans(),
    digits=st.booleans(),
    separators=st.booleans(),
    repeats=st.integers(0, 3),
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("①②❸➍⓫", "12" + "3" + "4" + "11"),
        ("5㎏", "5kg"),
        ("\u200b加\u200d微\ufeff信\u2060", "加微信"),
        ("1\ufe0f\u20e3", "1"),
        ("Zuì hǎo", "zui hao"),
        ("臺灣鳳梨", "台湾凤梨"),
        ("𠊎 \ue000 \ud800 😀", "𠊎 \ue000 \ud800 😀"),
        ("𝐕𝟙", "v1"),
        ("が", "が"),
        ("ㅤ空ᅠ", "空"),
    ],
)
def test_default_folds(raw: str, expected: str) -> None:
    assert fold(raw) == expected


def test_separators_go_when_asked() -> None:
    assert fold("微 - 信。★ 😀号", Folds(separators=True)) == "微信号"


def test_repeats_are_cut_but_digits_are_not() -> None:
    folded = normalise("好好好好吃1000000元", Folds(repeats=1))
    assert folded.text == "好吃1000000元"
    assert folded.to_raw(0, 1) == (0, 4)


def test_digit_forms_become_arabic_when_asked() -> None:
    assert fold("壹叁〇幺二捌", Folds(digits=True)) == "130128"
    assert fold("壹叁〇") == "壹叁〇"


def test_words_win_over_other_folds() -> None:
    assert fold("Ｖ信💰", Folds(words=(("Ｖ", "微"), ("💰", "钱")))) == "微信钱"


def test_span_of_an_expanded_character_is_that_character() -> None:
    folded = normalise("共5㎏装")
    at = folded.text.index("g")
    assert folded.to_raw(at, at + 1) == (2, 3)


def test_span_skips_removed_characters_at_its_edges_only() -> None:
    raw = "\u200b微\u200b信\u200b"
    folded = normalise(raw)
    start, end = folded.to_raw(0, 2)
    assert raw[start:end] == "微\u200b信"


@given(ANY_TEXT, FOLDS)
def test_maps_are_monotone_and_inside_the_text(raw: str, folds: Folds) -> None:
    folded = normalise(raw, folds)
    assert len(folded.offsets) == len(folded.ends) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(0 <= s < e <= len(raw) for s, e in zip(folded.offsets, folded.ends, strict=True))


@given(ANY_TEXT, st.integers(-5, 80), st.integers(-5, 80))
def test_every_span_maps_to_a_valid_raw_span(raw: str, start: int, end: int) -> None:
    first, last = normalise(raw).to_raw(start, end)
    assert 0 <= first <= last <= len(raw)


@given(ANY_TEXT, st.data())
def test_raw_span_to_folded_and_back_stays_inside(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    folded = normalise(raw)
    first, last = folded.to_folded(start, end)
    assert 0 <= first <= last <= len(folded.text)
    if last > first:
        back = folded.to_raw(first, last)
        assert back[0] >= start and back[1] <= end


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(raw: str) -> None:
    once = fold(raw, DEFAULT)
    assert fold(once, DEFAULT) == once
