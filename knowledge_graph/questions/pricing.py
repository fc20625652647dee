"""Exact arithmetic over a product's offers: totals with tiers, price per unit, savings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from knowledge_graph.facts import Fact
from knowledge_graph.schema import Property

CENT = Decimal("0.01")
_FINEST = 20
"""The finest part of a unit that offers are told in: 0.05 斤 is half a 两."""
GRAMS = {
    "斤": Decimal(500),
    "两": Decimal(50),
    "公斤": Decimal(1000),
    "千克": Decimal(1000),
    "克": Decimal(1),
}
"""Grams in a mass unit people sell by."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a product costs. ``price`` buys ``base`` of ``unit``; a tier ``(n, total, fact)`` buys n of it.

    ``high`` ends a range; ``grams`` is the net weight that ``price`` buys, None where unknown or a range.
    """

    price: Decimal
    fact: Fact
    base: Decimal = Decimal(1)
    unit: str = ""
    high: Decimal | None = None
    tiers: tuple[tuple[Decimal, Decimal, Fact], ...] = ()
    grams: Decimal | None = None
    millilitres: Decimal | None = None
    count: tuple[Decimal, str] | None = None
    weight_fact: Fact | None = None
    count_fact: Fact | None = None

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Offers | None:
        """The offers among ``facts``; None where no price is known."""
        held = list(facts)
        price = next((f for f in held if f.property is Property.PRICE and isinstance(f.value, Decimal)), None)
        if price is None or not isinstance(price.value, Decimal):
            return None
        base, unit = (price.per.value, price.per.unit) if price.per else (Decimal(1), "")
        tiers = []
        for fact in held:
            same = fact.per == price.per and fact.value == price.value
            if (
                fact.property is Property.PRICE_TIER
                and not same
                and fact.per
                and isinstance(fact.value, Decimal)
            ):
                tiers.append((fact.per.value, fact.value, fact))
                unit = unit or fact.per.unit
        weight = _number(held, Property.NET_WEIGHT)
        volume = _number(held, Property.VOLUME)
        count, count_fact = _count(held)
        return cls(
            price.value,
            price,
            base,
            unit,
            price.high,
            tuple(tiers),
            weight.value if weight and isinstance(weight.value, Decimal) else None,
            volume.value if volume and isinstance(volume.value, Decimal) else None,
            count,
            weight or volume,
            count_fact,
        )

    def total(self, quantity: Decimal) -> tuple[Decimal, tuple[Fact, ...]] | None:
        """The least that exactly ``quantity`` of :attr:`unit` costs; None where offers do not add up."""
        if self.high is not None or quantity <= 0:
            return None
        blocks = [(self.base, self.price, self.fact), *self.tiers]
        sizes = (quantity, *(size for size, _, _ in blocks))
        if self.unit in GRAMS and not self.tiers and any(s != s.to_integral_value() for s in sizes):
            return self.price * quantity / self.base, (self.fact,)
        # 半斤 and 一斤: counted in the smallest whole parts.
        parts = max(Fraction(s).limit_denominator(_FINEST).denominator for s in sizes)
        if any(s * parts != (s * parts).to_integral_value() for s in sizes):
            return None
        return _cheapest([(size * parts, cost, fact) for size, cost, fact in blocks], int(quantity * parts))

    def per(self, amount: Decimal) -> tuple[Decimal, bool]:
        """Price of one of ``amount`` equal shares, to the 分, and whether that is exact."""
        exact = self.price / amount
        rounded = exact.quantize(CENT, ROUND_HALF_UP)
        return rounded, rounded * amount == self.price

    def per_grams(self, grams: Decimal) -> tuple[Decimal, bool] | None:
        """Price of so many grams, to the 分, and whether that is exact; None without a net weight."""
        if not self.grams or self.high is not None:
            return None
        return self.per(self.grams / grams)


def _cheapest(
    blocks: list[tuple[Decimal, Decimal, Fact]], quantity: int
) -> tuple[Decimal, tuple[Fact, ...]] | None:
    if quantity > 10_000:
        return None
    best: list[tuple[Decimal, int] | None] = [(Decimal(0), -1)]
    for n in range(1, quantity + 1):
        options = []
        for index, (size, cost, _) in enumerate(blocks):
            before = best[n - int(size)] if int(size) <= n else None
            if before is not None:
                options.append((before[0] + cost, index))
        best.append(min(options) if options else None)
    end = best[quantity]
    if end is None:
        return None
    used: list[Fact] = []
    n = quantity
    while n > 0 and (step := best[n]) is not None:
        used.append(blocks[step[1]][2])
        n -= int(blocks[step[1]][0])
    return end[0], tuple(dict.fromkeys(used))


def _number(facts: Iterable[Fact], wanted: Property) -> Fact | None:
    return next(
        (f for f in facts if f.property is wanted and f.high is None and isinstance(f.value, Decimal)), None
    )


def _count(facts: Iterable[Fact]) -> tuple[tuple[Decimal, str] | None, Fact | None]:
    for fact in facts:
        if fact.property is Property.COUNT and fact.high is None and isinstance(fact.value, Decimal):
            unit = fact.unit or (fact.per.unit if fact.per else "")
            unit = unit or next(
                (c for c in reversed(fact.written) if c in "个枚只条片袋盒瓶包颗粒支块张套对双头朵根饼罐"), ""
            )
            return (fact.value, unit), fact
    return None, None


def money(value: Decimal) -> str:
    """An amount as it is written: 39.9, 148, 5.54; never rounded."""
    plain = value.normalize()
    return f"{plain:f}"
