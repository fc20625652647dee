"""Names of several goods as they are spoken: at most five, and how many more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property

MOST = 5
"""Names that are still comfortable to hear."""
Label = Callable[[str], str]


def names(products: Sequence[str], label: Label) -> str:
    """The names, and 还有几样 where there are more."""
    said = "、".join(label(p) for p in products[:MOST])
    more = len(products) - MOST
    return f"{said}，还有{more}样" if more > 0 else said


def naming(shop: Shop, products: Iterable[str]) -> tuple[Fact, ...]:
    """The facts that the shop has these goods."""
    return tuple(f for p in products for f in shop.facts(p) if f.property is Property.NAME)
