"""The model in a live show: it is warmed, it writes, and whatever its server does the show goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backends.chat.openai import OpenAIChat
from core.errors import ModelUnavailableError
from core.events import Line, Notice, Utterance
from core.ports import ChatCapabilities, ChatModel
from core.testing import ScriptedChatModel
from service.writing import live_author
from tests.anchor.test_bad_servers import SERVERS
from tests.backends.conftest import Server
from tests.service.shows import House, played

pytestmark = pytest.mark.contract

WRITES = "坝上小米的产地是河北张家口蔚县。"


def show(folder: Path, chat: Callable[[], ChatModel]) -> tuple[House, list[Line]]:
    """A minute of a show that ``chat`` writes, with a question in it; the lines that were heard."""

    async def act(house: House) -> None:
        object.__setattr__(house.show._sources, "author", partial(live_author, chat))
        await house.show.start("tiny", 1)
        await house.until(lambda: house.show.state.spoken > 1)
        await house.show.comment("李大姐", "小米哪里产的")
        await house.over()

    house = played(folder, act)
    heard = {e.line for e in house.events if isinstance(e, Utterance)}
    return house, [e for e in house.events if isinstance(e, Line) and e.id in heard]


def test_the_model_writes_lines_and_answers_of_a_live_show(tmp_path: Path) -> None:
    model = ScriptedChatModel([WRITES])
    _, lines = show(tmp_path, lambda: model)
    written = [line for line in lines if line.writer == "model"]
    assert {line.purpose for line in written} >= {"place", "answer"}
    assert all(line.text == WRITES for line in written)
    assert "您好" in model.requests[0].messages[-1].content  # warmed before the first line was due


def test_an_answer_of_a_live_show_begins_with_the_name_and_the_model_goes_on(tmp_path: Path) -> None:
    class Continuing(ScriptedChatModel):
        capabilities = ChatCapabilities(continues=True)

    model = Continuing(["产地是河北张家口蔚县。"])
    _, lines = show(tmp_path, lambda: model)
    answer = [(line.writer, line.text) for line in lines if line.purpose == "answer"]
    assert answer[0][0] == "answers" and answer[0][1].endswith("小米")
    assert answer[1:] == [("model", "产地是河北张家口蔚县。")]


def test_without_a_model_people_are_told_and_the_phrases_speak(tmp_path: Path) -> None:
    def none() -> ChatModel:
        raise ModelUnavailableError("weights.missing", "还没有语言模型。", "xiangyin weights fetch")

    house, lines = show(tmp_path, none)
    assert [e.text for e in house.events if isinstance(e, Notice) and e.code == "writer.missing"]
    assert {line.writer for line in lines} >= {"phrases", "answers"}


@pytest.mark.parametrize("kind", ["stalls", "dies", "garbage", "english", "refuses"])
def test_a_bad_server_does_not_stop_a_live_show(kind: str, tmp_path: Path) -> None:
    server: Any = Server(SERVERS[kind]())
    server.start()
    try:
        house, lines = show(tmp_path, lambda: OpenAIChat(server.url, "m", timeout=1.0))
    finally:
        server.stop()
    assert house.show.state.state == "over"
    assert not [line.text for line in lines if line.writer == "model"]
    assert len([line for line in lines if line.writer == "phrases"]) >= 3
    assert [line for line in lines if line.writer == "answers" and "蔚县" in line.text]


def test_new_facts_are_what_the_model_is_told(tmp_path: Path) -> None:
    model = ScriptedChatModel([WRITES])

    async def act(house: House) -> None:
        object.__setattr__(house.show._sources, "author", partial(live_author, lambda: model))
        await house.show.start("tiny", 5)
        await house.until(lambda: house.show.state.spoken > 2)
        before = house.show._director._author  # type: ignore[union-attr]
        house.approve(house.shop)
        await house.clock.sleep(1.0)
        assert house.show._director._author is not before  # type: ignore[union-attr]

    played(tmp_path, act)
