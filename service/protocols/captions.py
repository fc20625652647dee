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
from service.assemble import Assembly
from service.protocols.wire import Correction, cue_record, notice_record, snapshot_record
from service.rooms import Room

router = APIRouter()


@router.websocket("/ws/captions")
async def show_captions(
    socket: WebSocket,
    room: Annotated[str, Query()] = "main",
    after: Annotated[int, Query(ge=0)] = 0,
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
    events = here.subscribe()
    sending = asyncio.create_task(_send(socket, here, events, after))
    try:
        await _take_corrections(socket, here)
    except WebSocketDisconnect:
        pass
    finally:
        events.close()
        sending.cancel()


async def _send(socket: WebSocket, room: Room, events: Channel[Event], after: int) -> None:
    cues = [c for c in room.cues if (c.seq or 0) > after]
    await socket.send_json(snapshot_record(room.seq, cues, room.live, room.listening))
    async for event in events:
        if isinstance(event, Cue):
            await socket.send_json(cue_record(event, 0 if event.final else room.stable))
        elif isinstance(event, Notice):
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
        raise InputError(
            "correction.shape", "改字幕的消息格式不对。", "需要 type、cue 和 mandarin 三项。"
        ) from error
