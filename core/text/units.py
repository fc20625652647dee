"""Units that people sell by, with exact conversions.

Sources: GB 3100-1993 (SI units), 国务院 1984 order on legal units (1 斤 = 500 g, 1 两 = 50 g, 1 亩 =
2000/3 m², 1 里 = 500 m).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "money", "mass", "volume", "length", "area", "count", "time", "age", "percent", "discount", "times",
    "energy", "degree", "date", "clock", "ordinal", "number",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its usual name; one of it is ``factor`` of its kind's ``base``."""

    name: str
    kind: Kind
    base: str
    factor: Decimal


def _units(kind: Kind, base: str, table: str) -> dict[str, Unit]:
    """Spellings of ``name factor spelling spelling …`` entries, separated by commas."""
    found: dict[str, Unit] = {}
    for entry in table.split(","):
        name, factor, *spellings = entry.split()
        unit = Unit(name, kind, base, Decimal(factor))
        found |= dict.fromkeys((name, *spellings), unit)
    return found


MEASURES = tuple(
    "个只条箱盒袋瓶罐枚颗粒件套包桶捆把根棵株头匹张片块串双对副本杯碗盘盆份朵束台部辆架支枝名位人户"
    "家斗篮筐卷扎提板盅坛壶听排组层间座匣挂滴口顿餐次回遍趟场轮批种款类道门项单笔届代级盏顶床尾匙勺"
    "蔸茬垛窝窖畦塘篓兜坨节段截瓣股幅封饼"
)
"""Classifiers of one character (GB/T 15835 calls them 量词)."""
_LONG_MEASURES = ("人份", "站路")

UNITS: dict[str, Unit] = (
    _units("money", "元", "元 1 块 块钱 圆 元钱 块人民币,角 0.1 毛 毛钱 角钱,分钱 0.01")
    | _units(
        "mass",
        "克",
        "克 1 g G,千克 1000 公斤 kg KG Kg kG,斤 500 市斤,两 50,毫克 0.001 mg MG,微克 0.000001 μg ug mcg,"
        "吨 1000000,钱重 5,担 50000",
    )
    | _units("volume", "毫升", "毫升 1 ml ML mL Ml cc,升 1000 L l 公升")
    | _units(
        "length",
        "米",
        "米 1 m M,厘米 0.01 cm CM 公分,毫米 0.001 mm MM,公里 1000 千米 km KM,里 500 里路 里地 华里,海里 1852",
    )
    | _units("length", "寸", "寸 1,尺 10,丈 100")
    | _units("area", "平方米", "平方米 1 平米 平方 ㎡,公顷 10000,平方公里 1000000")
    | _units("area", "亩", "亩 1 亩地")
    | _units("time", "月", "个月 1,年 12,季度 3 个季度")
    | _units("time", "天", "天 1 日,周 7 星期 个星期 礼拜 个礼拜")
    | _units("time", "秒", "秒 1 秒钟,分钟 60,小时 3600 个小时 钟头 个钟头 个钟")
    | _units("age", "岁", "岁 1 周岁")
    | _units("percent", "%", "% 1 ％ 个百分点 个点,‰ 0.1,成 10")
    | _units("discount", "折", "折 1")
    | _units("times", "倍", "倍 1")
    | _units("energy", "千焦", "千焦 1 kJ KJ kj")
    | _units("energy", "千卡", "千卡 1 大卡 kcal,卡路里 0.001")
    | _units("degree", "度", "度 1 ℃ 摄氏度 °C °")
    | {m: Unit(m, "count", "", Decimal(1)) for m in (*MEASURES, *_LONG_MEASURES) if m != "块"}
)
"""Every spelling a unit has."""

PIECE = Unit("块", "count", "", Decimal(1))
"""块 as in two pieces of bean curd."""
NO_UNIT = Unit("", "number", "", Decimal(1))
