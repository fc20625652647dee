"""The fact store at scale: loading, approving, reading, polling, memory, and how they grow.

usage: python -m benchmarks.graph [PRODUCTS ...]; 1,000, 10,000 and 100,000 by default, thirteen facts each.
Each size runs in a process of its own. Facts are streamed while memory is measured. Then the facts are made
before the clock starts, and loaded by the store and by Oxigraph's ``bulk_extend`` alone (the same statements,
ready made, in portions as large), each into an empty folder. Processor time does not depend on what else the
machine does. Search has its own: ``benchmarks.graph_search``.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from benchmarks.catalogue import DAY, products
from benchmarks.report import machine, quantile
from knowledge_graph import review
from knowledge_graph.facts import Fact, Source
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.ingest.jsonld import as_jsonld
from knowledge_graph.schema import Property
from knowledge_graph.store import records
from knowledge_graph.store.oxigraph import PORTION, OxigraphStore
from knowledge_graph.store.shops import Shops

NAME = "目录"
SIZES = (1_000, 10_000, 100_000)
READS = 3_000
EXPORTED = 10_000
"""Products of the largest shop that is exported and imported again."""


def facts(count: int) -> Iterator[Fact]:
    """The seeded catalogue, fact by fact."""
    return (fact for each in products(count) for fact in each)


def load(folder: Path, made: list[Fact]) -> tuple[float, float]:
    """Seconds and processor seconds of the store, from facts to a version that can be approved."""
    shops = Shops(OxigraphStore(folder))
    began, worked = time.perf_counter(), time.process_time()
    shops.stage_facts(NAME, "目录", DAY, iter(made))
    shops.store.flush()
    spent = time.perf_counter() - began, time.process_time() - worked
    shops.close()
    return spent


def raw(folder: Path, made: list[Fact]) -> tuple[float, float, int]:
    """The same of Oxigraph alone on the same statements, and how many they are."""
    store, graph = ox.Store(str(folder)), ox.NamedNode("urn:raw")
    written = records.statements(NAME, made)
    seconds, work, total = 0.0, 0.0, 0
    while part := list(islice(written, PORTION)):
        found = ox.parse("\n".join(part), ox.RdfFormat.N_TRIPLES)
        quads = [ox.Quad(each.subject, each.predicate, each.object, graph) for each in found]
        began, worked = time.perf_counter(), time.process_time()
        store.bulk_extend(quads)
        seconds, work = seconds + time.perf_counter() - began, work + time.process_time() - worked
        total += len(quads)
    began, worked = time.perf_counter(), time.process_time()
    store.flush()
    return seconds + time.perf_counter() - began, work + time.process_time() - worked, total


def compare(folder: Path, count: int) -> None:
    """Loading beside Oxigraph alone."""
    made = list(facts(count))
    gc.collect()
    gc.freeze()  # the facts are the benchmark's, not the store's: the collector need not walk them
    seconds, work = load(folder / "loaded", made)
    plain, plain_work, quads = raw(folder / "raw", made)
    print(
        f"  load {len(made)} facts as {quads} statements: {seconds:.1f} s, processor {work:.1f} s "
        f"({seconds / len(made) * 1e6:.0f} and {work / len(made) * 1e6:.0f} µs a fact)\n"
        f"  raw bulk_extend: {plain:.1f} s, processor {plain_work:.1f} s; "
        f"ratio {seconds / plain:.2f}, of processor time {work / plain_work:.2f}",
        flush=True,
    )


def timed(
    repeat: int, act: Callable[[int], object], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Milliseconds of each of ``repeat`` calls."""
    found = []
    for at in range(repeat):
        began = clock()
        act(at)
        found.append((clock() - began) * 1000)
    return found


def line(name: str, milliseconds: list[float]) -> None:
    """Print quantiles."""
    at = [f"p{share}={quantile(milliseconds, share / 100):.3f} ms" for share in (50, 95, 99)]
    print(f"  {name:<44} n={len(milliseconds):<6}" + " ".join(at), flush=True)


def measure(count: int, folder: Path) -> None:
    """Everything about a catalogue of ``count`` products."""
    print(f"{count} products", flush=True)
    shops = Shops(OxigraphStore(folder / "graph"))
    began = time.perf_counter()
    shops.stage_facts(NAME, "目录", DAY, facts(count))
    print(f"  made and loaded as a stream: {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    shops.approve(NAME)
    print(f"  approve: {(time.perf_counter() - began) * 1000:.1f} ms", flush=True)
    reads(shops, count)
    memory(folder)
    small_changes(shops, count)
    began = time.perf_counter()
    shops.stage_facts(NAME, "目录", DAY, facts(count))
    print(f"  the same sheet again, made and compared: {time.perf_counter() - began:.1f} s, nothing changes")
    began = time.perf_counter()
    shops.product_names(NAME)
    print(f"  names of all products: {time.perf_counter() - began:.2f} s")
    memory(folder)
    if count <= EXPORTED:
        round_trip(shops, folder)
    shops.close()
    compare(folder, count)


def memory(folder: Path) -> None:
    """Print the most that the process has used so far, and the disk."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
    print(f"  memory at most {peak:.0f} MB, {size:.0f} MB on disk", flush=True)


def reads(shops: Shops, count: int) -> None:
    """Facts of products drawn at random, each read from disk, and the version a show polls."""
    names = [each[0].product for each in products(count)]
    drawn = random.Random(9).choices(names, k=READS)
    line("facts of a product", timed(READS, lambda at: shops.product_facts(NAME, drawn[at])))
    work = timed(READS, lambda at: shops.product_facts(NAME, drawn[-at]), time.process_time)
    line("  the same, processor time", work)
    view = shops.shop(NAME)
    view.facts(drawn[0])
    line("facts of the product on screen, again", timed(READS, lambda _: view.facts(drawn[0])))
    line("version", timed(READS, lambda _: shops.version(NAME)))


def round_trip(shops: Shops, folder: Path) -> None:
    """Export as JSON-LD and import again: every fact must come back as it was."""
    shop = shops.snapshot(NAME)
    path = folder / "shop.jsonld"
    began = time.perf_counter()
    path.write_text(json.dumps(as_jsonld(shop), ensure_ascii=False), encoding="utf-8")
    exported = time.perf_counter()
    back = {fact.id: fact for fact in import_file(path, DAY).facts}
    done = time.perf_counter()
    held = {fact.id: fact for facts in shop.by_product.values() for fact in facts}
    same = sum(back.get(id_) == fact for id_, fact in held.items())
    print(
        f"  JSON-LD: {path.stat().st_size / 1e6:.0f} MB, export {exported - began:.1f} s, "
        f"import {done - exported:.1f} s; {same}/{len(held)} facts the same, {len(back) - same} others",
        flush=True,
    )
    path.unlink()


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
