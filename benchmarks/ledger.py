"""Does the ledger find every change, and how quickly does it check a million entries?

``python -m benchmarks.ledger [--changes 10000] [--entries 1000000] [--comments 10000]`` prints machine,
versions, n, how many random bit flips, deletions, swaps and truncations were found, the seconds of writing
and checking, and what keeping personal data by reference costs. Seeded; no network.
"""

from __future__ import annotations

import argparse
import platform
import random
import shutil
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import cryptography

from compliance.ledger import Ledger, Personal, References, SigningKey, verify
from core.events import Comment
from core.journal import Journal, segments
from tests.compliance.tampering import tamper


def changes(folder: Path, count: int, seed: int) -> None:
    key, chosen = SigningKey.make(), random.Random(seed)
    true, room = folder / "true", folder / "changed"
    with (
        Journal(true / "events", 6000) as journal,
        Ledger(journal, true / "heads", key, every_entries=10) as ledger,
    ):
        for number in range(60):
            journal.append_event(
                Comment(who="阿婆", text=f"第{number}问：蜂蜜多少钱一斤", source="benchmark")
            )
            ledger.seal_if_due()
    made: Counter[str] = Counter()
    missed: list[str] = []
    for _ in range(count):
        shutil.copytree(true, room)
        what = tamper(room, chosen)
        made[" ".join(what.split(" segment-")[0].split()[:2])] += 1
        if verify(room / "events", room / "heads", key.public).ok:
            missed.append(what)
        shutil.rmtree(room)
    print(f"changes: n={count}, seed {seed}, found {count - len(missed)}, missed {len(missed)}")
    print("  " + ", ".join(f"{kind} {n}" for kind, n in sorted(made.items())))
    for what in missed[:10]:
        print("  missed:", what)


def speed(folder: Path, count: int, batch: int = 1000) -> None:
    key, room = SigningKey.make(), folder / "large"
    begun = time.perf_counter()
    with (
        Journal(room / "events") as journal,
        Ledger(journal, room / "heads", key, every_entries=100) as ledger,
    ):
        for start in range(0, count, batch):
            journal.append_events(
                Comment(who="阿婆", text=f"第{start + n}问：蜂蜜多少钱一斤", source="benchmark")
                for n in range(min(batch, count - start))
            )
            ledger.seal_if_due()
    size = sum(file.stat().st_size for file in segments(room / "events"))
    print(f"write: {count:,} entries, {size / 1e6:.0f} MB, {time.perf_counter() - begun:.1f} s")
    taken, worked = [], []
    for _ in range(3):
        begun, work = time.perf_counter(), time.process_time()
        report = verify(room / "events", room / "heads", key.public)
        taken.append(time.perf_counter() - begun)
        worked.append(time.process_time() - work)
        assert report.ok, report
    print(
        f"verify: {report.head.seq:,} entries, {report.heads:,} heads, n=3: "
        f"p50 {statistics.median(taken):.2f} s, worst {max(taken):.2f} s; "
        f"of the processor {statistics.median(worked):.2f} s"
    )


def personal(folder: Path, count: int) -> None:
    """What it costs that a comment's author and words are kept beside the chain."""
    room = folder / "personal"
    references = References(room / "references")
    house, taken = Personal(references), []
    with Journal(room / "events") as journal:
        for number in range(count):
            said = Comment(
                who=f"观众{number % 200}", text=f"第{number}问：蜂蜜多少钱一斤", source="benchmark"
            )
            begun = time.perf_counter()
            journal.append_event(house.part(said))
            taken.append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        assert sum(1 for _ in house.events(journal.read())) == count
        read = time.perf_counter() - begun
    cuts = statistics.quantiles(taken, n=20)
    print(f"comment, parted and journalled: n={count:,}, p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")
    begun = time.perf_counter()
    gone = references.erase(*references.of("观众7"))
    print(f"read whole again: {read:.2f} s; erase {gone} of them: {time.perf_counter() - begun:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    print(
        platform.platform(),
        platform.processor() or platform.machine(),
        "Python",
        platform.python_version(),
        "cryptography",
        cryptography.__version__,
    )
    with tempfile.TemporaryDirectory() as name:
        changes(Path(name), options.changes, options.seed)
        speed(Path(name), options.entries)
        personal(Path(name), options.comments)


if __name__ == "__main__":
    main()
