"""Changes of a text that keep everything aligned to it aligned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.events import Gloss


@dataclass(frozen=True, slots=True)
class Edit:
    """``text`` instead of what stands at ``start:end``; an insertion where the two are the same."""

    start: int
    end: int
    text: str


def touches(edit: Edit, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether an edit changes anything within one of the spans; an insertion at a border does not."""
    if edit.start == edit.end:
        return any(start < edit.start < end for start, end in spans)
    return any(start < edit.end and edit.start < end for start, end in spans)


def applied(text: str, edits: Sequence[Edit]) -> str:
    """``text`` with the edits made; they rise and do not overlap."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def moved(glosses: Iterable[Gloss], edits: Sequence[Edit]) -> tuple[Gloss, ...]:
    """Glosses over the edited Mandarin; none may be touched."""

    def to(offset: int, at_end: bool) -> int:
        before = (
            e for e in edits if e.end < offset or (e.end == offset and not (at_end and e.start == e.end))
        )
        return offset + sum(len(e.text) - (e.end - e.start) for e in before)

    return tuple(
        replace(
            g,
            mandarin_start=to(g.mandarin_start, at_end=False),
            mandarin_end=to(g.mandarin_end, at_end=g.mandarin_start != g.mandarin_end),
        )
        for g in glosses
    )
