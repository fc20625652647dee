"""The label of a WAV file: a RIFF chunk ``AIGC`` of its own (TC260-PG-202510A)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from compliance.labels.copying import copy_bytes, damaged, too_large

CHUNK = b"AIGC"


def values(path: Path) -> list[str]:
    """The content of every ``AIGC`` chunk."""
    with open(path, "rb") as file:
        found = []
        for name, start, size in _chunks(file, path):
            if name == CHUNK:
                file.seek(start)
                found.append(file.read(size).rstrip(b"\0").decode("utf-8", "replace"))
        return found


def write(source: Path, target: Path, value: str) -> None:
    """Copy ``source`` to ``target`` with one ``AIGC`` chunk, after all others."""
    with open(source, "rb") as file, open(target, "wb") as out:
        out.write(b"RIFF\0\0\0\0WAVE")
        for name, start, size in list(_chunks(file, source)):
            if name != CHUNK:
                out.write(name + struct.pack("<I", size))
                copy_bytes(file, start, size, out)
                out.write(b"\0" * (size % 2))
        content = value.encode("ascii")
        out.write(CHUNK + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2))
        length = out.tell() - 8
        if length > 0xFFFFFFFF:
            raise too_large(source)
        out.seek(4)
        out.write(struct.pack("<I", length))


def _chunks(file: IO[bytes], path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and size of each chunk. The sound of a broken-off recording ends with the file."""
    end = file.seek(0, os.SEEK_END)
    position = 12
    while position + 8 <= end:
        file.seek(position)
        name, size = struct.unpack("<4sI", file.read(8))
        start = position + 8
        if start + size > end:
            if name != b"data":
                raise damaged(path)
            size = end - start
        yield name, start, size
        position = start + size + size % 2
