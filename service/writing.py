"""The writer that the settings or a command name: the phrase bank, or a language model behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from anchor.dialogue import bind
from anchor.persona import DEFAULT, Persona
from anchor.writer.author import Author, Phrases
from anchor.writer.gate import Gate
from anchor.writer.model import ModelAuthor, ModelWriter
from anchor.writer.pieces import Run, at_once
from backends import choose, equip
from backends.chat import BACKENDS
from compliance.guard import Guard
from core.compute import Compute, Priority
from core.errors import InputError, ModelUnavailableError, XiangyinError
from core.events import Line
from core.ports import Cancelled, ChatModel
from core.settings import Settings
from core.weights import Weights
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answer
from service.programme import Knowledge, Tell

WRITERS = ("phrases", "model")


def chosen(settings: Settings, name: str = "") -> str:
    """The writer called ``name``, or the settings'; InputError lists the choices."""
    writer = name or settings.anchor.writer
    if writer not in WRITERS:
        raise InputError("writer.unknown", f"没有叫“{writer}”的写手。", f"可用 {'、'.join(WRITERS)}。")
    return writer


def chat_model(settings: Settings) -> ChatModel:
    """The language model of the settings. ModelUnavailableError where none can be opened."""
    s = settings.chat
    if s.backend == "none":
        raise ModelUnavailableError(
            "chat.none", "设置里没有语言模型。", "请把 chat.backend 改成 llama 或 openai。"
        )
    return equip(BACKENDS, s, Weights(settings.weights.folder))


def model_writer(
    settings: Settings, shop: Shop, as_of: date | None, tell: Tell, persona: Persona = DEFAULT
) -> ModelWriter | None:
    """The model writer of a shop; None, with one sentence to ``tell``, where there is no model."""
    try:
        model = chat_model(settings)
    except XiangyinError as error:
        tell(f"语言模型用不了，先用备好的话术：{error}")
        return None
    day = as_of or shop.meta.as_of
    gate = Gate(shop, Guard.load(day), Checker(shop), day)
    return ModelWriter(model, gate.judge, shop, as_of=day, persona=persona)


def author(
    settings: Settings, name: str, shop: Shop, as_of: date | None, tell: Tell, persona: Persona = DEFAULT
) -> Author:
    """Who writes a show of ``shop``, in the persona's words."""
    bank = Phrases(persona.hello)
    if chosen(settings, name) == "phrases":
        return bank
    writer = model_writer(settings, shop, as_of, tell, persona)
    return ModelAuthor(writer, bank) if writer else bank


def in_turn(settings: Settings, compute: Compute) -> Run:
    """Runs a model that computes here after captions and voice, and one of a server at once."""
    if not choose(BACKENDS, settings.chat.backend).weights:
        return at_once

    def run(call: Callable[[], None], cancelled: Cancelled) -> None:
        compute.run(call, priority=Priority.LANGUAGE_MODEL, model="chat", cancelled=cancelled)

    return run


def live_author(
    chat: Callable[[], ChatModel], knowledge: Knowledge, persona: Persona, tell: Tell, run: Run = at_once
) -> Author:
    """The model as the writer of a live show; the phrase bank where ``chat`` says that there is none."""
    bank = Phrases(persona.hello)
    try:
        model = chat()
    except XiangyinError as error:
        tell(f"语言模型用不了，先用备好的话术：{error}")
        return bank
    judge, day, names = knowledge.gate.judge, knowledge.day, knowledge.names
    writer = ModelWriter(model, judge, knowledge.shop, as_of=day, persona=persona, names=names, run=run)
    return ModelAuthor(writer, bank)


def in_other_words(writer: ModelWriter, question: str, found: Answer, product: str | None) -> tuple[str, str]:
    """An answer written to be read, and its writer: the model's where all of it passed, else the facts'."""
    line = Line(segments=bind(found.text, found.facts), purpose="answer", product=product, writer="answers")
    drafts = list(writer.answer(question, found, line))
    said = [d for d in drafts if d.passed]
    if not said or any(d.line.writer != writer.name for d in said):
        return found.text, "phrases"
    return "".join(d.line.text for d in said), "model"
