"""Export and import is the identity; money never loses a figure; a kill leaves the last good state."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source, Value
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.ingest.jsonld import as_jsonld
from knowledge_graph.ingest.prices import read_price
from knowledge_graph.schema import TERMS, Property
from knowledge_graph.store.oxigraph import OxigraphStore
from knowledge_graph.store.shops import Shops

pytestmark = pytest.mark.unit

DAY = date(2026, 5, 1)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12).filter(
    str.strip
)
MONEY = st.decimals(min_value="0.01", max_value="99999.99", places=2)


@st.composite
def facts(draw: st.DrawFn, product: str) -> Fact:
    property_ = draw(st.sampled_from([p for p in Property if p is not Property.NAME]))
    kind = TERMS[property_].kind
    values: dict[str, st.SearchStrategy[Value]] = {"decimal": MONEY, "date": st.dates(), "text": TEXT}
    value = draw(values[kind])
    return Fact(
        product=product,
        property=property_,
        value=value,
        written=draw(TEXT),
        unit=TERMS[property_].unit,
        source=Source("a.xlsx", draw(TEXT), "B2", draw(st.integers(1, 999)), draw(TEXT)),
        high=draw(st.none() | MONEY),
        per=draw(st.none() | st.builds(Quantity, MONEY, TEXT)),
        about=draw(st.just("") | TEXT),
        valid_until=draw(st.none() | st.dates()),
    )


@st.composite
def shops(draw: st.DrawFn) -> MemoryShop:
    found: list[Fact] = []
    names = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    for name in names:
        found.append(
            Fact(product=name, property=Property.NAME, value=name, written=name, source=Source("a.xlsx"))
        )
        found += draw(st.lists(facts(name), max_size=5))
    found += draw(st.lists(facts(""), max_size=2))
    return MemoryShop.of(ShopMeta("铺", DAY, "山货"), {f.id: f for f in found}.values(), names)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shops())
def test_export_then_import_is_the_identity(shop: MemoryShop) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "铺.jsonld"
        path.write_text(json.dumps(as_jsonld(shop), ensure_ascii=False), encoding="utf-8")
        back = import_file(path, DAY)
    assert {f.id: f for f in back.facts} == {f.id: f for each in shop.by_product.values() for f in each}
    assert set(back.products) == set(shop.products())


@settings(deadline=None)
@given(MONEY)
def test_a_price_keeps_every_fen(price: Decimal) -> None:
    for written in (f"{price}", f"￥{price}元", f"{price}元/2袋", f"¥{price:,}"):
        read = read_price(written)
        assert str(read.offers[0].price) == str(price)


def test_reading_never_fails_on_any_text() -> None:
    @settings(max_examples=300, deadline=None)
    @given(st.text(max_size=40))
    def check(text: str) -> None:
        read_price(text)

    check()


def test_kill_during_an_import_leaves_the_last_good_state(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import os, sys
        from datetime import date
        from decimal import Decimal
        from pathlib import Path
        from knowledge_graph.facts import Fact, Source
        from knowledge_graph.ingest.importer import Preview
        from knowledge_graph.schema import Property
        from knowledge_graph.store.shops import Shops

        def preview(price):
            facts = [
                Fact(product=f"p{{n}}", property=q, value=v, written=str(v), source=Source("a", "s", "B2", 2))
                for n in range(200)
                for q, v in ((Property.NAME, f"p{{n}}"), (Property.PRICE, Decimal(price)))
            ]
            return Preview("t", "a", date(2026, 5, 1), (), tuple(facts), (), ())

        shops = Shops.open(Path({str(tmp_path)!r}))
        shops.stage("铺", preview(1)); shops.approve("铺")
        print("first", flush=True)
        for n in range(2, 10_000):
            shops.stage("铺", preview(n)); shops.approve("铺")
            print(n, flush=True)
        """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert child.stdout is not None
    for _ in range(4):
        assert child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    store = OxigraphStore(tmp_path / "graph")
    shop = Shops(store).shop("铺")
    prices = [f.value for name in shop.products() for f in shop.facts(name) if f.property is Property.PRICE]
    store.close()
    assert len(prices) == 200
    assert len(set(prices)) == 1
