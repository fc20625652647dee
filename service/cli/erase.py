"""``xiangyin erase``: remove a person's data, or a room's, without breaking the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InputError

if TYPE_CHECKING:
    from compliance.ledger_references import Piece
    from core.settings import Privacy

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
KINDS = {"comment": "留言（昵称和内容）", "person": "操作记录里的名字"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase")(erase)


def erase(
    who: Annotated[str, typer.Option("--who", help="谁的资料：观众昵称，或者操作人的名字。")] = "",
    room: Annotated[str, typer.Option("--room", help="哪个房间；不写就是每个房间。")] = "",
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=FORMATS, help="从什么时候起（含）。")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=FORMATS, help="到什么时候为止（不含）。")
    ] = None,
    sound: Annotated[
        bool, typer.Option("--sound", help="连同这段时间留底的声音；不写 --who 时总是一起删。")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="谁来删的，记在记录里。")] = "店主",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出来，不删。")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")] = None,
) -> None:
    """删除一个人的资料，或者一个房间里所有人的；直播记录保持完好，能照样核对。"""
    from core.settings import load
    from service import erasing

    if not who and not room:
        raise InputError("erase.nothing", "没有说删谁的。", "用 --who 写名字，或用 --room 写房间。")
    if who and who == by:
        raise InputError("erase.same", "删的人和被删的人是同一个名字。", "请用 --by 写另一个名字。")
    settings = load(config)
    data = settings.service.data_dir
    begin, end = (moment.astimezone() if moment else None for moment in (begin, end))
    total = 0
    for name in erasing.rooms(data, room):
        if (sound or not who) and (held := erasing.sounds(data, name)):
            if dry_run:
                typer.echo(f"房间 {name}：留底的声音一共 {held} 段，每段一分钟，删其中这段时间的")
            else:
                held = _erase_sound(data, settings.privacy, name, begin, end, by)
                typer.echo(f"房间 {name}：声音 {held} 段")
            total += held
        pieces = erasing.found(data, name, who or None, begin, end)
        if pieces:
            typer.echo(f"房间 {name}：{_counted(pieces)}")
            total += len(pieces) if dry_run else _erase(data, name, pieces, by)
            if dry_run:
                _list(pieces)
    if not total:
        typer.echo("没有找到要删的资料。")
    elif dry_run:
        typer.echo(f"一共 {total} 份，还没有删；去掉 --dry-run 就删。")
    else:
        typer.echo(f"删除了 {total} 份，记录里写明了是谁、什么时候删的。")
    if who and not dry_run:
        _tell_remaining(data, who)


def _erase(data: Path, room: str, pieces: Sequence[Piece], by: str) -> int:
    from service import erasing, owned
    from service.protocols.local import AT_ONCE

    names = [piece.reference for piece in pieces]
    service = owned.listening(data)
    if service is None:
        return erasing.alone(data, room, lambda here: here.erase(names, by))[0]
    done = 0
    for start in range(0, len(names), AT_ONCE):
        order = {"references": names[start : start + AT_ONCE], "who": by}
        done += int(owned.ask(service, data, f"rooms/{room}/erase", order)["erased"])
    return done


def _erase_sound(
    data: Path, privacy: Privacy, room: str, begin: datetime | None, end: datetime | None, by: str
) -> int:
    from service import erasing, owned

    service = owned.listening(data)
    if service is None:
        return erasing.erase_sound_alone(data, privacy, room, begin, end, by)
    period = {"begin": begin, "end": end}
    order = {"who": by} | {side: moment.isoformat() for side, moment in period.items() if moment}
    return int(owned.ask(service, data, f"rooms/{room}/erase-sound", order)["erased"])


def _counted(pieces: Sequence[Piece]) -> str:
    kinds = Counter(KINDS.get(piece.kind, "其他个人资料") for piece in pieces)
    return "，".join(f"{kind} {count} 份" for kind, count in kinds.items())


def _list(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        when = datetime.fromtimestamp(piece.kept).strftime("%Y-%m-%d %H:%M")
        typer.echo(f"  {when} {piece.subject or '（没有名字）'}：{_words(piece)}")


def _words(piece: Piece) -> str:
    import json

    try:
        held = json.loads(piece.data)
    except ValueError:
        return piece.data[:40]
    return str(held.get("text", held.get("who", "")))[:40] if isinstance(held, dict) else piece.data[:40]


def _tell_remaining(data: Path, who: str) -> None:
    from service import erasing

    if left := erasing.remaining(data, who):
        files = "、".join(str(file.relative_to(data)) for file in left[:5])
        typer.echo(
            f"注意：这些文件里还有“{who}”这几个字：{files}{' 等' if len(left) > 5 else ''}。"
            "直播里说出口的话（字幕、台词）按规定要留三年；商品资料里的，请在店铺里改。"
        )
