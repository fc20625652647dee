"""``xiangyin comments``: what kind of comment is this?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

NAMES = {
    "minor": "未成年人",
    "distress": "需要关心的人",
    "overbuying": "过度购买",
    "scam": "诈骗或引流",
    "pii": "个人信息",
    "injection": "想操纵主播",
    "troll": "辱骂捣乱",
    "functional": "问商品或服务",
    "ritual": "问候闲聊",
}


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="评论：分类。", no_args_is_help=True)
    group.command("triage")(triage)
    app.add_typer(group, name="comments")


def triage(
    text: Annotated[str | None, typer.Argument(help="一条评论。")] = None,
    source: Annotated[str, typer.Option("--in", help="JSONL 文件（id、text），- 为标准输入。")] = "",
    out: Annotated[str, typer.Option("--out", help="写到这个 JSONL 文件，- 为标准输出。")] = "-",
    explain: Annotated[bool, typer.Option("--explain", help="说明凭什么这样分。")] = False,
) -> None:
    """判断评论属于哪一类：未成年人、求助、过度购买、诈骗、个人信息、操纵、辱骂、问商品、问候。"""
    from anchor.comments.triage import triage as judge
    from core.errors import InputError
    from dialects.render import Renderer
    from service.cli import batch
    from service.cli.dialect import user_folder
    from service.second_opinion import second_opinion

    opinion = second_opinion()
    renderer = Renderer(user=user_folder())

    def understand(said: str) -> str:
        return renderer.render(said).mandarin

    if source:

        def judged(record: batch.Record) -> batch.Record:
            found = judge(batch.text_field(record, "text"), understand, opinion)
            result: dict[str, Any] = {
                "kind": found.kind,
                "also": list(found.also),
                "confidence": found.confidence,
            }
            return result | ({"why": list(found.why)} if explain else {})

        batch.run(source, out, judged)
        return
    if text is None:
        raise InputError("input.nothing", "没有给评论。", "写一条评论，或用 --in 给一个文件。")
    found = judge(text, understand, opinion)
    also = f"，也像{'、'.join(NAMES[k] for k in found.also)}" if found.also else ""
    typer.echo(f"{NAMES[found.kind]}（{found.kind}，把握 {found.confidence:.0%}）{also}")
    if explain:
        typer.echo(f"依据：{'、'.join(found.why) or '与例句相像'}")
