"""Which writer speaks: the settings' or the one that is named, and what happens where there is no model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from anchor.writer.author import Phrases
from anchor.writer.gate import Gate
from anchor.writer.model import ModelAuthor, ModelWriter
from anchor.writer.pieces import at_once
from compliance.guard import Guard
from core.compute import Compute, Limit, Priority
from core.errors import InputError, ModelUnavailableError
from core.ports import ChatModel, never
from core.settings import Anchor, Chat, Settings, Weights
from core.testing import ScriptedChatModel
from knowledge_graph.claims import Checker
from knowledge_graph.questions import Answerer
from service.writing import author, chat_model, chosen, in_other_words, in_turn
from tests.anchor.shops import DAY, RICE, tiny

pytestmark = pytest.mark.unit


def nowhere(folder: Path) -> Settings:
    return Settings(weights=Weights(folder=folder), anchor=Anchor(writer="model"))


def asked(chat: ChatModel, question: str) -> tuple[str, str]:
    shop = tiny()
    gate = Gate(shop, Guard.load(DAY), Checker(shop), DAY)
    writer = ModelWriter(chat, gate.judge, shop)
    return in_other_words(writer, question, Answerer(shop, lambda text: text).answer(question), RICE)


async def test_a_model_of_this_machine_writes_after_the_voice_which_starts_beside_it() -> None:
    spoken, wrote = threading.Event(), threading.Event()
    order: list[str] = []

    def job(name: str, until: threading.Event) -> Callable[[], None]:
        def work() -> None:
            order.append(name)
            assert until.wait(10)

        return work

    async def said(name: str, count: int) -> None:
        while len(order) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert order[-1] == name

    limits = {"voice": Limit(2, yields=True), "chat": Limit(2, yields=True)}
    async with Compute(2, limits=limits) as compute:
        speak = partial(compute.submit, priority=Priority.VOICE, model="voice")
        first = asyncio.create_task(speak(job("voice", spoken)))
        await said("voice", 1)
        run = in_turn(Settings(), compute)
        writing = asyncio.create_task(asyncio.to_thread(run, job("model", wrote), never))
        await asyncio.sleep(0.1)
        assert order == ["voice"]
        spoken.set()
        await said("model", 2)
        await speak(job("voice again", spoken))
        await said("voice again", 3)
        wrote.set()
        await asyncio.gather(first, writing)


def test_a_model_of_a_server_waits_for_nobody_here() -> None:
    settings = Settings(chat=Chat(backend="openai", url="http://127.0.0.1:9/v1", model="m"))
    assert in_turn(settings, Compute(1)) is at_once


def test_the_settings_name_the_writer_and_a_command_may_name_another() -> None:
    settings = Settings(anchor=Anchor(writer="model"))
    assert chosen(settings) == "model" and chosen(settings, "phrases") == "phrases"
    with pytest.raises(InputError, match="可用 phrases、model"):
        chosen(settings, "诗人")


def test_without_weights_the_phrases_go_on_and_one_sentence_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    found = author(nowhere(tmp_path), "", tiny(), DAY, told.append)
    assert isinstance(found, Phrases) and len(told) == 1 and "先用备好的话术" in told[0]


def test_phrases_need_no_model(tmp_path: Path) -> None:
    told: list[str] = []
    assert isinstance(author(nowhere(tmp_path), "phrases", tiny(), DAY, told.append), Phrases) and not told


def test_a_server_is_taken_at_its_address() -> None:
    settings = Settings(chat=Chat(backend="openai", url="http://127.0.0.1:9/v1", model="m"))
    told: list[str] = []
    assert isinstance(author(settings, "model", tiny(), DAY, told.append), ModelAuthor) and not told


def test_a_model_that_is_switched_off_is_said_to_be_missing() -> None:
    with pytest.raises(ModelUnavailableError, match="没有语言模型"):
        chat_model(Settings(chat=Chat(backend="none")))


def test_a_written_answer_is_the_models_only_where_all_of_it_passed() -> None:
    assert asked(ScriptedChatModel(["坝上小米的产地是河北张家口蔚县。"]), "小米是哪里产的")[1] == "model"
    text, writer = asked(ScriptedChatModel(["坝上小米的产地是云南昭通。"]), "小米是哪里产的")
    assert writer == "phrases" and "蔚县" in text and "昭通" not in text
