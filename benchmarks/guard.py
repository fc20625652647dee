"""How well and how fast the guard and the masker work.

``python -m benchmarks.guard [--shared ../shared] [--no-scores] [--disguises]`` runs ``guard check`` and
``guard mask`` over the development sets through their scorer, over the held-out sets of the tests, and prints
speed: machine, versions, n, p50, p99 of processor time and of the clock, and how time grows with length.
``--disguises`` prints instead what share of the rules' examples is stopped in disguise. Seeded; no network.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.report import machine, quantile
from compliance.guard import Guard
from compliance.privacy import mask
from tests.compliance import disguises

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


def timed(judge: Callable[[str], object], texts: list[str]) -> tuple[list[float], list[float]]:
    """Seconds of processor time and of the clock, text by text, after a warm-up."""
    for text in texts[:200]:
        judge(text)
    cpu: list[float] = []
    wall: list[float] = []
    for text in texts:
        began, clock = time.process_time(), time.perf_counter()
        judge(text)
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - clock)
    return cpu, wall


def shown(name: str, times: tuple[list[float], list[float]]) -> None:
    for kind, seconds in zip(("cpu", "wall"), times, strict=True):
        p50, p99 = (quantile(seconds, share) * 1e3 for share in (0.5, 0.99))
        print(f"{name}, n={len(seconds)}, {kind}: p50 {p50:.3f} ms, p99 {p99:.2f} ms")


def lines(seed: int, n: int, length: int, sets: tuple[str, ...] = ("block", "pass")) -> list[str]:
    """Lines of ``length`` characters cut from the held-out sentences, seeded."""
    chosen = random.Random(seed)
    folder = ROOT / "tests" / "compliance" / "data"
    texts = [r["text"] for kind in sets for r in rows(folder / f"{kind}.jsonl")]
    return ["，".join(chosen.sample(texts, 4))[:length] for _ in range(n)]


_SHAPES = {
    "plain": "这批橘子装车发货，",
    "offences": "全网最低别人家都是加微信我家天天吃138零0",
    "spaced": "最 好 的 米 ",
    "pinyin": "zui hao de mi ",
    "split": "牛寺亻共氵台疒",
    "sound-alikes": "薇信蕞好稳赚不培",
    "one character": "最",
}
"""Units that are repeated to see how time grows."""


def speed() -> None:
    start = time.process_time()
    guard = Guard.load(AS_OF)
    print(
        f"load {time.process_time() - start:.2f} s cpu, {len(guard.book.rules)} rules, {guard.book.version}"
    )
    start = time.process_time()
    for rule in guard.book.rules:
        _ = rule.pattern
    print(f"all patterns compiled: {time.process_time() - start:.2f} s cpu (else each when first needed)")
    shown("guard.check, 40 characters, honest", timed(guard.check, lines(1, 1000, 40, ("pass_honest",))))
    shown("guard.check, 40 characters, mostly offences", timed(guard.check, lines(1, 1000, 40)))
    comments = lines(2, 5000, 18)
    hidden, _ = timed(mask, comments)
    print(f"privacy.mask, comments, n={len(hidden)}: {len(hidden) / sum(hidden):,.0f} a second of one core")
    for name, unit in _SHAPES.items():
        for kind, judge in (("check", guard.check), ("mask", mask)):
            seconds = []
            for size in (1_000, 10_000, 100_000):
                began = time.process_time()
                judge((unit * size)[:size])
                seconds.append(time.process_time() - began)
            growth = seconds[2] / max(seconds[1], 1e-9)
            print(f"{name:15}{kind:6}" + "".join(f"{s:9.3f} s" for s in seconds) + f"   x{growth:.1f}")


def disguised() -> None:
    """What share of the rules' examples each disguise lets through."""
    guard = Guard.load(AS_OF)
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for case in disguises.cases(guard):
        tried[case.disguise] += 1
        caught[case.disguise] += disguises.stopped(guard, case)
    for name, n in tried.items():
        print(f"{name:16}{caught[name] / n:.3f}  n={n}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--no-scores", action="store_true")
    parser.add_argument("--disguises", action="store_true")
    options = parser.parse_args()
    print(machine("ahocorasick-rs", "rjieba"))
    if options.disguises:
        return disguised()
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
