"""The command line's own words as Markdown: ``python -m service.cli.reference > docs/cli.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from service.cli import build

HEAD = """# Commands

Written by `python -m service.cli.reference > docs/cli.md` from the program itself; a test fails on drift.
"""


def reference() -> str:
    """All commands with their arguments and options."""
    root = typer.main.get_command(build())
    return HEAD + "".join(_sections(root, "xiangyin"))


def _sections(command: Any, path: str) -> Iterator[str]:
    subcommands: dict[str, Any] = getattr(command, "commands", {})
    if subcommands:
        for name, subcommand in subcommands.items():
            yield from _sections(subcommand, f"{path} {name}")
        return
    yield f"\n## `{path}`\n\n{(command.help or '').strip()}\n"
    rows = [_row(p) for p in command.params if p.name != "help"]
    if rows:
        yield "\n" + "\n".join(rows) + "\n"


def _row(parameter: Any) -> str:
    names = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts))
    if parameter.param_type_name == "argument":
        names = f"`{(parameter.name or '').upper()}`"
    words = getattr(parameter, "help", "") or ""
    return f"- {names}{words and '：' + words}"


if __name__ == "__main__":
    print(reference(), end="")
