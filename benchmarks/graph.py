"""The fact store at scale: loading, approving, reading, polling, memory, and how they grow.

usage: python -m benchmarks.graph [PRODUCTS ...]; 1,000, 10,000 and 100,000 by default, thirteen facts each.
Each size runs in a process of its own (memory is its peak). Raw is Oxigraph's ``bulk_extend`` of the same
statements, ready made, into an empty store on the same disk. Search has its own: ``benchmarks.graph_search``.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from benchmarks.catalogue import DAY, products
from benchmarks.report import machine, quantile
from knowledge_graph import review
from knowledge_graph.facts import Fact, Source
from knowledge_graph.schema import Property
from knowledge_graph.store import records
from knowledge_graph.store.oxigraph import OxigraphStore, ready
from knowledge_graph.store.shops import Shops
from knowledge_graph.store.terms import Iri

NAME = "目录"
SIZES = (1_000, 10_000, 100_000)
READS = 3_000


def facts(count: int) -> Iterator[Fact]:
    """The seeded catalogue, fact by fact."""
    return (fact for each in products(count) for fact in each)


def raw(folder: Path, count: int, portion: int = 200_000) -> tuple[float, int]:
    """Seconds of Oxigraph alone on the same statements, and how many they are."""
    store = ox.Store(str(folder))
    quads = ready(Iri("urn:raw"), records.statements(NAME, facts(count)))
    seconds, total = 0.0, 0
    while part := list(islice(quads, portion)):
        began = time.perf_counter()
        store.bulk_extend(part)
        seconds += time.perf_counter() - began
        total += len(part)
    began = time.perf_counter()
    store.flush()
    return seconds + time.perf_counter() - began, total


def timed(repeat: int, act: object) -> list[float]:
    """Milliseconds of each of ``repeat`` calls."""
    assert callable(act)
    found = []
    for at in range(repeat):
        began = time.perf_counter()
        act(at)
        found.append((time.perf_counter() - began) * 1000)
    return found


def line(name: str, milliseconds: list[float]) -> None:
    """Print quantiles."""
    at = [f"p{share}={quantile(milliseconds, share / 100):.3f} ms" for share in (50, 95, 99)]
    print(f"  {name:<44} n={len(milliseconds):<6}" + " ".join(at), flush=True)


def measure(count: int, folder: Path) -> None:
    """Everything about a catalogue of ``count`` products."""
    print(f"{count} products", flush=True)
    began, worked = time.perf_counter(), time.process_time()
    made = sum(1 for _ in facts(count))
    making, making_work = time.perf_counter() - began, time.process_time() - worked
    shops = Shops(OxigraphStore(folder / "graph"))
    began, worked = time.perf_counter(), time.process_time()
    shops.stage_facts(NAME, "目录", DAY, facts(count))
    loading = time.perf_counter() - began - making
    work = time.process_time() - worked - making_work
    began = time.perf_counter()
    shops.approve(NAME)
    print(f"  approve {made} facts: {(time.perf_counter() - began) * 1000:.1f} ms", flush=True)
    reads(shops, count)
    small_changes(shops, count)
    began = time.perf_counter()
    shops.stage_facts(NAME, "目录", DAY, facts(count))
    print(f"  the same sheet again: {time.perf_counter() - began - making:.1f} s, nothing changes")
    began = time.perf_counter()
    shops.product_names(NAME)
    print(f"  names of all products: {time.perf_counter() - began:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
    print(f"  memory at most {peak:.0f} MB, {size:.0f} MB on disk", flush=True)
    shops.close()
    plain, quads = raw(folder / "raw", count)
    print(f"  processor time of the load {work:.1f} s, without making the catalogue")
    print(
        f"  load {made} facts as {quads} statements: {loading:.1f} s ({loading / made * 1e6:.0f} µs a fact); "
        f"raw bulk_extend {plain:.1f} s; ratio {loading / plain:.2f}",
        flush=True,
    )


def reads(shops: Shops, count: int) -> None:
    """Facts of products drawn at random, each read from disk, and the version a show polls."""
    names = [each[0].product for each in products(count)]
    drawn = random.Random(9).choices(names, k=READS)
    line("facts of a product", timed(READS, lambda at: shops.product_facts(NAME, drawn[at])))
    view = shops.shop(NAME)
    view.facts(drawn[0])
    line("facts of the product on screen, again", timed(READS, lambda _: view.facts(drawn[0])))
    line("version", timed(READS, lambda _: shops.version(NAME)))


def small_changes(shops: Shops, count: int) -> None:
    """A person's price for one product, proposed, approved, seen, and taken back."""
    names = [each[0].product for each in islice(products(count), 50)]
    seen: list[float] = []

    def change(at: int) -> None:
        price = Fact(
            product=names[at], property=Property.PRICE, value=Decimal("9.90"), written="九块九",
            source=Source(), unit="元",
        )  # fmt: skip
        review.propose(shops, NAME, [replace(price, id="")], "店主")
        began = time.perf_counter()
        review.approve(shops, NAME)
        assert any(str(f.value) == "9.90" for f in shops.product_facts(NAME, names[at]))
        seen.append((time.perf_counter() - began) * 1000)

    line("propose and approve one price", timed(50, change))
    line("  of it, approve until a reader sees it", seen)
    line("revert", timed(49, lambda _: shops.revert(NAME)))


def main() -> None:
    """Print the machine, then each size measured in a fresh process."""
    sizes = [int(word) for word in sys.argv[1:]]
    if len(sizes) == 1:
        folder = Path(tempfile.mkdtemp(prefix="graph-"))
        try:
            measure(sizes[0], folder)
        finally:
            shutil.rmtree(folder)
        return
    print(machine("pyoxigraph"), flush=True)
    for size in sizes or SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.graph", str(size)], check=True)


if __name__ == "__main__":
    main()
