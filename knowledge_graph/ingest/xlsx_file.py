"""xlsx through openpyxl: merged cells filled down, formulas by their last result, passwords told."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import msoffcrypto
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import InputError
from knowledge_graph.ingest.sheets import MAX_CELLS, MAX_COLUMNS, Cell, CellValue, Sheet, clean, too_wide

MAX_UNPACKED = 512 * 1024 * 1024


def read_xlsx(name: str, content: bytes) -> list[Sheet]:
    """The visible and hidden sheets of an xlsx file. Raises :class:`InputError` with one clear sentence."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_or_locked(name, content)
    _check_archive(name, content)
    values = _load(name, content, data_only=True)
    formulas = _load(name, content, data_only=False)
    return [
        _sheet(name, values[title], formulas[title])
        for title in values.sheetnames
        if isinstance(values[title], Worksheet)
    ]


def _old_or_locked(name: str, content: bytes) -> InputError:
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(content)).is_encrypted()
    except Exception:  # the library raises many kinds on damaged files; all mean "not a locked workbook"
        locked = False
    if locked:
        return InputError(
            "import.password", f"文件 {name} 设了密码，打不开。", "请在表格软件里去掉密码再导入。"
        )
    return InputError(
        "import.old_format",
        f"文件 {name} 是老格式（xls）或者损坏了，读不了。",
        "请用表格软件另存为 xlsx 再导入。",
    )


def _check_archive(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            known = any(item.filename.startswith("xl/") for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(name) from error
    if unpacked > MAX_UNPACKED:
        raise InputError(
            "import.too_large",
            f"文件 {name} 解开后有 {unpacked // 1024 // 1024} MB，太大了。",
            "请删掉空行空列和图片。",
        )
    if not known:
        raise InputError(
            "import.not_a_workbook", f"文件 {name} 不是 xlsx 表格。", "请用表格软件打开，另存为 xlsx 再导入。"
        )


def _damaged(name: str) -> InputError:
    return InputError(
        "import.damaged", f"文件 {name} 损坏了，读不出表格。", "请用表格软件打开看看，另存一份再导入。"
    )


def _load(name: str, content: bytes, data_only: bool) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        OSError,
    ) as error:
        # openpyxl has no single error for damaged parts; these are what broken XML and missing parts raise.
        raise _damaged(name) from error


def _sheet(name: str, values: Worksheet, formulas: Worksheet) -> Sheet:
    rows, columns = values.max_row, values.max_column
    if columns > MAX_COLUMNS:
        raise too_wide(name, values.title, columns)
    if rows * columns > MAX_CELLS:
        raise InputError(
            "import.too_many_cells",
            f"文件 {name} 的工作表“{values.title}”有 {rows} 行，太多了。",
            "请删掉空行再导入。",
        )
    spread: dict[tuple[int, int], tuple[int, int]] = {}
    merged = set()
    for block in values.merged_cells.ranges:
        for row in range(block.min_row, block.max_row + 1):
            merged.add((row, block.min_col - 1, block.max_col - 1))
            # Only downwards: text merged across columns belongs to the first one.
            spread[row, block.min_col] = (block.min_row, block.min_col)
    return Sheet(
        values.title,
        tuple(
            tuple(_cell(values, formulas, row, column, spread) for column in range(1, columns + 1))
            for row in range(1, rows + 1)
        ),
        frozenset(merged),
    )


def _cell(
    values: Worksheet,
    formulas: Worksheet,
    row: int,
    column: int,
    spread: dict[tuple[int, int], tuple[int, int]],
) -> Cell:
    home = spread.get((row, column), (row, column))
    cell = values.cell(*home)
    raw = cell.value
    lost = ""
    if cell.data_type == "e":
        lost, raw = str(raw), None
    elif raw is None and formulas.cell(*home).data_type == "f":
        lost = str(formulas.cell(*home).value)
    value = _value(raw)
    return Cell(value, _shown(value, cell.number_format), row, column - 1, lost, home != (row, column))


def _value(raw: object) -> CellValue:
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return Decimal(repr(raw)) if raw == raw and abs(raw) != float("inf") else None
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, dt.time | dt.timedelta):
        return str(raw)
    return clean(str(raw)) or None


def _shown(value: CellValue, number_format: str) -> str:
    """The text a reader of the sheet sees, with the decimals of the cell's format."""
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        whole, _, fraction = plain.partition(".")
        if not fraction.strip("0"):
            plain = whole
        places = _places(number_format)
        if places is not None and places > len(plain.partition(".")[2]):
            plain = f"{value:.{places}f}"
        return plain + "%" if number_format.endswith("%") else plain
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _places(number_format: str) -> int | None:
    head = number_format.split(";")[0].split("_")[0].rstrip("元\"' ")
    _, dot, tail = head.rpartition(".")
    return len(tail) if dot and tail and set(tail) == {"0"} else None
