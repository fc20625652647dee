"""Questions about a small shop: what is answered, what is refused, and what carries the answer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source
from knowledge_graph.questions import Answerer, answer, facts_about, resolve
from knowledge_graph.questions.pricing import Offers
from knowledge_graph.questions.wording import plain_question
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 22)
VINEGAR = "老陈醋 500ml（瓶装）"
SMALL = "红皮花生 2斤（袋装）"
LARGE = "红皮花生 5斤（箱装）"
BASKET = "青藤编菜篮（可折叠）"
OIL = "低温芝麻油 5L"


def fact(product: str, wanted: Property, value: str | Decimal, **more: Any) -> Fact:
    more.setdefault("written", str(value))
    return Fact(product=product, property=wanted, value=value, source=Source("货.csv", "表", "B2"), **more)


def money(text: str) -> Decimal:
    return Decimal(text)


FACTS = (
    fact(VINEGAR, Property.PRICE, money("18.5"), per=Quantity(Decimal(1), "瓶")),
    fact(VINEGAR, Property.PRICE_TIER, money("50"), per=Quantity(Decimal(3), "瓶")),
    fact(VINEGAR, Property.LIST_PRICE, money("22")),
    fact(VINEGAR, Property.ORIGIN, "山西清徐县"),
    fact(VINEGAR, Property.SHIPPING_HOURS, Decimal(48)),
    fact(VINEGAR, Property.SHELF_LIFE, Decimal(540), written="18个月"),
    fact(VINEGAR, Property.REMINDER, "胃酸多的人少喝"),
    fact(VINEGAR, Property.STORAGE, "常温避光，开盖后冷藏"),
    fact(VINEGAR, Property.EXCLUDED_REGION, "西藏"),
    fact(VINEGAR, Property.SURCHARGE_REGION, money("9"), about="青海"),
    fact(VINEGAR, Property.CERTIFICATE, "SC10314012100999"),
    fact(VINEGAR, Property.PURCHASE_LIMIT, "每人限购6瓶"),
    fact(VINEGAR, Property.SELLING_POINT, "陈酿三年"),
    fact(SMALL, Property.PRICE, money("16")),
    fact(SMALL, Property.NET_WEIGHT, Decimal(1000)),
    fact(SMALL, Property.STOCK, Decimal(40)),
    fact(SMALL, Property.EXCLUDED_REGION, "西藏"),
    fact(LARGE, Property.PRICE, money("36")),
    fact(LARGE, Property.NET_WEIGHT, Decimal(2500)),
    fact(LARGE, Property.USAGE, "盐水煮40分钟"),
    fact(LARGE, Property.EXCLUDED_REGION, "西藏"),
    fact(BASKET, Property.NAME, BASKET),
    fact(BASKET, Property.PRICE, money("30")),
    fact(BASKET, Property.PRICE_OPTION, money("30"), about="小号"),
    fact(BASKET, Property.PRICE_OPTION, money("54"), about="大号"),
    fact(BASKET, Property.REMINDER, "毛边是正常的，不扎手"),
    fact(BASKET, Property.SELLING_POINT, "没上漆"),
    fact(BASKET, Property.CARE, "别泡水"),
    fact(BASKET, Property.SIZE, "口径30cm"),
    fact(BASKET, Property.AFTER_SALES, "坏了三天内换"),
    fact(BASKET, Property.PROMOTION, "11月11日前减5元", valid_until=date(2026, 11, 11)),
    fact(OIL, Property.PRICE, money("95")),
    fact(OIL, Property.VOLUME, Decimal(5000)),
    fact(OIL, Property.CARE, "别碰水"),
    fact(OIL, Property.SHIPPING_HOURS, Decimal(72), written="72小时内从襄阳发"),
)
SHOP = MemoryShop.of(ShopMeta("试验铺", DAY), FACTS)


@pytest.fixture(scope="module")
def asker() -> Answerer:
    return Answerer(SHOP)


@pytest.mark.parametrize(
    ("question", "on_screen", "said"),
    [
        ("陈醋多少钱一瓶", None, "18.5元"),
        ("这个怎么卖", LARGE, "36元"),
        ("2斤的花生什么价", None, "16元"),
        ("醋拿四瓶一共多少", None, "68.5元"),
        ("五斤的花生合一斤多少钱", None, "7.2元"),
        ("陈醋现在便宜了多少", None, "3.5元"),
        ("醋和两斤装花生总共多少钱", None, "34.5元"),
        ("陈粗哪里产的", None, "清徐"),
        ("花生煮多久", LARGE, "40分钟"),
        ("拉萨发货吗", VINEGAR, "不发货"),
        ("西宁要加多少运费", VINEGAR, "9元"),
        ("陈醋的许可证号", None, "SC10314012100999"),
        ("想买八瓶陈醋", None, "限购6瓶"),
        ("开盖后放哪里", VINEGAR, "开盖后冷藏"),
        ("袋装花生还剩多少", None, "40"),
        ("藤篮大号比小号贵多少", None, "差24元"),
        ("菜篮毛边是不是坏的", None, "正常"),
        ("这个上漆了没", BASKET, "没上漆"),
        ("菜篮还减五块不", None, "已经过期"),
        ("菜篮可折叠不", None, "可折叠"),
        ("买菜篮要注意啥", None, "毛边是正常的"),
        ("篮菜这个词你懂不，多少钱", None, "30元"),
        ("麻油一升合几块钱", None, "19元"),
        ("芝麻油从哪里发货", None, "从襄阳发货"),
        ("菜篮和芝麻油哪个能沾水", None, "别泡水"),
    ],
)
def test_a_question_is_answered_with_the_value_of_the_right_product(
    asker: Answerer, question: str, on_screen: str | None, said: str
) -> None:
    found = asker.answer(question, on_screen)
    assert found.answerable
    assert said in found.text
    assert found.facts


@pytest.mark.parametrize(
    ("question", "on_screen"),
    [
        ("陈醋能软化血管吗", None),
        ("花生孕妇能吃吗", None),
        ("箱装花生还剩多少箱", None),
        ("陈醋有机认证有没有", None),
        ("你们一共卖了多少单", None),
        ("老板微信号多少", None),
        ("花生打农药没有", None),
        ("这个甜不甜", VINEGAR),
        ("菜篮最大的有多大", None),
        ("花生有没有注水", LARGE),
        ("陈醋放糖了吗", None),
        ("陈醋检验过没有，指标多少", None),
        ("花生油是不是能降血压", None),
    ],
)
def test_what_no_fact_holds_is_refused_without_a_number_and_a_person_is_named(
    asker: Answerer, question: str, on_screen: str | None
) -> None:
    found = asker.answer(question, on_screen)
    assert not found.answerable
    assert found.facts == ()
    assert "客服" in found.text
    assert not re.search(r"\d", found.text)


def test_a_reminder_is_quoted_word_for_word_and_the_doctor_named(asker: Answerer) -> None:
    found = asker.answer("胃不好能喝陈醋吗")
    assert "胃酸多的人少喝" in found.text
    assert "医生" in found.text


def test_half_a_question_is_answered_and_the_other_half_refused(asker: Answerer) -> None:
    found = asker.answer("箱装花生多少钱 还有多少库存")
    assert "36元" in found.text
    assert "客服" in found.text
    assert found.missing == ("库存",)


def test_better_value_is_worked_out_by_net_weight(asker: Answerer) -> None:
    found = asker.answer("2斤的花生跟5斤的花生哪个划算")
    assert found.text.endswith("箱装划算。") or "装划算" in found.text
    assert "8元" in found.text and "7.2元" in found.text


def test_without_a_product_a_value_that_differs_is_asked_back(asker: Answerer) -> None:
    found = asker.answer("多少钱")
    assert not found.answerable
    assert "哪一款" in found.text


def test_an_expired_fact_does_not_answer() -> None:
    old = fact(VINEGAR, Property.CERTIFICATE, "有机认证", valid_until=date(2025, 1, 1))
    shop = MemoryShop.of(ShopMeta("旧", DAY), (old,))
    assert not answer(shop, "陈醋有有机认证吗").answerable
    assert answer(shop, "陈醋有有机认证吗", as_of=date(2024, 12, 1)).answerable
    assert facts_about(shop, VINEGAR) == ()


def test_a_dialect_question_is_understood() -> None:
    assert "18.5元" in answer(SHOP, "陈醋几多钱一樽呀").text


@pytest.mark.parametrize(
    ("mention", "on_screen", "products"),
    [
        ("五斤的花生", None, (LARGE,)),
        ("花生", None, (SMALL, LARGE)),
        ("花生", LARGE, (LARGE,)),
        ("陈粗", None, (VINEGAR,)),
        ("这个", SMALL, (SMALL,)),
        ("自行车", None, ()),
    ],
)
def test_mentions_resolve_to_products(mention: str, on_screen: str | None, products: tuple[str, ...]) -> None:
    assert resolve(SHOP, mention, on_screen) == products


@given(st.integers(1, 60))
def test_the_best_combination_never_costs_more_than_one_by_one(number: int) -> None:
    offers = Offers.of(FACTS[:2])
    assert offers is not None
    total = offers.total(Decimal(number))
    assert total is not None
    assert total[0] == Decimal(50) * (number // 3) + Decimal("18.5") * (number % 3)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.sampled_from((None, VINEGAR, "没有的商品")))
def test_any_text_gets_a_short_answer_carried_by_facts(text: str, on_screen: str | None) -> None:
    found = Answerer(SHOP).answer(text, on_screen)
    assert 0 < len(found.text) <= 120
    assert bool(found.facts) == found.answerable


def test_colloquial_question_words_fold_to_mandarin() -> None:
    assert plain_question("几多钱") == "多少钱"
    assert plain_question("好久发货") == "什么时候发货"
    assert plain_question("啷个吃") == "怎么吃"


YAM = "青城山药 3斤装"
HILL = MemoryShop.of(
    ShopMeta("山货铺", DAY),
    (
        fact(YAM, Property.PRICE, money("25")),
        fact(YAM, Property.NET_WEIGHT, Decimal(1500)),
        fact(YAM, Property.ORIGIN, "四川青城山镇"),
        fact(YAM, Property.EXCLUDED_REGION, "西藏"),
        fact("汉中糯米 5斤", Property.PRICE, money("32")),
        fact("汉中糯米 5斤", Property.ORIGIN, "陕西汉中洋县"),
        fact("汉中糯米 5斤", Property.EXCLUDED_REGION, "西藏"),
        fact("汉中糯米 5斤", Property.SHIPPING_HOURS, Decimal(48)),
    ),
)


def test_a_place_inside_a_products_name_is_not_where_it_shall_be_sent() -> None:
    said = answer(HILL, "汉中糯米多少钱").text
    assert "32" in said and "可以发" not in said and "48" not in said


def test_other_goods_with_the_same_last_word_are_not_taken_for_those_of_the_shop() -> None:
    assert "32" not in answer(HILL, "玉米多少钱").text


def test_goods_of_a_place_are_not_sent_there() -> None:
    assert "可以发" not in answer(HILL, "洋县那个糯米的许可证号念一下").text


def test_a_viewer_of_a_place_asks_whether_goods_are_sent_there() -> None:
    assert "不发货" in answer(HILL, "拉萨的 想要糯米").text
    assert "不发货" in answer(HILL, "我是拉萨的，糯米发不发").text


def test_a_place_spoken_of_beside_the_name_still_is() -> None:
    assert "不发" in answer(HILL, "汉中糯米西藏能发吗").text
    assert "汉中" in answer(HILL, "这个糯米是汉中的吗").text


BOOKED = "雷笋干 300g"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("雷笋干是预售吗", "4月8日起发货"),
        ("雷笋干订钱是几块", "定金15元"),
        ("雷笋干要先付几成", "定金15元"),
    ],
)
def test_what_is_sold_before_it_is_there(question: str, said: str) -> None:
    facts = (
        fact(BOOKED, Property.PRICE, money("60")),
        fact(BOOKED, Property.SHIPPING_HOURS, Decimal(48)),
        fact(BOOKED, Property.PRESALE, "4月8日起发货"),
        fact(BOOKED, Property.NOTE, "定金15元"),
    )
    assert said in answer(MemoryShop.of(ShopMeta("笋铺", DAY), facts), question, None, DAY).text


def test_neither_price_nor_shipping_answers_for_presale_or_deposit(asker: Answerer) -> None:
    for question in ("老陈醋是预售吗", "老陈醋要交多少订钱"):
        found = asker.answer(question)
        assert not found.answerable, found.text
        assert not re.search(r"[0-9]", found.text)
