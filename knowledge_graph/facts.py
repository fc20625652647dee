"""Facts with their evidence, and the view of a shop that everything else reads.

A fact is one value of one property of one product, with the words it was written in and the place they
stand. Readers get a :class:`Shop`: approved facts only, unless drafts are asked for.
"""

from __future__ import annotations

import builtins
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from knowledge_graph.schema import TERMS, Property

Value = Decimal | str | bool | date


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit: 3 瓶, 1 斤. The value keeps its decimals as written."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.value.normalize():f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: a cell (``cell`` as people name it, ``D4``) or the person who said it.

    ``row`` and ``column`` repeat the place as the user sees it: the row's number and the column's heading.
    ``order`` keeps facts in the order they were written; it is no part of what the source says.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    speaker: str = ""
    order: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """The place for a person: 货盘.xlsx「腊味」D4."""
        sheet = f"「{self.sheet}」" if self.sheet else " " if self.cell else ""
        return f"{self.file}{sheet}{self.cell}".strip() or self.speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value of one property of ``product`` (its name; empty for a rule of the whole shop).

    ``value`` is in the unit of the property's term (weights in 克, shelf life in 天, money in 元) and keeps
    its decimals. ``high`` ends a range. ``per`` is what the value buys or holds for (39.9元3瓶: 3 瓶; a tier
    of three: 3 斤). ``about`` qualifies it: the region of a surcharge, the storage of a shelf life, the name
    of an option. ``written`` is the raw text. Validity is inclusive; None is open.
    """

    product: str
    property: Property
    value: Value
    written: str
    source: Source
    unit: str = ""
    high: Decimal | None = None
    per: Quantity | None = None
    about: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    evidence: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", fact_id(self))

    @builtins.property
    def label(self) -> str:
        """What a person calls the property."""
        return TERMS[self.property].label

    def valid_on(self, day: date) -> bool:
        """Whether the fact holds on ``day``."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


def fact_id(fact: Fact) -> str:
    """A stable name of what the fact says, wherever it stands: the same statement keeps its id."""
    parts = (
        fact.product, fact.property, fact.value, fact.unit, fact.high, fact.per, fact.about, fact.written,
        fact.valid_from, fact.valid_until,
    )  # fmt: skip
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


@dataclass(frozen=True, slots=True)
class ShopMeta:
    """What is known about the shop itself. ``as_of`` is the day its sheet was judged by."""

    name: str
    as_of: date
    title: str = ""
    version: int = 0


class Shop(Protocol):
    """A shop as its readers see it."""

    @property
    def meta(self) -> ShopMeta:
        """Name, day, title, version."""
        ...

    def products(self) -> tuple[str, ...]:
        """The names of all products, in the order of the sheet."""
        ...

    def facts(self, product: str) -> tuple[Fact, ...]:
        """Everything known about a product, shop-wide rules that hold for it included; empty if unknown."""
        ...

    def shop_facts(self) -> tuple[Fact, ...]:
        """Rules and remarks of the whole shop (``product`` is empty)."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryShop:
    """A shop held in memory: previews, tests, and small shops opened for many questions."""

    meta: ShopMeta
    by_product: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, meta: ShopMeta, facts: Iterable[Fact], products: Iterable[str] = ()) -> MemoryShop:
        """A shop of ``facts``; ``products`` names the order and products without facts."""
        held: dict[str, list[Fact]] = {name: [] for name in products}
        for fact in facts:
            held.setdefault(fact.product, []).append(fact)
        return cls(meta, {name: tuple(each) for name, each in held.items()})

    def products(self) -> tuple[str, ...]:
        """The names of all products."""
        return tuple(name for name in self.by_product if name)

    def facts(self, product: str) -> tuple[Fact, ...]:
        """Everything known about a product."""
        return self.by_product.get(product, ()) if product else ()

    def shop_facts(self) -> tuple[Fact, ...]:
        """Rules and remarks of the whole shop."""
        return self.by_product.get("", ())


def facts_of(shop: Shop, product: str, wanted: Property, on: date | None = None) -> tuple[Fact, ...]:
    """The facts of one property of a product that hold ``on`` a day (the shop's own by default)."""
    day = on or shop.meta.as_of
    return tuple(f for f in shop.facts(product) if f.property is wanted and f.valid_on(day))
