from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.channel import channel
from captioning.repair import Repairer
from core.text.numbers import canonical, find_amounts
from dialects.ordinary import built_in
from dialects.phonology import system

pytestmark = pytest.mark.unit

ORDINARY = built_in()
SOLD = ("云岭花椒油", "石磨豆腐乳", "盘山板栗", "荞麦挂面", "信丰")


def repairer(sold: tuple[str, ...] = SOLD, shown: tuple[str, ...] = ()) -> Repairer:
    made = Repairer(ORDINARY, {"巴适", "安逸得板"}.__contains__)
    made.learn(sold, shown)
    return made


@pytest.mark.parametrize(
    ("heard", "repaired"),
    [
        ("今天先讲云领花交油", "今天先讲云岭花椒油"),
        ("十摩豆腐如还有货", "石磨豆腐乳还有货"),
        ("我们的盘山版力最甜", "我们的盘山板栗最甜"),
        ("乔脉挂面煮三分钟", "荞麦挂面煮三分钟"),
        ("这个荞麦,挂眠，还有板栗", "这个荞麦挂面，还有板栗"),
    ],
)
def test_a_product_word_spelt_by_ear_is_repaired(heard: str, repaired: str) -> None:
    assert repairer().repair(heard).text == repaired


@pytest.mark.parametrize(
    "text",
    [
        "大家晚上好，欢迎来到直播间",
        "给你写了一封信，信封上没有名字",
        "豆腐很嫩，花椒很麻",
        "他家挂了一面镜子",
        "这个真的是巴适",
        "挂面煮久了就不好吃",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert repairer().repair(text).text == text


def test_what_the_shop_itself_sells_is_never_taken_for_a_like_sounding_word() -> None:
    both = repairer(("辣肉", "腊肉"), ("腊肉",))
    assert both.repair("这个辣肉很香").text == "这个辣肉很香"


@pytest.mark.parametrize(
    ("heard", "repaired"),
    [
        ("这个荞麦挂面石桶够吃一年", "这个荞麦挂面十桶够吃一年"),
        ("乔脉挂眠时通写的是", "荞麦挂面十桶写的是"),
        ("荞麦挂面10通", "荞麦挂面10桶"),
        ("石磨豆腐乳三灌", "石磨豆腐乳三罐"),
    ],
)
def test_the_figure_of_a_name_is_heard_with_the_name(heard: str, repaired: str) -> None:
    made = repairer()
    made.learn(SOLD, counted=("荞麦挂面十桶", "荞麦挂面10桶", "石磨豆腐乳三罐", "石磨豆腐乳3罐"))
    assert made.repair(heard).text == repaired


@pytest.mark.parametrize(
    "heard", ["荞麦挂面四桶要多少钱", "荞麦挂面20桶", "石头桶十个", "荞麦挂面时间长了会坏"]
)
def test_a_number_that_was_heard_stays_and_a_figure_without_its_name_is_not_made_up(heard: str) -> None:
    made = repairer()
    made.learn(SOLD, counted=("荞麦挂面十桶", "荞麦挂面10桶"))
    assert made.repair(heard).text == heard


def told(*amounts: str, counted: tuple[str, ...] = ()) -> Repairer:
    made = repairer()
    made.learn(SOLD, counted=counted, amounts=amounts)
    return made


@pytest.mark.parametrize(
    "heard",
    ["荞麦挂面写的是云岭", "乔脉挂眠写的是云岭", "荞麦挂面画给你看"],
)
def test_the_figure_of_a_name_is_not_added_where_other_words_follow_the_name(heard: str) -> None:
    made = told(counted=("荞麦挂面5斤", "荞麦挂面五斤", "荞麦挂面8盒"))
    assert find_amounts(made.repair(heard).text) == []


def test_no_figure_is_taken_out_of_a_number_for_a_name() -> None:
    assert repairer(("三江板栗",)).repair("写的13江版力").text == "写的13江板栗"


def test_a_name_with_a_weight_and_a_count_is_heard_with_both() -> None:
    made = told(counted=("荞麦挂面400克乘2袋", "荞麦挂面400克乘两袋"))
    assert made.repair("乔脉挂面400克成两代很方便").text == "荞麦挂面400克乘两袋很方便"
    assert made.repair("桥卖挂变400克成两代很方便").text == "荞麦挂面400克乘两袋很方便"


@pytest.mark.parametrize(
    ("heard", "repaired"),
    [
        ("开封以前保质七六个月", "开封以前保质期六个月"),
        ("价格27块41罐", "价格27块4一罐"),
        ("放在淋下20度的冰柜", "放在零下20度的冰柜"),
        ("净重该是酒金", "净重该是9斤"),
    ],
)
def test_an_amount_of_the_product_on_show_is_told_by_its_sound(heard: str, repaired: str) -> None:
    made = told("保质期六个月", "27块4一罐", "零下20度", "9斤", "九斤")
    assert made.repair(heard).text == repaired


@pytest.mark.parametrize(
    "heard",
    [
        "今天是八块两斤",
        "其实八块两斤",
        "给您石八块两斤",
        "27块42罐",
        "我保证七八个月",
        "用上六个月",
        "我们家两代都种地",
        "张三和李四",
        "要十三合",
        "要13合",
        "有9金",
        "等六年",
        "六九个月",
        "保质期七个月",
        "存在20度的地方",
    ],
)
def test_an_amount_that_was_heard_plausibly_is_not_changed_to_that_of_the_product(heard: str) -> None:
    made = told(
        "十八块两斤", "18块两斤", "27块4一罐", "保质期六个月", "保质期八个月", "两袋", "三盒", "3盒", "19斤",
        "十九斤", "九年", "零下20度", "零下二十度",
    )  # fmt: skip
    assert made.repair(heard).text == heard


@given(st.text(alphabet="酒金是十石三合盒两代袋八8快块1一罐九斤保质七六个月期", max_size=20))
def test_the_amounts_of_the_product_never_change_the_value_of_a_price(text: str) -> None:
    made = told("十八块两袋", "三盒", "九斤", "9斤", "保质期六个月", "两袋")
    before = [canonical(a) for a in find_amounts(repairer().repair(text).text) if a.kind == "money"]
    after = [canonical(a) for a in find_amounts(made.repair(text).text) if a.kind == "money"]
    assert after == before


def test_part_of_a_long_product_name_is_known_as_well() -> None:
    assert repairer(("盘山板栗礼盒",)).repair("盘山版力很甜").text == "盘山板栗很甜"


def test_a_dialect_word_is_no_misheard_product() -> None:
    assert repairer(("八市",)).repair("这个菜巴适").text == "这个菜巴适"


@pytest.mark.parametrize(
    ("heard", "repaired"),
    [
        ("现在只要59块酒", "现在只要59块九"),
        ("一斤三块巴", "一斤三块八"),
        ("今天37快四一份", "今天37块四一份"),
        ("算下来12块5亿斤", "算下来12块5一斤"),
        ("十六快钱", "十六块钱"),
        ("保质七十八个月", "保质期十八个月"),
        ("开封保质七三天", "开封保质期三天"),
    ],
)
def test_a_price_is_repaired_by_its_grammar(heard: str, repaired: str) -> None:
    assert repairer(()).repair(heard).text == repaired


@pytest.mark.parametrize(
    "text",
    [
        "保质期七十天",
        "保质七天",
        "59块就包邮",
        "三块是一份",
        "两瓶酒",
        "一块酒钱都不收",
        "三个人快来",
        "五十块一起拍",
    ],
)
def test_words_that_merely_sound_like_digits_stay(text: str) -> None:
    assert repairer(()).repair(text).text == text


def test_a_repair_tells_what_was_heard_where_and_why() -> None:
    found = repairer().repair("云领花交油，59块酒一瓶")
    assert [(r.heard, r.became, r.why) for r in found.repairs] == [
        ("云领花交油", "云岭花椒油", "word"),
        ("酒", "九", "amount"),
    ]
    assert all(found.text[r.start : r.end] == r.became for r in found.repairs)


def test_the_product_on_show_is_likelier_than_another_of_the_shop() -> None:
    text = "信封拿来看看"
    gain = {
        shown: max(c.gain for c in repairer(shown=shown).repair(text).considered if c.became == "信丰")
        for shown in ((), ("信丰",))
    }
    assert gain["信丰",] > gain[()]


def test_a_group_merges_its_own_sounds() -> None:
    plain, merged = channel("蓝瓜", "南瓜"), channel("蓝瓜", "南瓜", system("xinan"))
    assert plain is not None
    assert merged is not None
    assert merged < plain


def test_words_of_quite_another_sound_are_never_matched() -> None:
    assert channel("天气", "南瓜") is None


@given(st.text(alphabet="云岭领花椒交油十石磨摩豆腐乳如五9块酒九一斤，的是这", max_size=30))
def test_what_was_heard_can_be_read_back(text: str) -> None:
    found = repairer().repair(text)
    heard = found.text
    for r in reversed(found.repairs):
        assert found.text[r.start : r.end] == r.became
        heard = heard[: r.start] + r.heard + heard[r.end :]
    assert heard == text
    assert found.heard(len(found.text)) == len(text)
