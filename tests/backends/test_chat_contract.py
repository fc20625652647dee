"""Every language model keeps the port's promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from backends import choose, load
from backends.chat import BACKENDS
from backends.chat.llama import NICENESS
from backends.chat.openai import OpenAIChat, lines, parse, piece
from core.errors import ModelUnavailableError, XiangyinError
from core.ports import ChatMessage, ChatModel, ChatRequest
from core.weights import Weights
from tests.backends.protocol import answering, completions

pytestmark = pytest.mark.contract

Serve = Callable[[FastAPI], str]

PRODUCT: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 12}, "price": {"type": "integer"}},
    "required": ["name", "price"],
    "additionalProperties": False,
}


def ask(text: str, max_tokens: int = 24, schema: dict[str, object] | None = None) -> ChatRequest:
    return ChatRequest((ChatMessage("user", text),), max_tokens, 0.0, 1, json_schema=schema)


@pytest.fixture(params=["llama", "openai"], scope="module")
def model(request: pytest.FixtureRequest, llama: ChatModel, serve: Serve) -> ChatModel:
    if request.param == "llama":
        return llama
    return load(choose(BACKENDS, "openai"), base_url=serve(completions(lambda: llama)), model="m")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
def test_the_embedded_models_threads_stand_back_for_ears_and_voice(llama: ChatModel) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert "".join(llama.stream(ChatRequest((ChatMessage("user", "您好"),), max_tokens=4)))
    threads = [os.getpriority(os.PRIO_PROCESS, int(task)) for task in os.listdir("/proc/self/task")]
    assert threads.count(min(19, ours + NICENESS)) >= 2


def test_it_is_a_chat_model(model: ChatModel) -> None:
    assert isinstance(model, ChatModel)


def test_an_answer_comes_in_pieces(model: ChatModel) -> None:
    pieces = list(model.stream(ask("用一句话说说萝卜怎么吃。")))
    assert len(pieces) > 3
    assert all(pieces)


def test_the_answer_is_no_longer_than_asked_for(model: ChatModel) -> None:
    assert len(list(model.stream(ask("从一数到一百。", max_tokens=5)))) <= 5


def test_structured_output_follows_its_schema(model: ChatModel) -> None:
    text = "".join(model.stream(ask("给出一种蔬菜的名字和价格，用 JSON。", 60, PRODUCT)))
    answer = json.loads(text)
    assert set(answer) == {"name", "price"} and isinstance(answer["price"], int)


def test_a_cancelled_answer_stops(model: ChatModel) -> None:
    heard: list[str] = []
    for part in model.stream(ask("讲一个很长的故事。", 400), lambda: len(heard) >= 3):
        heard.append(part)
    assert len(heard) <= 4


def test_an_abandoned_answer_leaves_the_model_usable(model: ChatModel) -> None:
    stream = model.stream(ask("讲一个很长的故事。", 40))
    next(stream)
    del stream
    assert list(model.stream(ask("说你好。", 8)))


def test_a_program_that_ends_while_the_model_writes_ends_cleanly(llama: ChatModel, weights: Weights) -> None:
    code = (
        "import sys; from pathlib import Path; from backends.chat.llama import Llama\n"
        "from core.ports import ChatMessage, ChatRequest\n"
        "story = ChatRequest((ChatMessage('user', '讲一个很长的故事。'),), 400)\n"
        "stream = Llama(Path(sys.argv[1])).stream(story)\n"
        "next(stream); stream.close()"
    )
    folder = weights.path(dict(choose(BACKENDS, "llama").weights)["folder"])
    root = Path(__file__).resolve().parents[2]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)], cwd=root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_a_line_without_end_is_given_up() -> None:
    endless = (b"x" * 65_536 for _ in range(1_000))
    with pytest.raises(ValueError, match="too long"):
        list(lines(endless, lambda: ValueError("too long")))
    assert next(endless)  # the rest was not read


def test_lines_are_put_together_across_chunks() -> None:
    chunks = [b"data: \xe5\xa5", b"\xbd\r\nda", b"ta: 2\n"]
    assert list(lines(chunks, ValueError)) == ["data: 好", "data: 2", ""]


def test_two_callers_are_both_answered(model: ChatModel) -> None:
    answers: list[str] = []

    def call() -> None:
        answers.append("".join(model.stream(ask("说一种水果。", 6))))

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2 and all(answers)


def test_llama_says_when_the_prompt_is_too_long(llama: ChatModel) -> None:
    with pytest.raises(ModelUnavailableError, match="context"):
        list(llama.stream(ask("东西南北" * 3000)))


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (200, b"data: {broken\n\nhello\n\n", "remote.garbage"),
        (200, b"", "remote.garbage"),
        (429, b"", "remote.busy"),
        (400, b'{"error": "no such model"}', "remote.refused"),
    ],
)
def test_a_broken_server_is_a_coded_error(serve: Serve, status: int, content: bytes, code: str) -> None:
    with pytest.raises(XiangyinError) as caught:
        list(OpenAIChat(serve(answering(status, content, "text/event-stream")), "m").stream(ask("在吗")))
    assert caught.value.code == code


def test_an_absent_server_is_a_coded_error(closed_port: str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        list(OpenAIChat(closed_port, "m").stream(ask("在吗")))
    assert caught.value.code == "remote.unreachable"


def test_lines_that_are_no_chunk_add_nothing() -> None:
    assert parse(": ping") is None and parse("data: 3") is None and parse("data: {") is None
    events: tuple[dict[str, Any], ...] = (
        {},
        {"choices": []},
        {"choices": [{"delta": {"content": None}}]},
        {"choices": [7]},
    )
    for event in events:
        assert piece(event) == ""
