"""A read-only map from keys of sounds to numbers, in two blocks of memory instead of 160,000 strings.

``block`` holds the entries as lines ``key<TAB>numbers``; ``slots`` is a hash table with open addressing: the
offset of an entry plus one, or 0 where a slot is free.
"""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Mapping

_LEAST_SLOTS = 8


class SoundIndex:
    """Looks numbers up by key."""

    __slots__ = ("_block", "_mask", "_slots")

    def __init__(self, block: bytes, slots: array[int]) -> None:
        self._block, self._slots, self._mask = block, slots, len(slots) - 1

    @classmethod
    def build(cls, entries: Mapping[str, str]) -> SoundIndex:
        """An index of ``entries``, whose values are numbers separated by spaces."""
        size = _LEAST_SLOTS
        while size < 1.6 * len(entries):
            size *= 2
        slots = array("I", bytes(4 * size))
        lines: list[bytes] = []
        offset = 0
        for key, numbers in entries.items():
            at = zlib.crc32(key.encode()) & (size - 1)
            while slots[at]:
                at = (at + 1) & (size - 1)
            slots[at] = offset + 1
            lines.append(f"{key}\t{numbers}\n".encode())
            offset += len(lines[-1])
        return cls(b"".join(lines), slots)

    def numbers(self, key: str) -> list[int]:
        """The numbers under ``key``; none where it is unknown."""
        wanted = key.encode()
        at = zlib.crc32(wanted) & self._mask
        wanted += b"\t"
        while start := self._slots[at]:
            if self._block.startswith(wanted, start - 1):
                begin = start - 1 + len(wanted)
                return list(map(int, self._block[begin : self._block.index(b"\n", begin)].split()))
            at = (at + 1) & self._mask
        return []

    def dump(self) -> list[str]:
        """The index as text, for :meth:`restore`."""
        return [self._block.decode(), base64.b64encode(self._slots.tobytes()).decode()]

    @classmethod
    def restore(cls, dumped: list[str]) -> SoundIndex:
        """The index that :meth:`dump` wrote on this machine."""
        block, slots = dumped
        found = array("I")
        found.frombytes(base64.b64decode(slots))
        return cls(block.encode(), found)
