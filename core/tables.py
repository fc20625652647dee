"""Tables that ship with the program: rows of cells set apart by tabs, and comments that begin with ``#``.

Comments name author, source, licence and date as ``key: value``, one a line or set apart by ``;`` or tabs.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from core.errors import ConfigurationError

ORIGIN = ("author", "source", "licence", "date")
"""What every table tells of itself."""


def bad(file: str, line: int, what: str) -> ConfigurationError:
    """The error that names file and line."""
    return ConfigurationError(
        "data.bad_line", f"数据文件 {file} 第 {line} 行有误：{what}。", "请照文件开头的格式改正。"
    )


def shipped(
    package: str, file: str, columns: int, filled: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The :func:`rows` of ``data/file`` beside the modules of ``package``."""
    return rows((resources.files(package) / "data" / file).read_text("utf-8"), file, columns, filled)


def rows(content: str, file: str, columns: int, filled: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row of a table, the first ``filled`` of them (all unless told) not empty.

    Cells that a row leaves out at its end are empty. ConfigurationError names file and line of a bad row.
    """
    origin(content, file)
    least = columns if filled is None else filled
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("\t")]
            cells += [""] * (columns - len(cells))
            if len(cells) > columns or not all(cells[:least]):
                raise bad(file, number, f"要有 {columns} 栏，用制表符隔开")
            yield number, cells


def origin(content: str, file: str) -> dict[str, str]:
    """What the comments tell by key; ConfigurationError where something of :data:`ORIGIN` is missing."""
    told: dict[str, str] = {}
    for line in content.splitlines():
        if line.startswith("#"):
            for part in line.lstrip("# ").replace("\t", ";").split(";"):
                key, _, value = part.partition(":")
                told.setdefault(key.strip(), value.strip())
    if missing := [key for key in ORIGIN if not told.get(key)]:
        raise bad(file, 1, f"文件头缺少 {'、'.join(missing)}")
    return told
