"""``xiangyin config``: the settings in force, and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("config", help="显示正在使用的设置，以及每一项从哪里来。")
    def config(
        file: Annotated[Path | None, typer.Option("--config", help="设置文件（TOML）。")] = None,
    ) -> None:
        from core.settings import load_with_origins

        typer.echo(load_with_origins(file).dump())
