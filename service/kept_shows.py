"""The shows of a room on disk: the one on air or interrupted, and what earlier ones said."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from anchor.rundown import Position
from anchor.script import Saved
from anchor.writer.memory import Memory, Used
from core.files import write_atomic
from service.earlier import Earlier
from service.programme import Wish

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptShow:
    """Which show, and how far it came. ``last`` is the line that was said last.

    ``voice`` and ``persona`` are those a person asked for; empty for the settings'.
    """

    shop: str
    minutes: float
    voice: str
    last: str
    saved: Saved
    persona: str = ""

    @classmethod
    def new(cls, wish: Wish, minutes: float, seed: int) -> KeptShow:
        """A show at its beginning; another ``seed`` says other words."""
        return cls(wish.shop, minutes, wish.voice, "", Saved.fresh(seed), wish.persona)

    @property
    def over(self) -> bool:
        """Whether nothing of it is left."""
        position = self.saved.position
        return position["kind"] == "over" or float(position["total"]) >= self.minutes * 60

    @property
    def offer(self) -> str:
        """What a person is told about going on with it; empty where nothing is left."""
        if self.over:
            return ""
        position = self.saved.position
        minute = int(float(position["total"]) // 60) + 1
        about = f"正讲“{position['product']}”" if position["product"] else "还没有讲到商品"
        return f"上次“{self.shop}”播到第 {minute} 分钟，{about}，开播会接着播。"

    @classmethod
    def read(cls, path: Path) -> KeptShow | None:
        """The programme kept at ``path``; None where there is none that can be read."""
        try:
            held = json.loads(path.read_bytes())
            kept = cls(**{**held, "saved": Saved(**held["saved"])})
            Position.restored(kept.saved.position)
            Used.restored(kept.saved.used)
            return kept
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("a saved programme cannot be read: %s", type(error).__name__)
            return None


class KeptShows:
    """What is kept at ``path``, and beside it in ``earlier/``. All methods may block.

    ``current`` is the programme that is on air or was interrupted; ``memory`` what shows before it said.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._earlier = Earlier(path.with_name("earlier"))
        self.current = KeptShow.read(path)
        self.memory = Memory()

    def left(self, wish: Wish) -> KeptShow | None:
        """What is left of an interrupted show to go on with, as it is wished for now."""
        kept = self.current
        if kept is None or kept.shop != wish.shop or wish.fresh:
            return None
        kept = replace(
            kept,
            minutes=wish.minutes or kept.minutes,
            voice=wish.voice or kept.voice,
            persona=wish.persona or kept.persona,
        )
        return None if kept.over else kept

    def begin(self, show: KeptShow) -> None:
        """``show`` goes on air."""
        self.memory = self._earlier.of(show.shop)
        self.current = show

    def mark(self, saved: Saved, last: str) -> None:
        """The current show came as far as ``saved``; ``last`` is the line it begins to say, if any."""
        if self.current is not None:
            self.current = replace(self.current, saved=saved, last=last or self.current.last)
            write_atomic(self._path, json.dumps(asdict(self.current), ensure_ascii=False).encode())

    def remember(self, memory: Memory) -> None:
        """What was said so far, for the sessions and shows to come."""
        if self.current is not None and memory is not self.memory:
            self._earlier.keep(self.current.shop, memory)
            self.memory = memory

    def forget(self) -> None:
        """The current show is over: there is nothing to go on with."""
        self.current = None
        self._path.unlink(missing_ok=True)
