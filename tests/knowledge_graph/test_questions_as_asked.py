"""Questions as people ask them: two in one, left half unsaid, in dialect, with sums and diets."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer
from knowledge_graph.questions.pricing import Offers

pytestmark = pytest.mark.unit

SHEET = """品名,规格,价格,划线价,产地,保质期,存放,卖点,吃法,配料,不发货,库存,注意,备注
白水豆腐乳（6年）,200g/罐,15元/罐，3罐40元,20,云南石林,可长期存放,阴凉,皮薄、红油香,开罐就吃,大豆、白酒、食用盐,西藏、青海,90,,第一遍汤倒掉
白水豆腐乳（2年）,200g/罐,9,12,云南石林,18个月,阴凉,没放辣椒,开罐就吃,大豆、食用盐,西藏、青海,70,,
腊鱼块 500g,,39.9元2袋,58,洪湖,冷藏60天，冻180天,别跟豆腐乳放,鲜,蒸12分钟,草鱼,西藏,120,血压高少吃；小娃挑刺,
散称藕粉,按斤称,12元/半斤，一斤22元,30,湖北洪湖,12个月,干燥,无糖,开水冲,莲藕,西藏,60,,
莲子心茶 60g,2g×30泡,36,48,湖南湘潭,12个月,干燥,微苦,水开焖3分钟,莲子心,西藏,44,睡前少喝,
大莲子 1斤,500g,26,33,湖南湘潭,12个月,干燥,粒大,炖1小时,莲子,西藏,80,,
大莲子 3斤,1500g,70,90,湖南湘潭,12个月,干燥,粒大,炖1小时,莲子,西藏,30,,
"""
RULES = "整单满60元包邮，不满收5元运费。全店满100减8。装不了一个箱，不合单。"
AGED, YOUNG, FISH, STARCH = "白水豆腐乳（6年）", "白水豆腐乳（2年）", "腊鱼块 500g", "散称藕粉"


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    path = tmp_path_factory.mktemp("shop") / "货.csv"
    head, *rows = SHEET.splitlines()
    cells = [re.sub(r"(?<=罐)，(?=3罐)|(?<=斤)，(?=一斤)", "；", row) for row in rows]
    path.write_text("\n".join((RULES, head, *cells)), encoding="utf-8")
    return Answerer(import_file(path, date(2026, 11, 22)).shop("荆楚铺"))


@pytest.mark.parametrize(
    ("question", "on_screen", "said"),
    [
        ("腊鱼多少钱，蒸几分钟", None, ("39.9元", "12分钟")),
        ("藕粉什么价，莲子茶又是多少", None, ("12元", "36元")),
        ("腊鱼一份几斤，单袋合多少", None, ("1000克", "19.95元")),
        ("六年的比两年的贵多少", None, ("差6元",)),
        ("跟两年那罐差多少钱", AGED, ("差6元",)),
        ("豆腐乳六年的拿三罐，有没有便宜", None, ("40元",)),
        ("小袋的大莲子什么价", None, ("26元",)),
        ("藕粉一斤多少钱", None, ("22元",)),
        ("藕粉半斤几个钱", None, ("12元",)),
        ("腊鱼平日标多少，这会儿砍下来多少", None, ("58元", "18.1元")),
        ("莲子茶一泡划几块", None, ("1.2元",)),
        ("莲子茶装几泡", None, ("30泡",)),
        ("六年豆腐乳五罐合起来几克", None, ("1000克",)),
        ("一罐六年的豆腐乳两袋腊鱼拢总多少", None, ("54.9元",)),
        ("莲子心茶腊鱼各来一份，一共多少", None, ("75.9元",)),
        ("豆腐乳两年的15一罐，来俩外带一份腊鱼，一共多少", None, ("57.9元",)),
    ],
)
def test_sums_and_halves_of_questions(
    asker: Answerer, question: str, on_screen: str | None, said: tuple[str, ...]
) -> None:
    text = asker.answer(question, on_screen).text
    assert all(word in text for word in said), text


@pytest.mark.parametrize("question", ["藕粉开封后怎么放", "藕粉开封了要不要放冰箱"])
def test_to_open_a_pack_is_no_town(asker: Answerer, question: str) -> None:
    assert asker.answer(question, None).text == "散称藕粉存放要干燥。"


def test_the_town_of_that_name_is_one(asker: Answerer) -> None:
    assert asker.answer("藕粉开封能发不", None).text == "散称藕粉开封可以发。"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("藕粉怎么放", "散称藕粉存放要干燥。"),
        ("莲子心茶咋个泡", "莲子心茶用法是水开焖3分钟。"),
        ("六年的豆腐乳怎么吃", "白水豆腐乳6年吃法是开罐就吃。"),
    ],
)
def test_a_quoted_fact_is_told_in_a_sentence(asker: Answerer, question: str, sentence: str) -> None:
    assert asker.answer(question, None).text == sentence


@pytest.mark.parametrize(
    ("question", "on_screen", "said"),
    [
        ("腊鱼冻起来能搁到啥时候", None, "180天"),
        ("腊鱼不放冰箱，能放多少天", None, "60天"),
        ("六年的豆腐乳放几年会坏", None, "长期"),
        ("腊鱼跟豆腐乳堆一筐没事吧", FISH, "别跟豆腐乳"),
        ("头一遍汤要不要倒", AGED, "倒掉"),
        ("豆腐乳六年的皮厚不厚", None, "皮薄"),
        ("两年的豆腐乳里面有没有辣椒", None, "没放辣椒"),
        ("藕粉放没放糖", None, "无糖"),
        ("腊鱼仓里还压着多少袋", None, "120"),
        ("格尔木的能下单豆腐乳不", AGED, "不发"),
        ("腊鱼跟藕粉装一个箱寄行不行", None, "不合单"),
        ("买一份腊鱼邮费要我出不", None, "5元"),
        ("两份莲子3斤的包邮不", None, "满60元包邮"),
    ],
)
def test_what_the_record_says_is_found_however_it_is_asked(
    asker: Answerer, question: str, on_screen: str | None, said: str
) -> None:
    assert said in asker.answer(question, on_screen).text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("睡觉前喝莲子茶行不行", "睡前少喝"),
        ("腊鱼给三岁小孙子吃行不行", "挑刺"),
        ("我爷八十六了血压高，腊鱼能吃不", "血压高少吃"),
        ("吃素的人能吃腊鱼吗", "草鱼"),
        ("我不能喝白酒的，六年的豆腐乳能吃吗", "白酒"),
    ],
)
def test_who_must_be_careful_hears_the_record(asker: Answerer, question: str, said: str) -> None:
    assert said in asker.answer(question).text


@pytest.mark.parametrize(
    "question",
    [
        "腊鱼哪天做的，新不新鲜",
        "豆腐乳腌了几年",
        "莲子茶几级苦，测过没",
        "腊鱼的鱼养了多少天",
        "红枣有没有卖",
        "哪款卖得最好",
        "藕粉的绿色食品认证还管用不",
        "莲子一颗多大",
    ],
)
def test_what_is_not_in_the_record_is_refused(asker: Answerer, question: str) -> None:
    found = asker.answer(question)
    assert not found.answerable, found.text
    assert not re.search(r"[0-9]", found.text)


def test_reductions_over_the_whole_order_are_taken_off(asker: Answerer) -> None:
    text = asker.answer("莲子3斤的两份加一份腊鱼，减完实付多少").text
    assert "179.9元" in text and "171.9元" in text


def test_a_half_pound_and_a_pound_are_counted_in_the_same_parts(asker: Answerer) -> None:
    found = Offers.of(asker.shop.facts(STARCH))
    assert found is not None
    for size, cost in (("0.5", "12"), ("1", "22"), ("1.5", "34"), ("2", "44")):
        total = found.total(Decimal(size))
        assert total is not None and total[0] == Decimal(cost)
    assert found.total(Decimal("0.3")) is None


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("藕粉一罐合多少钱", "12元", "一罐合"),
        ("腊鱼拿三袋比单买便宜多少", "39.9元2袋", "58"),
        ("莲子茶是不是苦的，冬天喝好不好", "微苦", "36元"),
    ],
)
def test_no_figure_is_made_up_for_another_question(
    asker: Answerer, question: str, said: str, unsaid: str
) -> None:
    text = asker.answer(question).text
    assert said in text, text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("question", "on_screen", "topic"),
    [
        ("京东上这种腊鱼卖多少", None, "别家的价"),
        ("隔壁直播间的藕粉几多钱", None, "别家的价"),
        ("外面买这个多少钱", FISH, "别家的价"),
        ("腊鱼要晒几道", None, "工序次数"),
        ("一斤藕粉要几斤藕才磨得出", None, "出多少"),
        ("藕粉一袋有多少颗", None, "数量"),
    ],
)
def test_what_no_sheet_of_this_shop_can_tell(
    asker: Answerer, question: str, on_screen: str | None, topic: str
) -> None:
    found = asker.answer(question, on_screen)
    assert (found.answerable, found.missing) == (False, (topic,)), found.text
    assert not re.search("[0-9]", found.text)


OTHER = """品名,价格,尺寸,卖点,怎么打理,库存,备注,材质
蓝布,30元/米，6米168元,幅宽1.2米,厚实,别机洗，手搓,３６,,棉
木盒,50,,刻花、没上漆,别泡水,12个,刻名字一个加8元,樟木
"""


@pytest.fixture(scope="module")
def cloth(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    path = tmp_path_factory.mktemp("cloth") / "货.csv"
    path.write_text(OTHER.replace("，6米", "；6米"), encoding="utf-8")
    return Answerer(import_file(path, date(2026, 11, 22)).shop("布铺"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("蓝布扯六米好多钱", "蓝布6米一共168元。"),
        ("蓝布扯六米比一米一米买省多少", "蓝布6米一共168元，比一米一米买省12元。"),
        ("蓝布能丢洗衣机洗吗", "蓝布别机洗，手搓。"),
        ("蓝布还剩多少", "蓝布还有36件。"),
        ("木盒是啥做的", "木盒材质是樟木。"),
        ("木盒多少钱一个，上漆没得", "木盒50元，没上漆。"),
        ("木盒带刻名字多少钱", "木盒50元，刻名字一个加8元，加起来58元。"),
    ],
)
def test_goods_by_the_metre_and_with_something_beside(cloth: Answerer, question: str, answer: str) -> None:
    assert cloth.answer(question, None).text == answer
