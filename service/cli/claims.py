"""``xiangyin claims``: is every claim of a text carried by a fact of the shop?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from knowledge_graph.claims import Checker

claims_app = typer.Typer(no_args_is_help=True, help="说法核对：一句话里说商品的，资料里有没有依据。")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(claims_app, name="claims")


@claims_app.command()
def check(
    text: Annotated[str, typer.Argument(help="要核对的话。")] = "",
    shop: Annotated[str, typer.Option(help="店铺名。")] = "demo",
    product: Annotated[str, typer.Option(help="这句话说的是哪个商品。")] = "",
    as_of: Annotated[str, typer.Option(help="按哪天的资料核对，YYYY-MM-DD。")] = "",
    source: Annotated[str, typer.Option("--in", help="每行一个 JSON 的文件，- 是标准输入。")] = "",
    target: Annotated[str, typer.Option("--out", help="写到哪个文件，- 是标准输出。")] = "-",
) -> None:
    """核对一句话：每个数、地方、证书、比较和好坏，都要有资料托着。都有依据退出码是 0，否则 1；成批时 0。"""
    from core.errors import InputError
    from knowledge_graph.claims import Checker
    from service.cli import batch
    from service.cli.ask import day, opened

    limit = day(as_of)
    checker = Checker(opened(shop))
    if source:
        batch.run(source, target, lambda r: _judged(checker, r, limit))
        return
    if not text:
        raise InputError("claims.empty", "还没有要核对的话。", "写一句话，或用 --in 给一个文件。")
    checked = checker.check(text, product or None, limit)
    typer.echo("有依据。" if checked.carried else "有的说法没有依据：")
    for claim in checked.claims:
        if claim.fact:
            typer.echo(f"  有  {claim.value}：{claim.fact.label} {claim.fact.written}（{claim.fact.source}）")
        else:
            typer.echo(f"  没有 {claim.value}：{claim.reason}")
    if not checked.carried:
        raise typer.Exit(1)


def _judged(checker: Checker, record: dict[str, Any], limit: date | None) -> dict[str, Any]:
    from service.cli import batch

    product = record.get("product")
    text = batch.text_field(record, "text")
    return checker.check(text, product if isinstance(product, str) else None, limit).record()
