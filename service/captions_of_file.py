"""Captions of a recording for people: read it, caption it, write the subtitle files they ask for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from captioning.file import Told
from core.events import Cue
from core.files import write_atomic
from core.settings import Captions
from media.audio import decode, duration
from media.cues import Notes, cue_records
from media.layout import Laid, LayoutSettings, lay_out_all
from media.live import writer
from service.assemble import Assembly

Progress = Callable[[float, float | None], None]
"""Hears seconds done and seconds in all, where the file says."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """The cues of a recording, their layout, and the record that the ``caption`` command writes."""

    cues: tuple[Cue, ...]
    laid: Laid
    record: dict[str, Any]


def layout_settings(captions: Captions, notes: Notes | None = None) -> LayoutSettings:
    """The layout that the settings ask for."""
    return LayoutSettings(
        width=captions.max_chars,
        lines=captions.lines,
        speed=captions.cps,
        shortest=captions.min_seconds,
        longest=captions.max_seconds,
        notes=notes or captions.notes,
    )


def caption_recording(
    assembly: Assembly,
    path: Path,
    *,
    dialect: str = "",
    shop: str = "",
    notes: Notes | None = None,
    tell: Callable[[Told], None] | None = None,
    progress: Progress = lambda done, total: None,
) -> Captioned:
    """Caption one recording, of ``shop`` where it is about one; blocking.

    ``tell`` hears of each segment how its caption came about.
    """
    total = duration(path)
    captioner = assembly.file_captioner(dialect, shop)
    captioner.tell = tell
    cues = tuple(captioner.caption(decode(path), lambda done: progress(done, total)))
    laid = lay_out_all(cues, layout_settings(assembly.settings.captions, notes))
    record = {
        "cues": cue_records(cues),
        "dropped": [
            {"start": round(d.start, 3), "end": round(d.end, 3), "reason": d.reason}
            for d in captioner.dropped
        ],
        "timing": captioner.timing.record(),
        "notes_dropped": laid.dropped,
    }
    return Captioned(cues, laid, record)


def summary(captioned: Captioned) -> str:
    """How much was heard, in one sentence."""
    timing, dropped = captioned.record["timing"], len(captioned.record["dropped"])
    left = f"，听不清的有 {dropped} 段没有写" if dropped else ""
    heard = f"共 {len(captioned.cues)} 句{left}" if captioned.cues or dropped else "没有听到有人说话"
    return f"{heard}；录音 {timing['audio_seconds']:.0f} 秒，用了 {timing['wall_seconds']:.0f} 秒。"


def save(captioned: Captioned, paths: Sequence[Path]) -> None:
    """Write subtitle files by their suffix, and the record for ``.json``."""
    for path in paths:
        if path.suffix.lower() == ".json":
            text = json.dumps(captioned.record, ensure_ascii=False, indent=1) + "\n"
        else:
            text = writer(path)(list(captioned.laid.blocks))
        write_atomic(path, text.encode(), mode=0o644)
