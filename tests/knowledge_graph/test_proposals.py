"""What people say becomes drafts: exact amounts, the unclear asked back, only the approved in force."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from knowledge_graph import proposals, review
from knowledge_graph.facts import Fact, MemoryShop, ShopMeta, Source
from knowledge_graph.ingest.importer import Preview
from knowledge_graph.proposals import Said, read
from knowledge_graph.questions import facts_about
from knowledge_graph.schema import Property
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.shops import Shops

pytestmark = pytest.mark.unit

P = Property
DAY = date(2026, 11, 1)
HELD = Fact(
    product="紫皮大蒜", property=P.PRICE, value=Decimal("6"), written="6", unit="元", source=Source("货.xlsx")
)
NAMED = Fact(
    product="紫皮大蒜", property=P.NAME, value="紫皮大蒜", written="紫皮大蒜", source=Source("货.xlsx")
)
SHOP = MemoryShop.of(ShopMeta("own", DAY), [NAMED, HELD], ["紫皮大蒜", "红心薯", "白心薯"])


def drafts(text: str) -> dict[tuple[str, Property], tuple[object, str]]:
    facts = read(Said(text, "李大爷"), SHOP).facts
    return {
        (f.product, f.property): (f.value, str(f.per) if f.per else f.unit)
        for f in facts
        if f.property is not P.NAME
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("家里有四十斤干豇豆，二十二一斤", {("干豇豆", P.STOCK): ("40", "斤"), ("干豇豆", P.PRICE): ("22", "1斤")}),
        ("鸭蛋两块三一个，还有一百二十个", {("鸭蛋", P.PRICE): ("2.3", "1个"), ("鸭蛋", P.STOCK): ("120", "个")}),
        ("大蒜每斤卖七块五", {("紫皮大蒜", P.PRICE): ("7.5", "1斤")}),
        ("五十块钱三斤的蘑菇", {("蘑菇", P.PRICE): ("50", "3斤")}),
        ("糍粑能放两个月，十八块一斤", {("糍粑", P.SHELF_LIFE): ("60", "天"), ("糍粑", P.PRICE): ("18", "1斤")}),
    ],
)  # fmt: skip
def test_amounts_are_taken_as_they_were_said(
    text: str, expected: dict[tuple[str, Property], tuple[str, str]]
) -> None:
    assert drafts(text) == {key: (Decimal(value), unit) for key, (value, unit) in expected.items()}


def test_a_place_is_taken_in_its_own_words() -> None:
    assert drafts("花椒六十一斤，甘肃陇南种的")[("花椒", P.ORIGIN)] == ("甘肃陇南", "")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("板栗还有十来斤", "到底是多少"),
        ("板栗大概十二块一斤", "请说个准数"),
        ("板栗十五六一斤", "请说个准数"),
        ("板栗卖三十五", "是多少东西的价"),
        ("薯八块一斤", "红心薯、白心薯，还是新的"),
        ("板栗十块一斤，十二块一斤", "以哪个为准"),
        ("八块一斤", "请再说一遍"),
    ],
)
def test_what_is_unclear_is_asked_and_never_drafted(text: str, asked: str) -> None:
    proposal = read(Said(text, "李大爷"), SHOP)
    assert asked in proposal.understood
    assert not proposal.facts


def test_one_sentence_says_what_was_understood_and_what_it_replaces() -> None:
    said = read(Said("大蒜七块一斤", "李大爷"), SHOP).understood
    assert said == "听到了，“紫皮大蒜”：7元一斤（原来是6元）。对不对？"


def test_two_products_in_one_breath_keep_their_own_prices() -> None:
    found = drafts("干豇豆二十二一斤，蘑菇三十一斤")
    assert found == {("干豇豆", P.PRICE): (Decimal(22), "1斤"), ("蘑菇", P.PRICE): (Decimal(30), "1斤")}


def test_this_is_what_is_on_screen() -> None:
    facts = read(Said("这个九块一斤", "李大爷"), SHOP, on_screen="红心薯").facts
    assert [(f.product, f.value) for f in facts] == [("红心薯", Decimal(9))]


def test_dialect_is_rendered_and_the_source_keeps_the_words_that_were_said() -> None:
    said = Said("屋头剩三十斤蘑菇", "张婆婆", "2026-11-01 09:30", "cue-7")
    proposal = read(said, SHOP, lambda text: text.replace("屋头", "家里"))
    stock = next(f for f in proposal.facts if f.property is P.STOCK)
    assert stock.source.speaker == "张婆婆"
    assert stock.source.cell == "cue-7"
    assert stock.evidence == "张婆婆 2026-11-01 09:30说：“屋头剩三十斤蘑菇”"


@pytest.mark.parametrize(("text", "who"), [("", "李大爷"), ("蘑菇三十一斤", " ")])
def test_words_of_nobody_are_refused(text: str, who: str) -> None:
    with pytest.raises(InputError):
        read(Said(text, who), SHOP)


@given(st.text(max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    if text.strip():
        assert read(Said(text, "李大爷"), SHOP).understood


@given(st.integers(1, 99), st.integers(1, 9))
def test_no_price_loses_a_jiao(yuan: int, jiao: int) -> None:
    assert drafts(f"蘑菇{yuan}块{jiao}毛一斤") == {("蘑菇", P.PRICE): (Decimal(f"{yuan}.{jiao}"), "1斤")}


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Shops]:
    held = Shops(OxigraphStore(tmp_path / "graph"))
    held.stage("own", Preview("李家铺子", "货.xlsx", DAY, ("紫皮大蒜",), (NAMED, HELD), (), ()))
    held.approve("own")
    yield held
    held.close()


def prices(shops: Shops, product: str) -> list[object]:
    return [f.value for f in facts_about(shops.shop("own"), product) if f.property is P.PRICE]


def spoken(shops: Shops, text: str) -> tuple[Fact, ...]:
    return review.propose(shops, "own", read(Said(text, "李大爷"), shops.shop("own")).facts, "李大爷")


def test_only_approved_words_reach_facts_about(shops: Shops) -> None:
    spoken(shops, "大蒜七块一斤，蘑菇三十一斤")
    assert prices(shops, "紫皮大蒜") == [Decimal("6")]
    assert prices(shops, "蘑菇") == []
    review.approve(shops, "own")
    assert prices(shops, "紫皮大蒜") == [Decimal("7")]
    assert prices(shops, "蘑菇") == [Decimal("30")]
    shops.revert("own")
    assert prices(shops, "紫皮大蒜") == [Decimal("6")]
    assert prices(shops, "蘑菇") == []


def test_a_refused_word_never_comes_into_force(shops: Shops) -> None:
    facts = spoken(shops, "大蒜七块一斤")
    review.refuse(shops, "own", [f.id for f in facts])
    review.approve(shops, "own")
    assert prices(shops, "紫皮大蒜") == [Decimal("6")]


def test_a_reviewer_corrects_a_word_before_approving_it(shops: Shops) -> None:
    spoken(shops, "大蒜七块一斤")
    proposals.edit(shops, "own", "紫皮大蒜", "价格=7.20", "女儿")
    review.approve(shops, "own")
    (price,) = (f for f in facts_about(shops.shop("own"), "紫皮大蒜") if f.property is P.PRICE)
    assert (str(price.value), price.source.speaker) == ("7.20", "女儿")
    assert "李大爷说" in price.evidence


@pytest.mark.parametrize("order", ["颜值=高", "price", "price=便宜", "库存=5"])
def test_an_order_that_cannot_be_carried_out_says_why(shops: Shops, order: str) -> None:
    spoken(shops, "大蒜七块一斤")
    with pytest.raises(InputError):
        proposals.edit(shops, "own", "", order, "女儿")
