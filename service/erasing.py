"""Erasing personal data from a folder's rooms: what a person asked for, and what has had its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from compliance.ledger import has_old, retention_limit
from compliance.ledger_heads import SigningKey
from compliance.ledger_references import Piece, References
from compliance.retention import expired
from core.errors import InputError, XiangyinError
from core.events import Act, Notice, utc_now
from core.settings import Privacy
from service.keeping import Keeping
from service.rooms import NAME, Room

if TYPE_CHECKING:
    from service.assemble import Assembly

log = logging.getLogger(__name__)

T = TypeVar("T")

DAY = 86_400.0
FIRST = 60.0
"""Seconds after the start of the service until it looks for the first time."""
PROGRAM = "乡音"


@dataclass(frozen=True, slots=True)
class Swept:
    """Pieces of personal data, lines of the ledger and files of sound that had had their time."""

    pieces: int = 0
    lines: int = 0
    sounds: int = 0

    def sentence(self) -> str:
        """For people."""
        if self == Swept():
            return "没有到期的记录。"
        sounds = f"，声音 {self.sounds} 段" if self.sounds else ""
        return f"到期清理：删除个人资料 {self.pieces} 份，满三年的记录 {self.lines} 条{sounds}。"


def rooms(data: Path, only: str = "") -> list[str]:
    """The rooms that have records. Raises :class:`InputError` where ``only`` has none."""
    held = sorted(f.parent.name for f in (data / "rooms").glob("*/events") if NAME.fullmatch(f.parent.name))
    if not only:
        return held
    if only not in held:
        raise InputError("ledger.no_room", f"没有房间“{only}”的记录。", "请检查房间名和数据文件夹。")
    return [only]


def references(data: Path, room: str) -> References:
    """The personal data of a room."""
    return References(data / "rooms" / room / "references")


def found(
    data: Path, room: str, who: str | None, begin: datetime | None, end: datetime | None
) -> list[Piece]:
    """What is kept about a person (anybody where None) in [begin, end)."""
    first = begin.timestamp() if begin else 0.0
    last = end.timestamp() if end else float("inf")
    return list(references(data, room).pieces(who, begin=first, end=last))


def remaining(data: Path, words: str) -> list[Path]:
    """The files of the folder in which ``words`` still stand, looked at byte by byte."""
    wanted = words.encode()
    return [f for f in sorted(data.rglob("*")) if f.is_file() and not f.is_symlink() and _holds(f, wanted)]


def _holds(file: Path, wanted: bytes) -> bool:
    tail = b""
    with open(file, "rb") as content:
        while block := content.read(1 << 20):
            if wanted in tail + block:
                return True
            tail = block[-len(wanted) :]
    return False


def alone(data: Path, name: str, act: Callable[[Room], Awaitable[T]]) -> T:
    """Open a room that no service has open, act on it, and close it."""

    async def main() -> T:
        room = Room(name, data / "rooms" / name, key=SigningKey.open(data / "keys" / "ledger.pem"))
        try:
            return await act(room)
        finally:
            await room.close()

    return asyncio.run(main())


@dataclass(frozen=True, slots=True)
class Due:
    """What of a room has had its time: personal data, and whether there are ``lines`` of the ledger too."""

    pieces: list[Piece]
    lines: bool


def due(data: Path, room: str, comment_days: int) -> Due:
    """Look without opening the room."""
    now = utc_now()
    old = list(expired(references(data, room), now, comment_days))
    return Due(old, has_old(data / "rooms" / room / "events", retention_limit(now)))


async def sweep(room: Room, data: Path, comment_days: int) -> tuple[Swept, set[str]]:
    """Erase what has had its time, tell the room; also the events whose words went."""
    old = await asyncio.to_thread(due, data, room.name, comment_days)
    count, about = await room.erase([piece.reference for piece in old.pieces], PROGRAM, "expired")
    done = Swept(count, await room.prune() if old.lines else 0)
    if done != Swept():
        await room.publish(Notice(code="retention.swept", text=done.sentence(), at=room.now))
    return done, about


async def erase(assembly: Assembly, room: str, wanted: Sequence[str], who: str) -> int:
    """Erase in a room of the service, from the sight of its readers too."""
    here, _ = assembly.room(room)
    count, about = await here.erase(wanted, who)
    await assembly.show(room).forget(about)
    return count


async def note_sounds(room: Room, count: int, who: str) -> None:
    """Write down that files of sound were erased."""
    await room.publish(Act(kind="erase", who=who, detail={"sounds": count, "why": "asked"}, at=room.now))


async def erase_sound(
    assembly: Assembly, room: str, begin: datetime | None, end: datetime | None, who: str
) -> int:
    """Erase what was said in a room of the service between two moments; how many files."""
    count = await asyncio.to_thread(assembly.keeping.erase, room, begin, end)
    if count:
        await note_sounds(assembly.room(room)[0], count, who)
    return count


def erase_sound_alone(
    data: Path, privacy: Privacy, room: str, begin: datetime | None, end: datetime | None, who: str
) -> int:
    """The same where no service has the room open."""
    keeping = Keeping(data, privacy)
    try:
        count = keeping.erase(room, begin, end)
    finally:
        keeping.close()
    if count:
        alone(data, room, lambda here: note_sounds(here, count, who))
    return count


def sounds(data: Path, room: str) -> int:
    """Files of sound, of a minute each, that a room holds."""
    return sum(1 for _ in (data / "rooms" / room / "sound").glob("*.sound"))


async def sweep_all(assembly: Assembly) -> Swept:
    """Every room of the service's data folder; one where nothing is due is not opened for it."""
    pieces = lines = 0
    days = assembly.settings.privacy.comment_days
    for name in await asyncio.to_thread(rooms, assembly.data):
        old = await asyncio.to_thread(due, assembly.data, name, days)
        if not old.pieces and not old.lines:
            continue
        here, _ = assembly.room(name)
        done, about = await sweep(here, assembly.data, days)
        await assembly.show(name).forget(about)
        pieces, lines = pieces + done.pieces, lines + done.lines
    return Swept(pieces, lines, await asyncio.to_thread(assembly.keeping.sweep))


async def keep_sweeping(assembly: Assembly) -> None:
    """Once a day while the service runs. What goes wrong is told in the log; captions go on."""
    await asyncio.sleep(FIRST)
    while True:
        try:
            await sweep_all(assembly)
        except XiangyinError as error:
            log.error("retention: %s", error.code)
        except Exception as error:
            log.error("retention: %s", type(error).__name__, exc_info=error)
        await asyncio.sleep(DAY)
