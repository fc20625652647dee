"""What an ONNX file says of itself, read without loading the model.

Source: onnx/onnx.proto, message ModelProto: ``metadata_props`` (field 14) stand beside the graph (field 7),
which is skipped however large it is.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

_METADATA_PROPS = 14
_KEY, _VALUE = 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LARGEST = 1 << 20


def metadata(path: Path) -> dict[str, str]:
    """The custom metadata of an ONNX model; as much of it as can be read where the file is damaged."""
    found: dict[str, str] = {}
    with path.open("rb") as file:
        size = path.stat().st_size
        while file.tell() < size:
            try:
                number, kind = _tag(file)
                if kind == _BYTES and number == _METADATA_PROPS:
                    entry = _entry(_bytes(file))
                    found[entry.get(_KEY, "")] = entry.get(_VALUE, "")
                else:
                    _skip(file, kind)
            except ValueError:
                break
    return found


def _entry(content: bytes) -> dict[int, str]:
    """A StringStringEntryProto: its two strings by field number."""
    file, found = io.BytesIO(content), dict[int, str]()
    while file.tell() < len(content):
        number, kind = _tag(file)
        if kind != _BYTES:
            raise ValueError("not a string")
        found[number] = _bytes(file).decode("utf-8", "replace")
    return found


def _tag(file: BinaryIO) -> tuple[int, int]:
    tag = _varint(file)
    return tag >> 3, tag & 7


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 64, 7):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("no number")


def _bytes(file: BinaryIO) -> bytes:
    length = _varint(file)
    content = file.read(min(length, _LARGEST))
    if len(content) != length:
        raise ValueError("cut off")
    return content


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _VARINT:
        _varint(file)
    elif kind in (_FIXED64, _FIXED32):
        file.seek(8 if kind == _FIXED64 else 4, 1)
    elif kind == _BYTES:
        file.seek(_varint(file), 1)
    else:
        raise ValueError("a group")
