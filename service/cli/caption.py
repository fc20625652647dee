"""``xiangyin caption``: a recording into annotated Mandarin subtitles."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer


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
    from tqdm import tqdm

    from core.errors import InputError
    from core.settings import load
    from dialects.groups import parse
    from media.live import writer
    from service.assemble import Assembly
    from service.captions_of_file import caption_recording, save
    from service.explained import explanation

    parse(dialect)
    if notes not in ("", "full", "short", "off"):
        raise InputError("caption.notes", f"不认识的注释方式“{notes}”。", "可用 full、short、off。")
    targets = list(out or [])
    for path in targets:
        writer(path)
    if json is not None:
        targets.append(json.with_suffix(".json") if json.suffix.lower() != ".json" else json)
    assembly = Assembly(load(config))
    bar = tqdm(unit="秒", desc="做字幕", disable=not sys.stderr.isatty(), file=sys.stderr)
    with bar, _at_hand(file) as recording:

        def progress(done: float, total: float | None) -> None:
            bar.total = round(total) if total else None
            bar.n = round(done)
            bar.refresh()

        done = caption_recording(
            assembly,
            recording,
            dialect=dialect,
            shop=shop,
            tell=(lambda told: print(explanation(told))) if explain else None,
            notes=notes or None,  # type: ignore[arg-type]
            progress=progress,
        )
    save(done, targets)
    if not targets and not explain:
        from media import srt

        print(srt.write(done.laid.blocks), end="")
    assembly.compute.close()
    timing = done.record["timing"]
    left = f"，听不清的有 {len(done.record['dropped'])} 段没有写" if done.record["dropped"] else ""
    print(
        f"共 {len(done.cues)} 句{left}；"
        f"录音 {timing['audio_seconds']:.0f} 秒，用了 {timing['wall_seconds']:.0f} 秒。",
        file=sys.stderr,
    )


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
