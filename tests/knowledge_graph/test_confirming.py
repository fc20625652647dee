"""是…的吗: the record's own words for or against, or that it says nothing; never another fact instead."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer

pytestmark = pytest.mark.unit

SHEET = """品名,价格,材质,工艺,产地,卖点,配料,备注,售后,工期
柳编筐,45,柳条,手工编,山东临沭,不上漆,,,破了包换,
柞蚕丝被,399,柞蚕丝、棉布,机缝,辽宁丹东（合作厂）,当季新丝,,,,定做20天
南瓜籽油,68,,,吉林桦甸,冷榨,南瓜籽,意大利设备,漏油赔,
椴树蜜,59,,,黑龙江饶河,中蜂采、自家蜂场,,破不破壁不适用,碎了包赔,
山楂卷,15,,,河北兴隆,柴火熬,山楂、白砂糖,添加白砂糖,,
"""


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    path.write_text(SHEET, encoding="utf-8")
    return Answerer(import_file(path, date(2026, 11, 22)).shop("关外铺"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("柳编筐是柳条的吗", "材质是柳条"),
        ("柳编筐是不是竹子的", "材质是柳条"),
        ("柳编筐是手工编的吗", "手工编"),
        ("柳编筐是机器编的吗", "手工编"),
        ("柳编筐是上了漆的吗", "不上漆"),
        ("蚕丝被是真丝的吗", "柞蚕丝"),
        ("蚕丝被是现货吗", "定做20天"),
        ("蚕丝被是自己厂做的吗", "合作厂"),
        ("蚕丝被是当年的丝吗", "新丝"),
        ("南瓜籽油是浸出的吗", "冷榨"),
        ("南瓜籽油是冷榨的不", "冷榨"),
        ("椴树蜜是中蜂的吗", "中蜂采"),
        ("椴树蜜是不是意蜂的", "中蜂采"),
        ("椴树蜜是你们自家的吗", "自家蜂场"),
        ("椴树蜜是破壁的吗", "破不破壁"),
        ("山楂卷是无糖的吗", "白砂糖"),
        ("山楂卷是纯山楂做的吗", "山楂、白砂糖"),
        ("山楂卷是煤火熬的吗", "柴火熬"),
        ("山楂卷是兴隆的吗", "河北兴隆"),
    ],
)
def test_what_the_record_says_for_or_against_is_quoted(asker: Answerer, question: str, said: str) -> None:
    found = asker.answer(question)
    assert said in found.text
    assert "资料里没" not in found.text


@pytest.mark.parametrize(
    "question",
    [
        "柳编筐是防水的吗",
        "柳编筐是不是老手艺人传下来的",
        "柳编筐是出口的吗",
        "南瓜籽油是野生的吗",
        "南瓜籽油是不是去年榨的",
        "椴树蜜是野生的吗",
        "椴树蜜是有机的吗",
        "椴树蜜是今年的吗",
        "椴树蜜是不是浓缩的",
        "山楂卷是当天现做的吗",
        "山楂卷是真空装的吗",
    ],
)
def test_what_the_record_does_not_say_is_left_open(asker: Answerer, question: str) -> None:
    found = asker.answer(question)
    assert not found.answerable, found.text
    assert "没有写" in found.text


def test_so_many_times_a_year_is_no_quantity_bought(asker: Answerer) -> None:
    assert "元" not in asker.answer("椴树蜜是不是一年采两回").text
