"""``/ws/audio``: PCM in. See ``docs/protocols.md``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from core.errors import InputError, XiangyinError
from service.assemble import Assembly
from service.listening import Listening
from service.microphone import Microphone, MicrophoneSettings

router = APIRouter()

ACKNOWLEDGE = 0.5
"""Seconds of sound between two acknowledgements."""

LARGEST = 1 << 20


@router.websocket("/ws/audio")
async def receive_audio(
    socket: WebSocket,
    room: Annotated[str, Query()] = "main",
    rate: Annotated[int, Query()] = 16_000,
    format: Annotated[str, Query()] = "s16le",
    session: Annotated[str, Query(max_length=80)] = "",
) -> None:
    """Take a client's PCM until it says stop or leaves."""
    await socket.accept()
    assembly: Assembly = socket.app.state.assembly
    try:
        _, listening = assembly.room(room)
        settings = MicrophoneSettings(rate, format, session)  # type: ignore[arg-type]
        microphone = listening.begin(settings)
        await socket.send_json({"type": "ready", "room": room, "samples": microphone.samples})
        await _pump(socket, listening, microphone)
    except XiangyinError as error:
        await _refuse(socket, error)


async def _pump(socket: WebSocket, listening: Listening, microphone: Microphone) -> None:
    acknowledged = microphone.samples
    while True:
        try:
            message = await socket.receive()
        except WebSocketDisconnect:
            message = {"type": "websocket.disconnect"}
        if message["type"] == "websocket.disconnect":
            await listening.pause(microphone)
            return
        if _is_stop(message):
            await listening.end(microphone)
            await socket.send_json({"type": "stopped", "samples": microphone.samples})
            await socket.close()
            return
        data = message.get("bytes") or b""
        if len(data) > LARGEST:
            raise InputError("audio.too_large", "一次发来的声音太多。", "请每次发 0.1 秒左右。")
        await listening.hear(microphone, data)
        if microphone.samples - acknowledged >= ACKNOWLEDGE * microphone.settings.rate:
            acknowledged = microphone.samples
            await socket.send_json({"type": "heard", "samples": acknowledged, "hushed": listening.hushed})


def _is_stop(message: Mapping[str, Any]) -> bool:
    text = message.get("text")
    if text is None:
        return False
    try:
        order = json.loads(text)
    except ValueError as error:
        raise InputError(
            "audio.order", "收到的文字指令不是 JSON。", '要停止请发 {"type":"stop"}。'
        ) from error
    if order != {"type": "stop"}:
        raise InputError("audio.order", "不认识的文字指令。", '要停止请发 {"type":"stop"}。')
    return True


async def _refuse(socket: WebSocket, error: XiangyinError) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # it may be gone already
        await socket.send_json({"type": "error"} | error.record())
        await socket.close(code=4403, reason=error.message[:40])
