"""Messy shops of our own, written as text before the importer was run on them, as files to be measured on.

usage: python -m benchmarks.fresh_shops FOLDER writes each shop of ``held_out/shops`` as an xlsx and a csv
file with ``facts.json``, ``errors.json`` and ``meta.json``; then ``python -m benchmarks.shops FOLDER``.

A sheet is written one row a line, cells between bars; a cell of digits becomes a number, an empty one
stays empty. Rows and columns are counted as a person sees them in the file.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import openpyxl

SHOPS = Path(__file__).parent / "held_out" / "shops"
LISTS = ("selling_points", "excluded_regions", "certificates", "reminders")
Cell = str | int | float | None


def cells(sheet: dict[str, Any]) -> list[list[Cell]]:
    """The rows of a sheet, numbers as a spreadsheet would hold them."""
    return [
        [_cell(text.strip(" ")) for text in line.split("|")]
        for line in sheet["rows"].removesuffix("\n").split("\n")
    ]


def _cell(text: str) -> Cell:
    if re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,9}\.\d+", text) else text or None


def write_shop(source: Path, folder: Path) -> None:
    """Write one shop into ``folder`` in the form that ``benchmarks.shops`` reads."""
    shop = tomllib.loads(source.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    starts: dict[str, int] = {}
    written = 0
    for sheet in shop["sheets"]:
        rows = cells(sheet)
        page = book.create_sheet(sheet["name"])
        for row in rows:
            page.append(row)
        for merge in sheet.get("merges", ()):
            page.merge_cells(merge)
        if len(shop["sheets"]) > 1:
            writer.writerow([f"工作表：{sheet['name']}"])
            written += 1
        starts[sheet["name"]] = written
        writer.writerows(rows)
        written += len(rows)
    book.save(folder / "products.xlsx")
    (folder / "products.csv").write_bytes(out.getvalue().encode("utf-8-sig"))
    _write(folder / "facts.json", [{key: [] for key in LISTS} | p for p in shop["products"]])
    _write(
        folder / "errors.json",
        [
            {
                "sheet": e["sheet"],
                "xlsx_row": e["row"],
                "csv_row": e["row"] + starts[e["sheet"]],
                "column": e["columns"] or None,
            }
            for e in shop.get("errors", ())
        ],
    )
    _write(folder / "meta.json", {"as_of": str(shop["as_of"]), "shop": shop["title"]})


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Write every shop into the folder named."""
    root = Path(sys.argv[1])
    for source in sorted(SHOPS.glob("*.toml")):
        write_shop(source, root / source.stem)
        print(root / source.stem)


if __name__ == "__main__":
    main()
