"""A claim in a frame stays a claim; a word that is only talked about is none."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from compliance.guard import Guard
from compliance.mention import mentioned
from compliance.rulebook import load_rules

pytestmark = pytest.mark.unit

HOUSE = Guard.load(date(2026, 11, 21))
BY_RULES = Guard(load_rules(), date(2026, 11, 21))
EVERY = 5
"""Every which rule of a class lends its first example."""

RETOLD = ["店主刚才说：{o}", "有顾客留言说，{o}", "我念一条评论：{o}，说得真好"]
"""Who it is that tastes and tells may be said: these are no offence of class C15."""
FRAMES = [
    *RETOLD,
    "群里都在传，{o}",
    "老话讲得好，{o}",
    "您问{o}？那当然",
    "是不是{o}？是的",
    "谁说不行？{o}",
    "包装上写着“{o}”",
    "“{o}”，这话可不是我编的",
    "不敢说治病，但{o}",
    "广告法不让讲，其实{o}",
    "这话平台不许说，可是{o}",
    "别的我不说，反正{o}",
    "不是我吹，{o}",
    "我不能保证，不过{o}",
    "排毒两个字剪掉了，但是{o}",
    "跟药没关系，{o}",
    "从稿子里删了，懂的都懂，{o}",
]


def offences() -> list[tuple[str, str]]:
    """A class and an offence of it that the rules stop, for every fifth rule of each class."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for rule in load_rules().rules:
        if not rule.categories:
            by_kind[rule.kind].append(rule.block[0])
    told = [(kind, line) for kind, lines in by_kind.items() for line in lines[::EVERY]]
    return [(kind, line) for kind, line in told if BY_RULES.check(line).action != "allow"]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_does_not_excuse_an_offence(frame: str) -> None:
    told = [line for kind, line in offences() if kind != "C15" or frame not in RETOLD]
    passed = [line for line in told if HOUSE.check(frame.format(o=line)).action == "allow"]
    assert len(told) > 150
    assert len(passed) <= len(told) // 50, passed


@pytest.mark.parametrize("word", ["根治", "养颜", "招财", "镇宅", "入股", "特供", "内部价", "无公害"])
@pytest.mark.parametrize(
    "frame",
    [
        "{w}两个字从包装上划掉了，照实写",
        "{w}？没有这回事，就是普通东西",
        "“{w}”这类字眼，稿子里一律删掉",
        "这跟{w}是两码事",
        "{w}这种话我们不说",
        "有人让我们讲它{w}，脚本直接退回去了",
    ],
)
def test_a_word_that_is_set_aside_is_not_said(frame: str, word: str) -> None:
    assert BY_RULES.check(frame.format(w=word)).action == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "生日那天下一碗长寿面，一根到底",
        "灶王爷的年画旧了，腊月里换新的",
        "消毒柜放厨房，插上电就行",
        "这屋有暖气，木头容易裂",
        "散养的还是圈养的？圈养的，写在标签上",
        "央视来拍过这条河，没拍我们家",
        "《开光》是戏台上那出老戏，晚上七点唱",
    ],
)
def test_longer_words_choices_and_titles_claim_nothing(text: str) -> None:
    assert BY_RULES.check(text).action == "allow"


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("根治两个字我不敢说，但喝过的都好了", "根治", "C3"),
        ("招财这种话不让讲，您懂的", "招财", "C5"),
        ("第二家没有，只此一处", "第二家", "C1"),
        ("这破烂两个字送给隔壁", "破烂", "C11"),
        ("肿瘤指标都转阴", "肿瘤", "C3"),
        ("卫健委指定的奶", "卫健委", "C2"),
    ],
)
def test_a_turn_a_boast_or_an_insult_is_not_set_aside(text: str, word: str, kind: str) -> None:
    at = text.index(word)
    assert not mentioned(text, at, at + len(word), kind)


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("“隔壁全卖假货”这种话是错的，谁也别讲", "隔壁全卖假货", "C11"),
        ("“老不死”这种弹幕移出直播间", "老不死", "C10"),
        ("安神、助眠，这些词编辑都删了", "安神", "C4"),
        ("滞销这说法我们不用，就是到季了", "滞销", "C13"),
        ("有人问戴上会不会转运，不会，就是根绳子", "转运", "C5"),
        ("治病是大夫的事", "治病", "C3"),
        ("站外买的坏了，平台管不着", "站外买", "C7"),
        ("老字号得评，我们才开三年", "老字号", "C2"),
        ("网上喊稳赚的，捂紧口袋", "稳赚", "C8"),
    ],
)
def test_a_word_warned_of_denied_or_another_s_matter_is_set_aside(text: str, word: str, kind: str) -> None:
    at = text.index(word)
    assert mentioned(text, at, at + len(word), kind)


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("隔壁全卖假货，这种话是错的也有人信", "隔壁全卖假货", "C11"),
        ("有没有更便宜的，没有，就这一家", "更便宜", "C1"),
        ("治病是我们这茶的事", "治病", "C3"),
    ],
)
def test_without_quotation_marks_or_of_our_own_goods_it_is_not(text: str, word: str, kind: str) -> None:
    at = text.index(word)
    assert not mentioned(text, at, at + len(word), kind)
