"""Reading aloud: what is written becomes what people say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.speech.front_end import read_out
from anchor.speech.pronunciation import Pronunciation, latin_words
from core.errors import ConfigurationError
from core.text.numbers import find_amounts, same_amounts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("一件29.9元", "一件二十九块九"),
        ("￥88/桶", "八十八块一桶"),
        ("15.80元/3斤", "十五块八每三斤"),
        ("¥9.9-19.9", "九块九到十九块九"),
        ("净含量750g", "净含量七百五十克"),
        ("2.5kg", "二点五公斤"),
        ("0.5kg", "半公斤"),
        ("20-25个", "二十到二十五个"),
        ("2~3天", "两到三天"),
        ("约300多克", "约三百多克"),
        ("果径75mm以上", "果径七十五毫米以上"),
        ("40cm×30cm", "四十厘米乘三十厘米"),
        ("糖度12%左右", "糖度百分之十二左右"),
        ("100%棉", "百分之百棉"),
        ("2026-09-08采摘", "二零二六年九月八日采摘"),
        ("2025年的陈皮", "二零二五年的陈皮"),
        ("零下,-20℃保存", "零下，零下二十度保存"),
        ("零下12度", "零下十二度"),
        ("负5℃", "零下五度"),
        ("2-8℃", "二到八度"),
        ("5-8月上市", "五到八月上市"),
        ("10月~次年1月", "十月到次年一月"),
        ("7月上旬到8月底", "七月上旬到八月底"),
        ("26.5元4罐", "二十六块五毛钱四罐"),
        ("32元5斤", "三十二块钱五斤"),
        ("3.15元20个", "三块一毛五分钱二十个"),
        ("26.5元1罐", "二十六块五一罐"),
        ("莲子80g*6哪天发", "莲子八十克乘六，哪天发"),
        ("19:30开始", "晚上七点半开始"),
        ("早上7:05", "早上七点零五分"),
        ("8:00-9:30", "八点钟到九点半"),
        ("打8.8折", "打八八折"),
        ("米和水1:2的比例", "米和水一比二的比例"),
        ("许可证SC10234567890123", "许可证艾丝西一零二三、四五六七、八九零一、二三"),
        ("热线13912345678", "热线幺三九、幺二三四、五六七八"),
        ("4001234567", "四零零、幺二三、四五六七"),
        ("第2款，2号链接", "第二款，二号链接"),
        ("B12型", "必一二型"),
        ("买3送1", "买三送一"),
        ("双11", "双十一"),
        ("1,500斤", "一千五百斤"),
        ("72h内发货", "七十二小时内发货"),
        ("③号（特惠）", "三号，特惠"),
        ("看https://shop.example/a?b=1这里", "看链接这里"),
        ("半斤八两，十分好吃", "半斤八两，十分好吃"),
    ],
)
def test_it_is_read_as_people_say_it(written: str, said: str) -> None:
    assert read_out(written) == said


def test_words_a_voice_gets_wrong_are_respelled() -> None:
    assert read_out("果脯要晒干", Pronunciation.load()) == "果腐要晒甘"


def test_a_shop_can_add_the_reading_of_its_names() -> None:
    assert read_out("亳菊", Pronunciation.load({"亳菊": "博菊"})) == "博菊"


@pytest.mark.parametrize("respelling", ["", "bo菊", "bó"])
def test_a_reading_that_is_not_chinese_is_refused(respelling: str) -> None:
    with pytest.raises(ConfigurationError):
        Pronunciation.load({"亳菊": respelling})


def test_respellings_are_as_long_as_their_words() -> None:
    # Mouth shapes and timing count characters.
    assert [w for w, r in Pronunciation.load().words.items() if len(w) != len(r)] == []


def test_latin_words_are_said_in_chinese() -> None:
    assert all(not re.search("[A-Za-z0-9]", said) for said in latin_words().values())


@given(st.text(max_size=120))
@settings(max_examples=300, deadline=None)
def test_nothing_is_left_that_a_mandarin_voice_passes_through(text: str) -> None:
    said = read_out(text, Pronunciation.load())
    assert re.fullmatch(r"[\u3400-\u9fff，。！？；：、…\n]*", said)


@given(st.integers(1, 99_999), st.sampled_from(["元", "斤", "克", "箱", "天", "毫升", "个"]))
@settings(max_examples=150, deadline=None)
def test_an_amount_stays_the_same_amount(value: int, unit: str) -> None:
    written = f"一共{value}{unit}"
    assert find_amounts(written)
    assert same_amounts(read_out(written), written)
