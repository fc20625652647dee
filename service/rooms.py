"""A room is one live stream: its event log, what was shown lately, and everyone who reads along."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from captioning.correct import correct_text
from captioning.stabilise import shared_prefix
from compliance.ledger import Ledger, Personal, References, Why
from compliance.ledger_heads import SigningKey
from core.cancel import Turns
from core.channel import Channel, Fanout
from core.errors import InputError, StorageError, XiangyinError
from core.events import Act, Cue, Event, Notice, is_durable, utc_now
from core.journal import Journal
from core.telemetry import Telemetry
from service.questions import Questions

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEPT = 400
"""Final cues kept in memory for readers that join late; older ones are in the journal."""


class Room:
    """The log and its readers. Durable events are journalled before any reader has them; where the disk takes
    no more, captions go on without a number and people are warned.
    """

    def __init__(
        self, name: str, folder: Path, telemetry: Telemetry | None = None, key: SigningKey | None = None
    ) -> None:
        """``folder`` keeps the room's ``events`` and, with a ``key``, the signed ``heads`` of its ledger."""
        if not NAME.fullmatch(name):
            raise InputError(
                "room.name",
                f"房间名“{name[:40]}”不能用。",
                "请用小写字母、数字和短横线，最多 40 个字。",
            )
        self.name = name
        self._folder = folder
        self.turns = Turns()
        self._telemetry = telemetry
        self.live: Cue | None = None
        self.stable = 0
        self.listening = False
        self.questions = Questions()
        self._events: Fanout[Event] = Fanout()
        self._writing = asyncio.Lock()
        self._due: list[tuple[Event, asyncio.Future[Event]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._cues: OrderedDict[str, Cue] = OrderedDict()
        self._before = 0.0  # seconds of the room's time at its start in this process
        self._started = time.monotonic()
        self._warned = -60.0
        self._journal = Journal(folder / "events")
        self._personal = Personal(References(folder / "references"))
        self._trouble: XiangyinError | None = None
        self._ledger = self._open_ledger(folder / "heads", key) if key else None
        self._restore()

    def _open_ledger(self, heads: Path, key: SigningKey) -> Ledger | None:
        """The signing of the log. Where it cannot go on people are told, and captions go on unsigned."""
        try:
            return Ledger(self._journal, heads, key, room=self.name)
        except XiangyinError as error:
            self._trouble = error
            return None

    @property
    def seq(self) -> int:
        """Number of the newest durable event; 0 before the first."""
        return self._journal.head().seq

    @property
    def now(self) -> float:
        """Seconds since the room was first opened, across restarts, whatever becomes of the wall clock."""
        return self._before + time.monotonic() - self._started

    @property
    def cues(self) -> list[Cue]:
        """The last final cues, in order, each in its newest revision."""
        return list(self._cues.values())

    @property
    def captioned_until(self) -> float:
        """Where the last caption ends, in the room's time; sound may come faster than the clock runs."""
        return max((cue.end for cue in self._cues.values()), default=0.0)

    def subscribe(self, capacity: int = 256) -> Channel[Event]:
        """Every event from now on; a reader that cannot keep up loses the oldest, never slows the room."""
        return self._events.subscribe(capacity, "drop_oldest")

    async def publish(self, event: Event) -> Event:
        """Journal what is durable, then give it to all readers; returns it with its ``seq``."""
        event = replace(event, room=self.name)
        if self._trouble:
            trouble, self._trouble = self._trouble, None
            await self._warn(trouble)
        if not is_durable(event):
            return await self._show(event)
        shown: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._due.append((event, shown))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_due())
        return await shown

    async def _write_due(self) -> None:
        """Journal what is due, all that came meanwhile in one step of the disk, and show it in order."""
        while self._due:
            async with self._writing:
                due, self._due = self._due, []
                try:
                    for event in await self._journalled([event for event, _ in due]):
                        await self._show(event)
                        _, shown = due.pop(0)
                        if not shown.done():
                            shown.set_result(event)
                except Exception as error:  # whose it is cannot be told: each hears of it
                    for _, shown in due:
                        if not shown.done():
                            shown.set_exception(error)

    async def _journalled(self, events: list[Event]) -> list[Event]:
        try:
            return await asyncio.to_thread(self._append, events)
        except StorageError as error:
            await self._warn(error)
            return events

    def _append(self, events: Sequence[Event]) -> list[Event]:
        kept = self._journal.append_events(self._personal.part_all(events))
        if self._ledger:
            self._ledger.seal_if_due()
        return [replace(event, seq=one.seq) for event, one in zip(events, kept, strict=True)]

    async def _show(self, event: Event) -> Event:
        self._note(event)
        await self._events.send(event)
        return event

    async def _warn(self, error: XiangyinError) -> None:
        """Captions go on for people when nothing can be written; once a minute they are told."""
        if self.now - self._warned < 60:
            return
        self._warned = self.now
        await self._show(Notice(room=self.name, at=self.now, code=error.code, text=str(error), level="error"))

    async def correct(self, cue: str, mandarin: str, who: str) -> Cue:
        """A person corrects a cue: the act and the new revision are journalled and shown everywhere."""
        known = self._cues.get(cue)
        if known is None:
            raise InputError("cue.unknown", "这句字幕已经找不到了。", "只能改最近的字幕。")
        corrected = correct_text(known, mandarin)
        if corrected is known:
            return known
        detail = {"cue": cue, "before": known.mandarin, "after": corrected.mandarin}
        await self.publish(Act(kind="correct_cue", who=who, detail=detail, at=self.now))
        shown = await self.publish(corrected)
        assert isinstance(shown, Cue)
        return shown

    async def prune(self, before: datetime | None = None) -> int:
        """Delete records that are old enough; how many. See :meth:`compliance.ledger.Ledger.prune`."""
        return await asyncio.to_thread(self._signed().prune, before)

    async def erase(self, references: Sequence[str], who: str, why: Why = "asked") -> tuple[int, set[str]]:
        """Erase pieces of personal data: how many were still there, and the events they belonged to."""
        held = self._personal.references
        about = {piece.event for piece in await asyncio.to_thread(list, held.named(references))}
        async with self._writing:
            acts = await asyncio.to_thread(self._signed().erase, references, held, who, why, self.now)
            for act in acts:
                await self._show(act)
        self.questions.forget(about)
        return sum(len(act.detail["references"]) for act in acts), about

    def _signed(self) -> Ledger:
        if self._ledger is None:
            raise self._trouble or StorageError("ledger.unsigned", f"房间“{self.name}”的记录没有签名。")
        return self._ledger

    async def close(self) -> None:
        """Let readers drain, then release the journal."""
        if self._writer is not None:
            await self._writer
        self._events.close()
        async with self._writing:
            await asyncio.to_thread(self._release)

    def _release(self) -> None:
        if self._ledger:
            self._ledger.close()
        self._journal.close()

    def _note(self, event: Event) -> None:
        self.questions.note(event)
        if isinstance(event, Notice) and self._telemetry:
            self._telemetry.notice(event.code, event.level)
        if not isinstance(event, Cue):
            return
        if not event.final:
            before = self.live.mandarin if self.live and self.live.cue == event.cue else ""
            self.stable = shared_prefix(before, event.mandarin)
            self.live = event if event.mandarin else None
            return
        if self.live and self.live.cue == event.cue:
            self.live = None
        self._cues[event.cue] = event
        while len(self._cues) > KEPT:
            self._cues.popitem(last=False)

    def _restore(self) -> None:
        today = utc_now()
        for event in self._personal.events(self._journal.read()):
            away = (today - event.wall).total_seconds()  # less than nothing where the clock was set back
            self._before = max(self._before, event.at, event.at + away)
            self._note(event)
