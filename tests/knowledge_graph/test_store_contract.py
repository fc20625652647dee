"""What every store of the graph must do: Oxigraph in memory and on disk, and a foreign SPARQL server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import InputError, StorageError, XiangyinError
from knowledge_graph import review
from knowledge_graph.facts import Fact, Quantity, Source
from knowledge_graph.ingest.importer import Preview
from knowledge_graph.schema import Property
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.shops import Shops
from knowledge_graph.store.terms import Iri, statement
from tests.knowledge_graph.virtuoso import virtuoso

pytestmark = pytest.mark.contract

DAY = date(2026, 5, 1)
P = Property


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactStore]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as store:
        yield store


@pytest.fixture(params=["memory", "disk", "endpoint"])
def shops(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shops]:
    store: FactStore
    if request.param == "endpoint":
        store = request.getfixturevalue("server")
    else:
        store = OxigraphStore(tmp_path / "graph" if request.param == "disk" else None)
    shops = Shops(store)
    yield shops
    for name in shops.names():
        shops.remove(name)
    if request.param != "endpoint":
        store.close()


def fact(
    property_: Property, value: Decimal | str | date | bool, product: str = "山药干", **more: object
) -> Fact:
    given: dict[str, object] = {"written": str(value), "source": Source("a.xlsx", "货", "B2", 2, "价")} | more
    return Fact(product=product, property=property_, value=value, **given)  # type: ignore[arg-type]


def preview(*facts: Fact, pending: tuple[Fact, ...] = ()) -> Preview:
    names = tuple(dict.fromkeys(f.product for f in facts if f.product))
    named = tuple(fact(P.NAME, name, name) for name in names)
    return Preview("山货铺", "a.xlsx", DAY, names, (*named, *facts), pending, ())


FULL = (
    fact(P.PRICE, Decimal("29.90"), unit="元", high=Decimal("39.90"), per=Quantity(Decimal("2"), "袋")),
    fact(P.PRODUCED_ON, date(2026, 4, 30)),
    fact(
        P.CERTIFICATE,
        "有机",
        valid_from=date(2025, 1, 1),
        valid_until=date(2026, 12, 31),
        evidence="看过原件",
    ),
    fact(P.SURCHARGE_REGION, Decimal("8.0"), about="海南", unit="元"),
    fact(P.EXCLUDED_REGION, "西藏", ""),
)


def test_facts_come_back_as_they_went_in(shops: Shops) -> None:
    shops.stage("铺", preview(*FULL))
    shops.approve("铺")
    view = shops.shop("铺")
    assert set(FULL[:4]) <= set(view.facts("山药干"))
    assert view.shop_facts() == FULL[4:]
    assert view.products() == ("山药干",)
    assert (view.meta.as_of, view.meta.title) == (DAY, "山货铺")


def test_decimals_keep_their_places(shops: Shops) -> None:
    shops.stage("铺", preview(fact(P.PRICE, Decimal("1299.00"))))
    shops.approve("铺")
    price = next(f for f in shops.shop("铺").facts("山药干") if f.property is P.PRICE)
    assert str(price.value) == "1299.00"


@pytest.mark.parametrize(
    "hostile",
    [
        '" . } } ; DROP ALL ; INSERT DATA { GRAPH <urn:x> { <urn:a> <urn:b> "',
        '\\" ; CLEAR ALL #',
        "'''} } ; DROP GRAPH <urn:xiangyin:catalogue>",
        "> <urn:evil",
        "?s ?p ?o . $product",
        "换\n行\t和\r回车 \\u0022 \\",
        "emoji🍊与𠮷",
    ],
)
def test_sparql_in_a_cell_is_only_text(shops: Shops, hostile: str) -> None:
    kept = fact(P.PRICE, Decimal("5"), "旁边的商品")
    shops.stage("旁", preview(kept))
    shops.approve("旁")
    shops.stage(hostile, preview(fact(P.SELLING_POINT, hostile, hostile, about=hostile)))
    shops.approve(hostile)
    point = next(f for f in shops.shop(hostile).facts(hostile) if f.property is P.SELLING_POINT)
    assert (point.value, point.about, point.product) == (hostile, hostile, hostile)
    assert kept in shops.shop("旁").facts("旁边的商品")


def test_nothing_reaches_a_reader_before_approval(shops: Shops) -> None:
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5"))))
    shops.approve("铺")
    view = shops.shop("铺")
    shops.stage("铺", preview(fact(P.PRICE, Decimal("6"))))
    assert [f.value for f in view.facts("山药干") if f.property is P.PRICE] == [Decimal("5")]
    shops.approve("铺")
    assert [f.value for f in view.facts("山药干") if f.property is P.PRICE] == [Decimal("6")]


def test_the_same_import_twice_changes_nothing(shops: Shops) -> None:
    shops.stage("铺", preview(*FULL))
    version = shops.approve("铺")
    again = shops.stage("铺", preview(*FULL))
    assert (again.added, again.removed) == ((), ())
    assert shops.approve("铺") == version


def test_a_new_import_replaces_what_the_old_one_said(shops: Shops) -> None:
    shops.stage("铺", preview(*FULL))
    shops.approve("铺")
    change = shops.stage("铺", preview(*FULL[1:], fact(P.PRICE, Decimal("19.90"))))
    assert [str(f.value) for f in change.added] == ["19.90"]
    assert [str(f.value) for f in change.removed] == ["29.90"]


def test_revert_brings_back_every_fact_of_the_version_before(shops: Shops) -> None:
    shops.stage("铺", preview(*FULL))
    version = shops.approve("铺")
    before = set(shops.all_facts("铺"))
    shops.stage("铺", preview(fact(P.PRICE, Decimal("1")), fact(P.STOCK, Decimal(3), "新品")))
    assert shops.approve("铺") == version + 1
    assert set(shops.all_facts("铺")) != before
    assert shops.revert("铺") == version
    assert set(shops.all_facts("铺")) == before
    with pytest.raises(InputError):
        shops.revert("铺")


def test_pending_cells_wait_in_the_draft_and_survive_an_approval(shops: Shops) -> None:
    doubtful = fact(P.NET_WEIGHT, "450g/瓶", evidence="待核对：对不上")
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5")), pending=(doubtful,)))
    shops.approve("铺")
    assert shops.waiting("铺") == (doubtful,)
    assert doubtful not in shops.shop("铺").facts("山药干")


def test_shops_of_one_store_do_not_touch(shops: Shops) -> None:
    shops.stage("甲", preview(fact(P.PRICE, Decimal("5"))))
    shops.approve("甲")
    shops.stage("乙", preview(fact(P.PRICE, Decimal("6"))))
    shops.approve("乙")
    shops.remove("乙")
    assert shops.names() == ("甲",)
    assert [f.value for f in shops.shop("甲").facts("山药干") if f.property is P.PRICE] == [Decimal("5")]
    with pytest.raises(InputError) as caught:
        shops.shop("乙")
    assert "甲" in str(caught.value)


def test_a_spoken_proposal_replaces_one_fact_only_when_approved(shops: Shops) -> None:
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5")), fact(P.STOCK, Decimal("9"))))
    shops.approve("铺")
    review.propose(shops, "铺", [fact(P.PRICE, Decimal("4.50"), source=Source())], "幺妹")
    view = shops.shop("铺")
    assert [f.value for f in view.facts("山药干") if f.property is P.PRICE] == [Decimal("5")]
    review.approve(shops, "铺")
    price = next(f for f in view.facts("山药干") if f.property is P.PRICE)
    assert (str(price.value), price.source.speaker) == ("4.50", "幺妹")
    assert any(f.property is P.STOCK for f in view.facts("山药干"))


def test_a_refused_proposal_leaves_what_stands(shops: Shops) -> None:
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5"))))
    shops.approve("铺")
    said = review.propose(shops, "铺", [fact(P.PRICE, Decimal("4")), fact(P.STOCK, Decimal("7"))], "幺妹")
    review.refuse(shops, "铺", [said[0].id])
    review.approve(shops, "铺")
    values = {f.property: f.value for f in shops.shop("铺").facts("山药干")}
    assert (values[P.PRICE], values[P.STOCK]) == (Decimal("5"), Decimal("7"))


def test_a_settled_cell_leaves_the_draft(shops: Shops) -> None:
    doubtful = fact(P.NET_WEIGHT, "450g/瓶", evidence="待核对：对不上")
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5")), pending=(doubtful,)))
    shops.approve("铺")
    review.edit(shops, "铺", doubtful, Decimal("450"), "450g", "店主")
    review.approve(shops, "铺")
    weight = next(f for f in shops.shop("铺").facts("山药干") if f.property is P.NET_WEIGHT)
    assert (weight.value, weight.source.speaker, shops.waiting("铺")) == (Decimal("450"), "店主", ())


def test_what_a_person_said_survives_the_next_import(shops: Shops) -> None:
    shops.stage("铺", preview(fact(P.PRICE, Decimal("5"))))
    shops.approve("铺")
    review.propose(shops, "铺", [fact(P.REMINDER, "含花生")], "店主")
    review.approve(shops, "铺")
    shops.stage("铺", preview(fact(P.PRICE, Decimal("6"))))
    shops.approve("铺")
    assert any(f.property is P.REMINDER for f in shops.shop("铺").facts("山药干"))


def test_an_update_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "graph")
    store.load(Iri("urn:g"), [statement(Iri("urn:a"), Iri("urn:b"), "1")])
    with pytest.raises((SyntaxError, XiangyinError)):
        store.update('INSERT DATA { GRAPH <urn:g> { <urn:c> <urn:d> "2" } } ; NONSENSE')
    rows = store.select("SELECT ?o WHERE { GRAPH <urn:g> { ?s ?p ?o } }")
    store.close()
    assert [row["o"] for row in rows] == ["1"]


def test_a_moved_row_updates_the_source_without_counting_as_a_change(shops: Shops) -> None:
    price = fact(P.PRICE, Decimal("5"))
    shops.stage("铺", preview(price))
    shops.approve("铺")
    moved = replace(price, source=replace(price.source, cell="B9", row=9))
    change = shops.stage("铺", preview(moved))
    assert (change.added, change.removed) == ((), ())
    shops.approve("铺")
    held = next(f for f in shops.shop("铺").facts("山药干") if f.property is P.PRICE)
    assert held.source.cell == "B9"


def test_a_shop_larger_than_an_answer_of_the_server_is_read_whole(shops: Shops) -> None:
    # The server of this suite cuts answers off after 1,000 rows, as public ones do after 10,000.
    names = [f"货{n:04d}" for n in range(1_100)]
    shops.stage("大铺", preview(*(fact(P.STOCK, Decimal(n), name) for n, name in enumerate(names))))
    shops.approve("大铺")
    assert sorted(shops.product_names("大铺")) == names
    stock = {f.product: f.value for f in shops.all_facts("大铺") if f.property is P.STOCK}
    assert stock == {name: Decimal(n) for n, name in enumerate(names)}


def test_a_product_with_long_texts_is_refused_in_part_and_keeps_the_rest(shops: Shops) -> None:
    shops.stage("长铺", preview(fact(P.PRICE, Decimal("5"))))
    shops.approve("长铺")
    long = [fact(P.NOTE, f"第{n}条" + "晒足三伏，" * 300) for n in range(6)]
    said = review.propose(shops, "长铺", long, "幺妹")
    review.refuse(shops, "长铺", [said[2].id], "店主", "太长")
    review.approve(shops, "长铺")
    notes = {f for f in Shops(shops.store).all_facts("长铺") if f.property is P.NOTE}
    assert notes == {*said[:2], *said[3:]}


def test_a_removed_shop_of_the_same_name_goes_on_counting_versions(shops: Shops) -> None:
    shops.stage("铺", preview(*FULL))
    version = shops.approve("铺")
    shops.remove("铺")
    assert "铺" not in shops.names()
    shops.stage("铺", preview(*FULL[1:]))
    assert shops.approve("铺") == version + 1
    assert [f for f in shops.shop("铺").facts("山药干") if f.property is P.PRICE] == []


def test_who_did_what_is_kept_with_the_reason(shops: Shops) -> None:
    name = "记录铺"
    shops.stage(name, preview(fact(P.PRICE, Decimal("5"))))
    first = shops.approve_sheet(name, "店主")
    said = review.propose(shops, name, [fact(P.PRICE, Decimal("4")), fact(P.STOCK, Decimal("7"))], "幺妹")
    review.refuse(shops, name, [said[0].id], "店主", "进价都不止四块")
    second = review.approve(shops, name, [said[1].id], "阿婆")
    shops.revert(name, "店主")
    acts = shops.acts(name)
    assert [(a.kind, a.who, a.version) for a in acts] == [
        ("approve", "店主", first),
        ("refuse", "店主", 0),
        ("approve", "阿婆", second),
        ("revert", "店主", second),
    ]
    assert (acts[0].title, acts[1].reason, acts[1].facts) == ("山货铺", "进价都不止四块", (said[0],))
    assert [a.at for a in acts] == sorted(a.at for a in acts)


def test_an_approval_of_what_somebody_else_approved_meanwhile_is_told_and_not_recorded(shops: Shops) -> None:
    name = "两人铺"
    shops.stage(name, preview(fact(P.PRICE, Decimal("5"))))
    other = Shops(shops.store)
    stale = other._catalogue.state(name)
    version = shops.approve(name, who="甲")
    with pytest.raises(StorageError):
        other._catalogue.approve(stale, stale.drafts, "乙")
    assert [(a.who, a.version) for a in shops.acts(name)] == [("甲", version)]


def test_of_approvals_at_the_same_moment_each_is_whole_and_recorded_or_refused(shops: Shops) -> None:
    name = "同时铺"
    shops.stage(
        name, preview(fact(P.PRICE, Decimal("5")), *(fact(P.STOCK, Decimal(1), f"货{n}") for n in range(4)))
    )
    start = shops.approve(name)
    said = review.propose(shops, name, [fact(P.STOCK, Decimal(n + 2), f"货{n}") for n in range(4)], "幺妹")
    ready, done = threading.Barrier(4), []

    def approve(one: Fact) -> None:
        mine = Shops(shops.store)
        ready.wait()
        try:
            done.append((mine.approve(name, [one.id], one.product), one))
        except XiangyinError as error:
            assert error.code in ("store.conflict", "store.endpoint")

    threads = [threading.Thread(target=approve, args=(one,)) for one in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    patience = iter(range(20))
    while not done:  # each saw another about to approve: all are told, and one tries again
        next(patience)  # a server may show what the others gave up a little later
        with suppress(StorageError):
            version = Shops(shops.store).approve(name, [said[0].id], said[0].product)
            done.append((version, said[0]))
        time.sleep(0.2)
    versions = [version for version, _ in done]
    assert sorted(versions) == list(range(start + 1, start + 1 + len(done)))
    assert sorted((a.version, a.who) for a in shops.acts(name) if a.who) == sorted(
        (v, f.product) for v, f in done
    )
    seen = Shops(shops.store).all_facts(name)  # on a server the first reader may be half a second behind
    stock = {f.product: f.value for f in seen if f.property is P.STOCK}
    approved = {f.product: f.value for _, f in done}
    assert stock == {f"货{n}": Decimal(1) for n in range(4)} | approved
