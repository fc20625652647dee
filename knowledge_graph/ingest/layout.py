"""Where the products of a sheet stand: title rows, headings, product rows, dividers, totals, rule sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from knowledge_graph.ingest.columns import Column, Row, assign
from knowledge_graph.ingest.headings import read_heading
from knowledge_graph.ingest.looks import look
from knowledge_graph.ingest.sheets import Cell, Sheet

_TOTAL = re.compile(
    r"^(?:合计|总计|小计|共计|汇总|总和|总数|累计)[:：]?|^共\s*\d+\s*[款件个种]|(?:合计|总计)[:：]?$|^(?:total|sum)$",
    re.I,
)


_CONTENTS = re.compile(
    r"(?:具体|详细)?(?:内容|详情|说明|规定|规则|要求|情况|办法|细则|事项|解释|备注|约定|明细|怎么办|怎么说)"
)
"""Headings beside names that are no goods: the sheet tells rules."""


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
    if turned and not _names_goods(turned):
        turned = None
    best = max((t for t in (upright, turned) if t), key=_weight, default=None)
    if best is None or _weight(best) < 2 or not any(c.role == "name" for c in best.columns):
        return _rules(sheet)
    return best


def parted(sheet: Sheet) -> list[Sheet]:
    """The sheet, and the narrow table of rules that an export put below it: headed (事项, 说明) below an
    empty row, or without any heading (不发货, 新疆) to the end.
    """
    width = max((len(_filled(row)) for row in sheet.rows), default=0)
    for at, row in enumerate(sheet.rows):
        rules = sheet.rows[at:]
        headed = 2 <= len(_filled(row)) <= 3 and all(_HEADS.match(c.text) for c in _filled(row))
        if at and headed and width > 5 and not _filled(sheet.rows[at - 1]):
            if any(len(_filled(below)) > 3 for below in rules):
                continue
            return [replace(sheet, rows=sheet.rows[:at]), replace(sheet, rows=rules)]
    at = len(sheet.rows) - len(list(takewhile(_ruled, reversed(sheet.rows))))
    pairs = [row for row in sheet.rows[at:] if row[1].text] if width > 5 else []
    if len(pairs) >= 2 and sum(bool(_RULED.search(row[0].text)) for row in pairs) > len(pairs) / 2:
        return [replace(sheet, rows=sheet.rows[:at]), replace(sheet, rows=sheet.rows[at:])]
    return [sheet]


def _ruled(row: Row) -> bool:
    """Whether nothing stands in a row but a subject and what holds for it, or a title."""
    return len(row) > 1 and bool(row[0].text) and not any(cell.text for cell in row[2:])


_RULED = re.compile(
    r"不发|发货|运费|邮费|包邮|快递|物流|售后|退换?|赔|满赠|赠品|优惠|发票|客服|说明|规矩|规则|口径"
)


def only_headed(sheet: Sheet) -> bool:
    """Whether the sheet has the headings of a product table and no product under them."""
    tables = (_table(sheet), _table(transposed(sheet)))
    return any(t and not t.rows and any(c.role == "name" for c in t.columns) for t in tables)


def _names_goods(table: Table) -> bool:
    """Whether a heading speaks of names, and under it stands something else than 内容 or 详情."""
    named = [c.index for c in table.columns if c.heading.role == "name"]
    return any(not _CONTENTS.fullmatch(row[at].text) for at in named for row in table.rows if row[at].text)


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
    return best if score >= 2 else _heads_by_shape(rows)


def _heads_by_shape(rows: Sequence[Row]) -> int | None:
    """Where no heading is known: the first row of short, different words above rows filled as it is."""
    for at, row in enumerate(rows[:15]):
        texts = [c.text for c in _filled(row)]
        plain = all(len(t) <= 12 and not look(t) and not re.search(r"\d{2}", t) for t in texts)
        below = [sum(bool(c.text) for c in under) for under in rows[at + 1 : at + 4]]
        if (
            len(texts) >= 5
            and plain
            and len(set(texts)) == len(texts)
            and len(below) >= 2
            and min(below) >= len(texts) / 2
        ):
            return at
    return None


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
        elif any(_TOTAL.search(re.sub(r"\s", "", c.text)) for c in filled[:3] if len(c.text) <= 12):
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


_COUNTER = re.compile(r"^(?:[0-9]{1,2}|[①-⑳]|[一二三四五六七八九十]{1,2})[.、)）]?$")
_HEADS = re.compile(r"^(?:序号?|编号|项目?|事项|内容|说明|口径|规则|规矩|要求|备注|条目)$")


def _rules(sheet: Sheet) -> Rules:
    """Lines of running text; a label beside a text stands before it, counters and headings are left out."""
    lines = []
    for row in sheet.rows:
        filled = [c for c in _filled(row) if c.text]
        if len(filled) > 1 and all(_HEADS.match(c.text) for c in filled):
            continue
        if len(filled) > 1 and _COUNTER.match(filled[0].text):
            filled = filled[1:]
        texts = list(dict.fromkeys(c.text for c in filled))
        if len(texts) == 2 and len(texts[0]) <= 10:
            lines.append((filled[-1], f"{texts[0]}：{texts[1]}"))
        else:
            lines += [(c, c.text) for c in filled]
    return Rules(sheet.name, tuple(lines))
