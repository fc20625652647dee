from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.normalise import DEFAULT, Folds, fold, normalise

pytestmark = pytest.mark.unit

ANY_TEXT = st.text(st.characters(), max_size=60)  # characters() includes surrogates and private use
FOLDS = st.builds(
    Folds,
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
    assert (folded.offsets[0], folded.ends[0]) == (0, 4)


def test_words_win_over_other_folds() -> None:
    assert fold("Ｖ信💰", Folds(words=(("Ｖ", "微"), ("💰", "钱")))) == "微信钱"


def test_an_expanded_character_stands_where_it_stood() -> None:
    folded = normalise("共5㎏装")
    at = folded.text.index("g")
    assert (folded.offsets[at], folded.ends[at]) == (2, 3)


def test_what_stays_keeps_its_place_among_what_goes() -> None:
    folded = normalise("\u200b微\u200b信\u200b")
    assert (folded.text, list(folded.offsets), list(folded.ends)) == ("微信", [1, 3], [2, 4])


@given(ANY_TEXT, FOLDS)
def test_maps_are_monotone_and_inside_the_text(raw: str, folds: Folds) -> None:
    folded = normalise(raw, folds)
    assert len(folded.offsets) == len(folded.ends) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(0 <= s < e <= len(raw) for s, e in zip(folded.offsets, folded.ends, strict=True))


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(raw: str) -> None:
    once = fold(raw, DEFAULT)
    assert fold(once, DEFAULT) == once
