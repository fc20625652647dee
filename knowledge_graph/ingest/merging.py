"""Rows that name the same product: merged where they agree, withheld and reported where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge_graph.facts import Fact
from knowledge_graph.ingest.draft import Draft
from knowledge_graph.ingest.problems import Problem
from knowledge_graph.schema import TERMS, Property

P = Property
_TYPES = {P.PRICE: "PRICE_CONFLICT", P.NET_WEIGHT: "WEIGHT_CONFLICT", P.SKU: "SKU_CONFLICT"}
_WITH = {P.PRICE: (P.PRICE, P.PRICE_TIER, P.PRICE_OPTION)}


def merged(drafts: Sequence[Draft]) -> list[Draft]:
    """One draft a product, in the order of first mention."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        first = found.setdefault(draft.name, draft)
        if first is draft:
            continue
        if _different_goods(first, draft):
            draft = _renamed(draft, found)
            found[draft.name] = draft
        else:
            _merge(first, draft)
    return list(found.values())


def _different_goods(first: Draft, second: Draft) -> bool:
    """The same name under two numbers with two contents: two goods."""
    one, other = first.get(P.SKU), second.get(P.SKU)
    weights = first.get(P.NET_WEIGHT), second.get(P.NET_WEIGHT)
    specs = first.get(P.SPEC), second.get(P.SPEC)
    return bool(one and other and one.value != other.value) and (_values(weights) or _values(specs))


def _values(pair: tuple[Fact | None, Fact | None]) -> bool:
    return bool(pair[0] and pair[1] and pair[0].value != pair[1].value)


def _renamed(draft: Draft, taken: Iterable[str]) -> Draft:

    spec, sku = draft.places.get("spec") or draft.places.get("net_weight"), draft.get(P.SKU)
    old = draft.name
    name = f"{old} {spec.text if spec else sku.value if sku else ''}".strip()
    place = draft.places.get("name")
    draft.report("warning", "NAME_DUPLICATE", f"“{old}”有两种规格，这一种记作“{name}”。", place)
    draft.name = name if name not in set(taken) else f"{name} {draft.row}"
    draft.facts = [replace(f, product=draft.name, id="") for f in draft.facts]
    draft.pending = [replace(f, product=draft.name, id="") for f in draft.pending]
    return draft


def _merge(first: Draft, second: Draft) -> None:
    known = {(p.type, p.column) for p in first.problems}
    place = second.places.get("name")
    conflicts = [p for p in P if not TERMS[p].many and _disagree(first, second, p)]
    if not conflicts:
        message = f"“{first.name}”和第 {first.row} 行重复，只保留一条。"
        first.report("warning", "DUPLICATE_ROW", message, place)
        first.problems[-1] = _at(first.problems[-1], second.row)
        for fact in second.facts:
            first.put(fact)
        return
    first.problems += [p for p in second.problems if (p.type, p.column) not in known]
    for property_ in conflicts:
        label = TERMS[property_].label
        mine, other = first.get(property_), second.get(property_)
        where = next(
            (p for p in second.places.values() if other and p.cell.place == other.source.cell), place
        )
        message = (
            f"“{first.name}”写了两行，{label}一行是{mine.written if mine else ''}，"
            f"一行是{other.written if other else ''}，应该核对，先留空。"
        )
        type_ = _TYPES.get(property_, "FACT_CONFLICT")
        second.report("error", type_, message, where)
        first.problems.append(second.problems[-1])
        withheld = _WITH.get(property_, (property_,))
        first.pending += [f for f in second.facts if f.property in withheld]
        first.withhold(withheld, f"{label}有两个说法")
    held = {f.property for f in first.facts} | {f.property for f in first.pending}
    for fact in second.facts:
        if fact.property not in held or (TERMS[fact.property].many and fact.property not in _WITH[P.PRICE]):
            first.put(fact)


def _disagree(first: Draft, second: Draft, property_: Property) -> bool:
    one, other = first.get(property_), second.get(property_)
    return bool(one and other and (one.value, one.high, one.per) != (other.value, other.high, other.per))


def _at(problem: Problem, row: int) -> Problem:

    return replace(problem, row=row)
