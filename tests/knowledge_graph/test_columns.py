"""Columns are known by what stands in them, where no heading says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigurationError
from knowledge_graph.ingest import cells
from knowledge_graph.ingest.cells import role_of_cell, roles_of_cells
from knowledge_graph.ingest.dates import ends_near
from knowledge_graph.ingest.importer import Preview, import_file
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

P = Property
DAY = date(2026, 11, 1)


def preview(path: Path, *rows: list[Any], merges: tuple[str, ...] = ()) -> Preview:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    book.save(path / "货.xlsx")
    return import_file(path / "货.xlsx", DAY)


def values(found: Preview, product: str, wanted: Property) -> list[object]:
    return [f.value for f in found.facts if f.product == product and f.property is wanted]


STRANGE = tuple(
    line.split("|")
    for line in (
        "甲|乙|丙|丁|戊|己|庚|辛|壬|癸",
        "H-01|笋干 250g|28.5元|36元|浙江临安|10个月|阴凉防潮|48小时内发|嫩、没老根|孕妇先问医生",
        "H-02|豆豉 300g|16.8元|22元|湖南浏阳市|一年|开盖后冷藏|24小时内发|颗粒完整、味厚|盐多，血压高的少吃",
        "H-03|霉干菜 400g|19.9元|26元|浙江绍兴|18个月|密封避光|48小时内发|九蒸九晒、油亮|含盐，肾不好的少吃",
    )
)


def test_a_sheet_without_one_known_heading_is_read_by_its_cells(tmp_path: Path) -> None:
    found = preview(tmp_path, *STRANGE)
    assert found.products == ("笋干 250g", "豆豉 300g", "霉干菜 400g")
    expected = {
        P.SKU: ["H-02"],
        P.PRICE: [Decimal("16.8")],
        P.LIST_PRICE: [Decimal("22")],
        P.ORIGIN: ["湖南浏阳市"],
        P.SHELF_LIFE: [Decimal(365)],
        P.STORAGE: ["开盖后冷藏"],
        P.SHIPPING_HOURS: [Decimal(24)],
        P.SELLING_POINT: ["颗粒完整", "味厚"],
        P.REMINDER: ["盐多，血压高的少吃"],
    }
    assert {p: values(found, "豆豉 300g", p) for p in expected} == expected


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path) -> None:
    found = preview(tmp_path, *(row[:1:-1] + row[:2] for row in STRANGE))
    assert values(found, "豆豉 300g", P.STORAGE) == ["开盖后冷藏"]
    assert values(found, "豆豉 300g", P.PRICE) == [Decimal("16.8")]


def test_cells_outweigh_a_heading_that_only_resembles_another(tmp_path: Path) -> None:
    rows = (
        ["品名", "售价", "不合适人群", "做好的日子"],
        ["笋干", 28, "对笋过敏的人别吃", "2026-10-02"],
        ["豆豉", 16, "血压高的人少吃", "2026-09-12"],
    )
    found = preview(tmp_path, *rows)
    assert values(found, "豆豉", P.REMINDER) == ["血压高的人少吃"]
    assert values(found, "豆豉", P.PRODUCED_ON) == [date(2026, 9, 12)]


def test_numbers_that_only_count_the_rows_are_no_article_numbers(tmp_path: Path) -> None:
    found = preview(tmp_path, ["序", "品名", "售价"], [1, "笋干", 28], [2, "豆豉", 16])
    assert values(found, "笋干", P.SKU) == []
    numbered = preview(tmp_path, ["货号", "品名", "售价"], [1, "笋干", 28], [2, "豆豉", 16])
    assert values(numbered, "笋干", P.SKU) == ["1"]


def test_amounts_reckoned_from_others_are_not_the_price(tmp_path: Path) -> None:
    rows = (["品名", "一袋价", "折合每斤（元）"], ["糙米", 40, 8], ["小米", 36, 7.2])
    found = preview(tmp_path, *rows)
    assert values(found, "糙米", P.PRICE) == [Decimal(40)]


def test_rows_under_one_merged_name_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    rows = (
        ["品名", "大小", "售价"],
        ["蓝边碗", "大号", 28],
        [None, "小号", 18],
        ["白瓷勺", "一把", 6],
    )
    found = preview(tmp_path, *rows, merges=("A2:A3",))
    assert found.products == ("蓝边碗 大号", "蓝边碗 小号", "白瓷勺")
    assert values(found, "蓝边碗 小号", P.PRICE) == [Decimal(18)]


def test_options_behind_a_slash_are_options(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "售价"], ["竹筐", "大号58元/小号36元"], ["竹篓", 20])
    assert values(found, "竹筐", P.PRICE) == [Decimal(36)]
    assert sorted(map(str, values(found, "竹筐", P.PRICE_OPTION))) == ["36", "58"]


@pytest.mark.parametrize("text", ["一批", "几十件", "一些"])
def test_a_vague_stock_is_reported_and_not_counted(text: str, tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "售价", "库存"], ["笋干", 28, text], ["豆豉", 16, 40])
    assert values(found, "笋干", P.STOCK) == []
    assert [(p.row, p.column) for p in found.problems if p.type == "STOCK_NOT_NUMERIC"] == [(2, "库存")]


def test_free_shipping_before_a_comma_rules_nothing_behind_it(tmp_path: Path) -> None:
    found = preview(tmp_path, ["全店包邮，西藏、海南不发"], ["品名", "售价", "库存"], ["笋干", 28, 4])
    assert values(found, "笋干", P.EXCLUDED_REGION) == ["西藏", "海南"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("10月20日前下单减3元", date(2026, 10, 20)),
        ("10月28日到11月3日买一送一", date(2026, 11, 3)),
        ("1月5日截止", date(2027, 1, 5)),
        ("10月20日开卖", None),
        ("2月31日前8折", None),
    ],
)
def test_a_promotion_without_a_year_ends_in_the_nearest_one(text: str, last: date | None) -> None:
    assert ends_near(text, DAY) == last


def test_an_ended_promotion_is_reported_and_does_not_hold(tmp_path: Path) -> None:
    rows = (["品名", "售价", "活动"], ["笋干", 28, "10月20日前下单减3元"], ["豆豉", 16, "买二送一"])
    found = preview(tmp_path, *rows)
    assert [(p.row, p.type) for p in found.problems] == [(2, "PROMOTION_EXPIRED")]
    ended = next(f for f in found.facts if f.product == "笋干" and f.property is P.PROMOTION)
    assert not ended.valid_on(DAY)


@given(st.text(min_size=1, max_size=60))
def test_the_roles_of_any_cell_share_one_whole(text: str) -> None:
    assert sum(role_of_cell(text).values()) == pytest.approx(1)


def test_numbers_alone_name_no_role_by_words() -> None:
    assert roles_of_cells(["12", "30.5", "¥8"]) == {}


def test_a_bad_line_of_examples_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    head = "# author: a; source: b; licence: c; date: d\n"
    (tmp_path / "data" / "cells.tsv").write_text(head + "nonsense\t甲|乙\n", encoding="utf-8")
    monkeypatch.setattr("core.tables.resources.files", lambda _: tmp_path)
    cells._examples.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match=r"cells\.tsv 第 2 行"):
            cells._examples()
    finally:
        cells._examples.cache_clear()
