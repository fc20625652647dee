"""The vocabulary page names every property as the code has it, and the words of a shop are found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.facts import Fact, MemoryShop, ShopMeta, Source
from knowledge_graph.schema import SCHEMA, TERMS, XY, Property
from knowledge_graph.vocabulary import Vocabulary, vocabulary

pytestmark = pytest.mark.unit


def test_the_page_has_the_line_of_every_property() -> None:
    page = (Path(__file__).parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    for property_, term in TERMS.items():
        link, type_, value = (
            t.replace(SCHEMA, "schema:").replace(XY, "xy:") for t in (term.link, term.type, term.value)
        )
        assert (
            f"| `{property_.value}` | {term.label} | `{link}` | `{type_}` | `{value}` | {term.unit} |" in page
        )


def test_every_property_has_a_term() -> None:
    assert set(TERMS) == set(Property)


def test_product_words_come_without_sizes_and_before_places() -> None:
    place = Fact(
        product="雪梨膏 300g", property=Property.ORIGIN, value="安徽砀山", written="安徽砀山", source=Source()
    )
    shop = MemoryShop.of(ShopMeta("铺", date(2026, 1, 1)), [place], ["雪梨膏 300g"])
    assert [(t.text, t.kind) for t in vocabulary(shop)] == [("雪梨膏", "product"), ("安徽砀山", "place")]
    assert vocabulary(shop)[0].sound == ("xue", "li", "gao")


def said(product: str, property_: Property, value: str) -> Fact:
    return Fact(product=product, property=property_, value=value, written=value, source=Source())


FACTS = [
    said("雪梨膏 300g", Property.ORIGIN, "安徽砀山"),
    said("板栗仁", Property.ALIAS, "毛栗子"),
    said("板栗仁", Property.ORIGIN, "安徽砀山"),
]
SHOP = MemoryShop.of(ShopMeta("铺", date(2026, 1, 1)), FACTS)


def test_the_words_of_the_product_on_show_come_first() -> None:
    texts = [t.text for t in Vocabulary.of(SHOP).terms(on_show="板栗仁")]
    assert texts == ["板栗仁", "毛栗子", "安徽砀山", "雪梨膏"]
    assert [t.text for t in Vocabulary.of(SHOP).terms(on_show="板栗仁", limit=1)] == ["板栗仁"]


def test_a_product_comes_and_goes_without_reading_the_others() -> None:
    words = Vocabulary.of(SHOP)
    more = words.with_product("柿饼", [said("柿饼", Property.VARIETY, "尖柿")])
    assert more.by_product["板栗仁"] is words.by_product["板栗仁"]
    assert {"柿饼", "尖柿"} <= {t.text for t in more.terms()}
    assert more.without("柿饼") == words


def test_units_that_goods_are_sold_in_are_words_too() -> None:
    stock = replace(said("柿饼", Property.STOCK, "40"), unit="筐", id="")
    terms = Vocabulary().with_product("柿饼", [stock]).terms()
    assert [(t.text, t.kind) for t in terms] == [("柿饼", "product"), ("筐", "unit")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("清溪27号蜜桃 3斤", ["清溪", "蜜桃"]),
        ("土蒸糕8块装礼盒", ["土蒸糕", "礼盒"]),
        ("2A级干贝 250g*2袋", ["干贝"]),
        ("9年老酒（陶坛）1.5L", ["老酒"]),
        ("四季豆干", ["四季豆干"]),
    ],
)
def test_a_number_takes_what_counts_or_orders_with_it(name: str, words: list[str]) -> None:
    assert [t.text for t in Vocabulary().with_product(name, []).terms()] == words
