"""Where the products of a sheet stand: title rows, headings, product rows, dividers, totals, rule sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from knowledge_graph.ingest.headings import Heading, is_strong_price, read_heading
from knowledge_graph.ingest.looks import looks_like
from knowledge_graph.ingest.sheets import Cell, Sheet

Row = tuple[Cell, ...]

_TOTAL = re.compile(
    r"^(?:合计|总计|小计|共计|汇总|总和|总数|累计)[:：]?|^共\s*\d+\s*[款件个种]|(?:合计|总计)[:：]?$|^(?:total|sum)$",
    re.I,
)
_AMOUNT = re.compile(r"[¥￥]?\s*([0-9]+(?:\.[0-9]+)?)\s*元?(?:/.{1,4})?$")
_SINGLE = frozenset(
    {
        "name",
        "sku",
        "price",
        "list_price",
        "net_weight",
        "shelf_life",
        "storage",
        "stock",
        "origin",
        "barcode",
    }
)


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


@dataclass(frozen=True, slots=True)
class Table:
    """Products under one heading row. ``notes`` are running texts of the sheet with the row they stand in.

    ``skipped`` are rows that are no products: (row, kind), kind one of ``header``, ``divider``, ``total``.
    ``sections`` names the divider above each row number.
    """

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Cell, ...] = ()
    skipped: tuple[tuple[Row, str], ...] = ()
    sections: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """A sheet without products: running text, each line with the cell it stands in."""

    sheet: str
    lines: tuple[tuple[Cell, str], ...]


def read_layout(sheet: Sheet) -> Table | Rules:
    """A product table where a heading row is found, else the sheet's text as rules."""
    upright = _table(sheet)
    turned = _table(transposed(sheet)) if _weight(upright) < 3 else None
    if turned and not any(c.heading.role == "name" for c in turned.columns):
        turned = None
    best = max((t for t in (upright, turned) if t), key=_weight, default=None)
    if best is None or _weight(best) < 2 or not any(c.role == "name" for c in best.columns):
        return _rules(sheet)
    return best


def transposed(sheet: Sheet) -> Sheet:
    """The sheet with rows and columns exchanged; cells keep their own place."""
    return Sheet(sheet.name, tuple(zip(*sheet.rows, strict=True)) if sheet.rows else ())


def _weight(table: Table | None) -> float:
    """How surely this is a product table: distinct roles well named, one of them the name."""
    if table is None or not table.rows:
        return 0.0
    roles = {c.role for c in table.columns if c.role and c.heading.score >= 0.6}
    return len(roles) if "name" in roles or any(c.role == "name" for c in table.columns) else 0.0


def _table(sheet: Sheet) -> Table | None:
    at = _header_row(sheet.rows)
    if at is None:
        return None
    rows = sheet.rows
    texts = [cell.text for cell in rows[at]]
    body = at + 1
    if at and _heads_above(rows[at - 1], rows[at]):
        at -= 1
        texts = _joined(rows[at], rows[at + 1])
    elif body < len(rows) and _is_sub_header(rows[at], rows[body], sheet, at):
        texts = _joined(rows[at], rows[body])
        body += 1
    content = [row for row in rows[body:] if _filled(row)]
    kept, skipped, notes, sections = _sorted_rows(content, texts)
    columns = assign(texts, kept)
    notes = [_first(row) for row in rows[:at] if _filled(row)] + notes
    return Table(sheet.name, columns, tuple(kept), tuple(notes), tuple(skipped), sections)


def _filled(row: Row) -> list[Cell]:
    return [c for c in row if c.text or c.lost]


def _first(row: Row) -> Cell:
    """The row's text in its first cell: title rows may be cut into several cells."""
    filled = _filled(row)
    return replace(filled[0], text=" ".join(dict.fromkeys(c.text for c in filled)))


def _header_row(rows: Sequence[Row]) -> int | None:
    best, score = None, 0.0
    for at, row in enumerate(rows[:40]):
        worth = _header_worth(row)
        if worth > score + 0.5:
            best, score = at, worth
    return best if score >= 2 else None


