"""Comment sources that are read rather than pushed: open while the show of their room is on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress

from anchor.comments.bilibili import Account, BilibiliSource
from anchor.comments.sources import CommentSource, WebSocketSource
from core.errors import OverloadedError, XiangyinError
from core.events import Notice
from core.settings import Comments
from service.assemble import Assembly
from service.incoming import Incoming, IncomingRooms
from service.rooms import Room
from service.showing import Show

LOOK = 0.5
"""Seconds between looks whether a show is on."""
ON_AIR = ("on", "paused", "person")

Report = Callable[[str], None]
Pull = Callable[[], Awaitable[None]]


def sources_of(comments: Comments, report: Report) -> list[CommentSource]:
    """What the settings name; ``report`` hears where one cannot be reached."""
    made: list[CommentSource] = []
    if comments.bilibili_key and comments.bilibili_app:
        secret, code = comments.bilibili_secret.get_secret_value(), comments.bilibili_code.get_secret_value()
        made.append(
            BilibiliSource(Account(comments.bilibili_key, secret, comments.bilibili_app, code), report)
        )
    if comments.bridge:
        made.append(WebSocketSource(comments.bridge, report))
    return made


class Reports:
    """Tells a room what a source reports, once until it is something else."""

    def __init__(self, room: Callable[[], Room]) -> None:
        self._room = room
        self._last = ""
        self._telling: set[asyncio.Task[None]] = set()

    def __call__(self, text: str) -> None:
        """Tell it soon; does not wait."""
        if text == self._last:
            return
        self._last = text
        telling = asyncio.create_task(self._tell(text))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell(self, text: str) -> None:
        room = self._room()
        notice = Notice(code="comments.source", text=text, level="warning", at=room.now)
        with suppress(XiangyinError):
            await room.publish(notice)


async def pull(source: CommentSource, incoming: Incoming) -> None:
    """Hand over what a source yields, until it ends or the task is cancelled."""
    async with aclosing(source.comments()) as arrivals:
        async for arrival in arrivals:
            with suppress(OverloadedError):  # what is too much has no other way to wait
                await incoming.take([arrival])


async def follow(show: Show, pulls: Sequence[Pull]) -> None:
    """Run ``pulls`` whenever the show is on."""
    while True:
        await _until(lambda: show.state.state in ON_AIR)
        running = [asyncio.ensure_future(each()) for each in pulls]
        try:
            await _until(lambda: show.state.state not in ON_AIR)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(LOOK)


@asynccontextmanager
async def pulling(assembly: Assembly, incoming: IncomingRooms) -> AsyncIterator[None]:
    """Inside the block the sources of the settings are read while their room is on air."""
    settings = assembly.settings.comments
    sources = sources_of(settings, Reports(lambda: assembly.room(settings.room)[0]))
    if not sources:
        yield
        return

    def pulled(source: CommentSource) -> Pull:
        return lambda: pull(source, incoming.of(settings.room, source.name))

    pulls = [pulled(source) for source in sources]
    following = asyncio.create_task(follow(assembly.show(settings.room), pulls))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
