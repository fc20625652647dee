"""``/api/rooms/{room}/show`` and ``/ws/show``: the virtual host of a room. See ``docs/protocols.md``."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, WebSocket
from pydantic import BaseModel, ConfigDict, Field
from starlette.websockets import WebSocketDisconnect

from anchor.persona import personas
from core.channel import Channel
from core.errors import XiangyinError
from service.assemble import Assembly
from service.protocols.wire import notice_record
from service.showing import Show

router = APIRouter()

Record = dict[str, Any]
Who = Annotated[str, Field(min_length=1, max_length=40)]


class Order(BaseModel):
    """What every order to the host says: ``who`` gives it."""

    model_config = ConfigDict(extra="forbid")

    who: Who = "店主"


class Start(Order):
    """Begin a show, or go on with an interrupted one unless ``fresh``."""

    shop: str = Field(min_length=1, max_length=200)
    minutes: float | None = Field(default=None, ge=0.5, le=24 * 60)
    voice: str = Field(default="", max_length=80)
    persona: str = Field(default="", max_length=80)
    fresh: bool = False


class Said(Order):
    """A viewer's comment."""

    text: str = Field(min_length=1, max_length=500)
    source: str = Field(default="console", max_length=40)


class Settled(Order):
    """A person answered this question, the id of its comment."""

    question: str = Field(min_length=1, max_length=120)


class Checked(Order):
    """What a person who checks the host's answers found of one, named by its line."""

    line: str = Field(min_length=1, max_length=120)
    on_topic: bool
    grounded: bool


class Told(Order):
    """What a person answers to a viewer's question."""

    text: str = Field(min_length=1, max_length=300, pattern=r"\S")


Act = Literal["pause", "resume", "take-over", "hand-back", "stop"]


def show_of(request: Request, room: str) -> Show:
    """The show of a room."""
    assembly: Assembly = request.app.state.assembly
    return assembly.show(room)


@router.get("/api/shops")
def shops(request: Request) -> list[Record]:
    """The shops that a show can be about."""
    held = request.app.state.assembly.shops()
    return [{"name": name, "title": held.meta(name).title} for name in held.names()]


@router.get("/api/personas")
def list_personas() -> list[Record]:
    """Who can be the host of a show."""
    return [{"key": key, "name": one.name, "about": one.about} for key, one in personas().items()]


@router.get("/api/rooms/{room}/show")
async def look(request: Request, room: str) -> Record:
    """Where the show is."""
    return asdict(show_of(request, room).state)


@router.post("/api/rooms/{room}/show/start")
async def start(request: Request, room: str, order: Start) -> Record:
    """Begin, once everything is loaded."""
    return asdict(await show_of(request, room).start(**order.model_dump()))


@router.post("/api/rooms/{room}/show/comment")
async def comment(request: Request, room: str, order: Said) -> Record:
    """Give the host a comment; its ``id`` names it in what follows."""
    said = await show_of(request, room).comment(order.who, order.text, order.source)
    return {"id": said.id, "seq": said.seq}


@router.get("/api/rooms/{room}/show/questions")
async def questions(request: Request, room: str) -> list[Record]:
    """The questions that wait for a person, in the order they came."""
    here, _ = request.app.state.assembly.room(room)
    return [notice_record(question) for question in here.questions.unanswered]


@router.post("/api/rooms/{room}/show/settle")
async def settle(request: Request, room: str, order: Settled) -> Record:
    """A person answered a question: it waits no longer."""
    return asdict(await show_of(request, room).settle(order.who, order.question))


@router.post("/api/rooms/{room}/show/audit", status_code=204)
async def audit(request: Request, room: str, order: Checked) -> None:
    """A person checked an answer of the host; the last word on a line counts."""
    await show_of(request, room).audit(order.who, order.line, order.on_topic, order.grounded)


@router.post("/api/rooms/{room}/questions/{question}/answer")
async def answer(request: Request, room: str, question: str, order: Told) -> Record:
    """Answer a viewer's question; the host says it on air."""
    return asdict(await show_of(request, room).answer(order.who, question, order.text.strip()))


@router.post("/api/rooms/{room}/show/{act}")
async def act(request: Request, room: str, act: Act, order: Order) -> Record:
    """Pause, resume, take over, hand back, stop."""
    show = show_of(request, room)
    does = {
        "pause": show.pause,
        "resume": show.resume,
        "take-over": show.take_over,
        "hand-back": show.hand_back,
        "stop": show.stop,
    }
    return asdict(await does[act](order.who))


@router.websocket("/ws/show")
async def follow(socket: WebSocket, room: Annotated[str, Query()] = "main") -> None:
    """A snapshot, then every line, comment, notice, act and state as it comes."""
    await socket.accept()
    assembly: Assembly = socket.app.state.assembly
    try:
        show = assembly.show(room)
    except XiangyinError as error:
        await socket.send_json({"type": "error"} | error.record())
        await socket.close(code=4403, reason=error.message[:40])
        return
    records = show.subscribe()
    sending = asyncio.create_task(_send(socket, show, records))
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        records.close()
        sending.cancel()


async def _send(socket: WebSocket, show: Show, records: Channel[Record]) -> None:
    state = {"type": "state"} | asdict(show.state)
    await socket.send_json({"type": "snapshot", "state": state} | show.snapshot())
    async for record in records:
        await socket.send_json(record)
