"""Dialect rendering on the development sets, and its speed, memory and load time.

``python -m benchmarks.dialects [--sets ../shared/eval/dialect] [--scorer ../shared/eval/score/dialects.py]``
prints the scorer's figures (with 95 % intervals) pooled and per group for ``text`` and ``asr_text``, then
seconds to load with and without the compiled cache, memory, characters a second and latencies of sentences
of 40 characters. Times are processor time of one thread, so that other programs do not spoil them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import dialect_causes
from dialects import groups
from dialects.render import Renderer

FIELDS = ("text", "asr_text")
SHOWN = (
    "span_precision",
    "precision",
    "recall",
    "cer",
    "cer_untouched",
    "group_accuracy",
    "mandarin_glossed",
)
SEED = 20261122
LENGTH = 40
SENTENCES = 2000


def main() -> None:
    shared = Path(__file__).resolve().parents[2] / "shared" / "eval"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, default=shared / "dialect")
    parser.add_argument("--scorer", type=Path, default=shared / "score" / "dialects.py")
    parser.add_argument("--causes", action="store_true", help="count why glosses are lost, and stop")
    options = parser.parse_args()
    print(machine())
    renderer = loads()
    files = sorted(options.sets.glob("*.jsonl"))
    rows = [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]
    if options.causes:
        dialect = [row for row in rows if row["group"] != "mandarin"]
        for field in FIELDS:
            dialect_causes.report(dialect_causes.tally(renderer, dialect, field, options.scorer), field)
        return
    for field in FIELDS:
        report(score(renderer, rows, files, options.scorer, field), field)
    speed(renderer, rows)


def machine() -> str:
    """The machine and the versions that matter."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    versions = ", ".join(f"{p} {metadata.version(p)}" for p in ("pypinyin", "pydantic"))
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}"


def loads() -> Renderer:
    """Print load times cold and cached, and the memory of the loaded program."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        Renderer(cache=Path(folder))
        cold = time.process_time() - begun
        begun = time.process_time()
        renderer = Renderer(cache=Path(folder))
        cached = time.process_time() - begun
        code = (
            "from pathlib import Path; from dialects.render import Renderer;"
            f"Renderer(cache=Path({folder!r})).render('佢話唔食');"
            # Not ru_maxrss: a child begins with its parent's.
            "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
        )
        memory = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    senses, surfaces = len(renderer.dictionary.senses), len(renderer.dictionary.tables.exact)
    print(f"load: {cold:.2f} s without cache, {cached:.2f} s with; {memory / 1024:.0f} MB")
    print(f"{senses} senses, {surfaces} surfaces")
    return renderer


def score(
    renderer: Renderer, rows: list[dict[str, Any]], files: list[Path], scorer: Path, field: str
) -> dict[str, Any]:
    """Render one field of every row and let the scorer judge it."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        for row in rows:
            r = renderer.render(row[field])
            record: dict[str, Any] = {"id": row["id"], "group": r.group, "mandarin": r.mandarin}
            record["glosses"] = [asdict(g) for g in r.glosses]
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
        out.flush()
        gold = ",".join(map(str, files))
        command = [sys.executable, str(scorer), gold, out.name, "--field", field, "--per-group"]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(found: dict[str, Any], field: str) -> None:
    """Print what the scorer found."""
    print(f"\n{field}")
    mandarin = found[groups.MANDARIN]["n"]
    for group, figures in found.items():
        if group != "suspects":
            shown = "  ".join(f"{name} {figures[name]}" for name in SHOWN if figures[name] is not None)
            dialect = figures["n"] - mandarin * (group == "all")
            named = dialect - figures["group_abstained"]
            right = (figures["group_accuracy"] or [0])[0] * dialect
            answered = (
                f"  accuracy where named {right / named:.3f}" if named and figures["group_accuracy"] else ""
            )
            print(f"{group:14} n {figures['n']:4}  {shown}  abstained {figures['group_abstained']}{answered}")
    for suspect in found["suspects"]:
        print("  value suspect:", " | ".join(suspect))


def speed(renderer: Renderer, rows: list[dict[str, Any]]) -> None:
    """Print characters a second and latencies, over text never seen before and once warm."""
    chance = random.Random(SEED)
    texts = [row[field] for row in rows for field in FIELDS]
    stream = "".join(chance.choice(texts) for _ in range(LENGTH * SENTENCES // 12))
    sentences = [stream[i : i + LENGTH] for i in range(0, LENGTH * SENTENCES, LENGTH)]
    fresh = Renderer()
    for name, target in (("first pass", fresh), ("warm", fresh)):
        times = []
        for sentence in sentences:
            begun = time.thread_time()
            target.render(sentence)
            times.append(time.thread_time() - begun)
        rate = LENGTH * len(sentences) / sum(times)
        times.sort()
        p50, p95, p99 = (1000 * times[int(len(times) * q)] for q in (0.5, 0.95, 0.99))
        print(
            f"\nspeed, {name}: {rate:.0f} characters/s; {LENGTH} characters: p50 {p50:.2f} p95 {p95:.2f} "
            f"p99 {p99:.2f} ms, n {len(times)}, seed {SEED}"
        )
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
