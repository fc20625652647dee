from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import amounts

pytestmark = pytest.mark.unit

DIGITS = dict(zip("零一二两三四五六七八九", [0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))
SCALES = {"十": 10, "百": 100, "千": 1000}


def rendered(text: str, group: str) -> str:
    out, at = "", 0
    for amount in sorted(amounts.find(text, group), key=lambda a: (a.start, -a.end)):
        if amount.start >= at:
            out += text[at : amount.start] + amount.mandarin
            at = amount.end
    return out + text[at:]


def value(number: str) -> int:
    total = part = 0
    for character in number:
        if character in SCALES:
            total, part = total + (part or 1) * SCALES[character], 0
        else:
            part = DIGITS[character]
    return total + part


@pytest.mark.parametrize(
    ("group", "said", "mandarin"),
    [
        ("yue", "三个半一斤", "三块五一斤"),
        ("yue", "三个几银钱", "三块几"),
        ("yue", "一斤七个八", "一斤七块八"),
        ("yue", "个八银钱一只", "一块八一只"),
        ("yue", "一百零五蚊", "一百零五块"),
        ("yue", "五毫子", "五毛"),
        ("kejia", "六个银一斤", "六块钱一斤"),
        ("kejia", "两百文一箱", "两百块一箱"),
        ("minnan", "廿箍", "二十块"),
        ("minnan", "一包七银半", "一包七块五"),
        ("wu", "六块洋钿", "六块钱"),
        ("wu", "一百廿块", "一百二十块"),
        ("xinan", "八角钱一斤", "八毛钱一斤"),
        ("xinan", "个把月", "一个来月"),
        ("dongbei", "百把块钱", "一百来块钱"),
    ],
)
def test_the_unit_becomes_mandarin(group: str, said: str, mandarin: str) -> None:
    assert rendered(said, group) == mandarin


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("yue", "三个半月"),
        ("yue", "住了三个半小时"),
        ("yue", "三个人一斤"),
        ("xinan", "三块八一斤"),
        ("xinan", "块五一个"),
        ("xinan", "两斤半"),
        ("xinan", "三十度角"),
        ("minnan", "三个人来了"),
        ("wu", "一百念头"),
        ("dongbei", "一把葱两把蒜"),
        ("yue", "两文件夹"),
        ("kejia", "白银手镯"),
    ],
)
def test_what_is_no_dialect_amount_stays(group: str, said: str) -> None:
    assert rendered(said, group) == said


def test_a_rule_holds_only_in_its_groups() -> None:
    assert rendered("五蚊一斤", "xinan") == "五蚊一斤"


numbers = st.integers(1, 9999).map(
    lambda n: "".join(
        f"{'零一二三四五六七八九'[d]}{unit}" if d else ""
        for d, unit in zip(
            (n // 1000, n // 100 % 10, n // 10 % 10, n % 10), ("千", "百", "十", ""), strict=True
        )
    )
)
units = st.sampled_from(
    [
        ("yue", "蚊", "块"),
        ("yue", "个银钱", "块钱"),
        ("kejia", "个银", "块钱"),
        ("minnan", "箍", "块"),
        ("minnan", "银", "块"),
    ]
)


@given(numbers, units)
def test_the_value_never_changes(number: str, unit: tuple[str, str, str]) -> None:
    group, dialect, mandarin = unit
    assert rendered(f"一包{number}{dialect}，", group) == f"一包{number}{mandarin}，"


@given(st.integers(1, 99), st.sampled_from("半一二三四五六七八九"))
def test_a_cantonese_price_keeps_both_its_figures(whole: int, tenth: str) -> None:
    number = "".join(
        ("零一二三四五六七八九"[whole // 10] + "十") * (whole > 9) + "零一二三四五六七八九"[whole % 10]
    )
    said = rendered(f"{number}个{tenth}一斤", "yue")
    found = re.fullmatch(r"(.+)块(.)一斤", said)
    assert found is not None
    assert value(found[1]) == value(number)
    assert DIGITS[found[2]] == (5 if tenth == "半" else DIGITS[tenth])


@given(st.integers(20, 29), st.sampled_from(["wu", "minnan", "yue"]))
def test_twenty_is_written_out_with_its_value(n: int, group: str) -> None:
    said = rendered("廿" + ("" if n == 20 else "一二三四五六七八九"[n - 21]) + "块", group)
    assert value(said.removesuffix("块")) == n


@given(
    st.text(alphabet="一二三四五六七八九十百千万个半块角毛银文蚊箍廿卅把斤两只，。好0123456789.", max_size=30)
)
def test_spans_lie_inside_the_text_and_digits_survive(text: str) -> None:
    for group in ("yue", "kejia", "minnan", "wu", "xinan"):
        for amount in amounts.find(text, group):
            assert 0 <= amount.lead <= amount.start < amount.end <= len(text)
        kept = re.sub("[^0-9.]", "", rendered(text, group))
        assert kept == re.sub("[^0-9.]", "", text)
