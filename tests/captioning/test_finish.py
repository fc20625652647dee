"""The last touch on captions: what changes, what stays, and that values and spans never break."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from captioning.captioner import Captioner
from captioning.edits import Edit, applied, moved
from captioning.finish import finish
from captioning.punctuation import in_mandarin, paused
from core.events import Gloss, Hypothesis, Word
from core.text.numbers import canonical, find_amounts
from dialects.render import default_renderer

pytestmark = pytest.mark.unit


def shown(text: str, *names: str, digits: bool = True) -> str:
    return finish(text, text, (), names=names, digits=digits)[0]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("四十七块六包邮", "47.6元包邮"),
        ("六块四一把", "6.4元一把"),
        ("32块5一筐", "32.5元一筐"),
        ("八十块钱两筐", "80元两筐"),
        ("三毛五一个", "0.35元一个"),
        ("八分钱一根", "8分钱一根"),
        ("四斤三两", "4.3斤"),
        ("六斤半", "6.5斤"),
        ("一百二十克", "120克"),
        ("百分之四十", "40%"),
        ("打七五折", "打7.5折"),
        ("二〇二五年九月十二号装箱", "2025年9月12号装箱"),
        ("下午四点开播", "下午4点开播"),
        ("存了两万四千斤", "存了2.4万斤"),
        ("四到六斤", "4到6斤"),
        ("三十来块", "30来块"),
        ("七十二岁", "72岁"),
    ],
)
def test_amounts_are_written_as_they_are_read_fastest(said: str, read: str) -> None:
    assert shown(said) == read
    assert shown(said, digits=False) == said


@pytest.mark.parametrize(
    "said",
    [
        "一斤",
        "半斤",
        "两筐",
        "三个人",
        "一块种地",
        "几十块",
        "三五斤",
        "七八十块",
        "一米六",
        "第三",
        "十里八乡",
        "百年老店",
        "万里长城",
        "双十二",
        "对折",
        "2.4斤",
    ],
)
def test_what_is_read_as_fast_or_means_something_else_stays_as_said(said: str) -> None:
    assert shown(said) == said


def test_a_name_of_the_shop_is_written_as_the_shop_writes_it() -> None:
    assert shown("二十四味凉茶十二块钱", "二十四味凉茶") == "二十四味凉茶12元"


CHARACTERS = "一二两三五九十百千万零半几点多来块毛角分钱元斤两克个箱%折年月号岁第到0123456789."
amounts = st.text(CHARACTERS, max_size=14)
words = st.sampled_from(["", "包邮", "的", "苹果", "就", "一", "每", "，", "吗", "呢", "我们", "卖"])
sentences = st.lists(st.one_of(amounts, words), max_size=5).map("".join)


@given(sentences)
@settings(max_examples=400, deadline=None)
def test_no_value_ever_changes(text: str) -> None:
    def values(of: str) -> list[object]:
        return [(canonical(a), a.approximate) for a in find_amounts(of)]

    plain = shown(text, digits=False)
    assert values(shown(text)) == values(plain)


@example("1毛1钱")
@given(sentences)
@settings(max_examples=200, deadline=None)
def test_what_is_finished_stays_as_it_is(text: str) -> None:
    assert shown(shown(text)) == shown(text)


@st.composite
def glossed(draw: st.DrawFn) -> tuple[str, tuple[Gloss, ...]]:
    """A text with glosses over some of its stretches, as rendering leaves them where it changed nothing."""
    text = draw(sentences)
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = zip(borders[::2], borders[1::2], strict=False)
    return text, tuple(Gloss(text[a:b], a, b, text[a:b], a, b) for a, b in spans)


@given(glossed(), st.sets(st.integers(1, 60)))
@settings(max_examples=400, deadline=None)
def test_a_gloss_keeps_its_words(case: tuple[str, tuple[Gloss, ...]], breaks: set[int]) -> None:
    text, glosses = case
    timed = [Word(c, at * 0.2 + 5 * sum(b <= at for b in breaks), 0.0) for at, c in enumerate(text)]
    mandarin, kept = finish(text, text, glosses, timed)
    assert [mandarin[g.mandarin_start : g.mandarin_end] for g in kept] == [g.mandarin for g in glosses]
    assert [(g.start, g.end) for g in kept] == [(g.start, g.end) for g in glosses]


@given(st.text("甲乙丙", max_size=20), st.data())
def test_edits_leave_the_rest_of_a_text(text: str, data: st.DataObject) -> None:
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [Edit(a, b, "〇〇") for a, b in zip(borders[::2], borders[1::2], strict=False)]
    assert applied(text, edits).replace("〇", "") == "".join(
        c for at, c in enumerate(text) if not any(e.start <= at < e.end for e in edits)
    )


def test_an_insertion_at_the_border_of_a_gloss_stays_outside() -> None:
    gloss = Gloss("乙", 1, 2, "乙", 1, 2)
    for at, span in ((1, (2, 3)), (2, (1, 2))):
        [after] = moved([gloss], [Edit(at, at, "，")])
        assert (after.mandarin_start, after.mandarin_end) == span


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("这个辣椒呢是自家晒的", "这个辣椒呢，是自家晒的"),
        ("要是嫌辣的话可以少放一点", "要是嫌辣的话，可以少放一点"),
        ("您家里有老人吗这个好消化", "您家里有老人吗？这个好消化"),
        ("大家听得清吗", "大家听得清吗？"),
        ("这个怎么吃呢", "这个怎么吃呢？"),
        ("他还在地里呢", "他还在地里呢"),
        ("酒吧里也能用", "酒吧里也能用"),
        ("这个呢，是自家晒的吗", "这个呢，是自家晒的吗"),
    ],
)
def test_marks_are_set_by_rule_only_where_the_recogniser_sets_none(said: str, read: str) -> None:
    assert shown(said) == read


@pytest.mark.parametrize(
    ("heard", "read"),
    [
        ("这个红薯甜,那个面", "这个红薯甜，那个面"),
        ("甜不甜? 甜得很!", "甜不甜？甜得很！"),
        ("真的吗?!", "真的吗？！"),
        ("价格:19.9元,3斤起", "价格：19.9元，3斤起"),
        ("OK,我们开始", "OK，我们开始"),
        ("甜.面的也有", "甜。面的也有"),
        ("库存1,200箱", "库存1,200箱"),
        ("8:30开播", "8:30开播"),
        ("你真行， 我也来", "你真行，我也来"),
        ("say hi, OK?", "say hi, OK?"),
    ],
)
@pytest.mark.parametrize("final", [False, True])
def test_marks_beside_han_characters_are_full_width(heard: str, read: str, final: bool) -> None:
    said = Hypothesis(segment="c1", text=heard, start=0.0, end=2.0, final=final)
    cue = Captioner(default_renderer(), lambda text: text).caption(said)
    assert (cue.raw, cue.mandarin) == (read, read)


def test_a_final_caption_is_masked_once_and_a_partial_is_not_carried() -> None:
    seen: list[tuple[str, str]] = []

    def masker(kind: str) -> Callable[[str], str]:
        def mask(text: str) -> str:
            seen.append((kind, text))
            return text

        return mask

    captioner = Captioner(default_renderer(), masker("partial"), settle=masker("final"))
    for final in (False, True):
        captioner.caption(Hypothesis(segment="c1", text="红薯很甜", start=0.0, end=2.0, final=final))
    assert seen == [("partial", "红薯很甜"), ("final", "红薯很甜")]


def spoken(*pieces: tuple[str, float]) -> list[Word]:
    return [Word(text, at, at + 0.1) for text, at in pieces]


def test_a_pause_of_the_speaker_becomes_a_comma() -> None:
    text = "今天天气好我们上山"
    timed = [Word(c, 0.2 * at + (0.9 if at >= 5 else 0), 0.2 * at + 0.1) for at, c in enumerate(text)]
    assert paused(text, timed) == [5]
    assert finish(text, text, (), timed)[0] == "今天天气好，我们上山"


def test_a_pause_within_a_word_or_an_amount_is_none() -> None:
    for text, broken in (("我们去看菜园子去", 5), ("这一筐卖四十七块六", 7)):
        timed = [Word(c, 0.2 * at + (2.0 if at >= broken else 0), 0.0) for at, c in enumerate(text)]
        assert "，" not in finish(text, text, (), timed)[0]


def test_words_that_are_not_those_of_the_text_give_no_pause() -> None:
    assert paused("红薯很甜", spoken(("红署", 0.0), ("很甜", 3.0))) == []


def test_a_border_behind_a_longer_rendering_is_found_or_given_up() -> None:
    gloss = Gloss("巴适", 2, 4, "舒服", 2, 4)
    longer = Gloss("摆", 1, 2, "聊天", 1, 3)
    assert in_mandarin(4, "这里巴适得很", "这里舒服得很", [gloss]) == 4
    assert in_mandarin(2, "来摆嘛", "来聊天嘛", [longer]) == 3
    assert in_mandarin(2, "走先啦啦", "先走了啊", []) is None


def test_only_a_final_caption_is_finished() -> None:
    captioner = Captioner(default_renderer(), lambda text: text)

    def mandarin(final: bool) -> str:
        return captioner.caption(
            Hypothesis(segment="c1", text="苹果六块四一斤", start=0.0, end=2.0, final=final)
        ).mandarin

    assert (mandarin(False), mandarin(True)) == ("苹果六块四一斤", "苹果6.4元一斤")
