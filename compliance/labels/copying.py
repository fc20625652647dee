"""What the formats share: copying without loading, and their errors."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from core.errors import InputError

BLOCK = 1 << 20


def copy_bytes(file: IO[bytes], start: int, size: int | None, out: IO[bytes]) -> None:
    """Copy ``size`` bytes from ``start`` on, or all that is left."""
    file.seek(start)
    while size is None or size > 0:
        block = file.read(BLOCK if size is None else min(BLOCK, size))
        if not block:
            return
        out.write(block)
        size = None if size is None else size - len(block)


def damaged(path: Path) -> InputError:
    """The file's structure breaks off or contradicts itself."""
    return InputError("label.damaged", f"文件 {path.name} 已经损坏，读不了标识。", "请换一个完好的文件。")


def too_large(path: Path) -> InputError:
    """The format's own limit."""
    return InputError(
        "label.too_large", f"文件 {path.name} 太大，这种格式最多 4 GB。", "请分成几段再写标识。"
    )
