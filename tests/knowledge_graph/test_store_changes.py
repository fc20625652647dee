"""Versions as sets of changes: whose word holds, what waits, what a reader sees while somebody approves."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigurationError, InputError
from core.settings import Graph
from knowledge_graph import review
from knowledge_graph.facts import Fact, Source
from knowledge_graph.ingest.importer import Preview
from knowledge_graph.schema import Property
from knowledge_graph.store import records
from knowledge_graph.store.choosing import open_shops
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.shops import Shops
from tests.knowledge_graph.test_round_trip import DAY, MONEY, TEXT, facts

pytestmark = pytest.mark.unit

P = Property


@pytest.fixture
def shops() -> Shops:
    return Shops(OxigraphStore())


def price(value: str, product: str = "笋干") -> Fact:
    return Fact(
        product=product, property=P.PRICE, value=Decimal(value), written=value, unit="元",
        source=Source("a.xlsx", "货", "B2", 2),
    )  # fmt: skip


def sheet(*found: Fact) -> Preview:
    names = tuple(dict.fromkeys(f.product for f in found))
    named = tuple(
        Fact(product=n, property=P.NAME, value=n, written=n, source=Source("a.xlsx")) for n in names
    )
    return Preview("铺", "a.xlsx", DAY, names, (*named, *found), (), ())


def prices(shops: Shops, product: str = "笋干") -> list[str]:
    return [str(f.value) for f in shops.product_facts("铺", product) if f.property is P.PRICE]


def imported(shops: Shops, *found: Fact) -> int:
    shops.stage("铺", sheet(*found))
    return shops.approve_sheet("铺")


@settings(deadline=None)
@given(facts("山药干"))
def test_a_record_gives_back_the_very_fact(fact: Fact) -> None:
    (back,) = records.read(records.write([fact]))
    assert back == fact
    assert (str(back.value), str(back.high), back.source.order) == (
        str(fact.value), str(fact.high), fact.source.order,
    )  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.lists(MONEY, min_size=1, max_size=40), TEXT)
def test_no_price_of_a_sheet_loses_a_fen(values: list[Decimal], product: str) -> None:
    shops = Shops(OxigraphStore())
    names = [f"{product}{at}" for at in range(len(values))]
    imported(shops, *(price(str(v), n) for v, n in zip(values, names, strict=True)))
    assert [prices(shops, name) for name in names] == [[str(v)] for v in values]


def test_readers_see_all_of_an_approval_or_none_of_it(shops: Shops) -> None:
    names = [f"笋干{n}" for n in range(60)]
    imported(shops, *(price("1", n) for n in names))
    seen: list[set[str]] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.append({str(f.value) for f in shops.all_facts("铺") if f.property is P.PRICE})

    reader = threading.Thread(target=read)
    reader.start()
    for value in range(2, 12):
        imported(shops, *(price(str(value), n) for n in names))
    shops.revert("铺")
    over.set()
    reader.join()
    assert seen
    assert all(len(values) == 1 for values in seen)


def test_a_version_number_is_never_given_twice(shops: Shops) -> None:
    assert [imported(shops, price("1")), imported(shops, price("2"))] == [1, 2]
    assert (shops.revert("铺"), imported(shops, price("3"))) == (1, 3)
    assert (shops.version("铺"), prices(shops)) == (3, ["3"])


def test_the_same_sheet_does_not_undo_what_a_person_said(shops: Shops) -> None:
    imported(shops, price("5"))
    review.propose(shops, "铺", [price("4.50")], "幺妹")
    review.approve(shops, "铺")
    imported(shops, price("5"))
    assert prices(shops) == ["4.50"]


def test_a_new_price_in_the_sheet_overrules_what_was_said_before(shops: Shops) -> None:
    imported(shops, price("5"))
    review.propose(shops, "铺", [price("4.50")], "幺妹")
    review.approve(shops, "铺")
    imported(shops, price("6"))
    assert prices(shops) == ["6"]


def test_an_import_neither_approves_nor_forgets_what_people_proposed(shops: Shops) -> None:
    imported(shops, price("5"))
    (said,) = review.propose(shops, "铺", [price("4.50")], "幺妹")
    imported(shops, price("6"))
    assert prices(shops) == ["6"]
    assert shops.proposed("铺") == {said.id}


def test_approving_one_proposal_leaves_the_others_waiting(shops: Shops) -> None:
    imported(shops, price("5"), price("7", "腊肉"))
    first, second = review.propose(shops, "铺", [price("4"), price("6", "腊肉")], "幺妹")
    review.approve(shops, "铺", [first.id])
    assert (prices(shops), prices(shops, "腊肉")) == (["4"], ["7"])
    assert shops.proposed("铺") == {second.id}


def test_a_newer_proposal_takes_the_place_of_a_waiting_one(shops: Shops) -> None:
    imported(shops, price("5"))
    review.propose(shops, "铺", [price("4")], "幺妹")
    review.propose(shops, "铺", [price("3")], "店主")
    review.approve(shops, "铺")
    assert prices(shops) == ["3"]


def test_an_unknown_proposal_is_refused_by_name(shops: Shops) -> None:
    imported(shops, price("5"))
    with pytest.raises(InputError, match="nothere"):
        review.approve(shops, "铺", ["nothere"])


def test_an_endpoint_without_an_address_is_said_plainly(tmp_path: object) -> None:
    with pytest.raises(ConfigurationError, match="地址"):
        open_shops(Graph(backend="endpoint"), tmp_path)  # type: ignore[arg-type]
