"""Stages: what makes events from events, chained and supervised.

A stage reads its inbox to the end and sends to its outbox. It never closes the outbox: who runs it does.
State of one run belongs in local variables, because a supervised stage is run again after a failure.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

from core.channel import Channel, ChannelClosed, Policy
from core.clock import Clock, SystemClock
from core.events import Event, Notice

log = logging.getLogger(__name__)


@runtime_checkable
class Stage(Protocol):
    """One step on a road of events."""

    name: str

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Read ``inbox`` until it is closed and drained, sending to ``outbox``; return at the end."""
        ...


class _Link(Channel[Event]):
    """Between two stages of a pipeline: notices go straight to the pipeline's end."""

    def __init__(self, capacity: int, policy: Policy | str, end: Channel[Event]) -> None:
        super().__init__(capacity, policy)
        self._end = end

    def offer(self, item: Event) -> bool:
        """Send without waiting; a notice goes round the next stages."""
        return self._end.offer(item) if isinstance(item, Notice) else super().offer(item)

    async def send(self, item: Event) -> None:
        """Send; a notice goes round the next stages."""
        await (self._end.send(item) if isinstance(item, Notice) else super().send(item))


class Pipeline:
    """A chain of stages, itself a stage. Notices of every stage reach the end untouched."""

    def __init__(
        self, name: str, stages: Sequence[Stage], capacity: int = 64, policy: Policy | str = Policy.WAIT
    ) -> None:
        if not stages:
            raise ValueError("a pipeline has at least one stage")
        self.name = name
        self._stages = tuple(stages)
        self._capacity = capacity
        self._policy = Policy(policy)

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Run all stages until each has ended; the failure of one ends them all.

        When a stage ends early, those before it are told by :class:`ChannelClosed` at their next sending.
        """
        links = [_Link(self._capacity, self._policy, outbox) for _ in self._stages[1:]]
        inboxes: list[Channel[Event]] = [inbox, *links]
        outboxes: list[Channel[Event]] = [*links, outbox]
        async with asyncio.TaskGroup() as group:
            for stage, before, after in zip(self._stages, inboxes, outboxes, strict=True):
                group.create_task(_run_between(stage, before, after, links))


async def _run_between(
    stage: Stage, inbox: Channel[Event], outbox: Channel[Event], links: Sequence[Channel[Event]]
) -> None:
    """Run one stage of a pipeline; its ending closes the links on both sides, but not the outer ends."""
    try:
        await stage.run(inbox, outbox)
    except ChannelClosed:
        if not outbox.closed:
            raise
    finally:
        for channel in (inbox, outbox):
            if channel in links:
                channel.close()


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When to try again: waits double from ``first_wait`` to ``longest_wait`` seconds.

    More than ``limit`` failures within ``window`` seconds, and the stage is given up.
    """

    first_wait: float = 0.5
    longest_wait: float = 30.0
    limit: int = 5
    window: float = 300.0

    def wait(self, failures: int) -> float:
        """Seconds to wait after ``failures`` failures in the window (1 or more)."""
        return min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 32))


class Supervised:
    """A stage that outlives its failures: restarted with growing waits and a notice, or given up.

    Given up, it goes on emptying its inbox, so that the stages before it are not blocked. Pass a factory
    instead of a stage to get a fresh one for every run. Failures are logged by type only; ``title`` is
    the stage's name for people.
    """

    def __init__(
        self,
        stage: Stage | Callable[[], Stage],
        *,
        clock: Clock | None = None,
        policy: RestartPolicy | None = None,
        room: str = "main",
        title: str = "",
        opened: float = 0.0,
    ) -> None:
        # A stage class has all that a stage has, and is a factory none the less.
        made = isinstance(stage, Stage) and not isinstance(stage, type)
        self._make = cast(Callable[[], Stage], (lambda: stage) if made else stage)
        self._current = self._make()
        self._clock = clock or SystemClock()
        self._policy = policy or RestartPolicy()
        self._room = room
        self._opened = opened
        self.name = self._current.name
        self._title = title or self.name

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Run the stage until it ends by itself or is given up."""
        failures: deque[float] = deque()
        while True:
            try:
                return await self._current.run(inbox, outbox)
            except Exception as error:
                if isinstance(error, ChannelClosed) and outbox.closed:
                    raise  # nobody is left to send to
                log.error("stage %s failed: %s", self.name, type(error).__name__, exc_info=error)
            now = self._clock.now()
            failures.append(now)
            while failures[0] < now - self._policy.window:
                failures.popleft()
            if len(failures) > self._policy.limit:
                break
            await self._tell(outbox, restarted=True)
            await self._clock.sleep(self._policy.wait(len(failures)))
            self._current = self._make()
        await self._tell(outbox, restarted=False)
        async for _ in inbox:
            pass

    async def _tell(self, outbox: Channel[Event], restarted: bool) -> None:
        text = (
            f"“{self._title}”出了故障，正在自动重启。"
            if restarted
            else f"“{self._title}”多次出故障，已停下，请看日志。"
        )
        notice = Notice(
            code="stage.restarted" if restarted else "stage.failed",
            text=text,
            level="warning" if restarted else "error",
            subject=self.name,
            room=self._room,
            at=self._clock.now() - self._opened,
        )
        try:
            await outbox.send(notice)
        except ChannelClosed:
            log.warning("nobody is left to read the notice of stage %s", self.name)
