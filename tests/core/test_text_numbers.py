from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.aloud import read_aloud
from core.text.numbers import canonical, days, find_amounts, same_amounts, to_grams, to_millilitres, to_yuan
from core.text.numerals import parse_numeral, say_integer
from core.text.units import UNITS

pytestmark = pytest.mark.unit


def found(text: str) -> list[tuple[str, str, str]]:
    return [(text[a.start : a.end], f"{a.value.normalize():f}", a.unit) for a in find_amounts(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两百五", 250), ("一百零五", 105), ("一万二", 12000), ("十五万六", 156000), ("二〇二四", 2024),
        ("廿五", 25), ("3万5", 35000), ("一百二十三万四千五百", 1234500), ("一亿二", 120_000_000),
    ],
)  # fmt: skip
def test_numerals(text: str, value: int) -> None:
    numeral = parse_numeral(text)
    assert numeral is not None and numeral.value == value and not numeral.approximate


@pytest.mark.parametrize(
    "text", ["万一", "千万", "百五", "八八", "", "一二三四千", "十十", "零零五十", "三点"]
)
def test_what_is_no_numeral(text: str) -> None:
    assert parse_numeral(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三块八一斤", [("三块八", "3.8", "元"), ("一斤", "1", "斤")]),
        ("三块八毛五", [("三块八毛五", "3.85", "元")]),
        ("八毛五", [("八毛五", "0.85", "元")]),
        ("块五一个", [("块五", "1.5", "元"), ("一个", "1", "个")]),
        ("29块9包邮", [("29块9", "29.9", "元")]),
        ("九块九包邮", [("九块九", "9.9", "元")]),
        ("五十九块九毛九", [("五十九块九毛九", "59.99", "元")]),
        ("￥２９．９", [("￥２９．９", "29.9", "元")]),
        ("1,299元", [("1,299元", "1299", "元")]),
        ("两塊錢", [("两塊錢", "2", "元")]),
        ("十块五斤", [("十块", "10", "元"), ("五斤", "5", "斤")]),
        ("十块两斤", [("十块", "10", "元"), ("两斤", "2", "斤")]),
        ("五斤一共几块", [("五斤", "5", "斤")]),
        ("买四斤一起发", [("四斤", "4", "斤")]),
        ("八十块一样吗", [("八十块", "80", "元")]),
        ("三斤二两半", [("三斤二两半", "3.25", "斤")]),
        ("两斤半", [("两斤半", "2.5", "斤")]),
        ("半斤", [("半斤", "0.5", "斤")]),
        ("一个半月", [("一个半月", "1.5", "个月")]),
        ("百分之三十", [("百分之三十", "30", "%")]),
        ("八八折", [("八八折", "8.8", "折")]),
        ("2024年12月1日", [("2024年12月1日", "20241201", "年月日")]),
        ("2026-11-22", [("2026-11-22", "20261122", "年月日")]),
        ("下午三点半", [("三点半", "930", "点")]),
        ("零下5度", [("零下5度", "-5", "度")]),
        ("五百四十一千克", [("五百四十一千克", "541", "千克")]),
        ("三块豆腐", [("三块", "3", "块")]),
        ("第三天", [("第三天", "3", "天")]),
        ("😀𠊎买3斤\ud800", [("3斤", "3", "斤")]),
    ],
)
def test_amounts_in_text(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["十分好吃", "一块去赶集", "万一下雨", "A4纸", "万分感谢", "统一包装", "半斤八两"]
)
def test_idioms_are_no_amounts(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high", "approximate"),
    [
        ("3-5斤", 3, 5, False), ("三到五天", 3, 5, False),
        ("三块到五块", 3, 5, False), ("三五个", 3, 5, True),
        ("七八十块", 70, 80, True), ("十几个", 11, 19, True), ("上百个", 100, None, True),
        ("个把月", 1, None, True), ("三十多斤", 30, None, True), ("一两天", 1, 2, True),
    ],
)  # fmt: skip
def test_ranges_and_vague_amounts(text: str, low: int, high: int | None, approximate: bool) -> None:
    (amount,) = find_amounts(text)
    assert (amount.start, amount.end) == (0, len(text))
    assert amount.value == low and amount.high == high
    assert amount.approximate is approximate


def test_conversions_are_exact() -> None:
    assert to_grams(find_amounts("三斤二两")[0]) == 1600
    assert to_yuan(find_amounts("八毛五")[0]) == Decimal("0.85")
    assert to_millilitres(find_amounts("1.5升")[0]) == 1500
    assert days(find_amounts("12个月")[0]) == 360
    with pytest.raises(ValueError, match="cannot be given"):
        to_yuan(find_amounts("三斤")[0])


def test_same_amounts_compares_values_not_wording() -> None:
    assert same_amounts("三块八，买两斤送一只", "3.8元，买1公斤送一个")
    assert not same_amounts("三块八", "三块八毛五")
    assert not same_amounts("三斤，三斤", "三斤")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("39.9", "元", "三十九块九"), ("105", "", "一百零五"), ("2", "箱", "两箱"), ("2", "两", "二两"),
        ("3.05", "元", "三块零五分"), ("0.5", "元", "五毛"), ("2.5", "斤", "两斤半"),
        ("30", "%", "百分之三十"),
        ("20241201", "年月日", "二零二四年十二月一日"), ("200", "元", "两百块"), ("0.5", "箱", "半箱"),
    ],
)  # fmt: skip
def test_reading_aloud(value: str, unit: str, said: str) -> None:
    assert read_aloud(Decimal(value), unit) == said


@given(st.integers(0, 10**16 - 1))
def test_said_integers_parse_back(value: int) -> None:
    numeral = parse_numeral(say_integer(value))
    assert numeral is not None and numeral.value == value


@given(st.integers(1, 10**10))
def test_no_fen_is_lost_when_money_is_said(fen: int) -> None:
    price = Decimal(fen).scaleb(-2)
    (amount,) = find_amounts(read_aloud(price, "元"))
    assert (amount.value, amount.unit) == (price, "元")


_SAID = sorted({u.name for u in UNITS.values() if u.kind not in ("money", "discount")})


@given(st.integers(1, 10**7), st.integers(0, 3), st.sampled_from(_SAID))
def test_said_amounts_parse_back(digits: int, places: int, unit: str) -> None:
    value = Decimal(digits).scaleb(-places)
    (amount,) = find_amounts(read_aloud(value, unit))
    if amount.kind == "date":
        assert amount.value == value
        return
    factor = Decimal(1) if amount.kind == "count" else UNITS[unit].factor
    assert canonical(amount)[0] == value * factor


@given(
    st.text(
        st.one_of(
            st.characters(),
            st.sampled_from("零一二两三五八十百千万半块毛分斤个月年日点折上第几多0123456789.,-"),
        ),
        max_size=60,
    )
)
def test_spans_are_ordered_valid_and_disjoint(text: str) -> None:
    last = 0
    for amount in find_amounts(text):
        assert last <= amount.start < amount.end <= len(text)
        last = amount.end
