"""``xiangyin label``: write the AIGC label into a file, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="声音、视频或图片文件。")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    label = typer.Typer(help="文件里的 AIGC 标识：写入、核对。", no_args_is_help=True)
    app.add_typer(label, name="label")
    label.command("check", help="核对文件里是不是有且只有一个合格的 AIGC 标识。")(_check)
    label.command("write", help="往文件里写 AIGC 标识；原来有的换成新的。")(_write)


def _check(file: File) -> None:
    from compliance import labels

    good, sentence = labels.check(file)
    typer.echo(sentence)
    raise typer.Exit(0 if good else 1)


def _write(
    file: File,
    produce_id: Annotated[str, typer.Option("--id", help="内容编号；不写就自动编一个。")] = "",
    producer: Annotated[str, typer.Option("--producer", help="提供者编码；不写就用设置里的。")] = "",
    config: Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")] = None,
) -> None:
    from compliance import labels
    from core.settings import load

    codes = load(config).label
    made = labels.Label.of(producer or codes.producer, "" if producer else codes.propagator, produce_id)
    labels.write(file, made)
    typer.echo(labels.check(file)[1])
