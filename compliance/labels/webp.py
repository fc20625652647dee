"""Where WebP keeps its XMP packet: chunk ``XMP `` of the extended format (RFC 9649 §2.7)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from compliance.labels import xmp
from compliance.labels.copying import copy_bytes, damaged, too_large

XMP, EXTENDED = b"XMP ", b"VP8X"
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_PACKET_LIMIT = 16 << 20


def values(path: Path) -> list[str]:
    """The labels of a WebP file."""
    with open(path, "rb") as file:
        return [value for packet in _packets(file, path) for value in xmp.values(packet)]


def write(source: Path, target: Path, value: str) -> None:
    """Copy with one XMP chunk, last; a simple file becomes an extended one, its picture unchanged."""
    with open(source, "rb") as file, open(target, "wb") as out:
        chunks = list(_chunks(file, source))
        packet = xmp.merged(next(_packets(file, source), b""), value)
        out.write(b"RIFF\0\0\0\0WEBP")
        _put(out, EXTENDED, _header(file, chunks, source))
        for name, start, size in chunks:
            if name not in (EXTENDED, XMP):
                out.write(name + struct.pack("<I", size))
                copy_bytes(file, start, size, out)
                out.write(b"\0" * (size % 2))
        _put(out, XMP, packet)
        length = out.tell() - 8
        if length > 0xFFFFFFFE:
            raise too_large(source)
        out.seek(4)
        out.write(struct.pack("<I", length))


def _put(out: IO[bytes], name: bytes, content: bytes) -> None:
    out.write(name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2))


def _packets(file: IO[bytes], path: Path) -> Iterator[bytes]:
    for name, start, size in _chunks(file, path):
        if name == XMP:
            if size > _PACKET_LIMIT:
                raise damaged(path)
            file.seek(start)
            yield file.read(size)


def _chunks(file: IO[bytes], path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and size of each whole chunk."""
    end = file.seek(0, os.SEEK_END)
    file.seek(4)
    if struct.unpack("<I", file.read(4))[0] > end - 8:
        raise damaged(path)
    position = 12
    while position + 8 <= end:
        file.seek(position)
        name, size = struct.unpack("<4sI", file.read(8))
        if position + 8 + size > end:
            raise damaged(path)
        yield name, position + 8, size
        position += 8 + size + size % 2
    if position == 12:
        raise damaged(path)


def _header(file: IO[bytes], chunks: list[tuple[bytes, int, int]], path: Path) -> bytes:
    """The content of ``VP8X`` with its mark for XMP: the file's own, or made from the picture's size."""
    name, start, size = chunks[0]
    file.seek(start)
    head = file.read(min(size, 10))
    if len(head) == 10 and name == EXTENDED:
        return bytes([head[0] | _HAS_XMP]) + head[1:]
    if len(head) == 10 and name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", head[6:10]))
        return _extended(width, height, alpha=False)
    if len(head) >= 5 and name == b"VP8L" and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return _extended((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, alpha=bool(bits >> 28 & 1))
    raise damaged(path)


def _extended(width: int, height: int, alpha: bool) -> bytes:
    flags = _HAS_XMP | (_HAS_ALPHA if alpha else 0)
    return struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
