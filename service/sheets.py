"""A merchant's sheet, as the commands and the console read it and tell what became of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge_graph.facts import Shop
    from knowledge_graph.ingest.importer import Preview
    from knowledge_graph.ingest.problems import Problem
    from knowledge_graph.store.shops import Difference


def read(file: Path, day: date) -> Preview:
    """What an import would bring, claims judged by the rules of ``day``. Raises :class:`InputError`."""
    from compliance.guard import screen
    from knowledge_graph.ingest.importer import import_file

    # Cells repeat; what was screened is forgotten with the sheet, as a studio reads many.
    return import_file(file, day, lru_cache(65536)(partial(screen, as_of=day)))


def price(shop: Shop, product: str) -> str:
    """The price of a product as people read it; empty where the sheet has none."""
    from knowledge_graph.schema import Property

    found = next((f for f in shop.facts(product) if f.property is Property.PRICE), None)
    if found is None:
        return ""
    high = f"-{found.high}" if found.high is not None else ""
    per = found.per.unit if found.per and found.per.value == 1 else found.per or ""
    return f"{found.value}{high}元" + (f"/{per}" if per else "")


def place(problem: Problem) -> str:
    """Where a problem stands: sheet, row and heading."""
    return "".join(
        (
            f"「{problem.sheet}」" if problem.sheet else "",
            f"第{problem.row}行" if problem.row else "",
            f"“{problem.column}”列" if problem.column else "",
        )
    )


def outcome(change: Difference, draft: bool = False) -> str:
    """What an import changed, in one sentence."""
    if not change.added and not change.removed:
        return "和已有的资料一样，没有改动。"
    state = "等待审核" if draft else "已经生效"
    return f"新增 {len(change.added)} 条，去掉 {len(change.removed)} 条，{state}。"
