"""``xiangyin label``: write the AIGC label into a file, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.errors import InputError

File = Annotated[Path, typer.Argument(help="声音、视频或图片文件。")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    label = typer.Typer(help="文件里的 AIGC 标识：写入、核对。", no_args_is_help=True)
    app.add_typer(label, name="label")
    label.command("check", help="核对文件里是不是有且只有一个合格的 AIGC 标识。")(_check)
    label.command("write", help="往文件里写 AIGC 标识；原来有的换成新的。")(_write)


def _check(
    file: File,
    room: Annotated[str, typer.Option("--room", help="这是哪个房间的文件：结果记进它的台账。")] = "",
    config: Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")] = None,
) -> None:
    from compliance import labels

    if not room:
        good, sentence = labels.check(file)
        typer.echo(sentence)
        raise typer.Exit(0 if good else 1)
    from core.settings import load
    from service import erasing, owned
    from service.labelling import FileCheck

    data = load(config).service.data_dir
    if room not in erasing.rooms(data):
        raise InputError("label.no_room", f"没有房间“{room}”的记录。", "请检查房间名和数据文件夹。")
    check = FileCheck.of(file)
    typer.echo(check.sentence)
    if service := owned.listening(data):
        seq = owned.ask(service, data, f"rooms/{room}/label-check", check.model_dump())["seq"]
    else:
        seq = erasing.alone(data, room, check.note)
    typer.echo(f"已记进房间 {room} 的台账，第 {seq} 条。")
    raise typer.Exit(0 if check.good else 1)


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
