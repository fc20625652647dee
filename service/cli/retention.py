"""``xiangyin retention``: delete what has been kept long enough."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="到期的资料：留言按设置的天数，直播记录满三年。", no_args_is_help=True)
    group.callback()(lambda: None)  # with a callback, a lone command keeps its name
    app.add_typer(group, name="retention")
    group.command("sweep", help="删除到期的留言和满三年的记录；乡音开着时每天自动做一次。")(_sweep)


def _sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说有多少，不删。")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")] = None,
) -> None:
    from core.settings import load
    from service import erasing, owned
    from service.keeping import Keeping

    settings = load(config)
    data, days = settings.service.data_dir, settings.privacy.comment_days
    old = {name: erasing.due(data, name, days) for name in erasing.rooms(data)}
    if dry_run:
        for name, due in old.items():
            if due.pieces or due.lines:
                lines = "，还有满三年的记录" if due.lines else ""
                typer.echo(f"房间 {name}：到期的个人资料 {len(due.pieces)} 份{lines}。")
        typer.echo(
            f"留言留 {days} 天（设置 privacy.comment_days），"
            f"声音 {settings.privacy.retention_days} 天，直播记录三年。还没有删。"
        )
    elif service := owned.listening(data):
        typer.echo(erasing.Swept(**owned.ask(service, data, "retention", {})).sentence())
    else:
        swept = [erasing.alone(data, name, lambda room: erasing.sweep(room, data, days))[0] for name in old]
        keeping = Keeping(data, settings.privacy)
        sounds = keeping.sweep()
        keeping.close()
        total = erasing.Swept(sum(s.pieces for s in swept), sum(s.lines for s in swept), sounds)
        typer.echo(total.sentence())
