"""Random changes to a ledger, for the tests and ``benchmarks/ledger.py``."""

from __future__ import annotations

import random
from pathlib import Path

from core.journal import segments

CHANGES = ("flip", "delete bytes", "delete line", "delete segment", "swap", "insert", "truncate")


def tamper(room: Path, chosen: random.Random) -> str:
    """One random change to the events of ``room`` (one in ten: a flip in its heads); says what was done."""
    if chosen.random() < 0.1:
        return "heads " + _flip(chosen.choice(segments(room / "heads")), chosen)
    kind = chosen.choice(CHANGES)
    file = chosen.choice(segments(room / "events"))
    if kind == "flip":
        return _flip(file, chosen)
    if kind == "delete segment":
        file.unlink()
        return f"{kind} {file.name}"
    content = file.read_bytes()
    lines = content.splitlines(keepends=True)
    place = chosen.randrange(len(content))
    line = chosen.randrange(len(lines))
    if kind == "delete bytes":
        content = content[:place] + content[place + chosen.randint(1, 200) :]
    elif kind == "truncate":
        content = content[:place]
    elif kind == "delete line":
        del lines[line]
    elif kind == "insert":
        lines.insert(chosen.randint(0, len(lines)), lines[line])
    elif len(lines) > 1:
        one, other = chosen.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
    else:  # nothing to swap it with
        del lines[0]
    file.write_bytes(content if kind in ("delete bytes", "truncate") else b"".join(lines))
    return f"{kind} {file.name} byte {place} line {line + 1}"


def _flip(file: Path, chosen: random.Random) -> str:
    content = bytearray(file.read_bytes())
    place, bit = chosen.randrange(len(content)), chosen.randrange(8)
    content[place] ^= 1 << bit
    file.write_bytes(content)
    return f"flip {file.name} byte {place} bit {bit}"
