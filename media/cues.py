"""The subtitle view of a cue: its text in runs, each with the note it may carry.

A note names the dialect word and where it is said: ``〔四川话“巴适得板”〕``, in full with its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from core.events import Cue, Gloss

Notes = Literal["full", "short", "off"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of subtitle text; ``note`` explains it and may be empty."""

    text: str
    note: str = ""

    @property
    def inline(self) -> str:
        """Text and note as they stand in a plain subtitle."""
        return self.text + self.note


@dataclass(frozen=True, slots=True)
class Block:
    """What is on screen from ``start`` to ``end`` seconds: lines of runs, top to bottom."""

    start: float
    end: float
    lines: tuple[tuple[Run, ...], ...]
    cue: str = ""

    @property
    def text(self) -> str:
        """The lines as plain text with inline notes."""
        return "\n".join("".join(run.inline for run in line) for line in self.lines)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes shown in this block."""
        return tuple(run.note for line in self.lines for run in line if run.note)


def short_label(gloss: Gloss) -> str:
    """The note without the meaning: ``〔四川话“巴适得板”〕``."""
    return f"〔{_name(gloss)}〕"


def full_label(gloss: Gloss) -> str:
    """The note with the meaning, where the entry has one."""
    return f"〔{_name(gloss)}：{gloss.note}〕" if gloss.note else short_label(gloss)


def _name(gloss: Gloss) -> str:
    return f"{gloss.region or '方言'}“{gloss.word or gloss.surface}”"


def labels(cue: Cue, notes: Notes) -> list[str]:
    """The note wished for each gloss; empty where none is.

    ``cue.notes`` (what the stream's policy decided) limits what ``notes`` allows; grammar words have none.
    """
    if notes == "off":
        return ["" for _ in cue.glosses]
    decided = cue.notes if len(cue.notes) == len(cue.glosses) else tuple(full_label(g) for g in cue.glosses)
    wished = (
        short_label(g) if d and notes == "short" else d for g, d in zip(cue.glosses, decided, strict=True)
    )
    return ["" if g.function else label for g, label in zip(cue.glosses, wished, strict=True)]


def runs(cue: Cue, notes: Notes) -> list[Run]:
    """The Mandarin of a cue as runs; a gloss is a run of its own."""
    out: list[Run] = []
    at = 0
    for gloss, label in zip(cue.glosses, labels(cue, notes), strict=True):
        if gloss.mandarin_start < at or gloss.mandarin_end <= gloss.mandarin_start:
            continue
        if gloss.mandarin_start > at:
            out.append(Run(cue.mandarin[at : gloss.mandarin_start]))
        out.append(Run(cue.mandarin[gloss.mandarin_start : gloss.mandarin_end], label))
        at = gloss.mandarin_end
    if at < len(cue.mandarin):
        out.append(Run(cue.mandarin[at:]))
    return out


def cue_records(cues: Iterable[Cue]) -> list[dict[str, Any]]:
    """Cues as the ``caption`` command writes them."""
    return [
        {
            "start": round(c.start, 3),
            "end": round(c.end, 3),
            "raw": c.raw,
            "mandarin": c.mandarin,
            "glosses": [gloss_record(g) for g in c.glosses],
            "group": c.group,
            "confidence": c.confidence,
            "repairs": repair_records(c),
        }
        for c in cues
    ]


def repair_records(cue: Cue) -> list[dict[str, Any]]:
    """What was repaired, as the ``caption`` command and the wire write it."""
    return [
        {"start": r.start, "end": r.end, "heard": r.heard, "became": r.became, "why": r.why}
        for r in cue.repairs
    ]


def gloss_record(gloss: Gloss) -> dict[str, Any]:
    """A gloss as the batch commands and the wire write it."""
    return {
        "surface": gloss.surface,
        "start": gloss.start,
        "end": gloss.end,
        "mandarin": gloss.mandarin,
        "mandarin_start": gloss.mandarin_start,
        "mandarin_end": gloss.mandarin_end,
        "note": gloss.note,
        "region": gloss.region,
        "entry": gloss.entry,
        "function": gloss.function,
    }
