"""A file of any kind as sheets of cells that know where they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from core.errors import InputError
from core.files import readable

CellValue = str | Decimal | bool | date | None

MAX_BYTES = 64 * 1024 * 1024
MAX_EXPORT_BYTES = 160 * 1024 * 1024
"""For JSON-LD: our own export of 10,000 products has 73 MB."""
MAX_COLUMNS = 1024
MAX_CELLS = 6_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, the text a reader sees, and its place (``row`` from 1, ``column`` from 0).

    ``lost`` names what the spreadsheet program put in place of the content (``#REF!``, an uncomputed
    formula). ``filled`` marks text taken from a merged range.
    """

    value: CellValue
    text: str
    row: int
    column: int
    lost: str = ""
    filled: bool = False

    @property
    def place(self) -> str:
        """The cell as spreadsheet programs name it: D4."""
        return f"{letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows of cells of equal length. ``merged`` holds (row, first, last) of merged row spans."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: frozenset[tuple[int, int, int]] = field(default_factory=frozenset)


@cache
def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def clean(text: str) -> str:
    """Text without control, zero-width and private characters, emoji and outer space; width is folded.

    Line breaks stay; other runs of white space become one space.
    """
    folded = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c if c == "\n" or _visible(c) else " " if c == "\t" else "" for c in folded)
    lines = (" ".join(line.split()) for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)


def _visible(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "So":
        return char in "℃℉№㎏㎎㎜㎝㎡㎥㏄㏕℗®™©°" or "\u3200" <= char <= "\u33ff"
    if char in "\ufe0e\ufe0f\u20e3" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return False
    return category not in ("Cc", "Cf", "Cs", "Co", "Cn")


def wide_to_narrow(text: str) -> str:
    """Full-width digits, letters and spaces folded; Chinese punctuation stays."""
    return "".join(_narrow(c) for c in text)


def _narrow(char: str) -> str:
    if "\uff10" <= char <= "\uff19" or "\uff21" <= char <= "\uff3a" or "\uff41" <= char <= "\uff5a":
        return chr(ord(char) - 0xFEE0)
    return " " if char == "\u3000" else char


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of an xlsx or csv file, told apart by content. Raises :class:`InputError`."""
    from knowledge_graph.ingest.csv_file import read_csv
    from knowledge_graph.ingest.layout import parted
    from knowledge_graph.ingest.xlsx_file import read_xlsx

    content = read_bytes(path)
    reader: Callable[[str, bytes], list[Sheet]] = read_csv
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        reader = read_xlsx
    sheets = [part for sheet in reader(path.name, content) for part in parted(sheet)]
    if not any(cell.text for sheet in sheets for row in sheet.rows for cell in row):
        raise InputError("import.empty", f"文件 {path.name} 里没有内容。", "请打开看看是不是存错了文件。")
    return sheets


def read_bytes(path: Path) -> bytes:
    """The whole file; a clear error where it is missing, unreadable or too large to be a product list."""
    with readable(path, "文件", "import.unreadable"):
        size = path.stat().st_size
        most = MAX_EXPORT_BYTES if path.suffix.lower() in (".json", ".jsonld") else MAX_BYTES
        if size > most:
            raise InputError(
                "import.too_large",
                f"文件 {path.name} 有 {size // 1024 // 1024} MB，超过了 {most // 1024 // 1024} MB。",
                "商品表不会这么大，请去掉图片，或者拆成几个文件。",
            )
        content = path.read_bytes()
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise InputError("import.empty", f"文件 {path.name} 是空的。", "请打开看看是不是存错了文件。")
    return content


def too_wide(name: str, sheet: str, columns: int) -> InputError:
    """The error for a sheet that has more columns than any product list."""
    where = f"的工作表“{sheet}”" if sheet else ""
    return InputError(
        "import.too_wide",
        f"文件 {name}{where}有 {columns} 列，超过了 {MAX_COLUMNS} 列。",
        "请删掉多余的列再导入。",
    )
