"""A show as the supervisor of stages sees it: run again after a failure, its notices straight to the room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.channel import Channel
from core.events import Event


class Performance:
    """One run of a show; ``perform`` returns when the programme is over."""

    name = "show"

    def __init__(self, perform: Callable[[], Awaitable[None]]) -> None:
        self._perform = perform

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Until the programme is over."""
        await self._perform()


class ToRoom(Channel[Event]):
    """An outbox that publishes what is sent."""

    def __init__(self, publish: Callable[[Event], Awaitable[Event]]) -> None:
        super().__init__()
        self._publish = publish

    async def send(self, item: Event) -> None:
        """Publish a notice."""
        await self._publish(item)
