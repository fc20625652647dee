"""What goes over the caption socket, as plain JSON records. Documented in ``docs/protocols.md``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.events import Cue, Gloss, Notice
from media.cues import Block, gloss_record, labels, repair_records, short_label
from media.layout import LayoutSettings, lay_out

Record = dict[str, Any]


def _gloss(gloss: Gloss, label: str) -> Record:
    """A gloss with the note to show and its short form."""
    return gloss_record(gloss) | {"label": label, "short": short_label(gloss)}


def _block(block: Block) -> Record:
    """What is on screen together: lines of pieces of text, each with the note it may carry."""
    lines = [[{"text": run.text, "note": run.note} for run in line] for line in block.lines]
    return {"start": round(block.start, 3), "end": round(block.end, 3), "lines": lines}


def cue_record(cue: Cue, layout: LayoutSettings, stable: int = 0) -> Record:
    """A cue; ``stable`` counts the leading characters of a partial one that will not change."""
    return {
        "type": "cue",
        "seq": cue.seq,
        "cue": cue.cue,
        "start": round(cue.start, 3),
        "end": round(cue.end, 3),
        "raw": cue.raw,
        "mandarin": cue.mandarin,
        "glosses": [_gloss(g, label) for g, label in zip(cue.glosses, labels(cue, "full"), strict=True)],
        "blocks": [_block(b) for b in lay_out(cue, layout).blocks] if cue.final else [],
        "group": cue.group,
        "confidence": cue.confidence,
        "repairs": repair_records(cue),
        "revision": cue.revision,
        "final": cue.final,
        "stable": stable,
    }


def notice_record(notice: Notice) -> Record:
    """A notice for people."""
    return {
        "type": "notice",
        "seq": notice.seq,
        "code": notice.code,
        "level": notice.level,
        "text": notice.text,
        "subject": notice.subject,
    }


def snapshot_record(
    seq: int, cues: Sequence[Cue], live: Cue | None, listening: bool, layout: LayoutSettings
) -> Record:
    """What a reader that joins now must know. ``seq`` is the newest durable event's."""
    return {
        "type": "snapshot",
        "seq": seq,
        "cues": [cue_record(c, layout) for c in cues],
        "live": cue_record(live, layout) if live else None,
        "listening": listening,
    }


LONGEST_CORRECTION = 400
"""Code points of a corrected caption."""


class Correction(BaseModel):
    """A person's correction of a cue, sent over the caption socket."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["correct"]
    cue: str = Field(min_length=1, max_length=120)
    mandarin: str = Field(min_length=1, max_length=LONGEST_CORRECTION)
    who: str = Field(default="家里人", max_length=40)
