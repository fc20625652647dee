"""Versions as sets of changes: whose word holds, what waits, what a reader sees while somebody approves."""

from __future__ import annotations

import threading
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigurationError, InputError
from core.settings import Graph
from knowledge_graph import review
from knowledge_graph.facts import Fact, Source
from knowledge_graph.ingest.importer import Preview, import_file
from knowledge_graph.schema import Property
from knowledge_graph.store import records
from knowledge_graph.store.choosing import open_shops
from knowledge_graph.store.compacting import compact
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.shops import Shops
from tests.knowledge_graph.test_import_own import xlsx
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


SHEETS = sorted((Path(__file__).parents[2] / "benchmarks" / "held_out" / "shops").glob("*.toml"))


@pytest.mark.parametrize("source", SHEETS, ids=lambda p: p.stem)
def test_a_sheet_of_any_layout_imported_again_changes_nothing(
    shops: Shops, source: Path, tmp_path: Path
) -> None:
    written = tomllib.loads(source.read_text(encoding="utf-8"))["sheets"]
    book = {s["name"]: [line.split("|") for line in s["rows"].splitlines()] for s in written}
    path = xlsx(book, tmp_path / "货.xlsx")
    first = shops.stage("铺", import_file(path, DAY))
    version = shops.approve("铺")
    again = shops.stage("铺", import_file(path, DAY))
    assert first.added
    assert (again.added, again.removed) == ((), ())
    assert shops.approve("铺") == version


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


def test_compacting_keeps_what_holds_and_gives_the_disk_back(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    shops = Shops(OxigraphStore(folder))
    names = [f"笋干{n}" for n in range(400)]
    for value in range(1, 9):
        imported(shops, *(price(str(value), n) for n in names))
    review.propose(shops, "铺", [price("4.50", names[0])], "幺妹")
    review.approve(shops, "铺", who="店主")
    gone = next(f for f in shops.product_facts("铺", names[1]) if f.property is P.PRICE)
    shops.propose("铺", [], [gone])
    shops.approve("铺", who="店主")
    imported(shops, *(price("8", n) for n in names), price("7", "腊肉"))
    before, acts, last = set(shops.all_facts("铺")), shops.acts("铺"), shops.version("铺")
    shops.close()
    size = _size(folder)
    compact(folder, keep=2)
    assert _size(folder) < size / 3
    shops = Shops(OxigraphStore(folder))
    assert (set(shops.all_facts("铺")), shops.acts("铺"), shops.version("铺")) == (before, acts, last)
    assert shops.revert("铺") < last
    assert prices(shops, "腊肉") == []
    with pytest.raises(InputError):
        shops.revert("铺")
    imported(shops, *(price("8", n) for n in names))
    assert (prices(shops, names[0]), prices(shops, names[1])) == (["4.50"], [])


def test_a_compacted_shop_takes_the_next_changes_as_it_would_have_before(tmp_path: Path) -> None:
    found = []
    for folder in (tmp_path / "plain", tmp_path / "compacted"):
        shops = Shops(OxigraphStore(folder))
        imported(shops, price("5"), price("7", "腊肉"))
        review.propose(shops, "铺", [price("4.50"), price("6.50", "腊肉")], "幺妹")
        review.approve(shops, "铺")
        imported(shops, price("5"), price("8", "腊肉"))
        shops.close()
        if folder.name == "compacted":
            compact(folder, keep=1)
        shops = Shops(OxigraphStore(folder))
        states = [set(shops.all_facts("铺"))]
        imported(shops, price("5"), price("9", "腊肉"))
        states.append(set(shops.all_facts("铺")))
        shops.propose("铺", [], [f for f in shops.product_facts("铺", "笋干") if f.source.speaker])
        shops.approve("铺")
        states.append(set(shops.all_facts("铺")))
        shops.close()
        found.append(states)
    assert found[0] == found[1]
    assert len(set(map(frozenset, found[0]))) == 3


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_an_endpoint_without_an_address_is_said_plainly(tmp_path: object) -> None:
    with pytest.raises(ConfigurationError, match="地址"):
        open_shops(Graph(backend="endpoint"), tmp_path)  # type: ignore[arg-type]


def test_many_who_write_and_make_it_durable_at_once_all_come_to_an_end(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "graph")

    def write(name: int) -> None:
        for value in range(60):
            store.update(f'INSERT DATA {{ GRAPH <urn:g> {{ <urn:s{name}> <urn:p> "{value}" }} }}')
            store.flush()

    threads = [threading.Thread(target=write, args=(n,), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    (row,) = store.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH <urn:g> { ?s ?p ?o } }")
    assert row["n"] == "240"
    store.close()
