"""``POST /api/rooms/{room}/comments/douyin``: comments that a platform pushes. See ``docs/protocols.md``.

The one way in that needs no pairing token: each push carries a signature, and nothing is opened before it is
checked.
"""

from __future__ import annotations

import time

from fastapi import APIRouter, Request

from anchor.comments import douyin
from core.errors import InputError, RefusedError
from service.incoming import IncomingRooms

router = APIRouter()

LARGEST = 1 << 20
"""Bytes of a push."""


@router.post("/api/rooms/{room}/comments/douyin")
async def push(request: Request, room: str) -> dict[str, int]:
    """Take what is new; other messages than comments are acknowledged and left."""
    secret = request.app.state.assembly.settings.comments.douyin_secret.get_secret_value()
    if not secret:
        raise RefusedError(
            "douyin.no_secret",
            "还没有设置抖音推送的密钥，不能收评论。",
            "请把开放平台“开发配置”里的密钥写进环境变量 XIANGYIN_COMMENTS__DOUYIN_SECRET。",
        )
    body = await _body(request)
    douyin.verify(request.headers, body, secret, time.time())
    if request.headers.get("x-msg-type") != douyin.COMMENT:
        return {"taken": 0}
    incoming: IncomingRooms = request.app.state.incoming
    return {"taken": await incoming.of(room, "douyin").take(douyin.parse(body))}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise InputError("douyin.too_large", "一次推送超过了 1 MiB，没有收下。", "请分成几次推送。")
    return bytes(body)
