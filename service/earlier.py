"""What earlier shows of a shop said, kept in a file, so that the next one says it in other words."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from anchor.writer.memory import Memory
from core.errors import InputError
from core.files import write_atomic

log = logging.getLogger(__name__)


def read_memory(path: Path) -> Memory:
    """The memory kept at ``path``, empty where there is no file. InputError where it is something else."""
    if not path.exists():
        return Memory()
    try:
        return Memory.restored(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            "anchor.bad_memory", f"文件 {path} 里不是以前节目的记录。", "换一个文件名，或删掉它重新开始。"
        ) from error


def write_memory(path: Path, memory: Memory) -> None:
    """Keep it at ``path``, whole or not at all."""
    write_atomic(path, json.dumps(memory.record(), ensure_ascii=False).encode())


@dataclass(frozen=True, slots=True)
class Earlier:
    """The memories of a room's shows: a file a shop, in ``folder``. Blocking."""

    folder: Path

    def of(self, shop: str) -> Memory:
        """What earlier shows of the shop said; a file that cannot be read keeps no show from beginning."""
        try:
            return read_memory(self._path(shop))
        except InputError as error:
            log.warning("earlier shows cannot be read: %s", error.code)
            return Memory()

    def keep(self, shop: str, memory: Memory) -> None:
        """Remember it for the next show of the shop."""
        write_memory(self._path(shop), memory)

    def _path(self, shop: str) -> Path:
        return self.folder / f"{shop}.json"
