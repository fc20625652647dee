"""A speaker in the worker threads: a job a clause, so that a caption need not wait for a whole line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from anchor.delivery import Voice
from anchor.rehearsal import Learn
from anchor.speech.speaker import Clause, Speaker
from core.compute import Compute, JobDropped, Priority
from core.ports import Cancelled

Leads = Callable[[], Sequence[str]]
"""What a reply may begin with, by the newest facts."""


def voice_of(speaker: Speaker, compute: Compute) -> Voice:
    """How the script is spoken."""

    async def speak(line: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        spoken = speaker.speak(line, cancelled)
        with suppress(JobDropped):
            while True:
                clause = await compute.submit(
                    lambda: next(spoken, None), priority=Priority.VOICE, model="voice", cancelled=cancelled
                )
                if clause is None:
                    return
                yield clause

    return speak


def replies_of(speaker: Speaker, compute: Compute, leads: Leads) -> Voice:
    """How viewers are answered: what is known by heart at once, unless what follows would come late."""

    async def speak(line: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        known = leads()
        spoken = speaker.speak(line, cancelled, known)

        async def made(hold: bool = False) -> tuple[Clause | None, float]:
            def work() -> tuple[Clause | None, float]:
                return next(spoken, None), speaker.hold(line, known) if hold else 0.0

            with suppress(JobDropped):
                return await compute.submit(work, priority=Priority.VOICE, model="voice", cancelled=cancelled)
            return None, 0.0

        clause, hold = await made(hold=True)
        while clause is not None:
            coming = asyncio.ensure_future(made())
            if hold:
                await asyncio.wait({coming}, timeout=hold)
            yield clause
            clause, hold = await coming

    return speak


def learning_of(speaker: Speaker, compute: Compute, leads: Leads) -> Learn:
    """How replies are learnt by heart: with the least priority, and broken off for anything else."""

    async def learn(text: str, cancelled: Cancelled) -> bool | None:
        def wanted() -> bool:
            return cancelled() or compute.wanted(Priority.EMBEDDING)

        with suppress(JobDropped):
            return await compute.submit(
                lambda: speaker.learn(text, leads(), wanted),
                priority=Priority.EMBEDDING,
                model="voice",
                cancelled=wanted,
            )
        return None

    return learn
