"""What the command line says of its own use, in Chinese: typer speaks English only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import Any

import typer
from typer.exceptions import TyperException

UNKNOWN = re.compile(r"No such command '(.+?)'(?:.*Did you mean '(.+?)')?")
EXTRA = re.compile(r"unexpected extra argument\(s\) \((.+)\)")


def sentence(error: TyperException) -> str:
    """What is wrong with the words of a command, and where to read how they go."""
    context: Any = getattr(error, "ctx", None)
    where = f"用法见 {context.command_path} --help" if context else "用法见 xiangyin --help"
    return f"{_fault(error)}{where}"


def _fault(error: Any) -> str:
    kind, text = type(error).__name__, error.message
    if kind == "MissingParameter":
        words = (getattr(error.param, "help", "") or "").rstrip("。")
        return f"还缺 {_named(error.param)}{words and f'（{words}）'}。"
    if kind == "NoSuchOption":
        near = next(iter(get_close_matches(error.option_name, error.possibilities or (), 1)), "")
        return f"没有 {error.option_name} 这个选项{near and f'，您要的是不是 {near}'}。"
    if kind == "BadOptionUsage":
        return f"{error.option_name} 后面{'要写一个值' if 'requires' in text else '不用写值'}。"
    if found := UNKNOWN.search(text):
        return f"没有 {found[1]} 这个命令{f'，您要的是不是 {found[2]}' if found[2] else ''}。"
    if found := EXTRA.search(text):
        return f"多出了“{found[1]}”：名字里有空格的，请用引号括起来。"
    if getattr(error, "param", None) is not None:
        return f"{_named(error.param)} 的值不对。"
    return "这样写不对，少了子命令或参数。"


def _named(parameter: Any) -> str:
    word: str = parameter.name or ""
    return str(parameter.opts[0]) if parameter.param_type_name == "option" else word.upper()


def put_help_into_chinese(root: Any) -> None:
    """Headings, usage and the help option of every command below ``root``; Chinese is folded, not cut off."""
    import typer.rich_utils as panels

    panels._make_rich_text = partial(_folded, panels._make_rich_text)
    panels.ARGUMENTS_PANEL_TITLE = "要写的"
    panels.OPTIONS_PANEL_TITLE = "选项"
    panels.COMMANDS_PANEL_TITLE = "命令"
    panels.DEFAULT_STRING = "[不写就是 {}]"
    panels.REQUIRED_LONG_STRING = "[必写]"
    for command in _commands(root):
        command.get_usage = partial(_usage, command.get_usage)
        option = command.get_help_option(typer.Context(command))
        if option is not None:
            option.help = "显示这份说明。"


def _folded(make: Callable[..., Any], **how: Any) -> Any:
    """To rich a sentence without spaces is one word; of one that does not fit it cuts the end off."""
    text = make(**how)
    text.overflow = "fold"
    return text


def _usage(english: Callable[[typer.Context], str], context: typer.Context) -> str:
    words = {"Usage: ": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [……]"}
    text = english(context)
    for word, chinese in words.items():
        text = text.replace(word, chinese, 1)
    return text


def _commands(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _commands(below)
