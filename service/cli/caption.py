"""``xiangyin caption``: a recording into annotated Mandarin subtitles."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

if TYPE_CHECKING:
    from media.cues import Notes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("caption")(caption)


def caption(
    file: Annotated[Path, typer.Argument(help="录音或视频：wav、mp3、flac、mp4、m4a ……；- 表示标准输入。")],
    out: Annotated[
        list[Path] | None, typer.Option("--out", help="字幕文件 .srt、.vtt、.ass，可以写几个。")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="把每句的原话、释义和用时写成 JSON。")] = None,
    dialect: Annotated[str, typer.Option(help="说的是哪里话：auto，或四川话、粤语……")] = "",
    shop: Annotated[str, typer.Option(help="讲的是哪家店：商品名会听得准些。")] = "",
    explain: Annotated[bool, typer.Option(help="写出每句是怎么来的：听到、改了、注释、没写。")] = False,
    notes: Annotated[str, typer.Option(help="方言注释：full、short、off。")] = "",
    config: Annotated[Path | None, typer.Option(help="设置文件（toml）。")] = None,
) -> None:
    """给录音或视频做带方言注释的普通话字幕。"""
    from core.settings import load
    from dialects.groups import parse
    from media import srt
    from service.assemble import Assembly
    from service.captions_of_file import caption_recording, save, summary
    from service.cli.progress import bar_of_seconds
    from service.explained import explanation

    parse(dialect)
    noted, targets, assembly = _notes(notes), _targets(out or [], json), Assembly(load(config))
    with bar_of_seconds("做字幕") as progress, _at_hand(file) as recording:
        done = caption_recording(
            assembly,
            recording,
            dialect=dialect,
            shop=shop,
            tell=(lambda told: print(explanation(told))) if explain else None,
            notes=noted,
            progress=progress,
        )
    assembly.compute.close()
    save(done, targets)
    if not targets and not explain:
        print(srt.write(done.laid.blocks), end="")
    print(summary(done), file=sys.stderr)


def _notes(name: str) -> Notes | None:
    """How dialect words are explained; None for the settings'."""
    from core.errors import InputError
    from media.cues import Notes

    if not name:
        return None
    if name in get_args(Notes):
        return cast(Notes, name)
    raise InputError("caption.notes", f"不认识的注释方式“{name}”。", "可用 full、short、off。")


def _targets(subtitles: list[Path], record: Path | None) -> list[Path]:
    """The files to write, each of a kind that can be."""
    from media.live import writer

    for path in subtitles:
        writer(path)
    return subtitles if record is None else [*subtitles, _as_json(record)]


def _as_json(path: Path) -> Path:
    return path if path.suffix.lower() == ".json" else path.with_suffix(".json")


@contextmanager
def _at_hand(file: Path) -> Iterator[Path]:
    """The recording as a file: what comes by a pipe is copied first, as some formats are read backwards."""
    if str(file) != "-":
        yield file
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "标准输入"
        with copy.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out)
        yield copy
