"""``xiangyin ledger``: check, export and look after the records of a room."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InputError

if TYPE_CHECKING:
    from compliance.ledger import Ledger, PublicKey, SigningKey

RoomName = Annotated[str, typer.Option("--room", help="房间名。")]
Config = Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")]
Public = Annotated[Path | None, typer.Option("--public-key", "--key", help="公钥文件；不写就用这台电脑的。")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    ledger = typer.Typer(help="直播记录：核对、导出、到期删除。", no_args_is_help=True)
    app.add_typer(ledger, name="ledger")
    ledger.command("verify", help="核对直播记录有没有被改过、删过、截断。")(_verify)
    ledger.command("export", help="导出签了名的记录，和一份人能看懂的报告。")(_export)
    ledger.command("prune", help="删除满三年的记录；不满三年的不删。")(_prune)
    ledger.command("erase", help="删除一份个人资料；记录链保持完好。")(_erase)
    ledger.command("key", help="导出公钥，交给要核对记录的人。")(_key)


def _data(config: Path | None) -> Path:
    from core.settings import load

    return load(config).service.data_dir


def _room(data: Path, name: str) -> Path:
    folder = data / "rooms" / name
    if "/" in name or name.startswith(".") or not (folder / "events").is_dir():
        raise InputError("ledger.no_room", f"没有房间“{name}”的记录。", "请检查房间名和数据文件夹。")
    return folder


@contextmanager
def _opened(data: Path, folder: Path) -> Iterator[Ledger]:
    from compliance.ledger import Ledger
    from core.journal import Journal

    with (
        Journal(folder / "events") as journal,
        Ledger(journal, folder / "heads", _signing_key(data), folder.name) as ledger,
    ):
        yield ledger


def _signing_key(data: Path) -> SigningKey:
    from compliance.ledger import SigningKey

    return SigningKey.open(data / "keys" / "ledger.pem")


def _public_key(data: Path, path: Path | None) -> PublicKey:
    from compliance.ledger import PublicKey, SigningKey

    return PublicKey.load(path) if path else SigningKey.load(data / "keys" / "ledger.pem").public


def _verify(
    room: RoomName = "main",
    exported: Annotated[Path | None, typer.Argument(metavar="EXPORT", help="核对导出的文件夹。")] = None,
    export: Annotated[Path | None, typer.Option("--export", help="同上。")] = None,
    heads: Annotated[Path | None, typer.Option("--heads", help="另外保存的签名记录的文件夹。")] = None,
    public_key: Public = None,
    config: Config = None,
) -> None:
    from compliance.ledger import References, verify
    from compliance.ledger_export import verify_export

    data = _data(config)
    key = _public_key(data, public_key)
    if (folder := exported or export) is not None:
        found = verify_export(folder, key)
        typer.echo(found.sentence())
        raise typer.Exit(0 if found.ok else 1)
    folder = _room(data, room)
    references = References(folder / "references")
    report = verify(folder / "events", heads or folder / "heads", key, references)
    if report.fault == "torn":  # perhaps a room is writing this very line
        time.sleep(0.5)
        report = verify(folder / "events", heads or folder / "heads", key, references)
    typer.echo(report.sentence())
    raise typer.Exit(0 if report.ok else 1)


def _export(
    out: Annotated[Path, typer.Option("--out", help="写到哪个新文件夹。")],
    room: RoomName = "main",
    personal: Annotated[
        bool, typer.Option("--personal", help="连同个人资料（昵称、留言、操作人）；给出去就收不回来了。")
    ] = False,
    config: Config = None,
) -> None:
    from compliance.ledger_export import export

    data = _data(config)
    folder = _room(data, room)
    report = export(room, folder, out, _signing_key(data), personal=personal, facts=_facts(data, folder))
    kept = "含个人资料，请保管好。" if personal else "个人资料没有导出，只有编号。"
    typer.echo(f"已导出到 {out}，报告是 report.html。{kept}{report.sentence()}")


def _facts(data: Path, folder: Path) -> dict[str, str]:
    """What each approved fact of the shops that were on air says, and where it stands, by its id."""
    from contextlib import closing, suppress

    from core.errors import XiangyinError
    from core.journal import read
    from service import owned
    from service.show_records import fact_record, facts_by_id

    acts = (entry.record for entry in read(folder / "events"))
    names = {a["detail"].get("shop", "") for a in acts if a.get("kind") == "start_show"} - {""}
    told: dict[str, str] = {}
    if not names:
        return told
    with closing(owned.shops(data)) as shops:
        for name in sorted(names):
            with suppress(XiangyinError):  # the shop is gone: its facts are named by their ids
                for fact in facts_by_id(shops.snapshot(name)).values():
                    record = fact_record(fact)
                    place = " ".join(record["evidence"].values())
                    told[fact.id] = f"{record['product']}{record['label']} {record['value']}（{place}）"
    return told


def _prune(
    room: RoomName = "main",
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], help="删这天以前的，默认三年前。")
    ] = None,
    config: Config = None,
) -> None:
    from service import owned

    data = _data(config)
    folder = _room(data, room)
    limit = before.replace(tzinfo=UTC) if before else None
    if service := owned.listening(data):
        order = {"before": limit.isoformat()} if limit else {}
        removed = owned.ask(service, data, f"rooms/{room}/prune", order)["removed"]
    else:
        with _opened(data, folder) as ledger:
            removed = ledger.prune(limit)
    typer.echo(f"删除了 {removed} 条满三年的记录。" if removed else "没有满三年的记录可以删。")


def _erase(
    reference: Annotated[str, typer.Argument(help="资料编号，pd: 开头。")],
    who: Annotated[str, typer.Option("--who", help="谁要求删除的。")],
    room: RoomName = "main",
    config: Config = None,
) -> None:
    from compliance.ledger import References
    from service import owned

    data = _data(config)
    folder = _room(data, room)
    held = References(folder / "references")
    if held.get(reference) is None:
        done = False
    elif service := owned.listening(data):
        order = {"references": [reference], "who": who}
        done = bool(owned.ask(service, data, f"rooms/{room}/erase", order)["erased"])
    else:
        with _opened(data, folder) as ledger:
            done = bool(ledger.erase([reference], held, who))
    typer.echo("已删除。" if done else "这份资料早就删除了，或者没有存过。")


def _key(
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；不写就显示出来。")] = None,
    config: Config = None,
) -> None:
    from core.files import write_atomic

    public = _signing_key(_data(config)).public
    if out is None:
        typer.echo(public.pem().decode(), nl=False)
    else:
        write_atomic(out, public.pem(), mode=0o644)
        typer.echo(f"公钥 {public.id} 已写到 {out}。")
