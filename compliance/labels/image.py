"""Where PNG and JPEG keep their XMP packet, with every other chunk and segment left alone."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from compliance.labels import xmp
from compliance.labels.copying import copy_bytes, damaged, too_large

PNG = b"\x89PNG\r\n\x1a\n"
_PNG_XMP = b"XML:com.adobe.xmp\0"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PACKET_LIMIT = 16 << 20


def png_values(path: Path) -> list[str]:
    """The labels of a PNG file."""
    with open(path, "rb") as file:
        packets = (packet for *_, packet in _chunks(file, path) if packet is not None)
        return [value for packet in packets for value in xmp.values(packet)]


def write_png(source: Path, target: Path, value: str) -> None:
    """Copy with one XMP chunk, right after the header."""
    with open(source, "rb") as file, open(target, "wb") as out:
        chunks = list(_chunks(file, source))
        packet = xmp.merged(next((p for *_, p in chunks if p is not None), b""), value)
        out.write(PNG)
        for name, start, size, held in chunks:
            if held is None:
                copy_bytes(file, start, size, out)
            if name == b"IHDR":
                body = b"iTXt" + _PNG_XMP + b"\0\0\0\0" + packet
                out.write(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))


def _chunks(file: IO[bytes], path: Path) -> Iterator[tuple[bytes, int, int, bytes | None]]:
    """Name, start and size of each whole chunk, with its XMP packet where it holds one."""
    end = file.seek(0, os.SEEK_END)
    position, name = len(PNG), b""
    while name != b"IEND":
        file.seek(position)
        head = file.read(8)
        size = 12 + int.from_bytes(head[:4], "big")
        name = head[4:]
        if len(head) < 8 or position + size > end:
            raise damaged(path)
        packet = None
        if name == b"iTXt" and size < _PACKET_LIMIT:
            packet = _packet_of(file.read(size - 12), path)
        yield name, position, size, packet
        position += size


def _packet_of(content: bytes, path: Path) -> bytes | None:
    if not content.startswith(_PNG_XMP):
        return None
    compressed, rest = content[len(_PNG_XMP)] == 1, content[len(_PNG_XMP) + 2 :]
    *_, text = rest.split(b"\0", 2)  # language, translated keyword
    if not compressed:
        return text
    try:
        return zlib.decompressobj().decompress(text, _PACKET_LIMIT)
    except zlib.error as error:
        raise damaged(path) from error


def jpeg_values(path: Path) -> list[str]:
    """The labels of a JPEG file."""
    with open(path, "rb") as file:
        packets = [packet for *_, packet in _segments(file, path) if packet is not None]
        return [value for packet in packets for value in xmp.values(packet)]


def write_jpeg(source: Path, target: Path, value: str) -> None:
    """Copy with one XMP segment, after the JFIF and Exif segments."""
    with open(source, "rb") as file, open(target, "wb") as out:
        segments = list(_segments(file, source))
        packet = xmp.merged(next((p for *_, p in segments if p is not None), b""), value)
        body = _JPEG_XMP + packet
        if len(body) > 0xFFFF - 2:
            raise too_large(source)
        ours = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
        out.write(b"\xff\xd8")
        written, end = False, 2
        for marker, start, size, held in segments:
            if not written and marker not in (0xE0, 0xE1):
                out.write(ours)
                written = True
            if held is None:
                copy_bytes(file, start, size, out)
            end = start + size
        if not written:
            out.write(ours)
        copy_bytes(file, end, None, out)


def _segments(file: IO[bytes], path: Path) -> Iterator[tuple[int, int, int, bytes | None]]:
    """Marker, start and size of each segment before the picture data, with its XMP packet."""
    position = 2
    while True:
        file.seek(position)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            raise damaged(path)
        if head[1] == 0xFF:  # fill byte
            position += 1
            continue
        if head[1] in (0xDA, 0xD9):
            return
        size = 2 + int.from_bytes(head[2:], "big")
        content = file.read(max(0, size - 4))
        if len(content) != size - 4:
            raise damaged(path)
        xmp_here = head[1] == 0xE1 and content.startswith(_JPEG_XMP)
        yield head[1], position, size, content[len(_JPEG_XMP) :] if xmp_here else None
        position += size
