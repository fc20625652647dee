"""JSON Lines in, JSON Lines out: the shared machinery of the batch commands.

One output line per input line, same ``id``, same order, streaming. A bad line yields an ``error`` record;
only an unreadable input file is fatal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from core.errors import InputError, XiangyinError, cause

Record = dict[str, Any]


@contextmanager
def _reader(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = open(name, "rb")
    except OSError as error:
        raise InputError(
            "input.unreadable", f"打不开输入文件 {name}：{cause(error)}。", "请检查路径和权限。"
        ) from error
    with stream:
        yield stream


@contextmanager
def _writer(name: str) -> Iterator[IO[str]]:
    if name == "-":
        yield sys.stdout
        return
    try:
        stream = open(name, "w", encoding="utf-8")
    except OSError as error:
        raise InputError(
            "output.unwritable", f"写不了输出文件 {name}：{cause(error)}。", "请换一个能写的位置。"
        ) from error
    with stream:
        yield stream


def parse(raw: bytes) -> Record:
    """One input line as a record; raises a coded error where it is not a JSON object."""
    try:
        record = json.loads(raw)
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError("input.bad_json", "这一行不是有效的 JSON。", "每行写一个 JSON 对象。") from error
    if not isinstance(record, dict):
        raise InputError("input.not_an_object", "这一行不是 JSON 对象。", "每行写一个 {…}。")
    return record


def text_field(record: Record, field: str) -> str:
    """The text under ``field``; a clear error where it is missing or is no text."""
    value = record.get(field)
    if not isinstance(value, str):
        raise InputError("input.missing_field", f"这一行缺少文字字段“{field}”。", f'请补上 "{field}"。')
    return value


def run(source: str, target: str, judge: Callable[[Record], Record]) -> None:
    """Stream records from ``source`` through ``judge`` to ``target`` (``-`` for standard streams)."""
    size = os.path.getsize(source) if source != "-" and Path(source).is_file() else None
    with _reader(source) as lines, _writer(target) as out:
        show = not sys.stderr.isatty()
        with tqdm(total=size, unit="B", unit_scale=True, disable=show, file=sys.stderr) as bar:
            for raw in lines:
                bar.update(len(raw))
                if raw.strip():
                    out.write(json.dumps(_judged(raw, judge), ensure_ascii=False) + "\n")
                    out.flush()


def _judged(raw: bytes, judge: Callable[[Record], Record]) -> Record:
    record: Record = {}
    try:
        record = parse(raw)
        return {"id": record.get("id")} | judge(record)
    except XiangyinError as error:
        return {"id": record.get("id"), "error": {"code": error.code, "message": str(error)}}
