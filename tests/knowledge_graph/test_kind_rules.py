"""Rules for one kind of goods hold for that kind alone, and are reported where nobody knows the kind."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_graph.ingest.importer import Preview, import_sheets
from knowledge_graph.ingest.sheets import Cell, Sheet
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

GOODS = [["品名", "价格"], ["糯米酒 500ml", "36"], ["高粱酒（53度）", "88"], ["青釉茶碗", "45"]]


def imported(rule: str) -> Preview:
    sheets = [_sheet("商品", GOODS), _sheet("发货规则", [["发货规则"], [rule]])]
    return import_sheets("a.xlsx", sheets, date(2026, 11, 22))


def _sheet(name: str, rows: list[list[str]]) -> Sheet:
    cells = tuple(
        tuple(Cell(text, text, at, column) for column, text in enumerate(row))
        for at, row in enumerate(rows, 1)
    )
    return Sheet(name, cells)


def excluded(preview: Preview, product: str) -> set[str]:
    return {
        str(f.value) for f in preview.facts if f.product == product and f.property is Property.EXCLUDED_REGION
    }


@pytest.mark.parametrize("rule", ["全店不发香港，酒类另外不发甘肃、宁夏", "香港不发。酒类不发甘肃、宁夏。"])
def test_a_rule_of_a_kind_adds_to_the_rule_of_all_goods_for_that_kind(rule: str) -> None:
    preview = imported(rule)
    assert excluded(preview, "糯米酒 500ml") == {"香港", "甘肃", "宁夏"}
    assert excluded(preview, "高粱酒（53度）") == {"香港", "甘肃", "宁夏"}
    assert excluded(preview, "青釉茶碗") == {"香港"}


def test_goods_may_be_named_instead_of_their_kind() -> None:
    preview = imported("茶碗另外不发青海")
    assert excluded(preview, "青釉茶碗") == {"青海"}
    assert excluded(preview, "高粱酒（53度）") == set()


def test_a_kind_that_no_goods_are_of_is_reported_and_rules_nothing() -> None:
    preview = imported("冻品类不发海南")
    assert not any(f.property is Property.EXCLUDED_REGION for f in preview.facts)
    (problem,) = [p for p in preview.problems if p.type == "RULE_KIND_UNKNOWN"]
    assert (problem.sheet, problem.row) == ("发货规则", 2)


def test_who_sends_is_no_kind_of_goods() -> None:
    assert excluded(imported("快递不发西藏"), "青釉茶碗") == {"西藏"}
