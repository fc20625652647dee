"""The wire of Bilibili's open live platform: signed requests, and packets of its long connection.

Source: the platform's public description (open-live.bilibili.com/document). A packet is a header of 16 bytes,
big-endian (length of the packet, length of the header, version, operation, sequence), and a body: JSON as it
is (version 0 and 1), or packets compressed by zlib (2) or brotli (3).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping

import brotli

from anchor.comments.sources import LONGEST, Arrival

HEARTBEAT, HEARTBEAT_REPLY, MESSAGE, AUTH, AUTH_REPLY = 2, 3, 5, 7, 8
"""Operations of a packet."""
LARGEST = 4 << 20
"""Bytes of a packet, compressed or not; what is larger is no batch of comments."""
NAME = 40
"""Code points of a viewer's name that are kept."""

_HEADER = struct.Struct(">IHHII")
_NESTED = 3
"""Packets in packets in packets: no deeper."""


class BadPacket(ValueError):
    """Bytes that are no packet of this protocol."""


def signed(body: bytes, key: str, secret: str, now: float, nonce: str = "") -> dict[str, str]:
    """The headers of a request with ``body``: HMAC-SHA256 over the platform's own headers, in their order."""
    headers = {
        "x-bili-accesskeyid": key,
        "x-bili-content-md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": nonce or secrets.token_hex(16),
        "x-bili-signature-version": "1.0",
        "x-bili-timestamp": str(int(now)),
    }
    return headers | {
        "Authorization": signature(headers, secret),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def signature(headers: Mapping[str, str], secret: str) -> str:
    """What ``Authorization`` has to be."""
    own = sorted((name, value) for name, value in headers.items() if name.startswith("x-bili-"))
    text = "\n".join(f"{name}:{value}" for name, value in own)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def pack(operation: int, body: bytes = b"", version: int = 0) -> bytes:
    """One packet."""
    return _HEADER.pack(_HEADER.size + len(body), _HEADER.size, version, operation, 1) + body


def unpack(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Operation and body of every packet, those inside compressed ones too. BadPacket where there is none."""
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER.size or depth > _NESTED:
            raise BadPacket
        length, header, version, operation, _ = _HEADER.unpack_from(data, at)
        if not _HEADER.size <= header <= length <= len(data) - at:
            raise BadPacket
        body = data[at + header : at + length]
        if operation == MESSAGE and version in (2, 3):
            yield from unpack(_inflated(body) if version == 2 else _unbrotlied(body), depth + 1)
        else:
            yield operation, body
        at += length


def _inflated(body: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(body, LARGEST)
    except zlib.error as error:
        raise BadPacket from error
    if not stream.eof:
        raise BadPacket
    return found


def _unbrotlied(body: bytes) -> bytes:
    stream, found, given = brotli.Decompressor(), bytearray(), body
    while not stream.is_finished():
        try:
            piece = stream.process(given, output_buffer_limit=1 << 16)
        except brotli.error as error:
            raise BadPacket from error
        found += piece
        if len(found) > LARGEST or not (piece or given):
            raise BadPacket
        given = b""
    return bytes(found)


def comment(body: bytes, at: float) -> Arrival | None:
    """The comment of a message; None where the message is something else, or cannot be read."""
    try:
        message = json.loads(body)
        data = message["data"] if message["cmd"] == "LIVE_OPEN_PLATFORM_DM" else {}
        text, who, key = data.get("msg"), data.get("uname"), data.get("msg_id")
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None
    if not isinstance(text, str) or not text.strip():
        return None
    name = who[:NAME] if isinstance(who, str) and who else "观众"
    return Arrival(at, name, text[:LONGEST], key if isinstance(key, str) else "")


def ended(body: bytes) -> bool:
    """Whether the platform says that it sends nothing more until the project is started again."""
    return b"LIVE_OPEN_PLATFORM_INTERACTION_END" in body
