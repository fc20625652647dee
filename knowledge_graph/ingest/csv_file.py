"""CSV as Chinese merchants export it: UTF-8 or GB18030, any delimiter, several sheets in one file."""

from __future__ import annotations

import csv
import io
import re

from core.errors import InputError
from knowledge_graph.ingest.sheets import MAX_COLUMNS, Cell, Sheet, clean, too_wide

_SHEET_LINE = re.compile(
    r"^\s*(?:#+|【|\[|=+|-+)?\s*(?:工作表|表名|sheet|worksheet)\s*[:：]\s*(.+?)\s*(?:】|\]|=+|-+)?$", re.I
)
_ERRORS = re.compile(r"^#(?:REF|VALUE|N/A|NAME|DIV/0|NULL|NUM|SPILL|CALC)[!?]?$")


def read_csv(name: str, content: bytes) -> list[Sheet]:
    """The sheets of a csv file; rows are numbered as records of the file, from 1."""
    text = decode(name, content)
    delimiter = _delimiter(text)
    csv.field_size_limit(1_000_000)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(
            "import.bad_csv",
            f"文件 {name} 不是完整的 CSV：有一格特别长，或者引号没有配对。",
            "请用表格软件重新导出。",
        ) from error
    widest = max(map(len, records), default=0)
    if widest > MAX_COLUMNS:
        raise too_wide(name, "", widest)
    return _split(records)


def decode(name: str, content: bytes) -> str:
    """The text of the file, by its byte order mark, else UTF-8, else GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strict(name, content, encoding)
    if b"\x00" in content[:4096]:
        raise _unreadable(name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(name, content, "gb18030")


def _strict(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> InputError:
    return InputError(
        "import.bad_encoding",
        f"文件 {name} 不是能读的表格：既不是 xlsx，也不是 UTF-8 或 GB18030 的 CSV。",
        "请用表格软件打开，另存为 xlsx 再导入。",
    )


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first records most evenly into the most cells."""
    sample = text[:20_000]

    def worth(delimiter: str) -> float:
        widths = [len(r) for r in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if r]
        common = max(set(widths), key=widths.count, default=1)
        return 0.0 if common < 2 else widths.count(common) + common / 1000

    try:
        return max((",", "\t", ";", "|"), key=worth)
    except csv.Error:
        return ","


def _split(records: list[list[str]]) -> list[Sheet]:
    """Sheets at the lines that name one (工作表：苗绣); a file without such lines is one sheet."""
    sheets: list[tuple[str, list[tuple[Cell, ...]]]] = [("", [])]
    for number, record in enumerate(records, 1):
        filled = [text for text in record if text.strip()]
        heading = _SHEET_LINE.match(filled[0]) if len(filled) == 1 else None
        if heading:
            sheets.append((heading[1], []))
        else:
            sheets[-1][1].append(tuple(_cell(text, number, at) for at, text in enumerate(record)))
    return [Sheet(name, _even(rows)) for name, rows in sheets if any(c.text for row in rows for c in row)]


def _cell(raw: str, row: int, column: int) -> Cell:
    text = clean(raw)
    lost = text if _ERRORS.match(text) else ""
    return Cell(text or None, "" if lost else text, row, column, lost)


def _even(rows: list[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple(
        row + tuple(Cell(None, "", row[0].row if row else 0, at) for at in range(len(row), width))
        for row in rows
        if row
    )
