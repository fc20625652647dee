"""The picture of a shop: the endpoint's facts, and what a person sees and clicks in a browser."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from knowledge_graph.ingest.importer import import_file
from service.assemble import Assembly
from tests.service.chromium import PATIENCE, chromium
from tests.service.running import serving, settings_in

pytestmark = pytest.mark.browser

DEMO = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assembly = Assembly(settings_in(tmp_path_factory.mktemp("data")))
    assembly.shops().stage("demo", import_file(DEMO, date(2026, 11, 22)))
    assembly.shops().approve("demo", who="村支书")
    crowd = tmp_path_factory.mktemp("sheets") / "货.csv"
    crowd.write_text("品名,价格\n" + "".join(f"山货{n:03},{n}元\n" for n in range(1, 101)), encoding="utf-8")
    assembly.shops().stage("crowd", import_file(crowd, date(2026, 11, 22)))
    assembly.shops().approve("crowd", who="村支书")
    with serving(assembly) as address:
        yield address


@pytest.fixture
def page(host: str) -> Iterator[Page]:
    with chromium() as browser:
        made = browser.new_page(base_url=f"http://{host}", viewport={"width": 1500, "height": 900})
        made.set_default_timeout(PATIENCE)
        yield made


def test_the_endpoint_gives_each_fact_with_its_cell(host: str) -> None:
    with urllib.request.urlopen(f"http://{host}/api/shops/demo/graph") as answer:
        graph = json.load(answer)
    known = {node["id"] for node in graph["nodes"]}
    assert all({edge["source"], edge["target"]} <= known for edge in graph["edges"])
    price = next(e for e in graph["edges"] if e["label"] == "价格" and e["source"] == "p:云坪老树核桃 2斤")
    assert (price["fact"]["file"], price["fact"]["row"]) == ("demo_shop.xlsx", 4)


def test_an_unknown_shop_is_named_in_the_error(host: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{host}/api/shops/nowhere/graph")
    assert json.load(caught.value)["error"]["code"] == "shop.unknown"


def test_a_click_on_a_product_and_a_fact_shows_where_it_is_written(page: Page) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda r: None if "127.0.0.1" in r.url else elsewhere.append(r.url))
    page.goto("/graph?shop=demo")
    expect(page.locator("g.node.product")).to_have_count(10)
    page.locator('g.node.product[data-id="p:云坪老树核桃 2斤"]').click(force=True)
    page.get_by_role("button", name="价格").first.click()
    expect(page.locator("aside dl")).to_contain_text("demo_shop.xlsx")
    expect(page.locator("aside dl")).to_contain_text("第4行")
    assert elsewhere == []


def test_a_shop_that_is_not_there_is_said_in_words(page: Page) -> None:
    page.goto("/graph?shop=nowhere")
    expect(page.locator("aside")).to_contain_text("没有叫“nowhere”的店铺")


def test_the_picture_tells_who_approved_the_version(page: Page) -> None:
    page.goto("/graph?shop=demo")
    expect(page.locator("aside ol")).to_contain_text("村支书 批准了第 1 版")


def test_a_hundred_goods_are_told_apart_and_found(page: Page) -> None:
    page.goto("/graph?shop=crowd")
    names = page.locator("#picture .product text").filter(visible=True)
    expect(page.locator("#picture .product")).to_have_count(100)
    expect(names).to_have_count(0)
    page.get_by_placeholder("找一个商品").fill("077")
    found = page.locator("#side button").filter(visible=True)
    expect(found).to_have_text(["山货077"])
    found.click()
    expect(names).to_have_text(["山货077"])
