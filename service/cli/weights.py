"""``xiangyin weights``: the model files, what is here, and fetching what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

if TYPE_CHECKING:
    from core.weights import Weights

Names = Annotated[list[str] | None, typer.Argument(help="模型文件的名字；不写就是默认要用的那几套。")]
Folder = Annotated[Path | None, typer.Option("--folder", help="模型文件夹；不写就按设置。")]
Mirror = Annotated[str | None, typer.Option("--mirror", help="先从这个文件夹（或软件源地址）取安装包。")]


def store(folder: Path | None = None, mirror: str | None = None) -> Weights:
    """The weights store that the settings name, unless the arguments do."""
    from core.settings import load
    from core.weights import Weights

    settings = load().weights
    return Weights(folder or settings.folder, mirror or settings.mirror or None)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="模型文件：查看、下载、核对。", no_args_is_help=True)
    group.command("list", help="列出模型文件和许可，看看哪些已经在电脑上。")(show)
    group.command("fetch", help="下载缺少的模型文件；中断后再运行会接着下载。")(fetch)
    group.command("check", help="逐字节核对模型文件，缺了或坏了就报出来。")(check)
    app.add_typer(group, name="weights")


def show(folder: Folder = None) -> None:
    """Print every set with its state."""
    weights = store(folder)
    missing = set(weights.missing(list(weights.sets)))
    typer.echo(f"模型文件夹：{weights.folder}")
    for entry in weights.sets.values():
        mark = "✗ 没有" if entry.name in missing else "✓ 完整"
        wanted = "" if entry.default else "（可选）"
        typer.echo(f"{mark}  {entry.name}{wanted}  {entry.role}  {entry.size / 1e6:.0f} MB")
        typer.echo(f"        {entry.model}  许可：{entry.licence}")


def fetch(names: Names = None, folder: Folder = None, mirror: Mirror = None) -> None:
    """Fetch what is missing, with one progress bar over all bytes."""
    weights = store(folder, mirror)
    if not weights.missing(names):
        typer.echo(f"模型文件已经齐全：{weights.folder}")
        return
    with tqdm(unit="B", unit_scale=True, file=sys.stderr, desc="下载模型", mininterval=0.5) as bar:

        def progress(what: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description(what, refresh=False)
            bar.update(done - bar.n)

        weights.fetch(names, progress)
    typer.echo(f"模型文件已经齐全：{weights.folder}")


def check(names: Names = None, folder: Folder = None) -> None:
    """Read every byte again; exit code 1 where something is wrong."""
    weights = store(folder)
    wrong = weights.check(names)
    if not wrong:
        typer.echo(f"✓ 模型文件完整：{weights.folder}")
        return
    typer.echo(f"✗ 缺少或损坏：{'、'.join(wrong)}。请运行：xiangyin weights fetch {' '.join(wrong)}")
    raise typer.Exit(1)
