"""The label of an MP3 file: an ID3v2 frame ``TXXX`` described ``AIGC`` (TC260-PG-202510A).

All other frames stay as they are, byte by byte. Format: https://id3.org (2.2, 2.3 and 2.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from compliance.labels.copying import copy_bytes, damaged

_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


@dataclass(frozen=True, slots=True)
class _Frame:
    name: bytes
    whole: bytes
    """With its header, as it stands in the tag."""
    body: bytes


@dataclass(frozen=True, slots=True)
class _Tag:
    major: int
    flags: int
    frames: list[_Frame]
    length: int
    """Bytes of the file that it takes, header and padding included; 0 where there is none."""


def values(path: Path) -> list[str]:
    """The text of every frame described ``AIGC``."""
    with open(path, "rb") as file:
        return [text for frame in _tag(file, path).frames if (text := _label_in(frame)) is not None]


def write(source: Path, target: Path, value: str) -> None:
    """Copy ``source`` to ``target`` with one such frame, first in the tag."""
    with open(source, "rb") as file, open(target, "wb") as out:
        tag = _tag(file, source)
        body = b"\0AIGC\0" + value.encode("ascii")
        frames = _frame(tag.major, body) + b"".join(f.whole for f in tag.frames if _label_in(f) is None)
        out.write(b"ID3" + bytes((tag.major, 0, tag.flags)) + _syncsafe(len(frames)) + frames)
        copy_bytes(file, tag.length, None, out)


def _frame(major: int, body: bytes) -> bytes:
    if major == 2:
        return b"TXX" + len(body).to_bytes(3, "big") + body
    size = _syncsafe(len(body)) if major == 4 else len(body).to_bytes(4, "big")
    return b"TXXX" + size + b"\0\0" + body


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _from_syncsafe(data: bytes) -> int:
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def _tag(file: IO[bytes], path: Path) -> _Tag:
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3":
        return _Tag(3, 0, [], 0)
    major, flags, size = head[3], head[5], _from_syncsafe(head[6:10])
    content = file.read(size)
    if major not in (2, 3, 4) or len(content) < size:
        raise damaged(path)
    if flags & _UNSYNCHRONISED and major < 4:  # there the scheme covers the whole tag, in 2.4 each frame
        content = content.replace(b"\xff\x00", b"\xff")
        flags &= ~_UNSYNCHRONISED
    if flags & _EXTENDED and major > 2:
        skip = _from_syncsafe(content[:4]) if major == 4 else int.from_bytes(content[:4], "big") + 4
        content = content[skip:]
    length = 10 + size + (10 if flags & _FOOTER else 0)
    return _Tag(major, flags & ~_EXTENDED & ~_FOOTER, list(_frames(content, major, path)), length)


def _frames(content: bytes, major: int, path: Path) -> Iterator[_Frame]:
    name_length, header = (3, 6) if major == 2 else (4, 10)
    position = 0
    while position + header <= len(content) and content[position]:
        name = content[position : position + name_length]
        raw = content[position + name_length : position + 2 * name_length]
        size = _from_syncsafe(raw) if major == 4 else int.from_bytes(raw, "big")
        end = position + header + size
        if end > len(content):
            raise damaged(path)
        yield _Frame(name, content[position:end], content[position + header : end])
        position = end


def _label_in(frame: _Frame) -> str | None:
    if frame.name not in (b"TXXX", b"TXX") or not frame.body:
        return None
    text = frame.body[1:].decode(_ENCODINGS.get(frame.body[0], "latin-1"), "replace")
    description, _, value = text.partition("\0")
    return value.lstrip("\ufeff").rstrip("\0") if description.lstrip("\ufeff") == "AIGC" else None
