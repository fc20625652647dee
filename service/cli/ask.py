"""``xiangyin ask``: a viewer's question, answered from the shop's facts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from knowledge_graph.facts import Shop

Ask = Callable[[str, str | None], dict[str, Any]]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(ask)


def opened(name: str) -> Shop:
    """The approved facts of a shop in the data folder of the settings."""
    from core.settings import load
    from service.owned import shops

    settings = load()
    return shops(settings.service.data_dir, settings.graph).shop(name)


def day(text: str) -> date | None:
    """A date given as YYYY-MM-DD; None when left out."""
    from core.errors import InputError

    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise InputError("input.bad_date", f"“{text}”不是日期。", "请写成 2026-11-22 这样。") from error


def ask(
    question: Annotated[str, typer.Argument(help="观众的问题，普通话方言都行。")] = "",
    shop: Annotated[str, typer.Option(help="店铺名。")] = "demo",
    on_screen: Annotated[str, typer.Option(help="正在讲的商品，“这个”指的就是它。")] = "",
    as_of: Annotated[str, typer.Option(help="按哪天的资料回答，YYYY-MM-DD。")] = "",
    writer: Annotated[str, typer.Option(help="谁来造句：phrases 或 model；不写就按设置。")] = "",
    source: Annotated[str, typer.Option("--in", help="每行一个 JSON 的问题文件，- 是标准输入。")] = "",
    target: Annotated[str, typer.Option("--out", help="写到哪个文件，- 是标准输出。")] = "-",
) -> None:
    """回答观众关于商品的问题：资料里有就照资料说，没有就说没有。"""
    from core.errors import InputError
    from knowledge_graph.schema import TERMS, Property
    from service.cli import batch

    limit = day(as_of)
    held = opened(shop)
    answer = _answering(held, limit, writer)
    if source:
        batch.run(source, target, lambda r: _judged(answer, r))
        return
    if not question:
        raise InputError("ask.empty", "还没有问题。", "写一句问题，或用 --in 给一个文件。")
    record = answer(question, on_screen or None)
    typer.echo(record["answer"])
    for fact in record["facts"]:
        place, label = " ".join(fact["evidence"].values()), TERMS[Property(fact["property"])].label
        typer.echo(f"  依据：{fact['product'] or '全店'} {label} {fact['value']}（{place}）")


def _answering(held: Shop, limit: date | None, name: str) -> Ask:
    """A function from question and product on screen to the record of the answer."""
    from core.settings import load
    from knowledge_graph.questions import Answerer, mandarin
    from service.second_opinion import sentence_embedding
    from service.writing import chosen, in_other_words, model_writer

    settings = load()
    writer = chosen(settings, name)
    answerer = Answerer(held, mandarin(held), embed=sentence_embedding())
    model = model_writer(settings, held, limit, _told) if writer == "model" else None

    def answer(question: str, on_screen: str | None) -> dict[str, Any]:
        start = time.perf_counter()
        found = answerer.answer(question, on_screen, limit)
        said: dict[str, Any] = {"writer": "phrases"}
        if model is not None:
            product = next((f.product for f in found.facts if f.product), None)
            said["answer"], said["writer"] = in_other_words(model, question, found, product)
            for notice in model.notices():
                _told(notice.text)
        return found.record() | said | {"seconds": round(time.perf_counter() - start, 4)}

    return answer


def _told(text: str) -> None:
    typer.echo(f"提示：{text}", err=True)


def _judged(answer: Ask, record: dict[str, Any]) -> dict[str, Any]:
    from service.cli import batch

    on_screen = record.get("on_screen")
    question = batch.text_field(record, "question")
    return answer(question, on_screen if isinstance(on_screen, str) else None)
