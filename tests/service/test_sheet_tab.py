"""The sheet tab of the console: a merchant looks, puts a sheet in force, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.service.chromium import PATIENCE, chromium
from tests.service.running import free_port
from tests.service.studio import Studio, studio

pytestmark = pytest.mark.browser

HEAD = "品名,价格,净重\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio(tmp_path_factory.mktemp("sheets") / "data", free_port()) as started:
        yield started


@pytest.fixture
def page(program: Studio) -> Iterator[Page]:
    with chromium() as browser:
        made = browser.new_page(base_url=f"http://{program.host}", viewport={"width": 1280, "height": 900})
        made.set_default_timeout(PATIENCE)
        made.goto("/")
        yield made


def read(page: Page, file: Path) -> None:
    """Put a sheet into the tab, and look how it is understood."""
    page.get_by_role("tab", name="货单", exact=True).click()
    page.locator("[role=tabpanel]:visible input[type=file]").first.set_input_files(file)
    # The cell, for the text of the name is whole only while the file is on its way.
    expect(page.get_by_role("cell", name=file.name, exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="看看读得对不对").click()


def test_a_sheet_is_looked_at_put_in_force_and_taken_back(page: Page, tmp_path: Path) -> None:
    told = page.locator("#sheet")
    for number, price in enumerate(("68元/袋", "72元/袋"), 1):
        sheet = tmp_path / f"老李 货单{number}.csv"
        sheet.write_text(f"{HEAD}野岩耳,{price},250克\n干豇豆,,半斤\n", encoding="gb18030")
        page.reload()
        read(page, sheet)
        expect(told).to_contain_text("读到 2 个商品", timeout=PATIENCE)
        doubt = page.get_by_role("gridcell").filter(has_text="价格是空的")
        expect(doubt.first).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="就用这些").click()
        expect(told).to_contain_text("已经生效", timeout=PATIENCE)
    page.get_by_role("button", name="退回上一次的样子").click()
    expect(told).to_contain_text("退回了上一次的样子", timeout=PATIENCE)
    page.get_by_role("tab", name="主播", exact=True).click()
    page.get_by_label("讲多久").hover()
    expect(page.locator(".xh-setting select").first).to_contain_text("我的店", timeout=PATIENCE)


@pytest.mark.parametrize("width", [390, 640])
def test_every_tab_is_in_sight_on_a_phone_and_enlarged_to_200_percent(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    page.reload()
    tabs = page.get_by_role("tab")
    expect(tabs.filter(visible=True)).to_have_count(8)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    page.get_by_role("tab", name="手机配对", exact=True).click()
    expect(page.get_by_text("现在只有这台电脑能用")).to_be_visible()


def test_a_file_that_is_no_sheet_is_explained_and_the_words_stay(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    file.touch()
    read(page, file)
    expect(page.locator("#sheet")).to_contain_text("是空的", timeout=PATIENCE)


def test_a_sheet_is_read_with_a_word_that_it_is_and_only_what_was_looked_at_can_be_used(
    page: Page, tmp_path: Path
) -> None:
    page.add_init_script(
        """new MutationObserver(() => {
            if (document.querySelector('#sheet')?.textContent.includes('正在看')) window.waited = true;
        }).observe(document, { childList: true, subtree: true, characterData: true })"""
    )
    page.reload()
    keep = page.get_by_role("button", name="就用这些")
    for name in ("旧单.csv", "新单.csv"):
        sheet = tmp_path / name
        sheet.write_text(f"{HEAD}野岩耳,68元/袋,250克\n", encoding="utf-8")
    read(page, tmp_path / "旧单.csv")
    expect(keep).to_be_enabled(timeout=PATIENCE)
    assert page.evaluate("window.waited")
    page.get_by_label(re.compile("清除|Clear")).filter(visible=True).first.click()
    page.locator("[role=tabpanel]:visible input[type=file]").first.set_input_files(tmp_path / "新单.csv")
    expect(page.get_by_role("cell", name="新单.csv", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(keep).to_be_disabled()


def test_what_was_read_fits_a_phone_and_comes_into_sight(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    sheet = tmp_path / "长名字.csv"
    sheet.write_text(f"{HEAD}高山老树野生岩耳家庭装,1688.88元/袋,250克\n", encoding="utf-8")
    read(page, sheet)
    price = page.get_by_role("gridcell").filter(has_text="1688.88元").first
    expect(price).to_be_visible(timeout=PATIENCE)
    box = price.bounding_box()
    assert box is not None and box["x"] + box["width"] <= 390
    expect(page.locator("#sheet")).to_be_in_viewport()


def test_a_reload_stays_on_the_tab_and_back_goes_to_the_one_before(page: Page) -> None:
    def tab(name: str) -> Locator:
        return page.get_by_role("tab", name=name, exact=True)

    tab("货单").click()
    page.reload()
    expect(tab("货单")).to_have_attribute("aria-selected", "true", timeout=PATIENCE)
    tab("主播").click()
    expect(tab("主播")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(tab("货单")).to_have_attribute("aria-selected", "true")
