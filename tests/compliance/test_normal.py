"""Folding keeps every character's place; disguises are undone where a known word comes out."""

from __future__ import annotations

import pytest

from compliance.normal import Folded, fold
from compliance.normal_disguise import Disguises
from compliance.normal_sound import merge, merged_sound, plain_sound, spellings, syllable, typed_sound

pytestmark = pytest.mark.unit

WORDS = frozenset(
    "三高 滞销 最低价 特供 治疗 微信 加微信 稳赚不赔 增强免疫力 国家级 降压药 有机 全网最低".split()
)
DISGUISES = Disguises(WORDS, WORDS)


def revealed(raw: str) -> str:
    return DISGUISES.reveal(fold(raw)).text


def guessed(raw: str) -> list[str]:
    return [guess.text.text for guess in DISGUISES.guesses(fold(raw))]


@pytest.mark.parametrize(
    ("raw", "folded"), [("壹贰叁", "一二三"), ("⑴⒇", "120"), ("㈠㈩", "一十"), ("ＡＢ", "ab"), ("價", "价")]
)
def test_formal_and_wide_characters_are_folded(raw: str, folded: str) -> None:
    assert fold(raw).text == folded


def test_every_folded_character_leads_to_its_place() -> None:
    text = fold("a\u200bb⒇c")
    assert text.text == "ab20c"
    assert text.span(1, 2) == (2, 3)
    assert text.span(2, 4) == (3, 4)
    assert text.span(0, 5) == (0, 5)


def test_an_empty_span_stands_behind_what_precedes_it() -> None:
    text = fold("ab⒇c")
    assert text.span(0, 0) == (0, 0)
    assert text.span(3, 3) == (3, 3)
    assert text.span(4, 2) == (2, 2)


def test_an_edit_stands_for_the_whole_stretch_it_replaced() -> None:
    text = fold("甲乙丙丁").edited([(1, 3, "xyz")])
    assert text.text == "甲xyz丁"
    assert [text.span(i, i + 1) for i in range(5)] == [(0, 1), (1, 3), (1, 3), (1, 3), (3, 4)]


def test_edits_may_come_in_any_order_and_the_first_of_two_that_overlap_counts() -> None:
    assert fold("甲乙丙丁").edited([(3, 4, "z"), (0, 2, "x"), (1, 3, "y")]).text == "x丙z"


def test_an_edit_of_an_edit_still_leads_to_the_raw_text() -> None:
    once = fold("甲乙丙丁").edited([(0, 2, "x")])
    assert once.edited([(0, 2, "y")]).span(0, 1) == (0, 3)
    assert isinstance(once, Folded)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("最 低 价的米", "最低价的米"),
        ("最·低·价的米", "最低价的米"),
        ("最    低    价的米", "最低价的米"),
        ("最     低     价", "最     低     价"),
        ("特 别好", "特 别好"),
        ("牛寺供的茶", "特供的茶"),
        ("牛寺别的茶", "牛寺别的茶"),
        ("te gong的茶", "特供的茶"),
        ("吃了降压💊", "吃了降压药"),
        ("今天发货💊", "今天发货💊"),
        ("wzbp的买卖", "稳赚不赔的买卖"),
        ("降③高的面", "降三高的面"),
        ("卖了3高一低", "卖了三高一低"),
        ("直径3厘米", "直径3厘米"),
        ("滞x的梨", "滞销的梨"),
        ("型号滞xl", "型号滞xl"),
        ("印着ＯＲＧＡＮＩＣ的米", "印着有机的米"),
        ("organicum牌", "organicum牌"),
        ("净重5kg", "净重5kg"),
        ("iphone手机壳", "iphone手机壳"),
    ],
)
def test_a_disguise_is_undone_where_a_known_word_comes_out(raw: str, shown: str) -> None:
    assert revealed(raw) == shown


def test_what_is_underlined_is_the_whole_disguise() -> None:
    text = DISGUISES.reveal(fold("要te gong的茶"))
    at = text.text.index("特供")
    assert text.span(at, at + 2) == (1, 8)


@pytest.mark.parametrize(
    ("raw", "heard"),
    [
        ("增强免役力的", ["增强免疫力的"]),
        ("国佳级的", ["国家级的"]),
        ("增强免疫力的", []),
        ("走邮寄", []),
        ("今天天气好", []),
    ],
)
def test_a_sound_alike_is_guessed_unless_it_is_an_ordinary_word(raw: str, heard: list[str]) -> None:
    assert guessed(raw) == heard


def test_a_guess_says_where_it_replaced_what() -> None:
    (guess,) = DISGUISES.guesses(fold("能增强免役力"))
    assert guess.spans == ((1, 6),)


def test_southern_mergers_sound_alike() -> None:
    assert merge(syllable("女")) == merge(syllable("旅"))
    assert merge(syllable("是")) == merge(syllable("四"))
    assert merge(syllable("信")) == merge(syllable("兴"))
    assert merge(syllable("加")) != merge(syllable("卡"))
    assert merged_sound("四") == merged_sound("是")
    assert plain_sound("四") != plain_sound("是")


def test_a_sound_is_as_long_as_its_text_and_typed_syllables_sound_like_characters() -> None:
    assert len(merged_sound("加v信a")) == 4
    assert merged_sound("v") == "v"
    assert typed_sound(("wei", "xin")) == merged_sound("微信")


def test_letters_are_read_as_syllables_longest_first_and_not_where_they_are_none() -> None:
    assert spellings("xian")[:2] == [("xian",), ("xia", "n")] or spellings("xian")[0] == ("xian",)
    assert ("xi", "an") in spellings("xian")
    assert spellings("zzz") == []
    assert spellings("a" * 31) == []
    assert len(spellings("a" * 8, most=3)) <= 3


def test_a_line_in_dialect_is_also_read_in_mandarin_and_keeps_its_places() -> None:
    raw = "俺家老头儿膝盖痛得来走弗动"
    mandarin = [g for g in DISGUISES.guesses(fold(raw), fold(raw)) if "走不动" in g.text.text]
    assert mandarin
    text = mandarin[-1].text
    at = text.text.index("走不动")
    assert raw[slice(*text.span(at, at + 3))] == "走弗动"


def test_a_line_in_plain_mandarin_is_not_rendered() -> None:
    assert DISGUISES.guesses(fold("今天发货"), fold("今天发货")) == []
