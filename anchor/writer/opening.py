"""How an answer begins that is still being written: with the product's name, which is known by heart.

A name claims nothing, and the answer from facts begins with it too: whatever becomes of the model, what was
begun can be ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anchor.speech.clauses import led
from core.events import Line, Segment


@dataclass(frozen=True, slots=True)
class Opening:
    """``line`` may sound at once and ends with the ``name``; ``rest`` is the answer from facts after it."""

    line: Line
    name: str
    rest: Line


def opening(line: Line, names: Sequence[str], address: Sequence[str] = ()) -> Opening | None:
    """How an answer from facts begins; None where that is no name, perhaps after a form of ``address``."""
    begins, rest = led(line.text, (*address, *names))
    name = begins[-1].rstrip("，,") if begins else ""
    if name not in names or not any(c.isalnum() for c in rest):
        return None
    before, after = _parted(line.segments, len(line.text) - len(rest))
    said = Line(
        segments=before, purpose=line.purpose, product=line.product, answers=line.answers, writer=line.writer
    )
    return Opening(replace(said, room=line.room), name, replace(line, segments=after))


def _parted(segments: Sequence[Segment], at: int) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The segments before and after so many characters; one that is cut stays bound on both sides."""
    before: list[Segment] = []
    after: list[Segment] = []
    for segment in segments:
        if head := segment.text[: max(0, at)]:
            before.append(replace(segment, text=head))
        if (tail := segment.text[max(0, at) :]) or not segment.text:
            after.append(replace(segment, text=tail))
        at -= len(segment.text)
    return tuple(before), tuple(after)
