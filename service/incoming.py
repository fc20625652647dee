"""Comments that a platform sends to the service: each is taken once, and handed to the host of its room.

Taking means journalled, which is quick; judging is not, and the platform waits 2 s at most for its answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from anchor.comments.sources import Arrival
from core.errors import InputError, OverloadedError, StorageError, XiangyinError
from core.events import Comment, Notice, new_id
from core.files import storage_error, write_atomic
from service.assemble import Assembly
from service.rooms import Room
from service.showing import Show

REMEMBERED = 20_000
"""Message ids that are known again, the newest: minutes of the platform's limit of 100 pushes a second."""
QUEUED = 5_000
"""Comments that may wait to be handed over; beyond that the platform is told to hold back."""
AT_ONCE, PACE = 16, 0.02
"""Comments that are judged before the event loop is left to others, for so many seconds."""
MISSED_EVERY = 60.0
"""Seconds between notices that comments came while nothing was on air."""


class Seen:
    """The ids that were taken lately, kept in a file, a line each, so that a restart takes none twice.

    A line that a crash has cut short is an id nobody sends. The file is not synced: a power cut may forget
    the last ones, and then a push that the platform happens to repeat is answered twice.
    """

    def __init__(self, path: Path, limit: int = REMEMBERED) -> None:
        self._path = path
        self._limit = limit
        self._ids: OrderedDict[str, None] = OrderedDict()
        with suppress(FileNotFoundError):
            for line in filter(None, path.read_text(encoding="utf-8", errors="replace").split("\n")):
                self._remember(line)
        self._lines = len(self._ids)
        self._torn = bool(self._ids)  # what follows must not be glued to half a line

    def __contains__(self, key: str) -> bool:
        return key in self._ids

    def add(self, keys: Sequence[str]) -> None:
        """Remember ``keys``. They are known in memory even where ``StorageError`` says the disk took none."""
        for key in keys:
            self._remember(key)
        self._lines += len(keys)
        try:
            if self._lines > 2 * self._limit:
                write_atomic(self._path, "".join(f"{key}\n" for key in self._ids).encode())
                self._lines = len(self._ids)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write("\n" * self._torn + "".join(f"{key}\n" for key in keys))
            self._torn = False
        except OSError as error:
            raise storage_error(error, self._path) from error

    def _remember(self, key: str) -> None:
        self._ids[key] = None
        self._ids.move_to_end(key)
        if len(self._ids) > self._limit:
            self._ids.popitem(last=False)


class Incoming:
    """What a platform sends to one room. Call its methods on the room's event loop.

    What was acknowledged is in the journal, so that a kill loses nothing; judging it may wait.
    """

    def __init__(self, room: Room, show: Show, source: str, seen: Seen) -> None:
        self._room = room
        self._show = show
        self._source = source
        self._seen = seen
        self._taking: set[str] = set()
        self._waiting: asyncio.Queue[tuple[Comment, str]] = asyncio.Queue()
        self._missed = float("-inf")
        self._full = False
        self._handing = asyncio.create_task(self._hand_over())

    async def take(self, arrivals: Sequence[Arrival]) -> int:
        """Journal those that did not come before; how many. ``OverloadedError`` where too many wait."""
        new: dict[str, Arrival] = {}
        for arrival in arrivals:
            if arrival.key not in self._seen and arrival.key not in self._taking:
                new.setdefault(arrival.key or new_id(), arrival)
        if self._waiting.qsize() + len(self._taking) + len(new) > QUEUED:
            raise OverloadedError("comments.crowded", "评论太多，一时接不下。", "请过几秒再推送。")
        self._taking.update(new)
        try:
            heard = await asyncio.gather(*(self._hear(arrival) for arrival in new.values()))
        finally:
            self._taking.difference_update(new)
        await self._remember([arrival.key for arrival in new.values() if arrival.key])
        for comment, arrival in zip(heard, new.values(), strict=True):
            if comment is not None:
                self._waiting.put_nowait((comment, arrival.text))
        return len(new)

    async def settle(self) -> None:
        """Return when all that was taken has been handed over."""
        await self._waiting.join()

    async def close(self) -> None:
        """Stop handing over; what still waits is in the journal, and waits there for the next show."""
        self._handing.cancel()
        with suppress(asyncio.CancelledError):
            await self._handing

    async def _hear(self, arrival: Arrival) -> Comment | None:
        try:
            return await self._show.hear(arrival.user, arrival.text, self._source, arrival.key)
        except InputError:
            if self._room.now - self._missed >= MISSED_EVERY:
                self._missed = self._room.now
                text = "现在没有在播，平台来的评论主播看不到；开播以后来的会照常回答。"
                await self._tell(Notice(code="comments.off_air", text=text, subject=self._source))
        except Exception as error:  # one comment that cannot be taken must not end all others
            await self._failed(error)
        return None

    async def _remember(self, keys: Sequence[str]) -> None:
        try:
            if keys:
                self._seen.add(keys)
            self._full = False
        except StorageError as error:  # the show goes on; a restart may take some of them again
            if not self._full:
                self._full = True
                await self._tell(Notice(code=error.code, text=str(error), level="error"))

    async def _hand_over(self) -> None:
        """Let the host consider what came, a few at a time: a flood leaves the event loop to the show."""
        while True:
            for _ in range(AT_ONCE):
                comment, text = await self._waiting.get()
                try:
                    await self._show.consider(comment, text)
                except InputError:
                    pass  # the show is over: undecided, it waits for the next one
                except Exception as error:
                    await self._failed(error)
                finally:
                    self._waiting.task_done()
            await asyncio.sleep(PACE)

    async def _failed(self, error: Exception) -> None:
        code = error.code if isinstance(error, XiangyinError) else "comments.failed"
        text = f"有一条平台评论没能交给主播（{type(error).__name__}）。"
        await self._tell(Notice(code=code, text=text, level="error", subject=self._source))

    async def _tell(self, notice: Notice) -> None:
        with suppress(XiangyinError):
            await self._room.publish(notice)


class IncomingRooms:
    """The incoming comments of every room of an assembly, opened with the first push."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._rooms: dict[str, Incoming] = {}

    def of(self, room: str, source: str) -> Incoming:
        """What ``source`` pushes to ``room``. Call it inside the event loop."""
        key = f"{room}/{source}"
        if key not in self._rooms:
            here, _ = self._assembly.room(room)
            seen = Seen(self._assembly.data / "rooms" / room / f"{source}.seen")
            self._rooms[key] = Incoming(here, self._assembly.show(room), source, seen)
        return self._rooms[key]

    async def close(self) -> None:
        """Stop handing over."""
        for incoming in self._rooms.values():
            await incoming.close()
