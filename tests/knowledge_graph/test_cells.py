"""Single cells: what a price, a weight, a shelf life, a region rule or a heading says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge_graph.ingest.contents import read_content
from knowledge_graph.ingest.durations import read_shelf_life, read_shipping
from knowledge_graph.ingest.headings import read_heading
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.ingest.places import contradicts
from knowledge_graph.ingest.prices import read_price
from knowledge_graph.ingest.regions import read_region_list, read_rules

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("￥19.90元/3斤", [("19.90", "3斤")]),
        ("１８．８", [("18.8", "None")]),
        ("二十块零五", [("20.05", "None")]),
        ("15.8元2罐", [("15.8", "2罐")]),
        ("26.9两袋", [("26.9", "2袋")]),
        ("1罐19 2罐36", [("19", "1罐"), ("36", "2罐")]),
        ("12元/个，5个55元", [("12", "1个"), ("55", "5个")]),
        ("66元/箱，拍三箱立减20元", [("66", "1箱"), ("178", "3箱")]),
        ("50 第二件半价", [("50", "None"), ("75", "2件")]),
        ("券后9.9", [("9.9", "None")]),
        ("18元3块", [("18", "3块")]),
        ("66元1饼，126元2饼", [("66", "1饼"), ("126", "2饼")]),
        ("3,280", [("3280", "None")]),
        ("十六元五角", [("16.5", "None")]),
        ("22元/米，8米168元", [("22", "1米"), ("168", "8米")]),
        ("35元一尺", [("35", "1尺")]),
    ],
)
def test_offers_of_a_price(text: str, offers: list[tuple[str, str]]) -> None:
    assert [(str(o.price), str(o.per)) for o in read_price(text).offers] == offers


def test_a_range_is_one_offer_with_an_end() -> None:
    (offer,) = read_price("35-48元").offers
    assert (offer.price, offer.high) == (Decimal(35), Decimal(48))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("小份29.9/大份49元", [("29.9", "小份"), ("49", "大份")]),
        ("18cm 35元/22cm 45元", [("35", "18cm"), ("45", "22cm")]),
        ("1.5米床269元，1.8米床339元", [("269", "1.5米床"), ("339", "1.8米床")]),
        ("1.5×2m：299；1.8×2.2m：359", [("299", "1.5×2m"), ("359", "1.8×2.2m")]),
    ],
)
def test_sizes_with_a_price_each_are_options(text: str, options: list[tuple[str, str]]) -> None:
    assert [(str(o.price), o.name) for o in read_price(text).options] == options


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "missing"),
        ("面议", "not_numeric"),
        ("-3", "out_of_range"),
        ("0", "out_of_range"),
        ("20/30", "not_numeric"),
    ],
)
def test_what_is_no_price(text: str, fault: str) -> None:
    assert read_price(text).fault == fault


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("二斤半", 1250),
        ("80g×6袋", 480),
        ("6袋，每袋80g", 480),
        ("带箱6斤净重5.2斤", 2600),
        ("3斤2两", 1600),
        ("1㎏", 1000),
        ("花生200g+瓜子300g", 500),
        ("公4两*2只+母3两*2只", 700),
    ],
)
def test_net_weight(text: str, grams: int) -> None:
    assert read_content(text).net == grams


@pytest.mark.parametrize(
    ("text", "fault"),
    [("350", "no_unit"), ("花生200g+瓜子300g，共2斤", "conflict"), ("9000公斤", "out_of_range")],
)
def test_weights_that_cannot_be_taken(text: str, fault: str) -> None:
    read = read_content(text)
    assert (read.net, read.fault) == (None, fault)


@pytest.mark.parametrize(
    ("text", "days"),
    [("冷藏7天，冷冻90天", 7), ("一年半", 547), ("10个月（开封后5天）", 300), ("半年", 180), ("12月", 360)],
)
def test_shelf_life(text: str, days: int) -> None:
    assert int(read_shelf_life(text).parts[0][1]) == days


@pytest.mark.parametrize(("text", "fault"), [("15", "no_unit"), ("3月6日", "date"), ("2026-03-06", "date")])
def test_shelf_lives_that_are_not_guessed(text: str, fault: str) -> None:
    assert read_shelf_life(text).fault == fault


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("36小时内发货", 36),
        ("24-72小时", 72),
        ("2天内发", 48),
        ("每周三发", None),
        ("签收后24小时内反馈", None),
        ("定制，15天发", None),
    ],
)
def test_shipping_promise(text: str, hours: int | None) -> None:
    assert read_shipping(text).hours == hours


def test_under_its_heading_a_day_is_a_promise_and_in_running_text_it_is_none() -> None:
    assert read_shipping("当日").schedule == "当日发"
    assert not read_shipping("当日", column=False).says


def test_a_shipping_cell_that_nobody_understands_is_reported(tmp_path: Path) -> None:
    sheet = tmp_path / "货.csv"
    sheet.write_text("品名,价格,发货\n小米,12元,看心情\n红豆,15元,48小时内\n", encoding="utf-8")
    (problem,) = import_file(sheet, date(2026, 11, 22)).problems
    assert (problem.type, problem.row, problem.value) == ("SHIPPING_UNREADABLE", 2, "看心情")


@pytest.mark.parametrize(
    ("text", "excluded", "charged"),
    [
        ("西藏、青海不发货；甘肃补12元", ("西藏", "青海"), {"甘肃": 12}),
        ("不发西藏新疆，海南补9块", ("西藏", "新疆"), {"海南": 9}),
        ("除内蒙、港澳台外，全国发货", ("内蒙古", "港澳台"), {}),
        ("全国包邮（海南除外）", (), {}),
    ],
)
def test_rules_about_regions(text: str, excluded: tuple[str, ...], charged: dict[str, int]) -> None:
    read = read_rules(text)
    assert read.excluded == excluded
    assert {region: int(cost) for region, cost in read.surcharges.items()} == charged


@pytest.mark.parametrize(
    "text", ["冷链只寄山东、河北", "限邮寄山东河北", "仅支持送到山东和河北", "光发山东、河北"]
)
def test_where_alone_a_shop_ships(text: str) -> None:
    assert read_rules(text).only == ("山东", "河北")


def test_no_region_is_an_empty_list_not_an_unknown_one() -> None:
    assert read_region_list("全国可发").none


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("不配送区域", "excluded_region"),
        ("可配送地区", "only_region"),
        ("进货价", "private"),
        ("今晚卖", "price"),
        ("平时卖多少", "list_price"),
        ("两罐价", "price_tier"),
        ("多久坏", "shelf_life"),
        ("谁不能吃", "reminder"),
        ("果品名称", "name"),
        ("商品产地", "origin"),
        ("特殊说明", "note"),
        ("生产许可证编号", "certificate"),
    ],
)
def test_headings_in_any_wording(text: str, role: str) -> None:
    assert read_heading(text).role == role


def test_places_of_two_provinces_contradict_and_styles_do_not() -> None:
    assert contradicts("文昌鸡 1只", "山东临沂")
    assert not contradicts("重庆小面 5袋", "四川成都")
    assert not contradicts("哈密瓜 2个", "甘肃酒泉")
