"""``/ws/captions``: cues, notices and corrections. See ``docs/protocols.md``."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect

from core.channel import Channel
from core.errors import InputError, XiangyinError
from core.events import Cue, Event, Notice
from media.cues import Notes
from media.layout import LayoutSettings
from service.assemble import Assembly
from service.captions_of_file import layout_settings
from service.protocols.wire import LONGEST_CORRECTION, Correction, cue_record, notice_record, snapshot_record
from service.rooms import Room

router = APIRouter()


@router.websocket("/ws/captions")
async def show_captions(
    socket: WebSocket,
    room: Annotated[str, Query()] = "main",
    after: Annotated[int, Query(ge=0)] = 0,
    notes: Annotated[Notes, Query()] = "full",
) -> None:
    """A snapshot, then every cue and notice as it comes; corrections flow back."""
    await socket.accept()
    assembly: Assembly = socket.app.state.assembly
    try:
        here, _ = assembly.room(room)
    except XiangyinError as error:
        await socket.send_json({"type": "error"} | error.record())
        await socket.close(code=4403, reason=error.message[:40])
        return
    layout = layout_settings(assembly.settings.captions, notes)
    events = here.subscribe()
    sending = asyncio.create_task(_send(socket, here, events, after, layout))
    try:
        await _take_corrections(socket, here)
    except WebSocketDisconnect:
        pass
    finally:
        events.close()
        sending.cancel()


async def _send(
    socket: WebSocket, room: Room, events: Channel[Event], after: int, layout: LayoutSettings
) -> None:
    cues = [c for c in room.cues if (c.seq or 0) > after]
    await socket.send_json(snapshot_record(room.seq, cues, room.live, room.listening, layout))
    async for event in events:
        if isinstance(event, Cue):
            await socket.send_json(cue_record(event, layout, 0 if event.final else room.stable))
        elif isinstance(event, Notice) and event.text:
            await socket.send_json(notice_record(event))


async def _take_corrections(socket: WebSocket, room: Room) -> None:
    while True:
        text = await socket.receive_text()
        try:
            order = _correction(text)
            await room.correct(order.cue, order.mandarin, order.who)
        except XiangyinError as error:
            await socket.send_json({"type": "error"} | error.record())


def _correction(text: str) -> Correction:
    try:
        return Correction.model_validate_json(text)
    except ValidationError as error:
        if any(fault["type"] == "string_too_long" for fault in error.errors()):
            raise InputError(
                "correction.too_long", "这一句太长了。", f"请改短一点，最多 {LONGEST_CORRECTION} 个字。"
            ) from error
        raise InputError(
            "correction.shape", "改字幕的消息格式不对。", "需要 type、cue 和 mandarin 三项。"
        ) from error
