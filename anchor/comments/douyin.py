"""Comments that Douyin pushes: the check of its signature, and what a push says.

Source: the platform's public description (developer.open-douyin.com, 数据开放 and 签名方式). MD5 is theirs to
choose; a push that is signed but old is refused, and a repeated ``msg_id`` is the caller's to drop.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from anchor.comments.sources import LONGEST, Arrival
from core.errors import InputError, RefusedError

SIGNED = ("x-msg-type", "x-nonce-str", "x-roomid", "x-timestamp")
"""The headers that are signed, in the order in which they are."""
FRESH = 600.0
"""Seconds that a push may be older or newer than this machine's clock."""
COMMENT = "live_comment"
"""The ``x-msg-type`` of comments; gifts and likes have others."""
NAME = 40
"""Code points of a viewer's name that are kept."""


class _Push(BaseModel):
    """One comment of a push; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    msg_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]
    content: Annotated[str, Field(min_length=1)]
    nickname: str = ""


def signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """What ``x-signature`` has to be: Base64 of the MD5 of signed headers, body and secret."""
    signed = "&".join(f"{name}={headers.get(name, '')}" for name in SIGNED)
    digest = hashlib.md5(signed.encode() + body + secret.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> None:
    """Raise ``RefusedError`` unless signed with ``secret`` at about ``now`` (epoch seconds)."""
    given = headers.get("x-signature", "")
    if not hmac.compare_digest(given.encode(), signature(headers, body, secret).encode()):
        raise RefusedError(
            "douyin.signature",
            "抖音推送的签名不对，没有收下。",
            "请核对设置 comments.douyin_secret 和开放平台“开发配置”里的密钥是不是同一个。",
        )
    try:
        sent = int(headers.get("x-timestamp", "")) / 1000
    except (ValueError, OverflowError):
        sent = float("-inf")
    if abs(now - sent) > FRESH:
        raise RefusedError(
            "douyin.stale", "抖音推送的时间和这台电脑的钟差得太多，没有收下。", "请校准这台电脑的时间。"
        )


def parse(body: bytes) -> tuple[Arrival, ...]:
    """The comments of a push, ``key`` its ``msg_id``; entries that are no comments are passed over.

    Raises ``InputError`` where there is nothing to read.
    """
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    entries = content if isinstance(content, list) else [content]
    found = tuple(arrival for entry in entries if (arrival := _arrival(entry)) is not None)
    if entries and not found:
        raise InputError(
            "douyin.body",
            "抖音推送的内容看不懂。",
            "每条评论至少要有 msg_id 和 content，整体是一个 JSON 数组。",
        )
    return found


def _arrival(entry: object) -> Arrival | None:
    try:
        push = _Push.model_validate(entry)
    except ValidationError:
        return None
    return Arrival(0.0, push.nickname[:NAME] or "观众", push.content[:LONGEST], push.msg_id)
