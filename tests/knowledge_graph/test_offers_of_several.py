"""Offers for several at once, from the sheet to the answer: bundles, spans of days, rules beside a column."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from knowledge_graph.ingest.importer import Preview, import_file
from knowledge_graph.questions import Answerer

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 22)
HEAD = ["货名", "直播价", "原价", "净重", "直播间优惠", "另外不发货地区", "库存", "保质期", "生产日期"]
ROWS = [
    ["山野笋尖", "20", "26", "200g", "3袋51元", "无", "0", "6个月", "2026-03-01"],
    ["笋尖炖汤料包", "12", "15", "80g", "买2包送1包", "无", "60", "12个月", "2026-10-01"],
    ["石磨豆皮", "18", "22", "300g", "第2袋减4元", "海南", "90", "90天", "2026-11-01"],
    ["手工粉皮", "16", "20", "300g", "11月1日-11月9日2袋25元", "无", "70", "90天", "2026-11-01"],
    ["红薯粉条", "15", "19", "500g", "11月28日-11月12日2袋26元", "无", "80", "90天", "2026-11-01"],
]


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [["全店说明：新疆不发货；单笔满88元包邮，不满88元另收运费6元"], HEAD, *ROWS]
        )
    return import_file(path, DAY)


@pytest.fixture(scope="module")
def asker(preview: Preview) -> Answerer:
    return Answerer(preview.shop("山货铺"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("山野笋尖买3袋多少钱", "51元"),
        ("汤料包拿3包多少钱", "24元"),
        ("豆皮来两袋多少钱", "32元"),
        ("笋尖一袋多少钱", "20元"),
        ("粉皮两袋25还有吗", "过期"),
        ("豆皮一袋粉皮一袋总共多少钱", "34元"),
        ("豆皮一袋加粉皮一袋要不要邮费", "运费6元"),
        ("山野笋尖还有货吗", "没货"),
        ("山野笋尖过期没有", "已经过期"),
        ("粉皮过期了吗", "还没过期"),
    ],
)
def test_what_several_cost_and_whether_it_holds_today(asker: Answerer, question: str, said: str) -> None:
    assert said in asker.answer(question).text


def test_a_span_that_ends_before_it_begins_is_reported_and_no_offer(preview: Preview) -> None:
    reported = [p for p in preview.problems if p.type == "PROMOTION_REVERSED"]
    assert [(p.product, p.severity) for p in reported] == [("红薯粉条", "error")]
    assert not any("26元" in f.written for f in preview.facts if f.product == "红薯粉条")


def test_nothing_more_than_the_shop_excludes_is_still_what_the_shop_excludes(preview: Preview) -> None:
    kept = {f.value for f in preview.facts if f.product == "山野笋尖" and f.property == "excluded_region"}
    assert kept == {"新疆"}


def test_how_long_a_parcel_travels_is_not_when_it_is_sent(asker: Answerer) -> None:
    answer = asker.answer("豆皮寄到成都要几天")
    assert not answer.answerable
