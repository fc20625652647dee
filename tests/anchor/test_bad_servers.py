"""A show goes on whatever the model's server does: real local servers that stall, die, ramble."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse

from anchor.director import Director
from anchor.host import Host
from anchor.rundown import Rundown
from anchor.script import Plan
from anchor.speech.speaker import Clause
from anchor.writer.gate import Gate
from anchor.writer.model import ModelAuthor, ModelWriter
from backends.chat.openai import OpenAIChat
from compliance.guard import Guard
from core.events import Event, Line, Notice, Utterance, Verdict
from core.ports import Cancelled
from core.testing import ScriptedVoice, VirtualClock
from knowledge_graph.claims import Checker
from knowledge_graph.questions import Answerer
from tests.anchor.shops import DAY, tiny
from tests.backends.conftest import Server

pytestmark = pytest.mark.contract

Body = Callable[[], AsyncIterator[bytes]]
TONE = ScriptedVoice(0.2)


def chunk(text: str) -> bytes:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n".encode()


def streaming(body: Body) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete() -> StreamingResponse:
        return StreamingResponse(body(), media_type="text/event-stream")

    return app


async def stalls() -> AsyncIterator[bytes]:
    yield chunk("坝上")
    await asyncio.sleep(3)


async def dies() -> AsyncIterator[bytes]:
    yield chunk("坝上小米")
    raise ConnectionResetError


async def garbage() -> AsyncIterator[bytes]:
    yield b"\xff\xfe<html>data: {{{\n\n"
    yield chunk("\ufffd\x00" * 40)


async def english() -> AsyncIterator[bytes]:
    for word in "Sure, here is a nice line about millet.".split():
        yield chunk(word + " ")


async def ten_megabytes() -> AsyncIterator[bytes]:
    for _ in range(160):
        yield chunk("米" * 21_000)


async def one_endless_line() -> AsyncIterator[bytes]:
    for _ in range(160):
        yield b"data: " + b"x" * 65_536


async def broken_json() -> AsyncIterator[bytes]:
    yield chunk('{"text": "坝上小米')


def refuses() -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    def complete() -> Response:
        return Response(b"oops", 500)

    return app


SERVERS: dict[str, Callable[[], FastAPI]] = {
    "stalls": lambda: streaming(stalls),
    "dies": lambda: streaming(dies),
    "garbage": lambda: streaming(garbage),
    "english": lambda: streaming(english),
    "ten megabytes": lambda: streaming(ten_megabytes),
    "one endless line": lambda: streaming(one_endless_line),
    "broken json": lambda: streaming(broken_json),
    "refuses": refuses,
}


async def tone(text: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
    yield Clause(text, text, TONE.synthesize(text), 0.0)


async def played(chat: OpenAIChat) -> list[Event]:
    """Forty seconds of a show with one question in it."""
    shop, events = tiny(), list[Event]()
    gate = Gate(shop, Guard.load(DAY), Checker(shop), DAY)
    answerer = Answerer(shop, lambda text: text)

    async def publish(event: Event) -> Event:
        events.append(event)
        return event

    writer = ModelWriter(chat, gate.judge, shop, answer_seconds=0.6, script_seconds=0.6)
    director = Director(
        Plan(shop, Rundown.of(shop.products(), 0.67), DAY),
        Host(answerer.answer, tone, author=ModelAuthor(writer)),
        gate,
        publish,
        VirtualClock(),
    )
    await director.step()
    await director.comment("李大姐", "小米多少钱")
    await director.run()
    return events


@pytest.mark.parametrize("kind", SERVERS)
def test_the_show_goes_on_with_the_phrase_bank(kind: str) -> None:
    server: Any = Server(SERVERS[kind]())
    server.start()
    try:
        events = asyncio.run(played(OpenAIChat(server.url, "m", timeout=1.0)))
    finally:
        server.stop()
    lines = {e.id: e for e in events if isinstance(e, Line)}
    spoken = [lines[e.line] for e in events if isinstance(e, Utterance)]
    assert not [line.text for line in spoken if line.writer == "model"]
    assert len([line for line in spoken if line.writer == "phrases"]) >= 3
    assert [line.text for line in spoken if line.writer == "answers" and "36.5" in line.text]
    assert len([e for e in events if isinstance(e, Notice) and e.subject == "writer"]) <= 1
    assert {e.on for e in events if isinstance(e, Verdict)} >= lines.keys()
