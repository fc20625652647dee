"""A programme as data: how long it is, what its sessions are made of, which rituals come when.

A programme is cut into sessions (场). Each opens, goes through ``parts`` in turn again and again, and closes;
nothing is said twice in a session. Rituals (云晨练, 晚间故事会) come at a time of day or every so often and
interrupt the parts, which go on afterwards where they were. ``examples/programme.toml`` shows all there is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core.errors import InputError
from core.files import readable

PartKind = Literal["rounds", "questions", "story"]

DAY = 24 * 60.0
"""Minutes of the longest programme."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of every session: ``count`` rounds, pauses for questions or stories, ``seconds`` each."""

    kind: PartKind
    seconds: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class Ritual:
    """What comes again: at times of day (``at``), or ``every`` so many seconds of the programme.

    ``lines`` are said first, as they stand, with ``pause`` seconds after each; then, with ``stories``, where
    the products come from; ``farewell`` when its ``seconds`` are over. All of it passes claims and guard.
    """

    name: str
    seconds: float
    lines: tuple[str, ...]
    farewell: tuple[str, ...] = ()
    at: tuple[time, ...] = ()
    every: float = 0.0
    stories: bool = False
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Programme:
    """Seconds of the whole, of a session, of its opening and closing; ``order`` names the first products."""

    seconds: float
    session: float
    opening: float
    closing: float
    parts: tuple[Part, ...]
    rituals: tuple[Ritual, ...] = ()
    order: tuple[str, ...] = ()

    @classmethod
    def plain(cls, minutes: float, products: int) -> Programme:
        """One session of ``minutes``, its rounds as long as gives every product one if possible."""
        seconds = minutes * 60
        edge = min(15.0, seconds * 0.08)
        questions = min(12.0, seconds * 0.06)
        each = (seconds - 2 * edge) / max(1, products) - questions / 2
        parts = (Part("rounds", min(90.0, max(20.0, each)), 2), Part("questions", questions))
        return cls(seconds, seconds, edge, edge, parts)


Minutes = Annotated[float, Field(gt=0, le=DAY, allow_inf_nan=False)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\n]{1,119}[。！？]$")]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Part(_Written):
    kind: PartKind
    seconds: Annotated[float, Field(ge=5, le=3600)] = 60.0
    count: Annotated[int, Field(ge=1, le=50)] = 1


class _Ritual(_Written):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    minutes: Minutes
    lines: tuple[Said, ...]
    farewell: tuple[Said, ...] = ()
    at: tuple[time, ...] = ()
    every_minutes: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    stories: bool = False
    pause: Annotated[float, Field(ge=0, le=30)] = 0.0


class _Programme(_Written):
    minutes: Minutes
    session_minutes: Minutes | None = None
    opening_seconds: Annotated[float, Field(ge=0, le=600)] = 15.0
    closing_seconds: Annotated[float, Field(ge=0, le=600)] = 15.0
    order: tuple[str, ...] = ()
    part: Annotated[tuple[_Part, ...], Field(min_length=1)]
    ritual: tuple[_Ritual, ...] = ()


def read_programme(path: Path) -> Programme:
    """The programme of a file; InputError names the file, the key and what is wrong with it."""
    with readable(path, "节目单", "programme.unreadable"):
        content = path.read_text(encoding="utf-8-sig")
    return parse_programme(content, str(path))


def parse_programme(content: str, file: str = "programme.toml") -> Programme:
    """The programme that ``content`` describes."""
    try:
        held = _Programme.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise _bad(file, f"格式不对：{error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _bad(file, f"“{_place(first['loc'])}”{_reason(first)}") from error
    made = _made(held)
    _consistent(made, file)
    return made


def _made(held: _Programme) -> Programme:
    rituals = tuple(
        Ritual(r.name, r.minutes * 60, r.lines, r.farewell, r.at, r.every_minutes * 60, r.stories, r.pause)
        for r in held.ritual
    )
    return Programme(
        held.minutes * 60,
        min(held.minutes, held.session_minutes or held.minutes) * 60,
        held.opening_seconds,
        held.closing_seconds,
        tuple(Part(p.kind, p.seconds, p.count) for p in held.part),
        rituals,
        held.order,
    )


def _consistent(made: Programme, file: str) -> None:
    names = [ritual.name for ritual in made.rituals]
    if len(set(names)) < len(names):
        raise _bad(file, "有两个环节重名")
    for ritual in made.rituals:
        if bool(ritual.at) == bool(ritual.every):
            raise _bad(file, f"“{ritual.name}”要写 at（几点）或者 every_minutes（隔几分钟），只写一样")
        if ritual.seconds > made.session / 2:
            raise _bad(file, f"“{ritual.name}”比半场还长")
        if not ritual.lines and not ritual.stories:
            raise _bad(file, f"“{ritual.name}”没有可说的话")
    if made.opening + made.closing > made.session / 2:
        raise _bad(file, "开场和收尾加起来超过了半场")


def _place(keys: tuple[int | str, ...]) -> str:
    return ".".join(f"第 {key + 1} 个" if isinstance(key, int) else key for key in keys)


def _reason(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return "不认识"
    if kind == "missing":
        return "没有写"
    if kind == "string_pattern_mismatch":
        return "要是一句话，以 。！？ 结尾，不超过 120 字"
    if kind == "literal_error":
        return "只能是 rounds、questions 或 story"
    return "的值不对"


def _bad(file: str, what: str) -> InputError:
    return InputError(
        "programme.bad_file", f"节目单 {file} 有误：{what}。", "请对照 examples/programme.toml 修改。"
    )
