"""Claims against the facts of a small shop: carried, refused, or no claim at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_graph.claims import Checker, check
from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 22)
OIL = "冷榨亚麻籽油 500ml"
DATES = "滩枣 3斤（袋装）"


def fact(product: str, wanted: Property, value: str | Decimal, **more: Any) -> Fact:
    more.setdefault("written", str(value))
    return Fact(product=product, property=wanted, value=value, source=Source("货.csv", "表", "C3"), **more)


SHOP = MemoryShop.of(
    ShopMeta("试验铺", DAY),
    (
        fact(OIL, Property.PRICE, Decimal("45.8"), per=Quantity(Decimal(1), "瓶")),
        fact(OIL, Property.PRICE_TIER, Decimal("86"), per=Quantity(Decimal(2), "瓶")),
        fact(OIL, Property.LIST_PRICE, Decimal("59.8")),
        fact(OIL, Property.VOLUME, Decimal(500)),
        fact(OIL, Property.ORIGIN, "宁夏固原"),
        fact(OIL, Property.SHELF_LIFE, Decimal(540), written="18个月"),
        fact(OIL, Property.SHIPPING_HOURS, Decimal(48)),
        fact(OIL, Property.CERTIFICATE, "SC10264040000777"),
        fact(OIL, Property.SELLING_POINT, "不添加香精"),
        fact(OIL, Property.REMINDER, "孕妇吃之前先问医生"),
        fact(OIL, Property.EXCLUDED_REGION, "西藏"),
        fact(OIL, Property.SURCHARGE_REGION, Decimal(8), about="海南"),
        fact(OIL, Property.STOCK, Decimal(120)),
        fact(DATES, Property.PRICE, Decimal("39")),
        fact(DATES, Property.NET_WEIGHT, Decimal(1500)),
        fact(DATES, Property.ORIGIN, "陕西佳县"),
        fact(DATES, Property.SELLING_POINT, "肉厚"),
    ),
)


JUICE = MemoryShop.of(
    ShopMeta("橙铺", DAY),
    (
        fact("脆皮橙 5斤", Property.USAGE, "切开吃，榨汁也行"),
        fact("脆皮橙 5斤", Property.PRICE, Decimal("36.5")),
        fact(
            "脆皮橙 5斤",
            Property.PRICE_TIER,
            Decimal("70"),
            per=Quantity(Decimal(2), "袋"),
            written="2袋70元",
        ),
        fact("歪果 10斤（榨汁专用）", Property.PRICE, Decimal("20")),
    ),
)


def test_words_of_its_own_record_are_not_another_products_name() -> None:
    assert check("切开吃，榨汁也行。", JUICE, "脆皮橙 5斤").carried
    assert not check("脆皮橙20元。", JUICE, "脆皮橙 5斤").carried


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("脆皮橙36.5元，两袋70元。", True),
        ("脆皮橙两袋70元，36.5元。", True),
        ("脆皮橙70元，两袋36.5元。", False),
        ("脆皮橙两袋36.5元。", False),
    ],
)
def test_a_quantity_belongs_to_the_nearest_price(text: str, carried: bool) -> None:
    assert check(text, JUICE, "脆皮橙 5斤").carried is carried


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("冷榨亚麻籽油每瓶45.8元。", True),
        ("冷榨亚麻籽油一瓶45.8元。", True),
        ("冷榨亚麻籽油一份45.8元。", True),
        ("冷榨亚麻籽油每袋45.8元。", False),
        ("冷榨亚麻籽油一箱45.8元。", False),
        ("冷榨亚麻籽油每瓶48小时内发货。", True),
        ("冷榨亚麻籽油每袋48小时内发货。", False),
    ],
)
def test_a_price_is_for_the_unit_it_is_sold_by(text: str, carried: bool) -> None:
    assert check(text, SHOP, OIL).carried is carried


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(SHOP)


@pytest.mark.parametrize(
    "text",
    [
        "亚麻籽油四十五块八一瓶",
        "冷榨亚麻籽油两瓶一起86元",
        "亚麻籽油三瓶一共131.8元",
        "亚麻籽油原价59.8元，现在45.8元，便宜14元",
        "亚麻籽油产自宁夏固原，能放一年半",
        "亚麻籽油48小时内发货",
        "亚麻籽油两天之内给您发出",
        "亚麻籽油不添加香精",
        "亚麻籽油西藏不发货，海南要加8元运费",
        "亚麻籽油的证书是SC10264040000777",
        "买亚麻籽油的朋友注意，孕妇吃之前先问医生",
        "亚麻籽油库存还有120瓶",
        "滩枣三斤39元，合一斤13元",
    ],
)
def test_what_a_fact_says_is_carried(checker: Checker, text: str) -> None:
    checked = checker.check(text)
    assert checked.carried, checked.uncarried
    assert checked.claims
    assert all(c.fact for c in checked.claims)


@pytest.mark.parametrize(
    "text",
    [
        "亚麻籽油四十二块八一瓶",
        "亚麻籽油两瓶80元",
        "亚麻籽油原价89元",
        "亚麻籽油一瓶500克还带45.8的赠品",
        "亚麻籽油产自陕西佳县",
        "亚麻籽油能放两年",
        "亚麻籽油当天发货",
        "亚麻籽油45.8元一瓶，拍下马上发货",
        "亚麻籽油48小时内发货，坏了立刻给您赔",
        "亚麻籽油添加香精",
        "亚麻籽油孕妇可以放心吃",
        "亚麻籽油西藏也能发",
        "海南包邮，亚麻籽油随便拍",
        "亚麻籽油有有机认证",
        "亚麻籽油能降血脂",
        "亚麻籽油是全网最好的",
        "亚麻籽油只剩最后三瓶",
        "亚麻籽油卖了上万瓶",
        "亚麻籽油肉厚",
        "滩枣皮薄",
        "滩枣两斤半只要39",
        "滩枣比别家甜",
    ],
)
def test_what_no_fact_says_is_refused_with_a_reason(checker: Checker, text: str) -> None:
    checked = checker.check(text)
    assert not checked.carried
    assert all(c.reason and c.fact is None for c in checked.uncarried)


@pytest.mark.parametrize(
    "text",
    [
        "大家晚上好，欢迎来到直播间。",
        "外头天冷，多穿点衣裳。",
        "这个资料里没有写，我帮您问一下客服。",
        "不着急，想好了再下单。",
        "",
    ],
)
def test_small_talk_passes_without_claims(checker: Checker, text: str) -> None:
    checked = checker.check(text, OIL)
    assert checked.carried
    assert not checked.uncarried


def test_the_product_of_the_line_carries_what_names_no_product(checker: Checker) -> None:
    assert checker.check("这款48小时内发货", OIL).carried
    assert not checker.check("这款48小时内发货", DATES).carried
    assert not checker.check("这款48小时内发货").carried


def test_spans_name_the_claim_in_the_text(checker: Checker) -> None:
    text = "您好。亚麻籽油卖99元"
    (claim,) = checker.check(text).uncarried
    assert text[claim.start : claim.end] == claim.value == "99元"
    assert claim.kind == "price"


def test_a_price_comparison_is_worked_out(checker: Checker) -> None:
    assert checker.check("滩枣比冷榨亚麻籽油便宜6.8元").carried
    assert not checker.check("滩枣比冷榨亚麻籽油便宜10元").carried
    assert not checker.check("冷榨亚麻籽油比滩枣便宜6.8元").carried


def test_an_expired_fact_carries_nothing() -> None:
    old = fact(DATES, Property.CERTIFICATE, "绿色食品认证", valid_until=date(2025, 1, 1))
    shop = MemoryShop.of(ShopMeta("旧", DAY), (old,))
    assert not check("滩枣有绿色食品认证", shop).carried
    assert check("滩枣有绿色食品认证", shop, as_of=date(2024, 6, 1)).carried


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_judged_and_spans_lie_inside_it(text: str) -> None:
    checked = Checker(SHOP).check(text, OIL)
    assert checked.carried == (not checked.uncarried)
    assert all(0 <= c.start < c.end <= len(text) and text[c.start : c.end] == c.value for c in checked.claims)
