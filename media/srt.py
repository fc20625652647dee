"""SubRip: plain text with inline notes."""

from __future__ import annotations

from collections.abc import Iterable

from media.cues import Block


def timestamp(seconds: float, separator: str = ",") -> str:
    """``HH:MM:SS,mmm``."""
    milliseconds = max(0, round(seconds * 1000))
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, fraction = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{separator}{fraction:03}"


def entry(number: int, block: Block) -> str:
    """One numbered entry. ``-->`` inside text would end the cue for some players, so it is spaced out."""
    text = block.text.replace("-->", "-- >")
    return f"{number}\n{timestamp(block.start)} --> {timestamp(block.end)}\n{text}\n\n"


def write(blocks: Iterable[Block]) -> str:
    """The whole file."""
    return "".join(entry(number, block) for number, block in enumerate(blocks, 1))