def _header_worth(row: Row) -> float:
    """Known headings of distinct roles, less what no heading looks like."""
    worth, roles = 0.0, set()
    for cell in _filled(row):
        if len(cell.text) > 24 or re.fullmatch(r"[\d.,¥￥%-]+", cell.text) or cell.lost:
            worth -= 0.7
            continue
        heading = read_heading(cell.text)
        if heading.role and heading.role not in roles and (heading.score >= 0.75 or len(cell.text) <= 8):
            roles.add(heading.role)
            worth += heading.score
        elif not heading.role and len(cell.text) > 12:
            worth -= 0.4
    return worth + (0.5 if "name" in roles else 0.0)


def _is_sub_header(head: Row, below: Row, sheet: Sheet, at: int) -> bool:
    """A second heading row under headings that span several columns."""
    number = head[0].row if head else at + 1
    spans = [s for s in sheet.merged if s[0] == number and s[2] > s[1]]
    down = any(c.filled and c.text for c in below)
    filled = _filled(below)
    named = sum(bool(read_heading(c.text).role) for c in filled)
    plain = all(len(c.text) <= 12 and not re.search(r"\d{2,}", c.text) for c in filled)
    return bool(filled) and plain and (bool(spans) or down) and named >= max(2, len(filled) // 2)


def _heads_above(above: Row, row: Row) -> bool:
    """Whether the row above holds headings of columns that this one leaves empty."""
    alone = {a.text for a, b in zip(above, row, strict=True) if a.text and (not b.text or b.text == a.text)}
    named = [t for t in alone if len(t) <= 12 and read_heading(t).role]
    return len(alone) >= 2 and len(named) >= max(2, len(alone) // 2)


def _joined(head: Row, below: Row) -> list[str]:
    joined, over = [], ""
    for top, bottom in zip(head, below, strict=True):
        over = top.text or over
        joined.append(bottom.text or top.text if bottom.text != top.text else top.text)
        if bottom.text and not read_heading(bottom.text).role:
            joined[-1] = f"{over} {bottom.text}"
    return joined


def _sorted_rows(
    content: list[Row], header: list[str]
) -> tuple[list[Row], list[tuple[Row, str]], list[Cell], dict[int, str]]:
    kept: list[Row] = []
    skipped: list[tuple[Row, str]] = []
    notes: list[Cell] = []
    sections: dict[int, str] = {}
    section = ""
    for row in content:
        filled = _filled(row)
        if _repeats(row, header):
            skipped.append((row, "header"))
        elif any(_TOTAL.search(c.text) for c in filled[:3] if len(c.text) <= 12):
            skipped.append((row, "total"))
        elif (
            len({c.text for c in filled}) == 1 and len(header) > 3 and len(filled) < max(2, len(header) // 2)
        ):
            section = filled[0].text
            skipped.append((row, "divider"))
            notes.append(filled[0])
        else:
            kept.append(row)
            if section and filled:
                sections[filled[0].row] = section
    return kept, skipped, notes, sections


def _repeats(row: Row, header: list[str]) -> bool:
    pairs = [(c.text, h) for c, h in zip(row, header, strict=False) if c.text]
    return len(pairs) >= 2 and sum(a == b for a, b in pairs) > len(pairs) / 2


def assign(texts: Sequence[str], rows: Sequence[Row]) -> tuple[Column, ...]:
    """A role for every column: by heading first, then by what the cells look like."""
    headings = [read_heading(t) if t else Heading("") for t in texts]
    columns = [Column(i, h, h.role) for i, h in enumerate(headings)]
    columns = _settle_prices(_price_by_values(_settle_doubles(columns), rows))
    taken = {c.role for c in columns}
    if {"certificate", "sku"} <= taken and not taken & {"price", "price_tier", "net_weight", "stock"}:
        # A sheet of certificates: the number is the certificate's, not the product's.
        columns = [replace(c, role="certificate") if c.role == "sku" else c for c in columns]
    for at, column in enumerate(columns):
        looks = looks_like([row[at].text for row in rows if at < len(row)])
        if column.role == "spec" and looks == "net_weight" and looks not in taken:
            columns[at] = replace(column, role=looks)
            taken.add(looks)
        elif column.role == "after_sales" and looks == "shelf_life" and looks not in taken:
            columns[at] = replace(column, role=looks)
            taken.add(looks)
        elif (not column.role or column.heading.score <= 0.6) and looks and looks not in taken:
            columns[at] = replace(column, role=looks)
            taken.add(looks)
    if "name" not in taken and len(taken - {""}) >= 3:
        columns = _name_by_looks(columns, rows)
    return tuple(columns)


def _settle_doubles(columns: list[Column]) -> list[Column]:
    """Roles that hold once go to the best heading; the others become remarks (数量 beside 库存 …)."""
    settled = list(columns)
    for role in _SINGLE - {"price", "list_price"}:
        same = [c for c in settled if c.role == role]
        if len(same) > 1:
            best = max(same, key=lambda c: (c.heading.score, -c.index))
            for other in same:
                if other is not best:
                    fallback = {"name": "variety", "net_weight": "spec", "sku": "", "storage": "note"}.get(
                        role, ""
                    )
                    settled[other.index] = replace(other, role=fallback)
    return settled


def _price_by_values(columns: list[Column], rows: Sequence[Row]) -> list[Column]:
    """Beside a price before, and no other: the column of amounts below it, row by row, is what is paid."""
    listed = next((c for c in columns if c.role == "list_price"), None)
    if listed is None or any(c.role in ("price", "price_tier") for c in columns):
        return columns
    for column in columns:
        if column.role and column.heading.score > 0.6:
            continue
        pairs = [(_yuan(row, column.index), _yuan(row, listed.index)) for row in rows]
        known = [(paid, before) for paid, before in pairs if paid and before]
        below = sum(before / 5 < paid <= before for paid, before in known)
        if len(known) >= 2 and below >= 0.7 * len(known):
            columns[column.index] = replace(column, role="price")
            break
    return columns


def _yuan(row: Row, index: int) -> Decimal | None:
    match = _AMOUNT.match(row[index].text) if index < len(row) else None
    return Decimal(match[1]) if match else None


def _settle_prices(columns: list[Column]) -> list[Column]:
    """Of several prices the viewer pays the live one; a plain one beside it is the price before."""
    settled = list(columns)
    prices = [c for c in settled if c.role == "price"]
    if len(prices) > 1:
        strong = [c for c in prices if is_strong_price(c.title)]
        paid = (strong or prices)[-1] if len(strong) != 1 else strong[0]
        has_list = any(c.role == "list_price" for c in settled)
        for other in prices:
            if other is not paid:
                settled[other.index] = replace(
                    other, role="" if has_list or other in strong else "list_price"
                )
                has_list = True
    lists = [c for c in settled if c.role == "list_price"]
    if lists and not any(c.role in ("price", "price_tier") for c in settled):
        cheap = (
            next((c for c in lists if "零售" in c.title or "店" in c.title), lists[0])
            if len(lists) > 1
            else lists[0]
        )
        settled[cheap.index] = replace(cheap, role="price")
    for extra in lists[1:]:
        if settled[extra.index].role == "list_price":
            settled[extra.index] = replace(extra, role="")
    return settled


def _name_by_looks(columns: list[Column], rows: Sequence[Row]) -> list[Column]:
    """Without a heading for names: the first free column of short, distinct texts."""
    for column in columns:
        texts = [row[column.index].text for row in rows if column.index < len(row)]
        filled = [t for t in texts if t]
        distinct = len(set(filled)) >= 0.6 * len(filled) if filled else False
        wordy = filled and sum(
            bool(re.search(r"[\u4e00-\u9fff]{2}", t)) and len(t) <= 30 for t in filled
        ) >= 0.9 * len(filled)
        if distinct and wordy and column.role in ("", "spec", "variety") and len(filled) >= 0.7 * len(texts):
            columns[column.index] = replace(column, role="name")
            break
    return columns


def _rules(sheet: Sheet) -> Rules:
    lines = []
    for row in sheet.rows:
        filled = _filled(row)
        texts = list(dict.fromkeys(c.text for c in filled if c.text))
        if len(texts) == 2 and len(texts[0]) <= 10:
            lines.append((filled[-1], f"{texts[0]}：{texts[1]}"))
        else:
            lines += [(c, c.text) for c in filled if c.text]
    return Rules(sheet.name, tuple(lines))
