"""Follows the approved facts of a shop, and the calendar, while a show is on: offers end at midnight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

from core.clock import Clock, busy
from core.errors import InputError, XiangyinError
from core.events import Event, Notice
from service.programme import Knowledge, Sources

LOOK = 0.25
"""Seconds between looks at the version of the approved facts."""


async def renewals(
    held: Knowledge,
    sources: Sources,
    today: Callable[[], date],
    clock: Clock,
    publish: Callable[[Event], Awaitable[Event]],
) -> AsyncIterator[Knowledge]:
    """Each newer version than ``held``, as it comes. InputError where the shop is gone or empty.

    A store that does not answer now may do so later: people are told once, and the show goes on as it was.
    """
    told = ""
    while True:
        await clock.sleep(LOOK)
        try:
            same = sources.version(held.shop.meta.name) == held.shop.meta.version
            if same and held.day == today():
                continue
            with busy(clock):
                held = await asyncio.to_thread(sources.knowledge, held.shop.meta.name, today())
        except InputError:
            raise
        except Exception as error:
            code = error.code if isinstance(error, XiangyinError) else "show.renewal_failed"
            if code != told:
                told = code
                text = f"商品资料读不出来（{type(error).__name__}），主播先照原来的说。"
                await publish(Notice(code=code, text=text, level="error", subject="show"))
            continue
        told = ""
        yield held
