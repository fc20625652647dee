"""Where comments come from: a replay file, or any program that sends JSON over a WebSocket.

A source yields :class:`Arrival` s; the room stamps them and makes events of them. What a viewer wrote is
data: no field of a comment is ever executed, put into a prompt as an instruction, or followed as a link.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

import websockets
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InputError
from core.files import readable

LONGEST = 10_000
"""Code points of a comment that are taken in; the rest is cut."""
REMEMBERED = 4_096
RETRY = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between attempts to reach a bridge that went away; the last is repeated."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment as it came in: ``at`` seconds since the source began, ``key`` to know it again by."""

    at: float
    user: str
    text: str
    key: str = ""


class CommentSource(Protocol):
    """Anything that yields comments until it ends."""

    name: str

    def comments(self) -> AsyncGenerator[Arrival, None]:
        """The comments, as they arrive."""
        ...


class _Wire(BaseModel):
    """One comment on the wire or in a replay file; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    at: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    user: str = "观众"
    text: str
    id: str = ""


def read_replay(path: Path) -> list[Arrival]:
    """The comments of a replay file (``{"at", "user", "text"}`` a line), in order of ``at``.

    InputError names the file and the line that cannot be read.
    """
    return sorted(_lines(path), key=lambda arrival: arrival.at)


def _lines(path: Path) -> Iterator[Arrival]:
    with readable(path, "评论文件", "comments.unreadable"):
        text = path.read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                wire = _Wire.model_validate_json(line)
            except ValidationError as error:
                raise InputError(
                    "comments.bad_line",
                    f"评论文件 {path} 第 {number} 行看不懂。",
                    '每行写一条，例如：{"at": 3.5, "user": "李大姐", "text": "包邮吗"}',
                ) from error
            yield Arrival(wire.at, wire.user, wire.text[:LONGEST], wire.id or f"{number}")


class WebSocketSource:
    """A bridge that sends one JSON comment a message, or a list of them; reconnects when it goes away.

    Messages that are no comments are counted in ``refused`` and passed over. A repeated ``id`` is dropped.
    ``report`` hears in one sentence when the bridge cannot be reached.
    """

    name = "websocket"

    def __init__(
        self, url: str, report: Callable[[str], None] = lambda _: None, attempts: int | None = None
    ) -> None:
        self._url = url
        self._report = report
        self._attempts = attempts
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.refused = 0

    async def comments(self) -> AsyncGenerator[Arrival, None]:
        """Comments until the task is cancelled, or until ``attempts`` connections in a row have failed."""
        failures = 0
        began = asyncio.get_running_loop().time()
        while self._attempts is None or failures < self._attempts:
            try:
                async with websockets.connect(self._url, max_size=1 << 20) as bridge:
                    failures = 0
                    async for message in bridge:
                        for arrival in self._read(message, asyncio.get_running_loop().time() - began):
                            yield arrival
            except (OSError, websockets.WebSocketException) as error:
                self._report(f"评论来源 {self._url} 连不上：{error}。")
            failures += 1
            await asyncio.sleep(RETRY[min(failures, len(RETRY)) - 1])

    def _read(self, message: str | bytes, at: float) -> Iterator[Arrival]:
        try:
            content: Any = json.loads(message)
        except ValueError:
            self.refused += 1
            return
        for one in content if isinstance(content, list) else [content]:
            try:
                wire = _Wire.model_validate(one)
            except ValidationError:
                self.refused += 1
                continue
            if not self._repeated(wire.id):
                yield Arrival(at, wire.user, wire.text[:LONGEST], wire.id)

    def _repeated(self, key: str) -> bool:
        if not key:
            return False
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False
