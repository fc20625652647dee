"""``/ws/screen``: the host's voice and captions out, what was played back. See ``docs/protocols.md``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, WebSocket
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from starlette.websockets import WebSocketDisconnect

from core.channel import ChannelClosed
from core.clock import SystemClock
from core.errors import InputError, XiangyinError
from service.assemble import Assembly
from service.screens import Feed, Item, Screen, Screens

router = APIRouter()


class Sound(BaseModel):
    """Whether the screen's sound is on; a browser may keep it off until somebody clicks."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["sound"]
    on: bool


class Report(BaseModel):
    """The part of an utterance, in seconds, that was really played."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["played"]
    utterance: str = Field(max_length=120)
    start: float = Field(ge=0, le=600, allow_inf_nan=False)
    end: float = Field(ge=0, le=600, allow_inf_nan=False)


class Label(BaseModel):
    """How many of so many looks at the page found the label that an AI made this."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["label"]
    seen: int = Field(ge=0, le=1000)
    looks: int = Field(ge=1, le=1000)

    @model_validator(mode="after")
    def _a_share(self) -> Self:
        if self.seen > self.looks:
            raise ValueError("seen more often than looked")
        return self


_MESSAGE: TypeAdapter[Sound | Report | Label] = TypeAdapter(
    Annotated[Sound | Report | Label, Field(discriminator="type")]
)


@router.websocket("/ws/screen")
async def play(socket: WebSocket, room: Annotated[str, Query()] = "main") -> None:
    """Send the show until the screen leaves."""
    await socket.accept()
    assembly: Assembly = socket.app.state.assembly
    try:
        screens = assembly.show(room).screens
    except XiangyinError as error:
        await socket.send_json({"type": "error"} | error.record())
        await socket.close(code=4403, reason=error.message[:40])
        return
    screen = screens.join()
    sending = asyncio.create_task(_send(socket, screen))
    try:
        await _listen(socket, screens, screen)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        screens.leave(screen)
        sending.cancel()


async def _send(socket: WebSocket, screen: Screen) -> None:
    feed = Feed(SystemClock())
    while True:
        item = await _next(screen, feed.wait())
        for message in feed.due() if item is None else feed.take(item):
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_json(message)


async def _next(screen: Screen, seconds: float | None) -> Item | None:
    """What the screen is to do next; None when sound falls due first."""
    try:
        async with asyncio.timeout(seconds):
            return await screen.inbox.receive()
    except TimeoutError:
        return None
    except ChannelClosed:
        raise asyncio.CancelledError from None


async def _listen(socket: WebSocket, screens: Screens, screen: Screen) -> None:
    while True:
        text = await socket.receive_text()
        try:
            message = _parsed(text)
        except XiangyinError as error:
            await socket.send_json({"type": "error"} | error.record())
            continue
        if isinstance(message, Sound):
            screen.ready = message.on
        elif isinstance(message, Label):
            await screens.looked(message.seen, message.looks)
        else:
            await screens.played(message.utterance, message.start, message.end)


def _parsed(text: str) -> Sound | Report | Label:
    try:
        return _MESSAGE.validate_json(text)
    except ValidationError as error:
        raise InputError(
            "screen.message", "画面发来的消息格式不对。", "需要 type 为 sound、played 或 label。"
        ) from error
