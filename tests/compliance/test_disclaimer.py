"""What a line only mentions: refused, impossible, missing, sent elsewhere; and what merely sounds so."""

from __future__ import annotations

import pytest

from compliance.disclaimer import disclaimed, only_viewed
from tests.compliance.spans import around

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("润肺这两个字我不能念", "润肺"),
        ("不敢随便承诺包活", "包活"),
        ("说不准能不能旺财", "旺财"),
        ("顶级这种话我讲不出口", "顶级"),
        ("食品说疗效是违法的", "疗效"),
        ("治牙疼没有科学依据", "治牙疼"),
        ("挂着它改变不了运气", "运气"),
        ("它代替不了降压", "降压"),
        ("有机认证还在办", "有机"),
        ("有机认证过期了，先不提", "有机"),
        ("绿色食品要有证书才行", "绿色食品"),
        ("淡斑得有特证，这支没有", "淡斑"),
        ("治咳嗽请去药店买药", "治咳嗽"),
        ("便秘的问题请问医生", "便秘"),
        ("广告法不让说全网第一", "全网第一"),
        ("加微信返现的一律别信", "加微信返现"),
        ("正在吃降糖药的朋友先别拍", "降糖"),
        ("润肺那只是老人家的说法", "润肺"),
        ("润肺是网友传的", "润肺"),
        ("祛斑的朋友先问皮肤科", "祛斑"),
        ("祛斑这个备案里没有", "祛斑"),
    ],
)
def test_a_word_that_is_kept_at_a_distance_is_not_claimed(text: str, word: str) -> None:
    assert disclaimed(*around(text, word))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("润肺，不信你试试", "润肺"),
        ("润肺，我不敢说，反正喝了就好", "润肺"),
        ("不敢说别的，但是顶级没问题", "顶级"),
        ("治牙疼，不用去医院", "治牙疼"),
        ("治牙疼省得跑去找医生", "治牙疼"),
        ("绿色食品要看证书，我们有", "绿色食品"),
        ("有机的，农药没有", "有机"),
        ("淡斑特别快，副作用这支没有", "淡斑"),
        ("顶级的米，别提多香了", "顶级"),
        ("吃了三年降糖药的都来拍", "降糖"),
        ("祛斑的朋友都来拍", "祛斑"),
        ("这是顶级的米。不敢说便宜", "顶级"),
        ("顶级的米今天从早上一直卖到现在，运费多少我说不准", "顶级"),
    ],
)
def test_a_claim_is_not_excused_by_a_no_that_is_about_something_else(text: str, word: str) -> None:
    assert not disclaimed(*around(text, word))


def test_what_runs_out_excuses_no_urging() -> None:
    assert disclaimed(*around("有机的那批，卖完了", "有机"), "C12")
    assert not disclaimed(*around("最后三单，卖完下架", "最后三单"), "C6")


def test_only_an_endorsement_is_denied_inside_the_match() -> None:
    assert disclaimed(*around("专家没推荐过", "专家没推荐"), "C2")
    assert not disclaimed(*around("专家没推荐过", "专家没推荐"), "C12")


@pytest.mark.parametrize(
    ("text", "word", "viewed"),
    [
        ("扫罐底的码看批次", "扫罐底的码", True),
        ("扫罐底的码看批次，加我领券", "扫罐底的码", False),
        ("扫罐底的码", "扫罐底的码", False),
        ("扫罐底的码能查到，不用加好友", "扫罐底的码", True),
        ("看看罐底", "罐底", False),
    ],
)
def test_a_code_that_is_looked_up_leads_nobody_away(text: str, word: str, viewed: bool) -> None:
    assert only_viewed(*around(text, word)) is viewed
