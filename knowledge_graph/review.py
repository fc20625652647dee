"""Review: what people propose becomes draft facts with their name; a reviewer approves, edits or refuses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.errors import InputError
from knowledge_graph.facts import Fact, Source, Value
from knowledge_graph.schema import TERMS
from knowledge_graph.store.shops import Shops


def propose(shops: Shops, shop: str, facts: Sequence[Fact], who: str) -> tuple[Fact, ...]:
    """Put what ``who`` said into the draft; a single value replaces the approved one it contradicts."""
    spoken = tuple(replace(f, source=replace(f.source, speaker=who), id="") for f in facts)
    replaced = [
        held
        for f in spoken
        if not TERMS[f.property].many
        for held in shops.product_facts(shop, f.product)
        if held.property is f.property and held != f
    ]
    shops.propose(shop, spoken, replaced)
    return spoken


def approve(shops: Shops, shop: str, facts: Collection[str] | None = None, who: str = "") -> int:
    """Approve all proposals, or those with the given ids; the rest waits. Returns the version in force."""
    return shops.approve(shop, None if facts is None else _known(shops, shop, facts), who)


def refuse(shops: Shops, shop: str, facts: Collection[str], who: str = "", reason: str = "") -> None:
    """Take proposals out of the draft; what they would have replaced stays approved."""
    shops.refuse(shop, _known(shops, shop, facts), who, reason)


def _known(shops: Shops, shop: str, facts: Collection[str]) -> set[str]:
    if unknown := set(facts) - shops.proposed(shop):
        raise InputError(
            "review.unknown", f"草稿里没有这几条：{'、'.join(sorted(unknown))}。", "请刷新后再试。"
        )
    return set(facts)


def edit(shops: Shops, shop: str, fact: Fact, value: Value, written: str, who: str) -> Fact:
    """Propose a corrected value for an approved or waiting fact, in the name of the reviewer."""
    corrected = replace(
        fact,
        value=value,
        written=written,
        unit=TERMS[fact.property].unit,
        evidence="",
        id="",
        source=Source(
            fact.source.file, fact.source.sheet, fact.source.cell, fact.source.row, fact.source.column, who
        ),
    )
    shops.settle(shop, fact)
    shops.propose(shop, [corrected], [f for f in shops.product_facts(shop, fact.product) if f.id == fact.id])
    return corrected
