"""Evidence: what covers a claim and what only looks like it, at the edges of days, prices and periods."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compliance.evidence import cited, lifts, missing
from compliance.evidence_record import Claim, day_of, numbers_in, same_product
from compliance.evidence_sales import period_said
from compliance.guard import Guard
from compliance.rulebook import load_rules

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 21)


def lifted(kind: str, text: str, **record: Any) -> bool:
    return lifts(kind, Claim(text, text, TODAY), record)


def prices(*rows: tuple[float, str, str], now: float) -> dict[str, Any]:
    history = [{"price_cny": p, "from": a, "to": b} for p, a, b in rows]
    return {"price_history": history, "price_now_cny": now}


@pytest.mark.parametrize(
    ("until", "holds"), [("2026-11-20", False), ("2026-11-21", True), ("soon", False), ("2027-01-01", True)]
)
def test_a_certificate_holds_through_its_last_day(until: str, holds: bool) -> None:
    entry = {"type": "有机产品认证", "number": "1", "valid_until": until}
    assert lifted("organic", "有机小米", certificates=[entry]) is holds


@pytest.mark.parametrize(
    ("issued", "holds"),
    [("2025-11-21", True), ("2025-11-20", False), ("2026-11-22", False), ("2026-11-21", True)],
)
def test_a_document_without_an_end_holds_for_a_year_from_its_day(issued: str, holds: bool) -> None:
    entry = {"type": "有机产品认证", "number": "1", "issued": issued}
    assert lifted("organic", "有机小米", certificates=[entry]) is holds


@pytest.mark.parametrize(
    "spoilt",
    [{"number": " "}, {"product": "红枣"}, {"result": "不合格"}, {"type": "有机转换认证"}],
    ids=["no number", "other goods", "failed", "other type"],
)
def test_a_document_spoilt_in_one_point_covers_nothing(spoilt: dict[str, str]) -> None:
    sound = {"type": "有机产品认证", "number": "1", "product": "小米", "valid_until": "2027-01-01"}
    assert lifted("organic", "有机小米", certificates=[sound])
    assert not lifted("organic", "有机小米", certificates=[sound | spoilt])


@pytest.mark.parametrize(
    ("to", "now", "text", "holds"),
    [
        ("2026-11-20", 39.0, "原价59，今天39", True),
        ("2026-11-14", 39.0, "原价59，今天39", True),
        ("2026-11-13", 39.0, "原价59，今天39", False),
        ("2026-11-20", 39.0, "原价69，今天39", False),
        ("2026-11-20", 45.0, "原价59，今天39", False),
        ("2026-11-20", 39.0, "今天便宜20块", True),
        ("2026-11-20", 39.0, "今天便宜30块", False),
        ("2026-11-20", 59.0, "今天便宜", False),
    ],
)
def test_a_price_compared_with_was_paid_within_seven_days(
    to: str, now: float, text: str, holds: bool
) -> None:
    assert lifted("base_price", text, **prices((59.0, "2026-10-01", to), now=now)) is holds


def test_an_earlier_price_nobody_paid_proves_nothing() -> None:
    record = prices((59.0, "2026-10-01", "2026-11-20"), now=39.0)
    record["price_history"][0]["orders"] = 0
    assert not lifted("base_price", "原价59，今天39", **record)


@pytest.mark.parametrize(
    ("text", "start", "now", "holds"),
    [
        ("近30天最低价", "2026-10-22", 39.0, True),
        ("近30天最低价", "2026-10-25", 39.0, True),
        ("近30天最低价", "2026-10-26", 39.0, False),
        ("近30天最低价", "2026-10-22", 60.0, False),
        ("近三个月最低价", "2026-10-22", 39.0, False),
        ("半年最低价", "2026-05-25", 39.0, True),
        ("今年最低价", "2026-01-02", 39.0, True),
        ("今年最低价", "2026-03-01", 39.0, False),
        ("近30天最低价38块", "2026-10-22", 39.0, False),
    ],
)
def test_the_lowest_price_needs_a_history_of_the_whole_period(
    text: str, start: str, now: float, holds: bool
) -> None:
    assert lifted("lowest_price", text, **prices((59.0, start, "2026-11-20"), now=now)) is holds


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("去年销量第一", (date(2025, 1, 1), date(2025, 12, 31))),
        ("上个月卖得最多", (date(2026, 10, 1), date(2026, 10, 31))),
        ("二零二五年销冠", (date(2025, 1, 1), date(2025, 12, 31))),
        ("今年双十一第一", (date(2026, 10, 20), date(2026, 11, 20))),
        ("九月销量第一", (date(2026, 9, 1), date(2026, 9, 30))),
        ("十二月销量第一", (date(2025, 12, 1), date(2025, 12, 31))),
        ("上周卖得最好", (date(2026, 11, 9), date(2026, 11, 15))),
        ("二季度第一", (date(2026, 4, 1), date(2026, 6, 30))),
        ("近三个月第一", (date(2026, 8, 23), TODAY)),
        ("本月第一", (date(2026, 11, 1), TODAY)),
        ("销量第一", None),
    ],
)
def test_the_period_of_a_sales_claim(text: str, period: tuple[date, date] | None) -> None:
    assert period_said(text, TODAY) == period


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"source": ""}, False),
        ({"period": "2025-03-01/2025-12-31"}, False),
        ({"period": "2024-01-01/2025-12-31"}, False),
        ({"period": "2025-12-31/2025-01-01"}, False),
        ({"period": "2025"}, False),
        ({"scope": "本店"}, False),
        ({"scope": "全国"}, True),
    ],
)
def test_sales_figures_are_sourced_wide_enough_and_of_the_period(
    changed: dict[str, str], holds: bool
) -> None:
    entry = {"source": "平台榜单", "scope": "全平台", "period": "2025-01-01/2025-12-31"} | changed
    assert lifted("sales", "全平台去年销量第一", sales_evidence=[entry]) is holds


def test_numbers_are_read_in_figures_in_words_and_as_prices() -> None:
    assert numbers_in("39块9，三十九块九，二十斤") == [39.9, 39.9, 20.0]


def test_a_day_that_cannot_be_read_is_none() -> None:
    assert day_of("明天") is None
    assert day_of("2026-11-21T08:00:00") == TODAY


@pytest.mark.parametrize(
    ("text", "product", "same"),
    [
        ("这个小米", "小米", True),
        ("这个小米", "红枣", False),
        ("这个", "红枣", True),
        ("青花椒麻得很", "红花椒250g", False),
        ("青花椒麻得很", "青花椒250g", True),
        ("花椒麻得很", "红花椒250g", True),
    ],
)
def test_goods_that_contradict_each_other_are_not_the_same(text: str, product: str, same: bool) -> None:
    assert same_product(Claim(text, text, TODAY), product) is same


@pytest.mark.parametrize(
    ("shown", "recorded", "same", "priced"),
    [
        ("坡上小米3斤", "坡上小米3斤", True, True),
        ("坡上小米3斤", "坡上小米5斤", True, False),
        ("坡上小米3斤", "坡上小米", True, True),
        ("坡上小米3斤", "坡下小米3斤", False, False),
        ("剪刀9寸", "剪刀7寸", False, False),
    ],
)
def test_evidence_is_about_the_goods_on_screen(shown: str, recorded: str, same: bool, priced: bool) -> None:
    claim = Claim("这款", "这款", TODAY, shown)
    assert same_product(claim, recorded) is same
    assert same_product(claim, recorded, packed=True) is priced


def test_an_undefined_kind_of_evidence_is_named() -> None:
    assert missing(["organic|moonlight", "", "sales"]) == {"moonlight"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("有机证书编号在第二张图，有效到明年三月", True),
        ("划线价五十是八月一号到二十号的成交价", True),
        ("有机证书齐全，放心买", False),
        ("有机证书有编号，不方便念，详情页见", False),
    ],
)
def test_a_claim_is_cited_with_its_number_and_where_it_is_or_with_its_period(text: str, told: bool) -> None:
    assert cited(text, 0, 4) is told


def test_what_is_cited_in_words_counts_only_where_no_record_is_at_hand() -> None:
    text = "这茶有机认证，证书编号在第二张图，有效到明年三月"
    guard = Guard(load_rules(), date(2026, 11, 21))
    assert guard.check(text).action == "allow"
    assert guard.check(text, record={"certificates": []}).action != "allow"


def judged(text: str, **record: Any) -> str:
    return Guard.load(TODAY).check(text, speaker="ai", as_of=TODAY, record=record).action


@pytest.mark.parametrize("now", ["现在79.9一罐", "现在79块9一罐", "今天79.9元"])
def test_a_price_with_a_dot_or_a_lone_figure_is_the_price_of_the_record(now: str) -> None:
    paid = prices((99.0, "2026-11-01", "2026-11-20"), now=79.9)
    assert judged(f"山核桃划线价99，{now}。", **paid) == "allow"
    assert judged(f"山核桃划线价119，{now}。", **paid) != "allow"


@pytest.mark.parametrize(("less", "allowed"), [("三十块", True), ("五十块", False)])
def test_what_is_taken_off_is_the_difference_and_no_price(less: str, allowed: bool) -> None:
    paid = prices((168.0, "2026-11-01", "2026-11-20"), now=138.0)
    line = f"礼盒比昨天便宜{less}，昨天一百六十八，今天一百三十八。"
    assert (judged(line, **paid) == "allow") is allowed


@pytest.mark.parametrize(("low", "allowed"), [(70.0, True), (60.0, False)])
def test_only_today_is_cheap_is_a_claim_about_the_period(low: float, allowed: bool) -> None:
    paid = prices((low, "2026-10-15", "2026-11-20"), now=65.0)
    assert (judged("近一个月就属今天便宜，65块。", **paid) == "allow") is allowed


def test_an_approved_function_needs_its_certificate_beside_the_legal_notice_too() -> None:
    line = "石斛颗粒有助于增强免疫力，本品不能代替药物。"
    certificate = {
        "type": "保健食品注册证书", "number": "国食健注G20990001", "product": "石斛颗粒",
        "valid_until": "2029-01-01", "approved_functions": ["有助于增强免疫力"], "ad_approval": "食健广审1号",
    }  # fmt: skip
    assert judged(line, certificates=[certificate]) == "allow"
    assert judged(line, certificates=[]) != "allow"


def test_what_was_ordered_most_is_a_sales_claim() -> None:
    line = "上个月全店成交最多的就是糍粑。"
    figures = {
        "claim": "月销量最高",
        "scope": "本店",
        "source": "后台报表",
        "period": "2026-10-01/2026-10-31",
    }
    assert judged(line, sales_evidence=[figures | {"product": "糍粑"}]) == "allow"
    assert judged(line, sales_evidence=[]) != "allow"


@pytest.mark.parametrize(
    "text", ["之前一直卖六十六，今晚五十八", "划掉的那个价66是真卖过的，眼下58", "价签上是六十六，现在五十八"]
)
def test_a_former_price_may_be_told_in_other_words(text: str) -> None:
    paid = prices((66.0, "2026-10-25", "2026-11-20"), now=58.0)
    assert lifted("base_price", text, **paid)
    assert not lifted("base_price", text, price_history=[], price_now_cny=58.0)


def test_a_cut_without_its_unit_must_agree_as_well() -> None:
    paid = prices((220.0, "2026-10-25", "2026-11-20"), now=180.0)
    assert lifted("base_price", "直降四十，原先二百二，现在一百八", **paid)
    assert not lifted("base_price", "直降五十，原先二百二，现在一百八", **paid)


@pytest.mark.parametrize("kind", ["林地养殖证明", "走地禽养殖备案", "牧养记录证明"])
def test_free_range_has_many_names(kind: str) -> None:
    paper = {"type": kind, "number": "1", "valid_until": "2027-01-01"}
    assert lifted("free_range", "散养的鸡", certificates=[paper])


def test_a_house_that_a_county_recognised_is_proved_by_its_paper() -> None:
    paper = {"type": "县级老字号认定", "number": "L-1", "valid_until": "2027-01-01"}
    guard = Guard(load_rules(), TODAY)
    said = "县里认定的老字号酱坊"
    assert guard.check(said, record={"certificates": [paper]}).action == "allow"
    assert guard.check(said, record={"certificates": []}).action != "allow"


@pytest.mark.parametrize(
    ("said", "kind", "part", "let_go"),
    [
        ("面霜有美白功效", "特殊化妆品注册证", "certificates", True),
        ("面霜补肾", "特殊化妆品注册证", "certificates", False),
        ("毛巾抗菌", "抗菌性能检测报告", "reports", True),
        ("毛巾安神助眠", "抗菌性能检测报告", "reports", False),
    ],
)
def test_a_paper_bears_out_only_what_it_is_about(said: str, kind: str, part: str, let_go: bool) -> None:
    paper = {"type": kind, "number": "1", "valid_until": "2027-01-01"}
    assert (Guard(load_rules(), TODAY).check(said, record={part: [paper]}).action == "allow") is let_go
    assert Guard(load_rules(), TODAY).check(said, record={}).action != "allow"


def test_a_number_read_out_cites_its_paper_where_no_record_is_at_hand() -> None:
    said = "县级老字号，认定文号XLZ-2020-031"
    guard = Guard(load_rules(), TODAY)
    assert guard.check(said).action == "allow"
    assert guard.check(said, record={"certificates": []}).action != "allow"
    assert guard.check("县级老字号，认定文号保密").action != "allow"
