"""``xiangyin guard``: may this be said, and what in it is somebody's personal data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from core.errors import InputError

if TYPE_CHECKING:
    from compliance.guard import Judgement, Speaker

_ACTIONS = {"allow": "可以说", "rewrite": "要改", "block": "不能说", "alert": "提醒主播更正"}


def _speaker(value: str) -> Speaker:
    if value == "ai":
        return "ai"
    if value == "human":
        return "human"
    raise InputError("guard.unknown_speaker", f"不认识的说话人“{value}”。", "请写 ai 或 human。")


def _record(judgement: Judgement) -> dict[str, Any]:
    return {
        "action": judgement.action,
        "findings": [
            {
                "rule": f.rule,
                "class": f.kind,
                "law": f.law,
                "start": f.start,
                "end": f.end,
                "surface": f.surface,
                "reason": f.reason,
            }
            for f in judgement.findings
        ],
        "rewrite": judgement.rewrite,
    }


def _show(judgement: Judgement, explain: bool) -> None:
    typer.echo(_ACTIONS[judgement.action])
    for f in judgement.findings:
        typer.echo(f"  第 {f.start + 1} 到 {f.end} 个字“{f.surface}”：{f.reason}（{f.law}）")
    for line in judgement.advice:
        typer.echo(f"  建议 {line}")
    if judgement.rewrite:
        typer.echo(f"  去掉以后：{judgement.rewrite}")
    if explain:
        for f in judgement.findings:
            typer.echo(f"  用到规则 {f.rule}，类别 {f.kind}")
        for c in judgement.considered:
            typer.echo(f"  考虑过规则 {c.rule}“{c.surface}”，放行：{c.why}")
        typer.echo(f"  规则版本 {judgement.version or '-'}")


def check(
    text: str = typer.Argument("", help="要检查的话。"),
    speaker: str = typer.Option("ai", help="谁说的：ai 或 human。"),
    category: str = typer.Option("generic", help="商品类别，如 honey、seed。"),
    as_of: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="按哪一天看证据，默认今天。"),
    source: str = typer.Option("", "--in", help="成批：读 JSON Lines，- 为标准输入。"),
    target: str = typer.Option("-", "--out", help="成批：写到哪里。"),
    explain: bool = typer.Option(False, "--explain", help="说明考虑过哪些规则、为什么。"),
) -> None:
    """检查一句话能不能在直播里说。能说退出码是 0，要改、不能说或要更正是 1；成批时总是 0。"""
    from compliance.guard import Guard
    from service.cli import batch

    guard, who = Guard.load(), _speaker(speaker)
    day = as_of.date() if as_of else None

    def judge(record: batch.Record) -> batch.Record:
        given = record.get("record")
        evidence = given if isinstance(given, dict) else None
        kind = record.get("category")
        kind = kind if isinstance(kind, str) else category
        shown = record.get("product")
        product = shown if isinstance(shown, str) else ""
        return _record(guard.check(batch.text_field(record, "text"), who, kind, evidence, day, product))

    if source:
        batch.run(source, target, judge)
        return
    if not text.strip():
        raise InputError("guard.empty", "还没有要检查的话。", "写一句话，或用 --in 给一个文件。")
    judgement = guard.check(text, who, category, None, day)
    _show(judgement, explain)
    if judgement.action != "allow":
        raise typer.Exit(1)


def mask(
    text: str = typer.Argument("", help="要遮住个人信息的文字。"),
    source: str = typer.Option("", "--in", help="成批：读 JSON Lines，- 为标准输入。"),
    target: str = typer.Option("-", "--out", help="成批：写到哪里。"),
) -> None:
    """遮住电话、证件号、卡号、微信、地址等个人信息。"""
    from compliance import privacy
    from service.cli import batch

    def hide(record: batch.Record) -> batch.Record:
        masked = privacy.mask(batch.text_field(record, "text"))
        spans = [{"start": s.start, "end": s.end, "type": s.type} for s in masked.spans]
        return {"masked": masked.text, "spans": spans}

    if source:
        batch.run(source, target, hide)
        return
    if not text:
        raise InputError("guard.empty", "还没有要遮的文字。", "写一句话，或用 --in 给一个文件。")
    typer.echo(privacy.mask(text).text)


def register(app: typer.Typer) -> None:
    """Add ``guard check`` and ``guard mask``."""
    group = typer.Typer(help="合规：检查话术，遮住个人信息。", no_args_is_help=True)
    group.command("check")(check)
    group.command("mask")(mask)
    app.add_typer(group, name="guard")
