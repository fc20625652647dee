"""What viewers of small stalls ask: ended offers, sums with a plus, sizes, packs, steps, weekdays."""

# ruff: noqa: E501

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer, resolve

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 20)
HEAD = "品名 净重 价格 划线价 产地 生产日期 保质期 存放 卖点 用法 注意 发货 备注 外号"
ROWS = (
    "苦荞米 5斤|2500克|40|50|四川凉山|2026-10-01|12个月|干燥|颗粒圆、一搓就净|泡一宿再煮粥||每周二、周五发，圆通|11月1日-11月11日第二袋半价|荞子",
    "燕麦片 2斤|1000克|18|22|河北张北|2026-10-01|18个月|干燥|片大|90℃水冲，焖3分钟||48小时内发||",
    "干黄花 250g|250克|22元1饼，40元2饼|30|甘肃庆阳|2026-09-01|12个月|干燥|条长|凉水泡30分钟|鲜的必须炒熟；泡着别超过3小时|48小时内发||",
    "核桃露 240ml×6罐|240ml×6罐|36|45|河北涉县|2026-09-01|10个月|阴凉|醇香|开罐喝|坚果过敏的别喝|48小时内发||",
    "花椒芽 100g×3盒|100g×3盒|33|40|陕西韩城|2026-09-01|6个月|冷藏|麻香浓、籽少|拌面||48小时内发|每盒100g|",
    "竹荪礼盒|小篓100克/大篓200克|小篓58元/大篓108元||四川长宁|2026-09-01|12个月|干燥|朵整|泡10分钟炖汤||48小时内发|内装：竹荪、姬松茸|",
    "柿饼|500克|25-31|40|陕西富平|2026-01-05|180天|冷冻|流心、糯甜|解冻就吃||48小时内发||",
    "苹果脆|200克|15|20|陕西洛川|2026-10-05|240天|干燥|脆、酸甜|开袋即食||48小时内发|配料：苹果、麦芽糖|",
)
RULES = "全店不发新疆、西藏；海南补运费，10元一单；其他地方包邮"


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([[RULES], HEAD.split(), *(row.split("|") for row in ROWS)])
    return Answerer(import_file(path, DAY).shop("山货摊"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("燕麦片1袋+苹果脆1袋 合计？", "33元"),
        ("黄花一次拿2饼比分两回买省多少", "省4元"),
        ("荞子啥价", "40元"),
        ("柿饼大的小的差几多钱", "差6元"),
        ("荞子跟燕麦片论斤算哪个贵", "合一斤9元"),
        ("燕麦和荞米谁保质期长点", "18个月"),
        ("大篓的竹荪有几两", "大篓200克"),
        ("花椒芽一份几盒啊 一盒多重", "3盒，每盒100g"),
        ("荞米多少钱，用不用泡 泡多长时间", "泡一宿"),
        ("黄花泡一宿中不中", "别超过3小时"),
        ("燕麦片什么价，水要几度", "90℃"),
        ("黄花炒个半生给吃得", "炒熟"),
        ("荞米一般星期几发", "每周二、周五"),
        ("荞米啥日子发", "每周二、周五"),
        ("竹荪礼盒里都有啥", "姬松茸"),
        ("苹果脆用啥料做的", "麦芽糖"),
        ("五斤苦荞米是光米就有五斤吗", "2500克"),
        ("苦荞米寄三亚要不要加钱", "加10元"),
        ("成都收运费吗", "包邮"),
        ("人在喀什 燕麦片寄得过来不", "不发货"),
        ("燕麦片两袋＋苹果脆一袋总价", "51元"),
        ("竹荪礼盒有哪些东西", "姬松茸"),
        ("黄花生吃行吗", "必须炒熟"),
        ("柿饼还能吃吗", "已经过期"),
        ("荞米要不要用力搓", "一搓就净"),
    ],
)
def test_what_the_record_holds_is_said(asker: Answerer, question: str, said: str) -> None:
    text = asker.answer(question).text
    assert said in text, text


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("荞米第二袋还是半价不", "活动已经过期", "半价"),
        ("双11那个第二袋半价还作数不", "活动已经过期", "60"),
        ("柿饼日期咋样 过没过期", "已经过期", "2026"),
        ("花椒芽是甜麻还是苦麻嘛", "客服", "麻香"),
        ("凉山荞是不是苦荞", "", "可以发"),
        ("苹果脆和柿饼哪个更甜", "客服", ""),
    ],
)
def test_what_is_over_or_not_held_is_not_told_as_so(
    asker: Answerer, question: str, said: str, unsaid: str
) -> None:
    text = asker.answer(question).text
    assert said in text, text
    assert not unsaid or unsaid not in text, text


def test_an_offer_of_other_figures_is_not_the_one_that_is_over(asker: Answerer) -> None:
    assert not asker.answer("减20那个还有吗").answerable


def test_figures_within_a_year_name_no_goods(tmp_path: Path) -> None:
    path = tmp_path / "货.csv"
    path.write_text("品名,价格\n老茶饼（2019年）,66\n新茶饼（2026年）,40\n", encoding="utf-8")
    shop = import_file(path, DAY).shop("茶摊")
    assert resolve(shop, "减20的") == ()
    assert resolve(shop, "2019年的") == ("老茶饼（2019年）",)
