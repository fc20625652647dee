"""The net weight of a row: weight column, specification, name and price weighed against each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.text.numbers import find_amounts
from knowledge_graph.facts import Quantity
from knowledge_graph.ingest.contents import Content, read_content
from knowledge_graph.ingest.draft import EMPTY, Draft, Place, fact
from knowledge_graph.ingest.durations import read_shelf_life
from knowledge_graph.schema import Property

P = Property


def read_specification(draft: Draft, role: str, place: Place) -> None:
    """A weight column or a specification; judged together with name and price in :func:`weigh`."""
    if isinstance(place.cell.value, date):
        draft.doubt(
            P(role),
            "EXCEL_DATE_COERCION",
            f"“{place.column.title}”被表格软件变成了日期，先留空。",
            place,
        )
    elif role in ("spec", "size", "count") or place.column.heading.role == "spec":
        draft.put(fact(draft, P.SIZE if role == "size" else P.SPEC, place.text, place))


def weigh(draft: Draft) -> None:
    """Net weight from weight column, specification or name; contradictions are reported, not settled."""
    named = read_content(_without_brands(draft.name))
    read: Content | None = None
    place: Place | None = None
    for role in ("net_weight", "spec", "count", "size", "gross_weight"):
        candidate = draft.places.get(role)
        if (
            candidate is None
            or not candidate.text
            or candidate.cell.lost
            or isinstance(candidate.cell.value, date)
            or EMPTY.match(candidate.text)
        ):
            continue
        content = _column_content(role, candidate)
        if content and (
            content.net
            or content.volume
            or content.fault
            or content.high
            or content.gross
            or (content.count and not read)
        ):
            read, place = content, candidate
            if content.net or content.volume or content.fault:
                break
    _take_content(draft, named, read, place)


def _without_brands(name: str) -> str:
    return re.sub(r"[0-9]+号|第[0-9]+代", "", name)


def _column_content(role: str, place: Place) -> Content | None:
    bare = re.fullmatch(r"[0-9.]+", unicodedata.normalize("NFKC", place.text))
    if bare and role in ("spec", "count", "size") and (role != "spec" or not place.column.heading.unit):
        return None
    content = read_content(place.text, place.column.heading.unit)
    if role == "gross_weight":
        return Content(gross=content.net)
    if (
        role == "net_weight"
        and place.column.heading.role != "spec"
        and not content.fault
        and content.net is None
        and content.volume is None
        and content.count is None
    ):
        loose = re.search(r"散|称|斤", place.text) and not re.search(r"\d", place.text)
        if loose or re.search(r"\d\s*(?:码|cm|mm|厘米|毫米|寸)", place.text, re.I):
            return None
        return replace(content, fault="unreadable")
    if role != "net_weight" and content.fault == "out_of_range":
        return replace(content, fault="")
    return content


_CONTENT_FAULTS = {
    "no_unit": ("WEIGHT_UNIT_MISSING", "只有数字，没有单位（克、斤、公斤），先留空。"),
    "conflict": ("WEIGHT_CONFLICT", "几个重量互相对不上，应该核对，先留空。"),
    "out_of_range": ("WEIGHT_OUT_OF_RANGE", "大得或小得不像一份商品，应该核对，先留空。"),
    "unreadable": ("WEIGHT_UNREADABLE", "看不出重量，应该写成 500g 或 5斤 这样，先留空。"),
}


def _take_content(draft: Draft, named: Content, read: Content | None, place: Place | None) -> None:
    if read and place and read.fault == "conflict" and (first := _of_first_option(draft, place)):
        draft.put(fact(draft, P.SPEC, place.text, place))
        read = first
    if read and place and read.fault:
        type_, message = _CONTENT_FAULTS[read.fault]
        draft.doubt(P.NET_WEIGHT, type_, f"“{place.column.title}”写的“{place.text}”{message}", place)
        if read.fault != "no_unit" and read.fault != "unreadable":
            return
        read = None
    chosen = read if read and (read.net or read.volume or read.high) else named
    where = place if chosen is read else draft.places.get("name")
    if read and place and _contradicts(draft, named, read, place):
        return
    net, high, unit = chosen.net, chosen.high, chosen.unit
    if net is not None:
        net, unit = _for_price(draft, chosen, named, net, high)
    elif (price := draft.get(P.PRICE)) and price.per and chosen.volume is None and not named.fault:
        net = _mass(price.per)
        where = draft.places.get("price")
    if net is not None and where is not None:
        draft.put(fact(draft, P.NET_WEIGHT, net, where, high=high))
    _take_rest(draft, [c for c in (read, chosen) if c], named, where, unit)


_EITHER = re.compile(r"\s*(?:或者?|[/、，,；;])\s*")


def _of_first_option(draft: Draft, place: Place) -> Content | None:
    """小盒150克/大盒300克 beside 小盒68元/大盒128元: what the price buys, where each weight has its price."""
    pieces = [(piece, read_content(piece)) for piece in _EITHER.split(place.text) if piece]
    priced = draft.all(P.PRICE_OPTION) or draft.all(P.PRICE_TIER)
    price = draft.get(P.PRICE)
    found: list[tuple[object, Content]] = []
    for each in priced:
        grams = _mass(each.per) if each.per else None
        fits = [
            c for p, c in pieces if (each.about and p.startswith(each.about)) or (grams and c.net == grams)
        ]
        if len(fits) != 1 or fits[0].net is None or fits[0].fault:
            return None
        found.append((each.value, fits[0]))
    if price is None or len(found) != len(pieces) or len({c.net for _, c in found}) != len(found):
        return None
    return next((replace(c, stated=True) for value, c in found if value == price.value), None)


def _take_rest(
    draft: Draft, found: Sequence[Content], named: Content, where: Place | None, unit: Decimal | None
) -> None:
    """What else a cell, or without one the name, tells; how many there are may stand in the name alone."""
    gross = next((c.gross for c in found if c.gross), None)
    counted = next((c for c in (*found, named) if c.count), None)
    if counted is named:
        where = draft.places.get("name")
    for property_, value in ((P.UNIT_WEIGHT, unit), (P.GROSS_WEIGHT, gross), (P.VOLUME, found[-1].volume)):
        if value is not None:
            draft.put(fact(draft, property_, value, where))
    if counted and counted.count:
        draft.put(
            fact(draft, P.COUNT, counted.count.value, where, unit=counted.count.unit, high=counted.count_high)
        )


def _mass(per: Quantity) -> Decimal | None:
    """The grams that a price is for: 12.8元/斤 buys 500 g."""
    amount = next((a for a in find_amounts(f"{per.value:f}{per.unit}") if a.kind == "mass"), None)
    return read_content(f"{per.value:f}{per.unit}").net if amount else None


def _for_price(
    draft: Draft, chosen: Content, named: Content, net: Decimal, high: Decimal | None
) -> tuple[Decimal, Decimal | None]:
    """The weight that the price buys, and the weight of one pack where the price buys several."""
    price = draft.get(P.PRICE)
    per = price.per if price else None
    if per is None or high is not None:
        return net, chosen.unit
    mass = _mass(per)
    if mass is not None:
        whole = net / mass
        # 12.8元/斤 beside a 5斤 box: the price buys one 斤.
        return (
            (mass, chosen.unit) if per.value == 1 and whole > 1 and not chosen.gross else (net, chosen.unit)
        )
    single = chosen.packs is None and chosen.per_pack in ("", per.unit) and named.packs is None
    whole_pack = chosen.per_pack == per.unit or chosen.count is None or chosen.count.value == 1
    if per.value > 1 and single and not chosen.stated and whole_pack:
        return net * per.value, net
    return net, chosen.unit


def _contradicts(draft: Draft, named: Content, read: Content, place: Place) -> bool:
    """Whether the name states another content than the cell; then neither is taken."""
    if named.volume and read.volume and named.volume != read.volume:
        one, other = sorted((named.volume, read.volume))
        if other % one:
            draft.doubt(
                P.VOLUME, "VOLUME_CONFLICT", f"品名和“{place.column.title}”写的容量对不上，先留空。", place
            )
            return True
    if (
        named.count
        and read.count
        and named.count.unit == read.count.unit
        and named.count.value != read.count.value
        and not read.count_high
        and not named.net
    ):
        draft.doubt(
            P.COUNT,
            "COUNT_CONFLICT",
            f"品名写{named.count}，“{place.column.title}”写{read.count}，对不上，应该核对。",
            place,
        )
        return read.net is None
    if named.net is None or read.net is None or named.high or read.high or named.fault:
        return False
    if _same_content(named, read) or _nominal(draft, named, read, place):
        return False
    message = f"品名写的重量和“{place.column.title}”写的“{place.text}”对不上，应该核对，先留空。"
    draft.doubt(P.NET_WEIGHT, "WEIGHT_CONFLICT", message, place)
    return True


def _same_content(named: Content, read: Content) -> bool:
    """Equal, or one pack beside several: 500g in the name, 500g×2 in the cell."""
    if named.net is None or read.net is None:
        return True
    stated = {named.net, named.unit, named.gross} - {None}
    found = {read.net, read.unit, read.gross} - {None}
    return bool(stated & found)


def _nominal(draft: Draft, named: Content, read: Content, place: Place) -> bool:
    """带箱5斤 in the name and 净重4.5斤 in the cell: fruit is sold by its box."""
    if named.net is None or read.net is None or not named.nominal:
        return False
    shelf = read_shelf_life(draft.places["shelf_life"].text).parts if "shelf_life" in draft.places else ()
    fresh = bool(re.search(r"净|带箱|毛重|果径", place.text)) or bool(shelf and shelf[0][1] <= 45)
    return fresh and Decimal("0.8") <= read.net / named.net <= Decimal("1.02")
