"""Ten shows of one shop with a scripted voice, on the time line of its sound: variety, refusals, gaps, waits.

Run: ``python -m benchmarks.show [SHEET.xlsx] [--minutes 6] [--shows 10]``; without a sheet, the demo shop.
Answers' compute time is not in the waits: they are seconds of sound before the reply begins.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from anchor.comments.sources import Arrival
from anchor.speech.speaker import Speaker
from anchor.writer.memory import Memory, grams, jaccard
from benchmarks.report import machine, row
from core.testing import ScriptedVoice
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from service.show_of_shop import Production, perform

DEMO = Path(__file__).resolve().parents[1] / "examples" / "demo_shop.xlsx"
ASKS = ("{}多少钱", "{}哪里产的", "{}什么时候发货", "{}怎么存放", "{}有人体工学设计吗", "主播好")


DISTINCT, NEAREST = 0.45, 0.6
"""Bounds over ten shows of one shop: distinct 4-grams at least, mean nearest neighbour at most."""


def comments(shop: Shop, minutes: float) -> list[Arrival]:
    """A question every ten seconds, about each product in turn."""
    names = shop.products()
    return [
        Arrival(t, f"观众{t}", ASKS[n % len(ASKS)].format(names[n % len(names)]), str(n))
        for n, t in enumerate(range(8, round(minutes * 60), 10))
    ]


def distinct(texts: list[str], size: int = 4) -> float:
    """Share of character n-grams that are different ones."""
    found = ["".join(c for c in t if c.isalnum()) for t in texts]
    every = [t[i : i + size] for t in found for i in range(len(t) - size + 1)]
    return len(set(every)) / max(1, len(every))


def nearest(texts: list[str], others: list[str]) -> float:
    """Mean similarity of each text to the one most like it among ``others``."""
    theirs = [grams(t) for t in others]
    return sum(max((jaccard(grams(t), o) for o in theirs), default=0.0) for t in texts) / max(1, len(texts))


def one(
    shop: Shop, seed: int, minutes: float, folder: Path, memory: Memory
) -> tuple[list[dict[str, Any]], Memory]:
    """The line records of one show, and what the next one remembers."""
    out = folder / f"{seed}.wav"
    voice = Speaker(ScriptedVoice(0.22))
    made = Production(shop, voice, minutes, memory=memory, seed=seed)
    done = perform(made, comments(shop, minutes), out)
    records = [json.loads(line) for line in out.with_suffix(".jsonl").read_text("utf-8").splitlines()]
    return [r for r in records if r["type"] == "line"], done.memory


def literal(record: dict[str, Any]) -> str:
    """A line without what it quotes from facts."""
    return "".join(s["text"] if s["fact"] is None else "\n" for s in record["segments"])


def main() -> None:
    """Run the shows and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sheet", nargs="?", type=Path, default=DEMO)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--shows", type=int, default=10)
    parser.add_argument("--forget", action="store_true", help="no show knows what earlier ones said")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today())
    asked = parser.parse_args()
    shop = import_file(asked.sheet, asked.as_of).shop("bench")
    print(machine())
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        shows: list[list[dict[str, Any]]] = []
        memory = Memory()
        for seed in range(asked.shows):
            show, kept = one(shop, seed, asked.minutes, Path(folder), memory)
            memory = Memory() if asked.forget else kept
            shows.append(show)
    spoken = [[r for r in show if r["spoken"]] for show in shows]
    scripts = [[r["text"] for r in show if r["writer"] == "phrases"] for show in spoken]
    gaps = [b["start"] - a["end"] for show in spoken for a, b in pairwise(show)]
    waits = [r["waited"] for show in spoken for r in show if r["purpose"] in ("answer", "defer")]
    repeats = sum(len(s) - len(set(s)) for s in scripts)
    refused = sum(not r["spoken"] for show in shows for r in show)
    across = [nearest(s, [t for o in scripts if o is not s for t in o]) for s in scripts]
    inside = [
        max((jaccard(grams(a), grams(b)) for i, a in enumerate(s) for b in s[:i]), default=0) for s in scripts
    ]
    figures = sum(bool(re.search(r"\d", r["text"])) and not r["facts"] for show in spoken for r in show)
    lines = sum(map(len, shows))
    alone = sum(map(distinct, scripts)) / len(shows)
    print(f"shows {len(shows)} of {asked.minutes:g} min, {len(shop.products())} products, n={lines} lines")
    print(f"script lines a show {sum(map(len, scripts)) / len(shows):.1f}; repeated sentences {repeats}")
    print(f"greatest 3-gram similarity inside a show {max(inside):.2f}")
    print(f"distinct 4-grams: one show {alone:.2f}, all {distinct([t for s in scripts for t in s]):.2f}")
    words = [
        piece for show in spoken for r in show if r["writer"] == "phrases" for piece in literal(r).split("\n")
    ]
    print(f"distinct 4-grams of the words around the facts, all shows {distinct(words):.2f}")
    print(f"nearest neighbour in the other shows, mean {sum(across) / len(across):.2f}")
    fine = distinct([t for s in scripts for t in s]) >= DISTINCT and sum(across) / len(across) <= NEAREST
    print(f"bounds (distinct at least {DISTINCT}, nearest at most {NEAREST}): {'kept' if fine else 'MISSED'}")
    print(f"refused {refused / max(1, lines):.1%}; lines with figures and no fact {figures}")
    print(row("gap between lines", gaps))
    print(row("comment to first word (sound)", waits))
    print(f"computed in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
