"""Questions about the whole shop: lists kept short, the most and the least, which goods are so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer
from knowledge_graph.questions.reply import LONGEST

pytestmark = pytest.mark.unit

DEMO = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"
SHEET = """品名,价格,净重,产地,保质期,卖点,证书,库存,不发货,优惠,配料
红薯粉条,12.5,500g,河南汝阳,12个月,手工漏粉,SC12345678901234,40,西藏,,红薯
高山黄豆,9.8,500g,河南嵩县,18个月,颗粒匀,,0,西藏,,黄豆
柿饼,26,1斤,陕西富平,6个月,不是手工做的,,15,新疆、西藏,,柿子
核桃,26,2斤,河南卢氏,,薄皮,,8,西藏,买二送一,核桃
香菇酱,,210g,河南西峡,18个月,无添加糖,SC98765432109876,,西藏,,香菇
小磨香油,45,,河南驻马店,18个月,手工石磨,SC11112222333344,22,西藏,,芝麻
"""
BRIEF = """品名,价格,产地,运费
粽叶,8,安徽黄山,包邮
艾草,6,安徽黄山,包邮
"""


def shop(tmp_path_factory: pytest.TempPathFactory, sheet: str) -> Answerer:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    path.write_text(sheet, encoding="utf-8")
    return Answerer(import_file(path, date(2026, 11, 22)).shop("山货铺"))


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return shop(tmp_path_factory, SHEET)


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return shop(tmp_path_factory, BRIEF)


@pytest.fixture(scope="module")
def demo() -> Answerer:
    return Answerer(import_file(DEMO, date(2026, 11, 22)).shop("示例铺"))


LISTS = ("一共有哪些", "你家都卖啥", "店里有几样东西", "有没有别的", "还有什么", "主播你家都有啥子卖")


@pytest.mark.parametrize("question", LISTS)
def test_the_list_names_five_and_tells_how_many_more(asker: Answerer, question: str) -> None:
    found = asker.answer(question)
    assert found.text == "一共有6样：红薯粉条、高山黄豆、柿饼、核桃、香菇酱，还有1样。"
    assert {fact.product for fact in found.facts} == set(asker.shop.products())


@pytest.mark.parametrize("question", LISTS)
def test_the_demo_shop_is_listed_within_what_can_be_heard(demo: Answerer, question: str) -> None:
    text = demo.answer(question).text
    assert f"一共有{len(demo.shop.products())}样" in text
    assert len(text) <= LONGEST


def test_beside_what_is_shown_the_others_are_listed(asker: Answerer) -> None:
    assert asker.answer("有没有别的", "柿饼").text == "还有5样：红薯粉条、高山黄豆、核桃、香菇酱、小磨香油。"


@pytest.mark.parametrize("question", ["有哪些颜色", "有没有别的规格", "里面都有什么"])
def test_what_one_product_has_is_no_list_of_goods(asker: Answerer, question: str) -> None:
    assert "一共有" not in asker.answer(question, "柿饼").text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("最便宜的是哪个", "写了价钱的里面，高山黄豆最便宜，9.8元。"),
        ("哪个最贵", "写了价钱的里面，小磨香油最贵，45元。"),
        ("哪个最重", "写了净重的里面，核桃最重，净重2斤，也就是1000克。"),
        ("最轻的是哪样", "写了净重的里面，香菇酱最轻，净重210克。"),
        ("哪个剩得最多", "写了库存的里面，红薯粉条剩得最多，还有40件。"),
        (
            "哪个放得最久",
            "写了保质期的里面，高山黄豆、香菇酱、小磨香油放得最久，都是保质期18个月。",
        ),
        ("柿饼和核桃哪个最便宜", "柿饼26元；核桃26元。"),
    ],
)
def test_the_most_and_the_least(asker: Answerer, question: str, said: str) -> None:
    found = asker.answer(question, "柿饼" if "和" not in question else None)
    assert found.text == said
    assert found.facts


def test_where_every_figure_is_known_nothing_is_left_out(brief: Answerer) -> None:
    assert brief.answer("最便宜的多少钱").text == "艾草最便宜，6元。"


@pytest.mark.parametrize("question", ["哪个最大", "哪个最好吃", "哪个最划算", "推荐一款"])
def test_what_no_figure_decides_is_not_decided(asker: Answerer, question: str) -> None:
    assert not asker.answer(question).answerable


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("二十块以内的有哪些", "20元以内的有高山黄豆9.8元、红薯粉条12.5元。"),
        ("四十块以上的有没有", "40元以上的有小磨香油45元。"),
        ("十块到三十块的有哪些", "10元到30元的有红薯粉条12.5元、柿饼26元、核桃26元。"),
        ("有没有五块钱以下的", "写了价钱的里面没有5元以内的。"),
        ("哪些卖完了", "没货的是高山黄豆。"),
        ("哪些不发新疆", "不发新疆的有柿饼。"),
        ("哪些不发西藏", "都不发西藏。"),
        ("哪些能发北京", "都能发北京。"),
        ("哪些是手工的", "资料里写着“手工”的有红薯粉条、小磨香油。"),
        ("有没有不是手工的", "资料里写着“不是手工”的有柿饼。"),
        ("哪款有优惠", "核桃买二送一。"),
        ("哪些带赠品", "核桃买二送一。"),
        ("都有证吗", "写了证书的有红薯粉条、香菇酱、小磨香油。其他商品的证书资料里没写"),
        ("都是哪里的", "河南汝阳的有红薯粉条；河南嵩县的有高山黄豆；陕西富平的有柿饼"),
        ("这些东西产地都是哪", "河南汝阳的有红薯粉条；"),
        ("哪个是富平的", "富平的有柿饼。"),
        ("你家有没有核桃", "有核桃。"),
        ("有柿子卖吗", "有柿饼。"),
    ],
)
def test_which_goods_are_so(asker: Answerer, question: str, said: str) -> None:
    found = asker.answer(question)
    assert found.text.startswith(said), found.text
    assert found.facts


def test_goods_without_the_fact_are_named_as_open(asker: Answerer) -> None:
    found = asker.answer("二十块以内的有哪些")
    assert "香菇酱" not in found.text
    assert found.missing == ("有的商品价钱",)


def test_one_place_and_one_rule_are_told_once(brief: Answerer) -> None:
    assert brief.answer("都是哪里的").text == "产地都是安徽黄山。"
    assert "包邮" in brief.answer("哪些包邮").text


@pytest.mark.parametrize("question", ["哪些包邮", "你家有包子吗", "哪些是预售", "哪些是有机的"])
def test_what_no_fact_holds_is_refused(asker: Answerer, question: str) -> None:
    found = asker.answer(question)
    assert not found.answerable
    assert not re.search("[0-9]", found.text)
