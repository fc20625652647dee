"""Who the host is, as data (``data/personas.toml``): name, manner, voice, speed, a touch of dialect."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from anchor.writer.phrases import REGISTERS, Register
from core.errors import ConfigurationError, InputError

SPEEDS = (0.7, 1.3)
"""Speeds of a voice that people can follow, and that is still itself."""


@dataclass(frozen=True, slots=True)
class Persona:
    """The host. ``voice`` and its ``speed`` (0.9 suits older ears) are the settings' where left out.

    ``about`` tells people what it is like, ``pause`` is seconds between lines. ``hello`` are greetings in the
    words of ``dialect``, one of which opens a show; ``address`` are a few of its words before some answers,
    which affirm nothing. Facts are always told in Mandarin. ``explains`` is whether terms of art are followed
    by plain words.
    """

    name: str = "小乡"
    register: Register = "warm"
    about: str = ""
    voice: str = ""
    speed: float | None = None
    pause: float = 0.35
    dialect: str = ""
    hello: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    explains: bool = True


DEFAULT = Persona()
"""A calm, plain host who speaks Mandarin."""


def parse_personas(content: str, file: str = "personas.toml") -> Mapping[str, Persona]:
    """Personas by their key; ConfigurationError names the key of a bad one."""
    try:
        held = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise _bad(file, str(error)) from error
    if missing := [key for key in ("author", "source", "licence", "date") if key not in held]:
        raise _bad(file, f"缺少 {'、'.join(missing)}")
    return {key: _persona(key, given, file) for key, given in held.get("persona", {}).items()}


def _persona(key: str, given: Mapping[str, Any], file: str) -> Persona:
    known = {field.name for field in fields(Persona)}
    if unknown := sorted(set(given) - known):
        raise _bad(file, f"{key} 里有不认识的 {'、'.join(unknown)}")
    words = {field: tuple(given.get(field, ())) for field in ("hello", "address")}
    made = Persona(**{**given, **words})
    slow, fast = SPEEDS
    if made.register not in REGISTERS or (made.speed is not None and not slow <= made.speed <= fast):
        raise _bad(file, f"{key} 的语气或语速不对")
    if any(text[-1:] not in "。！？" for text in made.hello):
        raise _bad(file, f"{key} 的招呼没有结尾标点")
    if any(text[-1:] != "，" for text in made.address):
        raise _bad(file, f"{key} 的称呼要用逗号结尾")
    return made


def _bad(file: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        "persona.bad_file", f"主播人设文件 {file} 有误：{what}。", "请照文件里的例子改正。"
    )


@cache
def personas() -> Mapping[str, Persona]:
    """The personas of the house."""
    held = resources.files("anchor") / "data" / "personas.toml"
    return parse_personas(held.read_text(encoding="utf-8"))


def persona(key: str) -> Persona:
    """The persona called ``key`` (empty: the default); InputError lists the choices."""
    if not key:
        return DEFAULT
    if key not in personas():
        raise InputError("persona.unknown", f"没有叫“{key}”的主播人设。", f"可用 {'、'.join(personas())}。")
    return personas()[key]
