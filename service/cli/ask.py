"""``xiangyin ask``: a viewer's question, answered from the shop's facts."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from knowledge_graph.facts import Shop
    from knowledge_graph.questions import Answerer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(ask)


def opened(name: str) -> Shop:
    """The approved facts of a shop in the data folder of the settings."""
    from core.settings import load
    from service.owned import shops

    return shops(load().service.data_dir).shop(name)


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
    writer: Annotated[str, typer.Option(help="谁来造句：phrases 或 model。")] = "phrases",
    source: Annotated[str, typer.Option("--in", help="每行一个 JSON 的问题文件，- 是标准输入。")] = "",
    target: Annotated[str, typer.Option("--out", help="写到哪个文件，- 是标准输出。")] = "-",
) -> None:
    """回答观众关于商品的问题：资料里有就照资料说，没有就说没有。"""
    from core.errors import InputError
    from knowledge_graph.questions import Answerer, mandarin
    from service.cli import batch

    if writer not in ("phrases", "model"):
        raise InputError("ask.writer", f"没有叫“{writer}”的写手。", "可用 phrases、model。")
    limit = day(as_of)
    held = opened(shop)
    answerer = Answerer(held, mandarin(held))
    if source:
        batch.run(source, target, lambda r: _judged(answerer, r, limit))
        return
    if not question:
        raise InputError("ask.empty", "还没有问题。", "写一句问题，或用 --in 给一个文件。")
    record = _answered(answerer, question, on_screen or None, limit)
    typer.echo(record["answer"])
    for fact in record["facts"]:
        place = " ".join(fact["evidence"].values())
        typer.echo(f"  依据：{fact['product'] or '全店'} {fact['property']} {fact['value']}（{place}）")


def _judged(answerer: Answerer, record: dict[str, Any], limit: date | None) -> dict[str, Any]:
    from service.cli import batch

    on_screen = record.get("on_screen")
    question = batch.text_field(record, "question")
    return _answered(answerer, question, on_screen if isinstance(on_screen, str) else None, limit)


def _answered(answerer: Answerer, question: str, on_screen: str | None, limit: date | None) -> dict[str, Any]:
    start = time.perf_counter()
    found = answerer.answer(question, on_screen, limit).record()
    # The model writes in the anchor's room; here its answers are the phrases too, and say so.
    return found | {"writer": "phrases", "seconds": round(time.perf_counter() - start, 4)}
