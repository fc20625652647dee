"""``xiangyin say``: text into speech, one WAV a line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from anchor.speech.speaker import Speaker
    from service.cli.batch import Record


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("say")(say)


def say(
    text: Annotated[str | None, typer.Argument(help="要念的话。")] = None,
    voice: Annotated[str, typer.Option(help="音色，例如 zf_xiaoxiao、zm_yunxi；不写就按设置。")] = "",
    speed: Annotated[float | None, typer.Option(help="语速，1 是平常，0.9 更适合老人。")] = None,
    source: Annotated[str, typer.Option("--in", help="JSONL 文件（id、text），- 为标准输入。")] = "",
    out: Annotated[Path, typer.Option("--out", help="WAV 文件；有 --in 时是文件夹。")] = Path("say.wav"),
    explain: Annotated[bool, typer.Option("--explain", help="打印每个分句念成什么。")] = False,
) -> None:
    """把话念出来：金额、重量、日期、编号照人说话的样子念，响度统一。"""
    from core.errors import InputError
    from core.settings import load as settings
    from service.cli import batch
    from service.labelling import Labelling

    if not source and text is None:
        raise InputError("input.nothing", "没有给要念的话。", "写一句话，或用 --in 给一个文件。")
    labelling = Labelling(settings().label)
    speaker = load(voice, speed, signed=True)
    if not source:
        assert text is not None
        if explain:
            for written, said in speaker.plan(text):
                typer.echo(f"{written} → {said}")
        record = spoken(speaker, text, out)
        label = labelling.mark(out)
        marked = f"，已写入 AIGC 标识 {label}" if label else ""
        typer.echo(f"{out}：{record['seconds']:.1f} 秒，{record['loudness']} LUFS{marked}。")
        return
    out.mkdir(parents=True, exist_ok=True)
    names: set[str] = set()

    def judge(record: Record) -> Record:
        name = unique(record.get("id"), names)
        line = batch.text_field(record, "text")
        record = {"wav": name, "text": line} | spoken(speaker, line, out / name)
        return record | {"label": labelling.mark(out / name)}

    batch.run(source, str(out / "manifest.jsonl"), judge)
    print(f"写到 {out}，清单是 manifest.jsonl。", file=sys.stderr)


def load(voice: str, speed: float | None, signed: bool = False) -> Speaker:
    """The speaker that the settings name, in another voice or at another speed where asked.

    Where the settings choose the audio rhythm it goes before AI notices, or before every line if ``signed``.
    """
    from anchor.speech.speaker import Speaker
    from backends import equip
    from backends.voices import BACKENDS
    from core.errors import InputError
    from core.settings import load as settings
    from core.weights import Weights
    from service.labelling import sign

    chosen = settings()
    low, high = 0.5, 2.0
    if speed is not None and not low <= speed <= high:
        raise InputError("say.speed", f"语速 {speed} 不行。", f"请用 {low} 到 {high} 之间的数。")
    engine = equip(BACKENDS, chosen.voice, Weights(chosen.weights.folder))
    mark = sign(chosen.label, everywhere=signed)
    return Speaker(engine, voice or chosen.voice.voice, speed or chosen.voice.speed, sign=mark)


def spoken(speaker: Speaker, text: str, path: Path) -> Record:
    """Speak ``text`` into ``path`` and describe what was written."""
    from anchor.speech.recording import describe, write
    from anchor.speech.speaker import joined

    speech = joined(speaker.speak(text))
    write(path, speech)
    return describe(speech) | {"voice": speaker.name, "speed": speaker.speed}


def unique(name: object, taken: set[str]) -> str:
    """A file name for an ``id``, whatever characters it has, that no other line has."""
    stem = re.sub(r"[^\w\-]+", "_", str(name) if name is not None else "line")[:80].strip("_") or "line"
    found, count = stem, 1
    while found in taken:
        count += 1
        found = f"{stem}-{count}"
    taken.add(found)
    return f"{found}.wav"
