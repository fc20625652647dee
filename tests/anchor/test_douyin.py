"""Pushes of Douyin: the signature as the platform publishes it, and what a push says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor.comments import douyin
from core.errors import InputError, RefusedError

pytestmark = pytest.mark.unit

HEADERS = {"x-nonce-str": "123456", "x-timestamp": "456789", "x-roomid": "268", "x-msg-type": "user_group"}
NOW = 456.789


def signed(body: bytes, secret: str = "123abc", **other: str) -> dict[str, str]:
    headers = HEADERS | other
    return headers | {"x-signature": douyin.signature(headers, body, secret)}


def test_the_signature_is_the_one_of_the_platforms_own_example() -> None:
    assert douyin.signature(HEADERS, "abc123你好".encode(), "123abc") == "GAkalGmhzqlUGQO/TgvMug=="


def test_a_push_signed_with_the_secret_passes() -> None:
    douyin.verify(signed(b"[]"), b"[]", "123abc", NOW)


@pytest.mark.parametrize(
    ("headers", "body", "secret"),
    [
        (signed(b"[]"), b"[ ]", "123abc"),
        (signed(b"[]"), b"[]", "other"),
        (signed(b"[]") | {"x-roomid": "269"}, b"[]", "123abc"),
        (HEADERS, b"[]", "123abc"),
        ({"x-signature": "é"}, b"[]", "123abc"),
    ],
)
def test_what_was_altered_after_signing_is_refused(headers: dict[str, str], body: bytes, secret: str) -> None:
    with pytest.raises(RefusedError, match="签名不对"):
        douyin.verify(headers, body, secret, NOW)


@pytest.mark.parametrize("stamp", ["0", "", "soon", "9" * 400, "1_0"])
def test_a_signed_push_of_another_time_is_refused(stamp: str) -> None:
    with pytest.raises(RefusedError, match="时间"):
        douyin.verify(signed(b"[]", **{"x-timestamp": stamp}), b"[]", "123abc", NOW + 2 * douyin.FRESH)


def test_comments_are_read_and_what_is_none_is_passed_over() -> None:
    entries = [
        {"msg_id": "7", "sec_openid": "o", "content": "怎么寄", "nickname": "李大姐", "timestamp": 1},
        {"msg_id": 8, "content": "字" * 20_000},
        {"msg_id": "9"},
        {"msg_id": "a\nb", "content": "两行的编号"},
        "评论",
    ]
    first, second = douyin.parse(json.dumps(entries).encode())
    assert (first.key, first.user, first.text) == ("7", "李大姐", "怎么寄")
    assert (second.key, second.user, len(second.text)) == ("8", "观众", 10_000)


def test_an_empty_push_is_nothing() -> None:
    assert douyin.parse(b"[]") == ()


@given(st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b"\xff", b'{"msg_id":1}', b"null"]))
def test_any_bytes_are_comments_or_one_sentence(body: bytes) -> None:
    try:
        found = douyin.parse(body)
    except InputError as error:
        assert error.code == "douyin.body"
    else:
        assert all(a.key and a.text for a in found)
