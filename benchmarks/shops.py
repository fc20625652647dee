"""Import of the development shops: facts right, invented, errors reported, false alarms, time.

usage: python -m benchmarks.shops [FOLDER_OF_SHOPS]; each folder holds products.xlsx, products.csv,
facts.json, errors.json and meta.json (see the README beside them).
"""

from __future__ import annotations

import functools
import json
import re
import sys
import time
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.report import machine, row
from compliance.guard import screen
from core.errors import InputError
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.ingest.output import product_record

NUMBERS = (
    "sku",
    "net_weight_g",
    "price_cny",
    "list_price_cny",
    "origin",
    "shelf_life_days",
    "storage",
    "shipping_hours",
    "stock",
)
LISTS = ("selling_points", "excluded_regions", "certificates", "reminders")


@dataclass(slots=True)
class Score:
    """Counts over all shops of one file format."""

    right: int = 0
    total: int = 0
    invented: int = 0
    reported: int = 0
    errors: int = 0
    alarms: int = 0


def fold(value: object) -> str:
    """Text for comparing: compatibility forms folded, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value)))


def same(key: str, got: Any, want: Any) -> bool:
    """Numbers within 2 % for days and exactly else; texts after folding."""
    if isinstance(got, int | float) and isinstance(want, int | float):
        return abs(got - want) <= (0.02 * want if key == "shelf_life_days" else 1e-6 * max(1, abs(want)))
    return fold(got) == fold(want)


def score_shop(folder: Path, suffix: str, score: Score) -> float:
    """Add one shop to the score; returns the seconds its import took."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    truth = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    day = date.fromisoformat(meta["as_of"])
    began = time.perf_counter()
    got: dict[str, dict[str, Any]] = {}
    problems: list[dict[str, Any]] = []
    try:
        preview = import_file(folder / f"products.{suffix}", day, functools.partial(screen, as_of=day))
    except InputError as error:
        print(f"{folder.name}: not imported: {error}")
    else:
        shop = preview.shop("benchmark")
        got = {fold(name): product_record(shop, name) for name in preview.products}
        problems = [p.record() for p in preview.problems]
    seconds = time.perf_counter() - began
    score.invented += len(set(got) - {fold(t["product"]) for t in truth})
    for want in truth:
        _score_product(got.get(fold(want["product"]), {}), want, score)
    _score_problems(folder, suffix, problems, score)
    return seconds


def _score_product(got: dict[str, Any], want: dict[str, Any], score: Score) -> None:
    for key in NUMBERS:
        if want.get(key) is None:
            score.invented += got.get(key) is not None
            continue
        score.total += 1
        score.right += same(key, got.get(key), want[key])
    for key in LISTS:
        wanted, held = {fold(x) for x in want.get(key) or []}, {fold(x) for x in got.get(key) or []}
        score.total += len(wanted)
        score.right += len(wanted & held)
        score.invented += sum(h not in "".join(wanted) for h in held - wanted)


def _score_problems(folder: Path, suffix: str, found: list[dict[str, Any]], score: Score) -> None:
    matched: set[int] = set()
    row_key = "csv_row" if suffix == "csv" else "xlsx_row"
    for planted in json.loads((folder / "errors.json").read_text(encoding="utf-8")):
        if planted.get("severity") == "info":
            continue
        columns = planted["column"] if isinstance(planted["column"], list) else [planted["column"]]
        hits = {
            at
            for at, p in enumerate(found)
            if p["row"] == planted[row_key]
            and (suffix == "csv" or p["sheet"] == planted["sheet"])
            and (p["column"] is None or columns == [None] or p["column"] in columns)
        }
        score.errors += 1
        score.reported += bool(hits)
        matched |= hits
    score.alarms += sum(p["severity"] == "error" and at not in matched for at, p in enumerate(found))


def main() -> None:
    """Print the machine and one line a format."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/eval/shops")
    print(machine("openpyxl", "pyoxigraph"))
    for suffix in ("xlsx", "csv"):
        score = Score()
        times = [score_shop(folder, suffix, score) for folder in sorted(root.iterdir()) if folder.is_dir()]
        rate = score.right / max(1, score.total)
        print(
            f"{suffix}: facts right {score.right}/{score.total} = {rate:.3f}, invented {score.invented}, "
            f"errors reported {score.reported}/{score.errors}, false alarms {score.alarms}"
        )
        print(row(f"import of one shop, {suffix}", times))


if __name__ == "__main__":
    main()
