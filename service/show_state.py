"""Where a show is, for people: the record that goes over the wire as ``state``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["off", "loading", "on", "paused", "person", "over"]


@dataclass(frozen=True, slots=True)
class ShowState:
    """Where a show is. ``offer`` says what a start of ``shop`` would go on with; ``line`` is being spoken.

    ``waiting`` comments stand in the queue, ``questions`` wait for a person; ``screens`` are
    connected, ``sounding`` of them with their sound on.
    """

    state: Phase = "off"
    shop: str = ""
    version: int = 0
    product: str = ""
    part: str = ""
    elapsed: float = 0.0
    total: float = 0.0
    waiting: int = 0
    line: str = ""
    text: str = ""
    saying: str = ""
    questions: int = 0
    spoken: int = 0
    refused: int = 0
    answered: int = 0
    deferred: int = 0
    screens: int = 0
    sounding: int = 0
    offer: str = ""
