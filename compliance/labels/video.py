"""The label of MP4, M4A, MOV (``moov.udta.meta``, key ``AIGC``) and FLV (``onMetaData``) (TC260-PG-20257A).

FFmpeg writes them, by remuxing without decoding; they are read back by walking the boxes and tags here,
because FFmpeg shows one of several labels only.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import av

from compliance.labels.copying import damaged
from core.errors import InputError

KEY = "AIGC"
_META_LIMIT = 64 << 20
_OWN = (KEY, "major_brand", "minor_version", "compatible_brands", "encoder")
"""What the new container states of itself."""


def mp4_values(path: Path) -> list[str]:
    """The value of every ``AIGC`` key of ``moov.udta.meta`` and ``moov.meta``."""
    found: list[str] = []
    with open(path, "rb") as file:
        end = file.seek(0, os.SEEK_END)
        for name, start, stop in _boxes(file, 0, end, path):
            if name != b"moov":
                continue
            for inner, begin, until in _boxes(file, start, stop, path):
                if inner == b"meta":
                    found += _of_meta(file, begin, until, path)
                elif inner == b"udta":
                    for box, first, last in _boxes(file, begin, until, path):
                        if box == b"meta":
                            found += _of_meta(file, first, last, path)
    return found


def _boxes(file: IO[bytes], start: int, end: int, path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box."""
    while start + 8 <= end:
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        elif size == 0:  # to the end; inside udta it is a terminator, which the test below ends too
            size = end - start
        if size < header or start + size > end:
            raise damaged(path)
        yield name, start + header, start + size
        start += size


def _of_meta(file: IO[bytes], start: int, end: int, path: Path) -> list[str]:
    file.seek(start)
    if file.read(8)[4:] != b"hdlr":  # a full box in MP4, a plain one in QuickTime
        start += 4
    keys: list[bytes] = []
    found: list[str] = []
    for name, begin, until in _boxes(file, start, end, path):
        if until - begin > _META_LIMIT:
            raise damaged(path)
        if name == b"keys":
            keys = [key for key, _, _ in _keys(file, begin, until)]
        elif name == b"ilst":
            for item, first, last in _boxes(file, begin, until, path):
                number = int.from_bytes(item, "big")
                if 0 < number <= len(keys) and keys[number - 1] == KEY.encode():
                    found += _data(file, first, last, path)
    return found


def _keys(file: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    file.seek(start)
    content = file.read(end - start)
    position = 8
    while position + 8 <= len(content):
        size = int.from_bytes(content[position : position + 4], "big")
        if size < 8:
            return
        yield content[position + 8 : position + size], position, size
        position += size


def _data(file: IO[bytes], start: int, end: int, path: Path) -> list[str]:
    found = []
    for name, first, last in _boxes(file, start, end, path):
        if name == b"data":
            file.seek(first + 8)
            found.append(file.read(last - first - 8).decode("utf-8", "replace"))
    return found


def flv_values(path: Path) -> list[str]:
    """The value of every text ``AIGC`` in the script tags."""
    found: list[str] = []
    key = struct.pack(">H", len(KEY)) + KEY.encode()
    with open(path, "rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(5)
        position = int.from_bytes(file.read(4), "big") + 4
        while position + 11 <= end:
            file.seek(position)
            head = file.read(11)
            size = int.from_bytes(head[1:4], "big")
            if head[0] & 0x1F == 18:
                for part in file.read(size).split(key)[1:]:
                    found.append(_amf_text(part))
            position += 11 + size + 4
    return found


def _amf_text(data: bytes) -> str:
    """An AMF0 string (type 2) or long string (type 12); empty for another type."""
    if data[:1] == b"\x02":
        return data[3 : 3 + int.from_bytes(data[1:3], "big")].decode("utf-8", "replace")
    if data[:1] == b"\x0c":
        return data[5 : 5 + int.from_bytes(data[1:5], "big")].decode("utf-8", "replace")
    return ""


def write_mp4(source: Path, target: Path, value: str) -> None:
    """Copy every stream of ``source`` into ``target`` with the label; ``target`` decides the flavour."""
    kind = {".mov": "mov", ".m4a": "ipod"}.get(source.suffix.lower(), "mp4")
    # Without the flag FFmpeg drops the key and says nothing.
    _remux(source, target, kind, {"movflags": "use_metadata_tags+faststart"}, value)


def write_flv(source: Path, target: Path, value: str) -> None:
    """Copy every stream of ``source`` into ``target`` with the label in ``onMetaData``."""
    _remux(source, target, "flv", {}, value)


def _remux(source: Path, target: Path, kind: str, options: dict[str, str], value: str) -> None:
    try:
        with (
            av.open(str(source), metadata_errors="ignore") as read,
            av.open(str(target), "w", format=kind, options=options) as out,
        ):
            if not read.streams:
                raise damaged(source)
            _refuse_cover(source, read)
            out.metadata.update({k: v for k, v in read.metadata.items() if k not in _OWN})
            out.metadata[KEY] = value
            streams = {s.index: out.add_stream_from_template(s) for s in read.streams}
            for stream in read.streams:
                streams[stream.index].metadata.update(stream.metadata)
            out.set_chapters(read.chapters())
            for packet in read.demux():
                if packet.size:
                    packet.stream = streams[packet.stream.index]
                    out.mux(packet)
    except (av.FFmpegError, ValueError) as error:
        raise InputError(
            "label.not_copied",
            f"文件 {source.name} 里有写不进标识的内容，或者已经损坏。",
            "请先转成普通的 mp4 再写标识。",
        ) from error


def _refuse_cover(source: Path, container: av.container.InputContainer) -> None:
    """FFmpeg has no place for a cover beside this kind of metadata; it must not vanish unnoticed."""
    if any(s.disposition & av.stream.Disposition.attached_pic for s in container.streams):
        raise InputError(
            "label.cover", f"文件 {source.name} 带着封面图，写标识会丢掉它。", "请先去掉封面图再写标识。"
        )
