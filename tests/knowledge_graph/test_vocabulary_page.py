"""The vocabulary page names every property as the code has it, and the words of a shop are found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.facts import Fact, MemoryShop, ShopMeta, Source
from knowledge_graph.schema import SCHEMA, TERMS, XY, Property
from knowledge_graph.vocabulary import vocabulary

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
