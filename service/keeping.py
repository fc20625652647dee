"""The sound that rooms keep: opened with the seller's consent, swept when it is old, erased when asked."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from captioning.spool import Spool, open_key
from core.errors import StorageError
from core.events import utc_now
from core.settings import Privacy

log = logging.getLogger(__name__)

HOUR = 3600.0


class Keeping:
    """The spools below a data folder, each opened once. Blocking; safe to use from several threads."""

    def __init__(self, data: Path, privacy: Privacy) -> None:
        self._data = data
        self._privacy = privacy
        self._spools: dict[str, Spool] = {}
        self._guard = threading.Lock()

    @property
    def consent(self) -> bool:
        """Whether new sound may be kept."""
        return self._privacy.spool_consent

    def rooms(self) -> tuple[str, ...]:
        """The rooms that hold sound."""
        return tuple(sorted(path.parent.name for path in (self._data / "rooms").glob("*/sound")))

    def spool(self, room: str) -> Spool | None:
        """The spool of a room; None without consent where nothing was ever kept.

        Raises :class:`StorageError` where it cannot be opened.
        """
        folder = self._data / "rooms" / room / "sound"
        with self._guard:
            if room not in self._spools:
                if not self.consent and not folder.is_dir():
                    return None
                self._spools[room] = Spool(folder, open_key(self._data / "keys" / "spool.key"))
            return self._spools[room]

    def pending(self) -> tuple[str, ...]:
        """The rooms whose last sound may not be captioned yet."""
        return tuple(room for room, spool in self._opened() if spool.tail.end > spool.settled)

    def sweep(self) -> int:
        """Delete sound older than the settings allow, in every room; how many files."""
        before = utc_now() - timedelta(days=self._privacy.retention_days)
        return sum(spool.sweep(before) for _, spool in self._opened())

    def erase(self, room: str, since: datetime | None = None, until: datetime | None = None) -> int:
        """Delete what was said in a room between two moments, whole minutes at a time; how many files."""
        if room not in self.rooms():
            return 0
        spool = self.spool(room)
        return spool.erase(since, until) if spool else 0

    def close(self) -> None:
        """Release all folders."""
        with self._guard:
            for spool in self._spools.values():
                spool.close()
            self._spools.clear()

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Sweep now and every hour inside the block."""
        task = asyncio.create_task(self._sweep_hourly())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _sweep_hourly(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except StorageError as error:
                log.error("old sound could not be deleted: %s", error.code)
            await asyncio.sleep(HOUR)

    def _opened(self) -> list[tuple[str, Spool]]:
        found = []
        for room in self.rooms():
            try:
                spool = self.spool(room)
            except StorageError as error:
                log.error("the sound of a room cannot be opened: %s", error.code)
                continue
            if spool:
                found.append((room, spool))
        return found
