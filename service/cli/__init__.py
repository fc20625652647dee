"""The command line: one module a command or command group, collected here.

Command modules import their rooms inside the functions, so that ``xiangyin --help`` stays quick.
"""

from __future__ import annotations

import importlib
import sys

import typer
from typer.exceptions import TyperException

from core.errors import XiangyinError

COMMANDS: tuple[str, ...] = (
    "serve",
    "doctor",
    "config",
    "weights",
    "caption",
    "live",
    "dialect",
    "guard",
    "shop",
    "ask",
    "claims",
    "comments",
    "say",
    "anchor",
    "ledger",
    "erase",
    "retention",
    "presence",
    "label",
)
"""Modules of this package, in the order of ``--help``; each has ``register(app)``."""


def build() -> typer.Typer:
    """The whole command line as one typer application."""
    app = typer.Typer(
        name="xiangyin",
        help="乡音：方言直播字幕，和只说有依据的话的虚拟主播。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # with a callback, a lone command keeps its name
    for name in COMMANDS:
        importlib.import_module(f"{__name__}.{name}").register(app)
    return app


def main() -> None:
    """Entry point of ``xiangyin``: errors a user can cause become one clear sentence and an exit code."""
    from service.cli.usage import put_help_into_chinese, sentence

    command = typer.main.get_command(build())
    if len(sys.argv) < 3 or "--help" in sys.argv:  # else what draws help need not be loaded
        put_help_into_chinese(command)
    try:
        code = command(standalone_mode=False)
    except XiangyinError as error:
        print(f"出错了：{error}", file=sys.stderr)
        sys.exit(1)
    except TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # the help was printed
            print(f"出错了：{sentence(error)}", file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
