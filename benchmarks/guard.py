"""How well and how fast the guard and the masker work.

``python -m benchmarks.guard [--shared ../shared] [--no-scores]`` runs ``guard check`` and ``guard mask`` over
the development sets through their scorer, over the held-out sets of the tests, and prints speed: machine,
versions, n, p50, p99. Seeded; no network.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from compliance.guard import Guard
from compliance.privacy import mask

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 11, 21)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def run_cli(command: str, source: Path, target: Path) -> None:
    """The real command, in its own process."""
    extra = ["--speaker", "ai", "--as-of", AS_OF.isoformat()] if command == "check" else []
    arguments = ["guard", command, "--in", str(source), "--out", str(target), *extra]
    subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", *arguments], check=True, cwd=ROOT
    )


def score(scorer: Path, kind: str, gold: Path, predicted: Path) -> dict[str, Any]:
    out = subprocess.run(
        [sys.executable, str(scorer), kind, str(gold), str(predicted)],
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(out.stdout)
    return result


def scores(folder: Path, scorer: Path) -> None:
    """Print the scorer's rates with intervals for one folder of sets."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for kind in ("block", "pass", "pii"):
            gold = folder / f"{kind}.jsonl"
            run_cli("mask" if kind == "pii" else "check", gold, work / f"{kind}.jsonl")
            show(kind, score(scorer, kind, gold, work / f"{kind}.jsonl"))
        gold = folder / "evidence.jsonl"
        for half in ("without", "with"):
            source = write(work / "in.jsonl", [r | {"record": r[f"record_{half}"]} for r in rows(gold)])
            run_cli("check", source, work / f"e.{half}.jsonl")
        show("evidence", score(scorer, "evidence", gold, work / "e.jsonl"))


def show(kind: str, result: dict[str, Any]) -> None:
    for name, value in result.items():
        if isinstance(value, dict):
            print(
                f"  {kind:9}{name:24}{value['rate']:.4f}  [{value['low']:.3f}, {value['high']:.3f}]  n"
                f"={value['n']}"
            )
        elif value:
            print(f"  {kind:9}{name}: {value}")


def timed(judge: Callable[[str], object], texts: list[str]) -> list[float]:
    for text in texts[:200]:
        judge(text)
    seconds: list[float] = []
    for text in texts:
        start = time.perf_counter()
        judge(text)
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)


def lines(seed: int, n: int, length: int) -> list[str]:
    """Lines of ``length`` characters cut from the held-out sentences, seeded."""
    chosen = random.Random(seed)
    folder = ROOT / "tests" / "compliance" / "data"
    texts = [r["text"] for kind in ("block", "pass") for r in rows(folder / f"{kind}.jsonl")]
    return ["，".join(chosen.sample(texts, 4))[:length] for _ in range(n)]


def speed() -> None:
    start = time.perf_counter()
    guard = Guard.load(AS_OF)
    print(
        f"load {time.perf_counter() - start:.2f} s, {len(guard.book.rules)} rules, version "
        f"{guard.book.version}"
    )
    check = timed(guard.check, lines(1, 2000, 40))
    print(
        f"guard.check, 40 characters, n={len(check)}: p50 {check[1000] * 1e3:.3f} ms, p99 "
        f"{check[1980] * 1e3:.2f} ms"
    )
    comments = [t[:18] for t in lines(2, 5000, 18)]
    hidden = timed(mask, comments)
    print(f"privacy.mask, comments, n={len(hidden)}: {len(hidden) / sum(hidden):,.0f} a second on one core")
    for name, unit in (
        ("plain", "这批橘子装车发货，"),
        ("hostile", "全网最低别人家都是加微信我家天天吃138零0"),
    ):
        for size in (10_000, 100_000):
            text = (unit * size)[:size]
            begun = time.perf_counter()
            guard.check(text)
            between = time.perf_counter()
            mask(text)
            print(
                f"{name} {size:,}: check {between - begun:.3f} s, mask {time.perf_counter() - between:.3f} s"
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--no-scores", action="store_true")
    options = parser.parse_args()
    print(
        platform.platform(), platform.processor() or platform.machine(), "Python", platform.python_version()
    )
    speed()
    scorer = options.shared / "eval" / "score" / "guard.py"
    if not options.no_scores and scorer.is_file():
        for title, folder in (
            ("development sets", options.shared / "eval" / "compliance"),
            ("our own sets (tests/compliance/data)", ROOT / "tests" / "compliance" / "data"),
        ):
            print(title)
            scores(folder, scorer)


if __name__ == "__main__":
    main()
