"""Recall of the lexicons on words that were listed without sight of them.

usage: python -m benchmarks.blind_words [--misses]

Each row of ``benchmarks/data/blind_words.tsv`` holds a dialect word in a sentence. The word is *found* when a
gloss of the rendered sentence overlaps at least half of it, and *right* when that gloss shares at least half
the characters of its Mandarin. The list was written by a language model, as the lexicons were: read the
figures as upper-leaning estimates. Groups are given to the renderer once as ``auto``, once as known.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import machine
from core.events import Gloss
from dialects.render import Renderer

LIST = Path(__file__).parent / "data" / "blind_words.tsv"


def rows() -> Iterator[dict[str, str]]:
    """The rows of the list."""
    lines = [x for x in LIST.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def found(row: dict[str, str], glosses: tuple[Gloss, ...]) -> Gloss | None:
    """The gloss that overlaps at least half of the word."""
    start = row["sentence"].index(row["word"])
    end = start + len(row["word"])
    shared = {g: min(g.end, end) - max(g.start, start) for g in glosses}
    return next((g for g, n in shared.items() if 2 * n >= end - start), None)


def right(row: dict[str, str], gloss: Gloss) -> bool:
    """Whether the gloss says what one of the alternatives of the list says."""
    for wanted in re.split(r"[，、/；]", re.sub(r"（.*?）|\(.*?\)", "", row["mandarin"])):
        shared = sum((Counter(wanted) & Counter(gloss.mandarin)).values())
        if wanted and 2 * shared >= max(len(wanted), len(gloss.mandarin)):
            return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--misses", action="store_true", help="list the words that were not found")
    args = parser.parse_args()
    print(machine())
    renderer = Renderer()
    for known in (False, True):
        tally: Counter[tuple[str, str]] = Counter()
        for row in rows():
            group = row["group"]
            gloss = found(row, renderer.render(row["sentence"], group=group if known else None).glosses)
            for key in (group, "all"):
                tally[key, "n"] += 1
                tally[key, "found"] += gloss is not None
                tally[key, "right"] += gloss is not None and right(row, gloss)
            if args.misses and known and gloss is None:
                print("missed", group, row["word"], row["sentence"])
        print("group known" if known else "group found out")
        for key in ("all", *sorted({g for g, _ in tally} - {"all"})):
            n, seen, good = (tally[key, name] for name in ("n", "found", "right"))
            print(f"  {key:<14} n={n:<4} found {seen / n:.3f} right {good / n:.3f}")


if __name__ == "__main__":
    main()
