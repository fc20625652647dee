"""Questions, names, suppositions, warnings, greetings and what is left: words that claim nothing."""

from __future__ import annotations

import pytest

from compliance.exempt import asked, named, negated, noticed, placed, questioned, supposed, wished
from tests.compliance.spans import around

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("山药是补肾的吗", "补肾"),
        ("枣子补血不", "补血"),
        ("这个鸡是散养还是关着养", "散养"),
        ("有没有防腐剂", "没有防腐剂"),
        ("里面加没加糖看报告", "没加糖"),
        ("鸡是圈养还是散养，我看一下", "散养"),
    ],
)
def test_a_question_nobody_answers_claims_nothing(text: str, word: str) -> None:
    assert questioned(*around(text, word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("你说补不补血，就是补血", "就是补血"),
        ("补血吗？当然补血", "补血吗"),
        ("还有比它更补血的吗", "补血"),
        ("一点防腐剂都没有", "防腐剂都没有"),
        ("这么补血的枣你不要吗", "补血"),
    ],
)
def test_a_rhetorical_or_answered_question_is_a_claim(text: str, word: str) -> None:
    assert not questioned(*around(text, word))


def test_a_name_is_no_property() -> None:
    assert named(*around("第一香是茶叶的名字", "第一香"))
    assert not named(*around("第一香是我们的茶", "第一香"))


def test_what_is_only_supposed_is_not_said() -> None:
    assert supposed(*around("不打蜡的话有白霜", "不打蜡"))
    assert not supposed(*around("不打蜡的橙子", "不打蜡"))


def test_a_health_warning_promises_nothing() -> None:
    assert noticed(*around("胃寒的人少喝", "胃寒"))
    assert not noticed(*around("胃寒的人别吃药了", "胃寒"))


@pytest.mark.parametrize("text", ["顾客永远是第一", "祝大家第一", "安全第一"])
def test_people_and_wishes_come_first_not_goods(text: str) -> None:
    assert wished(*around(text, "第一"))


def test_what_is_wise_to_do_is_no_property_of_goods() -> None:
    assert wished(*around("看净重最实在", "最实在"))
    assert not wished(*around("这家的净重最实在", "最实在"))
    assert not wished(*around("看这颜色最正宗", "最正宗"))


def test_stock_told_without_urging_is_a_fact() -> None:
    assert placed(*around("车上还剩三箱，装完就走", "还剩三箱"))
    assert not placed(*around("车上还剩三箱，手快有", "还剩三箱"))


def test_distrust_of_others_does_not_excuse_slander() -> None:
    text = around("他家的都是假货，别上当", "假货")
    assert negated(*text)
    assert not negated(*text, slander=True)


def test_somebody_elses_thing_disowned_leaves_ours_claimed() -> None:
    assert not negated(*around("有专利，仿款不是我们的", "专利"))
    assert negated(*around("专利那个不是我们的", "专利"))


def test_what_a_thing_was_not_given_does_not_deny_what_it_is() -> None:
    assert not negated(*around("没喷过药的有机菜", "有机"))


@pytest.mark.parametrize("text", ["说了补血，刚才口误，更正一下", "补血这话规矩不让说", "补不补血我看不出来"])
def test_a_correction_and_a_limit_of_ones_own_take_the_word_back(text: str) -> None:
    assert negated(*around(text, "补血"))


def test_what_others_do_not_know_takes_nothing_back() -> None:
    assert not negated(*around("枣能补血，好多人还不知道", "补血"))


def test_whether_is_a_question_also_inside_the_match() -> None:
    assert asked(*around("专家有没有推荐，没有的事", "专家有没有推荐"))
    assert not asked(*around("种不种管都结果", "种不种管都结"))


def test_a_place_is_named() -> None:
    assert named(*around("皇后村的石榴", "皇后"))
    assert not named(*around("皇后级的石榴", "皇后"))


def test_a_custom_or_habit_of_speech_is_a_name() -> None:
    assert named(*around("虽然习惯叫野菜，是种的", "野菜"))


def test_goods_that_are_not_sold_or_are_a_neighbours_are_not_praised() -> None:
    assert negated(*around("顶级的不卖，只卖普通的", "顶级"))
    assert negated(*around("顶级那块牌子是隔壁店的", "顶级那块牌子"))
    assert not negated(*around("不是顶级我不卖", "顶级"))
