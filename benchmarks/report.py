"""What every benchmark prints: machine, versions, n, p50, p95."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import resource
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def fitting_options(description: str | None) -> argparse.Namespace:
    """The command line of a benchmark that also fits a model: ``write``, ``no_scores``."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="fit to all lines and replace the model")
    parser.add_argument("--no-scores", action="store_true", help="measure nothing")
    return parser.parse_args()


def machine(*packages: str) -> str:
    """One line on the machine and the versions of the packages that matter."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            x.split(":", 1)[1].strip() for x in cpuinfo.read_text().splitlines() if x.startswith("model name")
        ]
        model = names[0] if names else model
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages)
    return (
        f"{datetime.now(UTC):%Y-%m-%d} | {model}, {os.cpu_count()} cores | "
        f"Python {platform.python_version()}{versions and ' | ' + versions}"
    )


def memory() -> float:
    """Resident MiB of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank); NaN where there are none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def row(name: str, values: Sequence[float], unit: str = "s") -> str:
    """One line: name, n, p50, p95, maximum."""
    return (
        f"{name:<32} n={len(values):<5} p50={quantile(values, 0.5):.3f}{unit} "
        f"p95={quantile(values, 0.95):.3f}{unit} max={max(values, default=float('nan')):.3f}{unit}"
    )
