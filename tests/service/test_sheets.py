"""What becomes of a sheet, as people read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.ingest.problems import Problem
from knowledge_graph.store.shops import Difference
from service import sheets

pytestmark = pytest.mark.unit

SHEET = "品名,价格,净重\n野岩耳,68元/袋,250克\n红薯粉,15-18元,1斤\n藤椒油,两瓶45,250ml\n干豇豆,,半斤\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "老李 货单.csv"
    file.write_text(SHEET, encoding="gb18030")
    return file


def test_prices_read_as_people_write_them(sheet: Path) -> None:
    shop = sheets.read(sheet, date(2026, 11, 22)).shop("老李")
    shown = {product: sheets.price(shop, product) for product in shop.products()}
    assert shown == {"野岩耳": "68元/袋", "红薯粉": "15-18元", "藤椒油": "45元/2瓶", "干豇豆": ""}


def test_the_cell_of_a_sheet_without_tabs_stands_apart_from_the_file(sheet: Path) -> None:
    shop = sheets.read(sheet, date(2026, 11, 22)).shop("老李")
    assert "老李 货单.csv B2" in {str(fact.source) for fact in shop.facts("野岩耳")}


def test_a_problem_says_where_it_stands() -> None:
    assert (
        sheets.place(Problem("error", "x", "", sheet="货", row=3, column="到手价")) == "「货」第3行“到手价”列"
    )
    assert sheets.place(Problem("error", "x", "")) == ""


def test_an_import_that_changes_nothing_says_so() -> None:
    assert "没有改动" in sheets.outcome(Difference((), ()))
