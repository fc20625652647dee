"""``xiangyin anchor``: a programme of the virtual host, written as sound, subtitles and a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import Settings
    from knowledge_graph.facts import Shop
    from service.show_of_shop import Production, Summary

MINUTES = 3.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("anchor")(anchor)


def anchor(
    shop: Annotated[str, typer.Option(help="店铺名。")] = "demo",
    comments: Annotated[
        Path | None, typer.Option(help='评论文件，每行一条：{"at": 秒, "user": "…", "text": "…"}。')
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, max=1440, help="几分钟；不写就按节目单。")] = None,
    out: Annotated[Path, typer.Option(help="声音写到哪里；旁边还有 .srt 和 .jsonl。")] = Path("show.wav"),
    as_of: Annotated[str, typer.Option(help="按哪天的资料讲，YYYY-MM-DD。")] = "",
    voice: Annotated[str, typer.Option(help="音色，例如 zf_xiaoxiao；不写就按设置。")] = "",
    seed: Annotated[int, typer.Option(help="同一个数讲出来的话一样。")] = 0,
    persona: Annotated[
        str, typer.Option(help="主播人设，例如 xiaoxiang、manman、yaomei；不写就按设置。")
    ] = "",
    earlier: Annotated[
        Path | None, typer.Option(help="以前几场说过的话记在这个文件里，这一场换着说法讲，讲完再记上。")
    ] = None,
    writer: Annotated[str, typer.Option(help="谁来造句：phrases 或 model；不写就按设置。")] = "",
    programme: Annotated[
        Path | None, typer.Option(help="节目单文件（toml），例如 examples/programme.toml；不写就按设置。")
    ] = None,
    begins: Annotated[str, typer.Option(help="节目从几点开始，例如 06:00；有钟点的环节照它来。")] = "",
) -> None:
    """虚拟主播讲一场：照着店铺资料介绍商品、回答评论，每句话都查得到依据。"""
    from anchor.comments.sources import read_replay
    from core.settings import load
    from service.cli.ask import day, opened
    from service.cli.progress import bar_of_seconds
    from service.earlier import read_memory, write_memory
    from service.labelling import Labelling
    from service.programme import planned
    from service.show_of_shop import perform

    settings, held, limit = load(), opened(shop), day(as_of)
    labelling, plan = Labelling(settings.label), planned(settings, programme)
    made = replace(
        _cast(settings, held, limit, persona, voice, writer),
        minutes=minutes or (plan.seconds / 60 if plan else MINUTES),
        programme=plan,
        begins=_clock(begins, limit or held.meta.as_of),
        seed=seed,
    )
    if earlier:
        made = replace(made, memory=read_memory(earlier))
    arrivals = read_replay(comments) if comments else []
    with bar_of_seconds("讲") as move:
        done = perform(made, arrivals, out, lambda seconds: move(seconds, made.minutes * 60))
    if earlier:
        write_memory(earlier, done.memory)
    typer.echo(_told(out, done, labelling.mark(out)))


def _cast(
    settings: Settings, shop: Shop, limit: date | None, persona: str, voice: str, writer: str
) -> Production:
    """A show of the shop with its host, voice and writer, as asked for or as the settings say."""
    from anchor.persona import persona as named
    from service.cli.say import load
    from service.show_of_shop import Production
    from service.writing import author

    host = named(persona or settings.anchor.persona)
    writes = author(settings, writer, shop, limit, lambda text: typer.echo(f"提示：{text}", err=True), host)
    speaker = load(voice or host.voice, host.speed)
    return Production(shop, speaker, MINUTES, host, writes, as_of=limit)


def _clock(begins: str, day: date) -> datetime | None:
    """The time of day ``HH:MM`` on ``day``; None when left out."""
    from core.errors import InputError

    if not begins:
        return None
    try:
        return datetime.combine(day, datetime.strptime(begins, "%H:%M").time())
    except ValueError as error:
        raise InputError("input.bad_time", f"“{begins}”不是钟点。", "请写成 06:00 这样。") from error


def _told(out: Path, done: Summary, label: str | None) -> str:
    waits = sorted(done.waits)
    median = f"，评论到开口中位 {waits[len(waits) // 2]:.1f} 秒" if waits else ""
    return (
        f"{out}：{done.seconds:.0f} 秒，讲了 {done.lines} 句，拦下 {done.refused} 句；"
        f"评论 {done.comments} 条，答了 {done.answered} 条，说没有资料 {done.deferred} 条{median}。"
        + (f"已写入 AIGC 标识 {label}。" if label else "")
    )
