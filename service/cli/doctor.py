"""``xiangyin doctor``: what this machine lacks, and how to mend it."""

from __future__ import annotations

import fcntl
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from backends import BackendSpec
    from core.settings import Settings
    from service.owning import Owner

PYTHONS = ((3, 11), (3, 12))
SPARE = 2_000_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. ``mend`` says how to mend it; ``needed`` faults make the exit code 1."""

    good: bool
    text: str
    mend: str = ""
    needed: bool = True

    def __str__(self) -> str:
        mark = "✓" if self.good else "✗" if self.needed else "–"
        return f"{mark} {self.text}{'' if self.good or not self.mend else '　→ ' + self.mend}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="检查电脑上缺什么，告诉您怎么补上。")(doctor)


def doctor() -> None:
    """Print every check; exit code 1 where something needed is missing."""
    from core.settings import load

    found = []
    for check in checks(load()):
        found.append(check)
        typer.echo(str(check))
    if any(not check.good and check.needed for check in found):
        raise typer.Exit(1)


def checks(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which a person would mend them."""
    yield python_version(sys.version_info[:2])
    yield from models(settings)
    yield disk(settings.service.data_dir)
    yield data_folder(settings.service.data_dir)
    own = running(settings.service.data_dir)
    yield Check(True, f"乡音正开着：{own.url}") if own else unlocked(settings.service.data_dir)
    if own is None or own.port != settings.service.port:
        yield port(settings.service.host, settings.service.port)
    yield microphone(settings.service.lan, settings.service.host)
    yield browser()


def python_version(version: tuple[int, int]) -> Check:
    """Whether this Python is one the program is tested on."""
    good = version in PYTHONS
    return Check(good, f"Python {version[0]}.{version[1]}", "请安装 Python 3.11 或 3.12，再运行 make run。")


def models(settings: Settings) -> Iterator[Check]:
    """Whether the engines that the settings name exist and their weights are complete."""
    from core.errors import XiangyinError
    from core.weights import Weights

    try:
        wanted = needed_sets(settings)
    except XiangyinError as error:
        yield Check(False, error.message, error.hint)
        return
    weights = Weights(settings.weights.folder)
    missing = weights.missing(wanted)
    for name in wanted:
        entry = weights.sets[name]
        state = "没有，或不完整" if name in missing else "完整"
        yield Check(
            name not in missing, f"模型文件 {name}（{entry.role}）{state}", f"xiangyin weights fetch {name}"
        )
    if any(part.registry == "npm" for n in missing for f in weights.sets[n].files for part in f.parts):
        mend = "请安装 Node.js，例如 sudo apt install npm。"
        yield Check(shutil.which("npm") is not None, "npm（下载音色要用）", mend)
    yield from free_space(weights.folder, sum(weights.sets[name].size for name in missing))


def needed_sets(settings: Settings) -> list[str]:
    """The weights sets of the engines that the settings name; those with a model of their own need none."""
    from backends import chat, choose, recognizers, voices

    chosen: tuple[tuple[Mapping[str, BackendSpec[Any]], Any], ...] = (
        (recognizers.BACKENDS, settings.recognizer),
        (voices.BACKENDS, settings.voice),
        (chat.BACKENDS, settings.chat),
    )
    found: list[str] = []
    for backends, section in chosen:
        if section.backend == "none":
            continue
        spec = choose(backends, section.backend)
        # A model folder of the user's own stands in for the first set; a voice still needs its timbres.
        found += spec.sets[1:] if section.model else spec.sets
    if settings.recognizer.fallback:
        found += choose(recognizers.BACKENDS, settings.recognizer.fallback).sets
    return list(dict.fromkeys(found))


def free_space(folder: Path, missing: int) -> Iterator[Check]:
    """Whether what is still to be downloaded will fit."""
    if missing:
        free = shutil.disk_usage(existing(folder)).free
        text = f"下载模型要用 {2 * missing / 1e9:.1f} GB，磁盘还剩 {free / 1e9:.1f} GB"
        yield Check(free > 2 * missing, text, "请清理磁盘，或用 XIANGYIN_WEIGHTS__FOLDER 换一个文件夹。")


def existing(folder: Path) -> Path:
    """The folder, or its nearest parent that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path("/"))


def disk(folder: Path) -> Check:
    """Whether days of events and captions will fit."""
    free = shutil.disk_usage(existing(folder)).free
    text = f"数据所在磁盘还剩 {free / 1e9:.1f} GB"
    return Check(free > SPARE, text, "请清理磁盘，至少留出 2 GB，否则直播记录可能写不下。")


def data_folder(folder: Path) -> Check:
    """Whether the data folder can be written."""
    from core.errors import cause

    place = existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        mend = "请检查权限，或用 XIANGYIN_SERVICE__DATA_DIR 换一个文件夹。"
        return Check(False, f"数据文件夹 {folder} 写不了：{cause(error)}", mend)
    return Check(True, f"数据文件夹 {folder} 可以写")


def running(folder: Path) -> Owner | None:
    """The program that runs on this data folder already, if one does."""
    from core.errors import StorageError
    from service.owning import owner

    try:
        return owner(folder)
    except StorageError:  # of a folder that cannot be read another check tells
        return None


def unlocked(folder: Path) -> Check:
    """Whether another process owns the data folder: each journal in it holds a ``.lock`` while it is open."""
    held = next((lock.parent for lock in sorted(folder.rglob(".lock")) if locked(lock)), None)
    if held is None:
        return Check(True, "没有别的程序占着数据文件夹")
    mend = "乡音多半已经在运行，直接用就行；要重开，先把它关掉。"
    return Check(False, f"数据文件夹 {held} 正被别的程序使用", mend, needed=False)


def locked(lock: Path) -> bool:
    """Whether some process holds the lock file."""
    with open(lock, "rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def port(host: str, number: int) -> Check:
    """Whether the service's port is free."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            mend = f"乡音可能已经开着；要不就换一个：xiangyin serve --port {number + 10}"
            return Check(False, f"端口 {number} 被占用", mend)
    return Check(True, f"端口 {number} 空着")


def microphone(lan: bool, host: str) -> Check:
    """What browsers demand before they give a page the microphone."""
    from service.auth import is_loopback
    from service.owning import reached_at

    if lan:
        return Check(True, "话筒：手机走 https，扫码后请在浏览器里点“仍要访问”，再点“允许”")
    phone = "手机要用话筒，请加 --lan（浏览器只在 https 下给话筒）"
    if not is_loopback(reached_at(host)):
        text = f"话筒：浏览器不给 http://{host} 用话筒，电脑上也不给"
        return Check(False, text, f"把设置里的 service.host 去掉；{phone}", needed=False)
    return Check(True, f"话筒：本机浏览器打开 http://127.0.0.1 可以用；{phone}")


def browser() -> Check:
    """Whether a Chromium is here; only the tests need one."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    text = f"Chromium（{found}）" if found else "没有 Chromium（只有跑测试才用得着）"
    return Check(found is not None, text, "sudo apt install chromium fonts-noto-cjk", needed=False)
