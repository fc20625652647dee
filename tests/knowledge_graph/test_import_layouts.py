"""Layouts and wordings told by principle: heads over two rows, prices by their values, any measure word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.text.numbers import find_amounts
from knowledge_graph.facts import Fact
from knowledge_graph.ingest.importer import Preview, import_file
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

P = Property
DAY = date(2026, 11, 1)


def preview(path: Path, *rows: list[Any], merges: tuple[str, ...] = ()) -> Preview:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    book.save(path / "货.xlsx")
    return import_file(path / "货.xlsx", DAY)


def values(found: Preview, product: str, wanted: Property) -> list[object]:
    return [f.value for f in found.facts if f.product == product and f.property is wanted]


def test_heads_over_two_rows_are_read_together(tmp_path: Path) -> None:
    found = preview(
        tmp_path,
        ["编号", "品名", "价钱", None, "备货"],
        [None, None, "今日价(元)", "门市价(元)", None],
        ["A1", "柿饼", 20, 28, 300],
        ["A2", "枣干", 18, 25, 200],
        merges=("C1:D1",),
    )
    assert values(found, "柿饼", P.PRICE) == [Decimal(20)]
    assert values(found, "柿饼", P.LIST_PRICE) == [Decimal(28)]
    assert values(found, "枣干", P.STOCK) == [Decimal(200)]
    assert values(found, "枣干", P.SKU) == ["A2"]


def test_amounts_below_the_price_before_are_what_is_paid(tmp_path: Path) -> None:
    rows = (["品名", "一口", "市场价", "产地"], ["柿饼", 20, 28, "陕西富平"], ["枣干", 18, 25, "山西吕梁"])
    found = preview(tmp_path, *rows)
    assert values(found, "柿饼", P.PRICE) == [Decimal(20)]
    assert values(found, "柿饼", P.LIST_PRICE) == [Decimal(28)]


@pytest.mark.parametrize("text", ["120坛", "120双", "约120组", "120（捆）"])
def test_stock_may_be_counted_in_anything(text: str, tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "库存"], ["米醋", 12, text], ["米酒", 15, 3])
    assert values(found, "米醋", P.STOCK) == [Decimal(120)]


def test_goods_sent_to_some_regions_keep_what_the_shop_excludes(tmp_path: Path) -> None:
    found = preview(
        tmp_path,
        ["本店新疆、西藏不发货"],
        ["品名", "价格", "库存", "备注"],
        ["鱼丸", 12, 9, "冷链只寄山东、河北"],
        ["米酒", 15, 3, None],
    )
    assert values(found, "鱼丸", P.ONLY_REGION) == ["山东", "河北"]
    assert values(found, "鱼丸", P.EXCLUDED_REGION) == ["新疆", "西藏"]


@pytest.mark.parametrize("text", ["约30", "大概30元", "30元左右"])
def test_a_vague_price_waits_for_a_person(text: str, tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "库存"], ["米醋", text, 9], ["米酒", 15, 3])
    assert values(found, "米醋", P.PRICE) == []
    assert [(p.type, p.row) for p in found.problems] == [("PRICE_AMBIGUOUS", 2)]


def test_the_number_of_a_record_is_a_proof_and_no_article_number(tmp_path: Path) -> None:
    numbers = ("京G妆网备字2025000001", "京G妆网备字2025000002")
    rows = (["品名", "价格", "备案编号"], ["艾草皂", 12, numbers[0]], ["茶皂", 15, numbers[1]])
    found = preview(tmp_path, *rows)
    assert values(found, "艾草皂", P.CERTIFICATE) == ["京G妆网备字2025000001"]
    assert values(found, "艾草皂", P.SKU) == []


def test_months_under_a_warranty_heading_are_a_shelf_life(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "质保"], ["米醋", 12, "12个月"], ["米酒", 15, "18个月"])
    assert values(found, "米醋", P.SHELF_LIFE) == [Decimal(360)]


@pytest.mark.parametrize("text", ["36-44码", "45×45cm", "2米*1.8米"])
def test_sizes_are_no_weights(text: str, tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "规格", "价格"], ["棉拖", text, 30], ["被套", text, 80])
    assert [p for p in found.problems if p.severity == "error"] == []
    assert values(found, "棉拖", P.NET_WEIGHT) == []


@pytest.mark.parametrize(
    ("text", "amount"), [("两斤五花", "2"), ("三斤八角", "3"), ("两斤五", "2.5"), ("两斤五香豆干", "2")]
)
def test_a_numeral_that_begins_a_name_is_no_part_of_the_weight(text: str, amount: str) -> None:
    assert find_amounts(text)[0].value == Decimal(amount)


def test_facts_of_a_second_row_of_heads_keep_their_cell(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "库存"], ["米醋", 12, 3], ["米酒", 15, 3])
    price: Fact = next(f for f in found.facts if f.property is P.PRICE)
    assert price.source.cell == "B2"


def test_a_general_heading_beside_the_selling_points_holds_remarks(tmp_path: Path) -> None:
    rows = (["品名", "价格", "卖点描述", "说明"], ["米醋", 12, "酸香、回甘", "整件，西藏、青海不发货"])
    found = preview(tmp_path, *rows, ["米酒", 15, "甜", ""])
    assert values(found, "米醋", P.SELLING_POINT) == ["酸香", "回甘"]
    assert values(found, "米醋", P.EXCLUDED_REGION) == ["西藏", "青海"]


def test_a_price_for_several_packs_buys_the_weight_of_all(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "规格", "价格"], ["茶丸", "60g/盒（12粒）", "25元3盒"])
    assert values(found, "茶丸", P.NET_WEIGHT) == [Decimal(180)]


def test_what_keeps_for_ever_is_a_remark_and_no_number_of_days(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "保质期"], ["老茶饼", 99, "越陈越香，可长期放"])
    assert values(found, "老茶饼", P.SHELF_LIFE) == []
    assert values(found, "老茶饼", P.NOTE) == ["越陈越香，可长期放"]


@pytest.mark.parametrize(
    ("words", "number", "held"),
    [
        ("农药登记证", "PD20110022", ["农药登记证PD20110022"]),
        ("食品生产许可证", "SC10361012500072", ["食品生产许可证SC10361012500072"]),
        ("有机产品认证", "SC10361012500072", ["有机产品认证", "SC10361012500072"]),
    ],
)
def test_words_and_number_of_one_certificate_belong_together(
    words: str, number: str, held: list[str], tmp_path: Path
) -> None:
    found = preview(tmp_path, ["品名", "价格", "证件", "证件号"], ["米醋", 12, words, number])
    assert values(found, "米醋", P.CERTIFICATE) == held


def test_an_age_that_contradicts_the_name_waits(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "卖点"], ["老醋（5年）", 30, "酸香、八年陈酿"])
    assert values(found, "老醋（5年）", P.SELLING_POINT) == ["酸香"]
    assert [p.type for p in found.problems] == ["CLAIM_CONFLICT"]


def test_sizes_in_a_column_of_weights_are_no_faulty_weights(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "规格净重", "价格"], ["毡鞋", "36-44码", 60], ["羊肉", "500g", 50])
    assert found.problems == ()


def test_numbers_that_count_goods_are_no_price(tmp_path: Path) -> None:
    rows = [["竹篮", 45, 64], ["竹筐", 36, 40], ["竹匾", 28, "接单做"]]
    found = preview(tmp_path, ["品名", "价钱", "现成数"], *rows)
    assert values(found, "竹篮", P.STOCK) == [Decimal(64)]
    assert values(found, "竹篮", P.LIST_PRICE) == []


def test_what_lies_ready_is_shipped_and_what_is_made_takes_its_time(tmp_path: Path) -> None:
    rows = [["竹篮", 45, "24小时内发"], ["花轿", 360, "下单现做，3-5天发"]]
    found = preview(tmp_path, ["品名", "价钱", "工期"], *rows)
    assert values(found, "竹篮", P.SHIPPING_HOURS) == [Decimal(24)]
    assert values(found, "花轿", P.LEAD_TIME) == ["下单现做，3-5天发"]


def test_a_list_of_rules_names_no_goods(tmp_path: Path) -> None:
    preview(tmp_path, ["品名", "价钱"], ["竹篮", 45])
    book = openpyxl.load_workbook(tmp_path / "货.xlsx")
    rules = book.create_sheet("须知")
    for row in (["名目", "详情"], ["不到的地方", "新疆不发"], ["退换", "7天可退"]):
        rules.append(row)
    book.save(tmp_path / "货.xlsx")
    found = import_file(tmp_path / "货.xlsx", DAY)
    assert found.products == ("竹篮",)
    assert values(found, "竹篮", P.EXCLUDED_REGION) == ["新疆"]


def test_rules_under_an_empty_row_of_a_csv_are_rules_and_no_goods(tmp_path: Path) -> None:
    rows = (
        "品名,价格,净重,产地,保质期,卖点",
        "竹荪,36,100g,四川宜宾,12个月,朵整",
        ",,,,,",
        "项目,说明,,,,",
        "不发货地区,海南、西藏,,,,",
        "运费,满50元包邮；不满收6元,,,,",
    )
    (tmp_path / "货.csv").write_text("\n".join(rows), encoding="utf-8")
    found = import_file(tmp_path / "货.csv", DAY)
    assert (found.products, found.problems) == (("竹荪",), ())
    assert values(found, "竹荪", P.EXCLUDED_REGION) == ["海南", "西藏"]


@pytest.mark.parametrize(
    ("price", "weight"),
    [("小篓26元/大篓48元", "小篓250克/大篓500克"), ("250g 26元/500g 48元", "250g或500g")],
)
def test_of_weights_that_have_each_its_price_the_cheaper_is_the_net_weight(
    price: str, weight: str, tmp_path: Path
) -> None:
    found = preview(tmp_path, ["品名", "价格", "净重"], ["笋干", price, weight])
    assert values(found, "笋干", P.NET_WEIGHT) == [Decimal(250)]
    assert values(found, "笋干", P.SPEC) == [weight]
    assert found.problems == ()


def test_weights_that_do_not_fit_the_prices_wait(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "净重"], ["笋干", "小篓26元/大篓48元", "250克/500克"])
    assert values(found, "笋干", P.NET_WEIGHT) == []
    assert [p.type for p in found.problems] == ["WEIGHT_CONFLICT"]


def test_a_half_price_whose_days_are_over_is_reported(tmp_path: Path) -> None:
    found = preview(tmp_path, ["品名", "价格", "备注"], ["笋干", 26, "10月1日-10月8日第二袋半价"])
    assert [(p.type, p.row) for p in found.problems] == [("PROMOTION_EXPIRED", 2)]
    assert [f.valid_until for f in found.facts if f.property is P.NOTE] == [date(2026, 10, 8)]


@pytest.mark.parametrize("total", ["合 计", "总　计：", "小 计"])
def test_a_row_of_totals_is_no_product_however_it_is_spaced(total: str, tmp_path: Path) -> None:
    rows = ["柿饼", 20, 3], ["枣干", 15, 4], [total, 35, 7]
    found = preview(tmp_path, ["品名", "价格", "库存"], *rows)
    assert {f.product for f in found.facts} - {""} == {"柿饼", "枣干"}


def test_where_goods_are_not_sent_is_read_behind_the_reason(tmp_path: Path) -> None:
    goods = ["水蜜桃", 30, "浙江宁波", "容易坏：甘肃、宁夏不发"], ["桃胶", 20, "浙江宁波", ""]
    found = preview(tmp_path, ["品名", "价格", "产地", "备注"], *goods)
    assert values(found, "水蜜桃", P.EXCLUDED_REGION) == ["甘肃", "宁夏"]
    assert values(found, "桃胶", P.EXCLUDED_REGION) == []


def test_what_goods_are_made_of_contradicts_a_claim_in_either_column(tmp_path: Path) -> None:
    goods = ["皮钱包", 88, "二层牛皮", "头层牛皮、耐磨"], ["米糕", 9, "大米、水", "软"]
    found = preview(tmp_path, ["品名", "价格", "配料/材质", "卖点"], *goods)
    assert values(found, "皮钱包", P.SELLING_POINT) == ["耐磨"]
    assert [(x.type, x.row) for x in found.problems] == [("MATERIAL_CONFLICT", 2)]


def test_a_rule_on_faults_of_the_goods_is_one_of_after_sales(tmp_path: Path) -> None:
    found = preview(
        tmp_path, ["48小时内发货。有瑕疵5天内找客服换；剪标的不退"], ["品名", "价格"], ["土布", 40]
    )
    assert values(found, "土布", P.AFTER_SALES) == ["有瑕疵5天内找客服换", "剪标的不退"]
