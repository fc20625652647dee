"""How long a small shop can be talked about: the script of one long plain show, without comments or a voice.

usage: python -m benchmarks.long_script [--hours 6] [--products 1 3 10] [--sheet F]

Lines last 0.22 s a character and a pause. Printed for the first so many products of the sheet: lines, how
many of them different, sentences said twice in one session (must be 0), sessions, the share of silence and
the longest one.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from anchor.rundown import Rundown
from anchor.script import Plan, Script
from anchor.writer.author import Phrases
from benchmarks.report import machine
from knowledge_graph.facts import MemoryShop
from knowledge_graph.ingest.importer import import_file

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BEGINS = datetime(2026, 11, 22, 10)
CHARACTER, PAUSE, IDLE = 0.22, 0.6, 0.2

T = TypeVar("T")


async def at_once(work: Callable[[], T]) -> T:
    """The phrase bank writes on the loop."""
    return work()


async def talk(shop: MemoryShop, hours: float) -> None:
    """Play the script and print what it amounted to."""
    said = defaultdict[int, list[str]](list)
    moves: Counter[str] = Counter()
    quiet = longest = silence = 0.0
    script = Script(
        Plan(
            shop,
            Rundown.of(shop.products(), hours * 60),
            BEGINS.date(),
            time_of_day=lambda: BEGINS + timedelta(seconds=script.position.total),
        ),
        Phrases(),
        at_once,
        "warm",
    )
    while script.position.kind != "over":
        draft = await script.due()
        if draft is None:
            quiet += IDLE
            silence += IDLE
            longest = max(longest, quiet)
            script.passed(IDLE)
            continue
        quiet = 0.0
        said[script.position.session].append(draft.line.text)
        moves[draft.line.purpose] += 1
        script.said(draft)
        script.passed(CHARACTER * len(draft.line.text) + PAUSE)
    texts = [text for session in said.values() for text in session]
    twice = sum(len(session) - len(set(session)) for session in said.values())
    print(
        f"{len(shop.products())} products, {hours:g} h: {len(texts)} lines, {len(set(texts))} different, "
        f"{twice} twice in a session, {len(said)} sessions, silent {silence / (hours * 3600):.1%}, "
        f"longest {longest:.0f} s; " + ", ".join(f"{move} {n}" for move, n in moves.most_common()),
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--products", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--sheet", type=Path, default=EXAMPLES / "demo_shop.xlsx")
    asked = parser.parse_args()
    shop = import_file(asked.sheet, date.today()).shop("bench")
    print(machine())
    for count in asked.products:
        kept = {"", *shop.products()[:count]}
        held = {name: facts for name, facts in shop.by_product.items() if name in kept}
        few = replace(shop, by_product=held)
        asyncio.run(talk(few, asked.hours))


if __name__ == "__main__":
    main()
