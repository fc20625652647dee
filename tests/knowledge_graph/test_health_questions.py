"""Effects on health are asked in many words: a reminder, or nobody knows and a doctor is named; no fact."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer
from knowledge_graph.schema import Property

pytestmark = pytest.mark.unit

SHEET = """品名,价格,净重,产地,卖点,吃法,配料,适合,提醒
野菊花茶,28,100g,湖北麻城,朵小、清香,开水冲,菊花,老人小孩都爱喝,孕妇不宜；空腹少喝
黑芝麻丸,39,150g,河南平舆,九蒸九晒、软糯,开袋即食,黑芝麻、蜂蜜,送长辈,含蜂蜜，糖尿病人遵医嘱；1岁以下别吃
艾草枕,88,,河南南阳,填充饱满,,,,皮肤敏感的人慎用
"""


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    path.write_text(SHEET, encoding="utf-8")
    return Answerer(import_file(path, date(2026, 11, 22)).shop("草本铺"))


@pytest.mark.parametrize(
    "question",
    [
        "菊花茶喝了能降血糖不",
        "菊花茶喝了血压能降下来不",
        "菊花茶能败火吗",
        "菊花茶清肺不",
        "菊花茶对眼睛好不好",
        "喝菊花茶对身体有没有好处",
        "菊花茶喝了有什么作用",
        "天天喝菊花茶有副作用没",
        "菊花茶防中风吗",
        "芝麻丸养头发不",
        "芝麻丸吃了补脑不",
        "吃芝麻丸会不会长胖",
        "芝麻丸吃了皮肤会变好吗",
        "芝麻丸能增强体质不",
        "小孩吃芝麻丸长个子不",
        "芝麻丸有什么营养",
        "艾草枕助眠吗",
        "枕着艾草枕睡得香不",
        "艾草枕对颈椎有帮助没",
        "艾草枕有辐射没",
    ],
)
def test_an_effect_on_health_is_left_to_a_doctor(asker: Answerer, question: str) -> None:
    found = asker.answer(question)
    assert not found.answerable, found.text
    assert not found.facts
    assert "医生" in found.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("孕妇能喝菊花茶不", "孕妇不宜"),
        ("菊花茶空腹喝行不", "空腹少喝"),
        ("糖友能吃芝麻丸不", "糖尿病人遵医嘱"),
        ("我娃一岁吃芝麻丸要紧不", "1岁以下别吃"),
        ("皮肤敏感的能用艾草枕吗", "皮肤敏感的人慎用"),
    ],
)
def test_who_must_be_careful_hears_the_reminder(asker: Answerer, question: str, said: str) -> None:
    found = asker.answer(question)
    assert said in found.text
    assert {fact.property for fact in found.facts} == {Property.REMINDER}
    assert "医生" in found.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("菊花茶怎么喝好", "开水冲"),
        ("芝麻丸有什么特点", "九蒸九晒"),
        ("芝麻丸软不软", "软糯"),
    ],
)
def test_other_questions_of_the_same_goods_are_answered(asker: Answerer, question: str, said: str) -> None:
    assert said in asker.answer(question).text


@pytest.mark.parametrize("question", ["新人进来有啥好处", "芒果黑心了赔不赔", "身体乳有吗"])
def test_a_word_of_the_body_alone_asks_for_no_effect(asker: Answerer, question: str) -> None:
    assert "功效" not in asker.answer(question).text
