"""Personal data is masked in every form; what only looks like it stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.privacy import id_checksum, luhn, mask
from compliance.privacy_stream import Revision, StreamMasker

pytestmark = pytest.mark.unit

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "pii.jsonl").read_text(encoding="utf-8").splitlines()
]
PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["微信", "QQ", "138", "幺三八", "卡号", "省市县镇", "路8号", "川A", "@", "点com", "0013", " ", "-"]
    ),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_the_held_out_comments_are_masked_exactly(row: dict[str, Any]) -> None:
    masked = mask(row["text"])
    if not row["find"]:
        assert masked.text == row["text"]
    for item in row["find"]:
        assert item["surface"] not in masked.text
        assert item["type"] in {s.type for s in masked.spans}


def test_a_phone_keeps_its_first_three_and_last_four_figures() -> None:
    assert mask("打13912345678").text == "打139****5678"


@pytest.mark.parametrize("text", ["订单号13912345678", "海拔1391米2345678", "第一二三名"])
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text


def test_the_check_characters_follow_the_standards() -> None:
    assert id_checksum("11010519491231002") == "X"
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_masking_twice_changes_nothing_and_spans_are_inside(text: str) -> None:
    once = mask(text)
    assert all(0 <= s.start < s.end <= len(text) for s in once.spans)
    assert all(a.end <= b.start for a, b in zip(once.spans, once.spans[1:], strict=False))
    assert mask(once.text).text == once.text


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_mobile_number_never_survives(text: str) -> None:
    assert "13912345678" not in mask(f"{text} 电话 13912345678").text


def test_a_number_cut_in_two_is_masked_in_both_segments() -> None:
    stream = StreamMasker()
    assert stream.feed("打我电话幺三九幺二").text == "打我电话幺三九幺二"
    second = stream.feed("三四五六七八找老杨")
    assert second.text == "****找老杨"
    assert second.revised == (Revision(0, "打我电话****"),)


def test_a_preview_is_masked_and_not_carried() -> None:
    stream = StreamMasker()
    assert stream.settle("打我电话幺三九幺二") == "打我电话幺三九幺二"
    assert stream.preview("三四五六七八找老杨") == "****找老杨"
    assert stream.settle("三四五六七八找老杨") == "****找老杨"


def test_a_stream_forgets_what_lies_behind_its_tail() -> None:
    stream = StreamMasker(carry=10)
    stream.feed("打我电话幺三九幺二")
    stream.feed("这一段话足够长把前面挤掉了")
    assert stream.feed("三四五六七八").revised == ()


def test_a_house_in_a_street_or_estate_is_an_address_and_a_shop_front_is_not() -> None:
    for private in ("我住幸福小区6栋2单元301", "寄到发展大道18号3栋502室"):
        assert [s.type for s in mask(private).spans] == ["address"]
    for public in ("门店在人民路18号", "我们在3号大棚2号线摘的", "送到小区门口就行"):
        assert mask(public).text == public


@pytest.mark.parametrize("text", ["加薇LiSi2001", "139。1234。5678", "妖三八洞洞幺三拐拐拐勾"])
def test_fresh_ways_to_give_a_contact_are_masked(text: str) -> None:
    assert mask(text).spans


@pytest.mark.parametrize(
    "text", ["QQ 叁捌零伍柒贰壹陆，晚上在线", "扣扣号是壹零玖柒陆贰叁肆", "qq群１０９７６２３４"]
)
def test_a_qq_number_may_be_written_in_formal_figures(text: str) -> None:
    (span,) = mask(text).spans
    assert span.type == "qq"
    assert span.end - span.start == 8


def test_goods_counted_beside_qq_are_no_number() -> None:
    assert mask("QQ糖叁盒，贰拾元").text == "QQ糖叁盒，贰拾元"


def test_a_dot_is_spoken_in_an_address_and_a_room_in_words() -> None:
    assert mask("邮箱li点wang艾特163点com").text == "邮箱l****"
    assert mask("送到人民路十八号三单元五零二").text == "送到人民路****"
