"""What the rules' patterns are made of, kept between starts (:mod:`core.cache`)."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from compliance.pattern import Analysis
from core import cache
from core.files import cache_folder

_FORMAT = "1"


def default_folder() -> Path:
    """Where compiled rules lie."""
    return cache_folder("compliance")


def key(version: str) -> str:
    """The name for rules of ``version``: their hash with that of the code and of the interpreter."""
    digest = hashlib.sha256(f"{_FORMAT} {version} {sys.version_info[:3]}".encode())
    digest.update((resources.files("compliance") / "pattern.py").read_bytes())
    return digest.hexdigest()[:24]


def save(analyses: Mapping[str, Analysis], name: str, folder: Path) -> bool:
    """Write the analyses by pattern; False where the folder cannot be written."""
    sets: dict[frozenset[str], int] = {}
    rows = {
        pattern: [a.width, [sets.setdefault(s, len(sets)) for s in (*a.required, a.words)]]
        for pattern, a in analyses.items()
    }
    return cache.save({"sets": [sorted(s) for s in sets], "rules": rows}, name, folder)


def load(name: str, folder: Path) -> dict[str, Analysis]:
    """The analyses saved under ``name``; empty where there are none or they are damaged."""
    saved = cache.load(name, folder)
    if saved is None:
        return {}
    sets = list(map(frozenset, saved["sets"]))
    return {
        pattern: Analysis(width, tuple(sets[i] for i in parts[:-1]), sets[parts[-1]])
        for pattern, (width, parts) in saved["rules"].items()
    }
