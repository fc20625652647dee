"""Two whole shops of our own, as xlsx and as csv: every fact, every problem, nothing else."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from compliance.guard import screen
from knowledge_graph.ingest.importer import Preview, import_file
from knowledge_graph.ingest.output import product_record
from knowledge_graph.questions import Answerer
from tests.knowledge_graph import sheets_own as own

pytestmark = pytest.mark.unit

Book = dict[str, list[list[Any]]]
Truth = dict[str, dict[str, Any]]
SHOPS = [
    pytest.param(own.FISH, own.FISH_DAY, own.FISH_FACTS, own.FISH_PROBLEMS, id="fish"),
    pytest.param(own.GRAIN, own.GRAIN_DAY, own.GRAIN_FACTS, own.GRAIN_PROBLEMS, id="grain"),
]


def xlsx(book: Book, path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in book.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def as_csv(book: Book, path: Path, encoding: str) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for title, rows in book.items():
        if len(book) > 1:
            writer.writerow([f"工作表：{title}"])
        writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def records(preview: Preview) -> Truth:
    shop = preview.shop("own")
    return {name: product_record(shop, name) for name in preview.products}


def differences(got: Truth, truth: Truth) -> list[str]:
    wrong = [f"{name}: not imported" for name in set(truth) - set(got)]
    wrong += [f"{name}: invented" for name in set(got) - set(truth)]
    for name in set(truth) & set(got):
        wrong += [f"{name} {k}: {got[name][k]} for {v}" for k, v in truth[name].items() if got[name][k] != v]
    return sorted(wrong)


@pytest.mark.parametrize(("book", "day", "truth", "problems"), SHOPS)
def test_every_fact_of_the_workbook_is_right(
    book: Book, day: date, truth: Truth, problems: set[tuple[str, int, str]], tmp_path: Path
) -> None:
    preview = import_file(xlsx(book, tmp_path / "货.xlsx"), day, screen)
    assert "\n".join(differences(records(preview), truth)) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("book", "day", "truth", "problems"), SHOPS)
def test_csv_gives_the_same_facts_in_every_encoding(
    book: Book, day: date, truth: Truth, problems: set[tuple[str, int, str]], encoding: str, tmp_path: Path
) -> None:
    preview = import_file(as_csv(book, tmp_path / "货.csv", encoding), day, screen)
    assert "\n".join(differences(records(preview), truth)) == ""


@pytest.mark.parametrize(("book", "day", "truth", "problems"), SHOPS)
def test_every_planted_error_is_reported_at_its_cell_and_no_other(
    book: Book, day: date, truth: Truth, problems: set[tuple[str, int, str]], tmp_path: Path
) -> None:
    preview = import_file(xlsx(book, tmp_path / "货.xlsx"), day, screen)
    reported = {(p.sheet, p.row, p.column) for p in preview.problems}
    assert problems - reported == set()
    assert {(p.sheet, p.row, p.column) for p in preview.problems if p.severity == "error"} - problems == set()


@pytest.mark.parametrize("heading", ["杂记", "颜色", "规格", "储存", "产地", "工艺", "发货", "保质期"])
def test_a_telephone_number_is_reported_and_kept_nowhere_whatever_its_column(
    heading: str, tmp_path: Path
) -> None:
    head = ["品名", "价格", "库存", heading]
    rows = [["野岩耳 250g", 68, 30, "量大找周姐13700002222"], ["干豇豆 500g", 26, 80, None]]
    preview = import_file(xlsx({"货": [head, *rows]}, tmp_path / "货.xlsx"), date(2024, 12, 7), screen)
    assert [p.column for p in preview.problems if p.type == "PERSONAL_DATA"] == [heading]
    assert not [f for f in preview.facts if "1370000" in str(f.value) or "1370000" in f.written]


def test_rules_that_an_export_put_right_below_the_goods_are_no_goods(tmp_path: Path) -> None:
    head = ["宝贝", "价格", "克重(g)", "存量", "产地", "保存"]
    goods = [[f"山货{n}", 20 + n, "250×2", 30, "四川广元", "阴凉"] for n in range(4)]
    rules = [["统一说法"], ["不发货", "新疆、西藏"], ["运费", "海南每单10元"], ["售后", "坏了包赔"]]
    sheet = as_csv({"货": [head, *goods, ["合计", None, None, 120], *rules]}, tmp_path / "货.csv", "utf-8")
    preview = import_file(sheet, date(2024, 12, 7), screen)
    assert [p.type for p in preview.problems] == ["TOTAL_ROW"]
    found = records(preview)
    assert list(found) == [f"山货{n}" for n in range(4)]
    assert all(f["excluded_regions"] == ["新疆", "西藏"] and f["net_weight_g"] == 500 for f in found.values())


@pytest.mark.parametrize("size", ["280*3", "280g×3", "280g*3瓶", None])
def test_how_many_are_in_a_pack_may_stand_in_its_name_alone(size: str | None, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["品名", "价格", "克重(g)"],
        ["糟辣椒 280g*3瓶", 45, size],
        ["干豇豆 500g", 26, "500"],
    ]
    preview = import_file(xlsx({"货": rows}, tmp_path / "货.xlsx"), date(2024, 12, 7), screen)
    shop = preview.shop("own")
    assert not preview.problems
    said = [Answerer(shop).answer(f"糟辣椒{n}瓶多少钱").text for n in (3, 2, 6)]
    assert "45元" in said[0] and "135" not in said[0]
    assert "45元3瓶" in said[1] and "90元" in said[2]
