"""Bounded channels between stages, each with a stated policy when full.

A channel belongs to one event loop; :meth:`Channel.send_from_thread` is the one entry for other threads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Policy(StrEnum):
    """What a full channel does with the next item."""

    WAIT = "wait"
    """The sender waits: nothing is lost (files)."""
    DROP_OLDEST = "drop_oldest"
    """The oldest item makes room (partials)."""
    LATEST_ONLY = "latest_only"
    """Only the newest item is kept, whatever the capacity (meters)."""


class ChannelClosed(Exception):
    """Sending to a closed channel, or receiving from one that is closed and drained."""


class Channel(Generic[T]):
    """A bounded queue. After :meth:`close` readers drain what is left, then stop.

    ``dropped`` counts the items the policy threw away. An item is received by one reader only;
    for several readers see :class:`Fanout`.
    """

    def __init__(self, capacity: int = 64, policy: Policy | str = Policy.WAIT) -> None:
        if capacity < 1:
            raise ValueError("a channel holds at least one item")
        self.policy = Policy(policy)
        self.capacity = 1 if self.policy is Policy.LATEST_ONLY else capacity
        self.dropped = 0
        self._items: deque[T] = deque()
        self._readers: deque[asyncio.Future[None]] = deque()
        self._senders: deque[asyncio.Future[None]] = deque()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            pass  # made before the loop runs: bound by the first send or receive

    def __len__(self) -> int:
        return len(self._items)

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called; items may still be left to receive."""
        return self._closed

    def offer(self, item: T) -> bool:
        """Send without waiting; False (and nothing sent) when full under the ``wait`` policy."""
        if self._closed:
            raise ChannelClosed
        if len(self._items) >= self.capacity:
            if self.policy is Policy.WAIT:
                return False
            self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        _wake_one(self._readers)
        return True

    async def send(self, item: T) -> None:
        """Send, waiting for room under the ``wait`` policy; raises :class:`ChannelClosed`."""
        while not self.offer(item):
            await self._wait(self._senders)

    def send_from_thread(self, item: T) -> None:
        """Send from a worker thread, which waits for room under the ``wait`` policy.

        The channel must have been made or used inside its event loop before. Raises
        :class:`ChannelClosed`; never call it from the loop's own thread.
        """
        if self._loop is None:
            raise RuntimeError("the channel was never used in an event loop")
        asyncio.run_coroutine_threadsafe(self.send(item), self._loop).result()

    async def receive(self) -> T:
        """The next item; raises :class:`ChannelClosed` when closed and drained."""
        while not self._items:
            if self._closed:
                raise ChannelClosed
            await self._wait(self._readers)
        item = self._items.popleft()
        _wake_one(self._senders)
        return item

    def close(self) -> None:
        """No more sending; waiting senders get :class:`ChannelClosed`. Closing twice is fine."""
        self._closed = True
        for waiting in (self._readers, self._senders):
            while waiting:
                _wake_one(waiting)

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            try:
                item = await self.receive()
            except ChannelClosed:
                return
            yield item

    async def _wait(self, waiting: deque[asyncio.Future[None]]) -> None:
        self._loop = asyncio.get_running_loop()
        turn = self._loop.create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in waiting:
                waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                _wake_one(waiting)  # the wake-up was meant for someone who is gone: pass it on
            raise


def _wake_one(waiting: deque[asyncio.Future[None]]) -> None:
    while waiting:
        turn = waiting.popleft()
        if not turn.done():
            turn.set_result(None)
            return


class Fanout(Generic[T]):
    """One sender side, many readers, each with a channel and policy of its own.

    A slow reader loses items or, under ``wait``, slows the sender; it never delays an item to the others.
    Every reader sees the items in the order they were sent.
    """

    def __init__(self) -> None:
        self._channels: list[Channel[T]] = []
        self._order = asyncio.Lock()
        self._closed = False

    def __len__(self) -> int:
        return len(self._channels)

    @property
    def dropped(self) -> int:
        """Items thrown away by the policies of the present readers."""
        return sum(channel.dropped for channel in self._channels)

    def subscribe(self, capacity: int = 64, policy: Policy | str = Policy.WAIT) -> Channel[T]:
        """A channel that gets every item sent from now on; close it to leave."""
        channel: Channel[T] = Channel(capacity, policy)
        if self._closed:
            channel.close()
        else:
            self._channels.append(channel)
        return channel

    async def send(self, item: T) -> None:
        """Give ``item`` to every reader; raises :class:`ChannelClosed` after :meth:`close`."""
        async with self._order:
            if self._closed:
                raise ChannelClosed
            self._channels = [channel for channel in self._channels if not channel.closed]
            full = [channel for channel in self._channels if not channel.offer(item)]
            for channel in full:
                await _send_or_leave(channel, item)

    def close(self) -> None:
        """No more sending; every reader drains, then stops."""
        self._closed = True
        for channel in self._channels:
            channel.close()


async def _send_or_leave(channel: Channel[T], item: T) -> None:
    try:
        await channel.send(item)
    except ChannelClosed:
        pass  # the reader left while it was waited for
