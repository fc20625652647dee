"""Search over facts: what it finds, that unrelated text finds nothing, that it follows changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from backends.embedders.hashing import Hashing
from core.ports import Embedder
from knowledge_graph.facts import Fact, MemoryShop, ShopMeta, Source
from knowledge_graph.questions import answer, resolve
from knowledge_graph.retrieval import ProductIndex, small_talk
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

META = ShopMeta("own", date(2026, 11, 1))


def fact(product: str, property_: Property, value: str) -> Fact:
    return Fact(product=product, property=property_, value=value, written=value, source=Source("货.xlsx"))


SHEET = (
    fact("柴火腊肠", Property.SELLING_POINT, "松枝慢熏"),
    fact("柴火腊肠", Property.USAGE, "蒸二十分钟切片"),
    fact("苦荞茶", Property.SELLING_POINT, "麦香浓"),
    fact("苦荞茶", Property.ORIGIN, "四川凉山"),
    fact("竹背篓", Property.CRAFT, "老篾匠手编"),
)


@pytest.fixture(params=[None, Hashing()], ids=["words", "words and vectors"])
def embedder(request: pytest.FixtureRequest) -> Embedder | None:
    model: Embedder | None = request.param
    return model


class Live:
    """A shop whose facts change under its readers."""

    def __init__(self, facts: tuple[Fact, ...]) -> None:
        self.held = MemoryShop.of(META, facts)
        self.meta = META

    def products(self) -> tuple[str, ...]:
        return self.held.products()

    def facts(self, product: str) -> tuple[Fact, ...]:
        return self.held.facts(product)

    def shop_facts(self) -> tuple[Fact, ...]:
        return ()


def indexed(facts: tuple[Fact, ...], embedder: Embedder | None, folder: Path | None = None) -> ProductIndex:
    index = ProductIndex(MemoryShop.of(META, facts), embedder, folder)
    index.refresh()
    return index


@pytest.mark.parametrize(
    ("text", "product", "value"),
    [
        ("松枝熏的有没有", "柴火腊肠", "松枝慢熏"),
        ("凉山来的是哪个", "苦荞茶", "四川凉山"),
        ("老篾匠编的多少钱", "竹背篓", "老篾匠手编"),
    ],
)
def test_a_text_finds_the_product_by_the_words_of_its_facts(
    text: str, product: str, value: str, embedder: Embedder | None
) -> None:
    hits = indexed(SHEET, embedder).search(text)
    assert hits[0].product == product
    assert hits[0].facts[0].value == value


@pytest.mark.parametrize("text", [*small_talk(), "", "？！", "有没有", "zzz"])
def test_a_text_about_no_product_finds_nothing(text: str, embedder: Embedder | None) -> None:
    assert indexed(SHEET, embedder).search(text) == ()


def test_only_a_text_with_most_of_its_words_means_a_product_clearly() -> None:
    index = indexed(SHEET, None)
    assert index.clearly("凉山的茶") == "苦荞茶"
    assert index.clearly("凉山的竹子搭的老房子漂亮") is None


def test_two_products_that_share_the_words_are_not_told_apart() -> None:
    index = indexed((*SHEET, fact("苦荞面", Property.ORIGIN, "四川凉山")), None)
    assert {h.product for h in index.search("凉山苦荞")} == {"苦荞茶", "苦荞面"}
    assert index.clearly("凉山苦荞") is None


def test_only_what_changed_is_indexed_again(embedder: Embedder | None) -> None:
    shop = Live(SHEET)
    index = ProductIndex(shop, embedder)
    index.refresh()
    shop.held = MemoryShop.of(META, (*SHEET[2:], fact("竹背篓", Property.COLOR, "茶褐色")))
    assert index.refresh() == 2
    assert all(h.product != "柴火腊肠" for h in index.search("松枝熏的"))
    assert index.search("茶褐色的背篓")[0].product == "竹背篓"


def test_an_index_on_disk_is_taken_up_again(tmp_path: Path, embedder: Embedder | None) -> None:
    folder = tmp_path / "index"
    first = indexed(SHEET, embedder, folder)
    expected = [h.product for h in first.search("松枝熏的")]
    first.close()
    again = ProductIndex(MemoryShop.of(META, SHEET), embedder, folder)
    assert again.refresh() == 0
    assert [h.product for h in again.search("松枝熏的")] == expected == ["柴火腊肠"]


def test_an_index_of_another_embedder_or_a_torn_one_is_built_anew(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    indexed(SHEET, None, folder).close()
    other = ProductIndex(MemoryShop.of(META, SHEET), Hashing(), folder)
    assert other.refresh() == 3
    other.close()
    (folder / "products.json").write_text("{", encoding="utf-8")
    assert ProductIndex(MemoryShop.of(META, SHEET), Hashing(), folder).refresh() == 3


def test_facts_of_a_hit_keep_their_source() -> None:
    assert indexed(SHEET, None).search("松枝慢熏")[0].facts[0].source == Source("货.xlsx")


def test_every_product_is_found_by_its_own_name() -> None:
    names = [
        f"{place}{kind}" for place in ("安岳", "秭归", "瑞金", "洞口") for kind in ("柠檬", "脐橙", "雪梨")
    ]
    index = indexed(tuple(fact(n, Property.NAME, n) for n in names), None)
    assert [index.search(name, limit=1)[0].product for name in names] == names


def test_a_question_that_names_no_product_is_answered_of_the_one_its_words_describe() -> None:
    price = Fact(
        product="竹背篓",
        property=Property.PRICE,
        value=Decimal("68"),
        written="68",
        unit="元",
        source=Source(),
    )
    shop = MemoryShop.of(META, (*SHEET, price))
    assert resolve(shop, "老篾匠手编的") == ("竹背篓",)
    assert resolve(shop, "木匠打的") == ()
    assert answer(shop, "老篾匠手编的多少钱").facts[0].value == Decimal("68")
