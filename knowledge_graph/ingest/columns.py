"""Which column plays which role: what its heading says and what its cells look like, weighed together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from knowledge_graph.ingest.cells import roles_of_cells
from knowledge_graph.ingest.dates import read_date
from knowledge_graph.ingest.headings import Heading, is_strong_price, read_heading
from knowledge_graph.ingest.looks import looks_like
from knowledge_graph.ingest.sheets import Cell

Row = tuple[Cell, ...]

_SURE = 0.95
"""A heading known as well as this is believed whatever stands below it."""
_HEADING = 0.8
"""What a heading's score counts beside the share of its cells that look like the role."""
_ENOUGH = 0.28
_AMOUNT = re.compile(r"[¥￥]?\s*([0-9]+(?:\.[0-9]+)?)\s*元?(?:/.{1,4})?$")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SINGLE = frozenset("name sku price list_price net_weight shelf_life storage stock origin barcode".split())
_SHARED = frozenset({"", "note", "private", "promotion", "price_tier", "certificate"})
"""Roles that any number of columns may play."""
_COUNTED = re.compile(r"[0-9]+\s*[件个只箱盒袋瓶罐包桶把套条枚对双份组坛捆]")
_OF_COUNTS = re.compile(r"[^多]数量?$|[存余剩][货量]?$|剩")
"""Headings of numbers that count goods (现成数): nobody pays them."""
_MISNAMED = frozenset({("spec", "net_weight"), ("spec", "sku"), ("after_sales", "shelf_life")})
"""Known headings that some merchants use for another thing: 规格 over weights, 型号 over article numbers."""
_ROW_NUMBER = re.compile(r"^(?:序号?|行号|№|#|no\.?)$", re.I)
_GENERAL = re.compile(r"^(?:商品|产品)?(?:说明|描述|介绍|简介)$")
"""Headings under which anything may stand; where another column has the selling points, remarks."""
_DERIVED = re.compile(r"折合|合每|均价|每斤合|平均")
"""Amounts reckoned from another column; nobody pays them."""
_UNIT_ROLES = {
    "g": "net_weight", "克": "net_weight", "斤": "net_weight", "kg": "net_weight", "公斤": "net_weight",
    "千克": "net_weight", "两": "net_weight", "ml": "net_weight", "毫升": "net_weight", "l": "net_weight",
    "天": "shelf_life", "日": "shelf_life", "月": "shelf_life", "个月": "shelf_life", "年": "shelf_life",
    "小时": "shipping", "元": "price", "块": "price",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading (as written) and its role."""

    index: int
    heading: Heading
    role: str

    @property
    def title(self) -> str:
        """The heading as the user wrote it."""
        return self.heading.text


def assign(texts: Sequence[str], rows: Sequence[Row]) -> tuple[Column, ...]:
    """A role for every column: known headings first, the others by heading and cells together."""
    headings = [_heading(t) for t in texts]
    cells = [[row[at] for row in rows if at < len(row)] for at in range(len(headings))]
    columns = [Column(i, h, h.role if h.score >= _SURE else "") for i, h in enumerate(headings)]
    columns = _without_row_numbers(_settle_doubles(columns), cells)
    columns = _by_evidence(columns, cells)
    columns = _settle_prices(_price_by_values(columns, rows), rows)
    taken = {c.role for c in columns}
    if {"certificate", "sku"} <= taken and not taken & {"price", "price_tier", "net_weight", "stock"}:
        # A sheet of certificates: the number is the certificate's, not the product's.
        columns = [replace(c, role="certificate") if c.role == "sku" else c for c in columns]
    for at, column in enumerate(columns):
        looks = looks_like([cell.text for cell in cells[at]])
        if column.role == "spec" and roles_of_cells(_text(cells[at])).get("sku", 0.0) > 0.8:
            looks = "sku"
        if (column.role, looks) in _MISNAMED and looks not in {c.role for c in columns}:
            columns[at] = replace(column, role=looks)
    return tuple(columns)


def _heading(text: str) -> Heading:
    return Heading(text, "note", 1.0) if _DERIVED.search(text) else read_heading(text)


def _without_row_numbers(columns: list[Column], cells: Sequence[Sequence[Cell]]) -> list[Column]:
    """1, 2, 3 under 序号 counts the rows and names no goods."""
    return [
        replace(c, role="private")
        if c.role == "sku" and _ROW_NUMBER.match(c.title) and _counts(_text(cells[c.index]))
        else c
        for c in columns
    ]


def _counts(texts: Sequence[str]) -> bool:
    numbers = [int(t) for t in texts if t.isdecimal()]
    return len(numbers) == len(texts) > 1 and numbers == sorted(set(numbers)) and numbers[0] <= 1


def _by_evidence(columns: list[Column], cells: Sequence[Sequence[Cell]]) -> list[Column]:
    """Columns whose heading leaves a doubt: the strongest evidence is settled first."""
    found = list(columns)
    open_ = [c for c in columns if not c.role and c.heading.score < _SURE and any(_text(cells[c.index]))]
    evidence = [
        (worth, column.index, role)
        for column in open_
        for role, worth in _evidence(column.heading, cells[column.index]).items()
        if worth >= _ENOUGH
    ]
    taken = {c.role for c in columns} - _SHARED
    settled: set[int] = set()
    if "name" not in taken and (named := _name_column(open_, cells)) is not None:
        settled.add(named)
        taken.add("name")
        found[named] = _played(found[named], "name", 0.7)
    for worth, at, role in sorted(evidence, key=lambda e: (-e[0], e[1])):
        # Beside a price, 2袋245元 under a heading of offers is an offer, no second price.
        offers = columns[at].heading.role in ("promotion", "price_tier")
        many = role in ("price", "list_price") and worth >= 0.4 and not offers
        if at in settled or (role in taken and not many) or role == "name":
            continue
        settled.add(at)
        found[at] = _played(found[at], role, worth)
        if role not in _SHARED:
            taken.add(role)
    for column in open_:
        if column.index not in settled and roles_of_cells(_text(cells[column.index])):
            found[column.index] = _played(found[column.index], "note", _ENOUGH)
    return found


def _played(column: Column, role: str, worth: float) -> Column:
    score = column.heading.score if column.heading.role == role else min(worth, 0.75)
    return replace(column, role=role, heading=replace(column.heading, score=score))


def _text(cells: Sequence[Cell]) -> list[str]:
    return [c.text for c in cells if c.text]


def _evidence(heading: Heading, cells: Sequence[Cell]) -> dict[str, float]:
    """How well each role fits a column."""
    texts = _text(cells)
    numbers = [t for t in texts if _NUMBER.fullmatch(t)]
    dates = sum(isinstance(c.value, date) or read_date(c.text) != (None, False) for c in cells)
    words = 1 - len(numbers) / len(texts)
    worth = {role: words * share for role, share in roles_of_cells(texts).items()}
    if looks := looks_like(texts):
        worth[looks] = worth.get(looks, 0.0) + 0.3
    if dates > len(texts) / 2 and all(len(t) <= 12 for t in texts):
        worth = {"produced_on": 0.9}
    counted = sum(bool(_COUNTED.fullmatch(t)) for t in texts) / len(texts)
    worth["stock"] = worth.get("stock", 0.0) + 0.4 * counted
    for role, share in _of_numbers(heading, numbers).items():
        worth[role] = worth.get(role, 0.0) + share * len(numbers) / len(texts)
    if heading.role:
        worth[heading.role] = worth.get(heading.role, 0.0) + _HEADING * heading.score
    return worth


def _of_numbers(heading: Heading, numbers: Sequence[str]) -> dict[str, float]:
    """What a column of bare numbers may be: 1, 2, 3 count the rows, 29.9 is money, 120 may be a stock."""
    if not numbers:
        return {}
    if role := _UNIT_ROLES.get(heading.unit):
        return {role: 0.6}
    if _counts(numbers):
        return {"private": 0.8}
    if all(len(n) == 13 for n in numbers):
        return {"barcode": 0.9}
    if _OF_COUNTS.search(heading.text):
        return {"stock": 0.6}
    broken = sum("." in n for n in numbers) / len(numbers)
    return {"price": 0.45} if broken >= 0.3 else {"stock": 0.4}


def _name_column(columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> int | None:
    """Without a heading for names: short, different texts on the left that look like nothing else."""
    best, score = None, 0.5
    for column in columns:
        texts = _text(cells[column.index])
        wordy = [t for t in texts if re.search(r"[\u4e00-\u9fff]{2}", t) and len(t) <= 30]
        if len(texts) < 0.6 * len(cells[column.index]) or len(wordy) < 0.8 * len(texts):
            continue
        worth = _evidence(column.heading, cells[column.index])
        rival = max((w for r, w in worth.items() if r not in ("name", "selling_point", "craft")), default=0.0)
        distinct = len(set(texts)) / len(texts)
        value = worth.get("name", 0.0) + distinct - rival - 0.05 * column.index
        if distinct >= 0.6 and value > score:
            best, score = column.index, value
    return best


def _settle_doubles(columns: list[Column]) -> list[Column]:
    """Roles that hold once go to the best heading; the others become remarks (数量 beside 库存 …)."""
    settled = list(columns)
    fallback = {"name": "variety", "net_weight": "spec", "sku": "", "storage": "note"}
    for role in _SINGLE - {"price", "list_price"}:
        same = [c for c in settled if c.role == role]
        best = max(same, key=lambda c: (c.heading.score, -c.index), default=None)
        for other in same:
            if other is not best:
                settled[other.index] = replace(other, role=fallback.get(role, ""))
    if any(c.role == "selling_point" and not _GENERAL.match(c.title) for c in settled):
        general = [c for c in settled if c.role == "selling_point" and _GENERAL.match(c.title)]
        for column in general:
            settled[column.index] = replace(column, role="note")
    return settled


def _price_by_values(columns: list[Column], rows: Sequence[Row]) -> list[Column]:
    """Of two columns of amounts the one lower row by row is paid, the other is the price before."""
    paid = [c for c in columns if c.role in ("price", "price_tier")]
    listed = [c for c in columns if c.role == "list_price"]
    if listed and not paid:
        columns = _amounts_beside(
            columns, rows, listed[0], "price", lambda one, before: before / 5 < one <= before
        )
    elif len(paid) == 1 and paid[0].role == "price" and not listed:
        columns = _amounts_beside(
            columns, rows, paid[0], "list_price", lambda one, pays: pays <= one < pays * 3
        )
    return columns


def _amounts_beside(
    columns: list[Column],
    rows: Sequence[Row],
    known: Column,
    role: str,
    fits: Callable[[Decimal, Decimal], bool],
) -> list[Column]:
    for column in columns:
        if column is known or (column.role and column.heading.score > 0.6) or _OF_COUNTS.search(column.title):
            continue
        pairs = [(_yuan(row, column.index), _yuan(row, known.index)) for row in rows]
        both = [(one, other) for one, other in pairs if one and other]
        if len(both) >= 2 and sum(fits(one, other) for one, other in both) >= 0.7 * len(both):
            columns[column.index] = replace(column, role=role)
            break
    return columns


def _yuan(row: Row, index: int) -> Decimal | None:
    match = _AMOUNT.match(row[index].text) if index < len(row) else None
    return Decimal(match[1]) if match else None


def _lowest(prices: Sequence[Column], rows: Sequence[Row]) -> Column:
    """The column of amounts that is below the others in most rows; the last where none is."""
    for column in prices:
        pairs = [
            (_yuan(row, column.index), _yuan(row, other.index))
            for row in rows
            for other in prices
            if other is not column
        ]
        both = [(one, other) for one, other in pairs if one and other]
        if both and sum(one < other for one, other in both) >= 0.7 * len(both):
            return column
    return prices[-1]


def _settle_prices(columns: list[Column], rows: Sequence[Row]) -> list[Column]:
    """Of several prices the viewer pays the live one; a plain one beside it is the price before."""
    settled = list(columns)
    prices = [c for c in settled if c.role == "price"]
    if len(prices) > 1:
        strong = [c for c in prices if is_strong_price(c.title)]
        paid = strong[0] if len(strong) == 1 else _lowest(strong or prices, rows)
        has_list = any(c.role == "list_price" for c in settled)
        for other in prices:
            if other is not paid:
                settled[other.index] = replace(
                    other, role="" if has_list or other in strong else "list_price"
                )
                has_list = True
    lists = [c for c in settled if c.role == "list_price"]
    if lists and not any(c.role in ("price", "price_tier") for c in settled):
        shop = (c for c in lists if "零售" in c.title or "店" in c.title)
        cheap = next(shop, lists[0])
        settled[cheap.index] = replace(cheap, role="price")
    for extra in lists[1:]:
        if settled[extra.index].role == "list_price":
            settled[extra.index] = replace(extra, role="")
    return settled
