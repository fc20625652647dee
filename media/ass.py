"""Advanced SubStation Alpha: the Mandarin large, the notes on a second, small line above it."""

from __future__ import annotations

from collections.abc import Iterable

import pysubs2

from media.cues import Block

FONT = "Noto Sans CJK SC"


def escape(text: str) -> str:
    """Braces and backslashes would start override codes."""
    return text.replace("\\", "＼").replace("{", "｛").replace("}", "｝")


def write(blocks: Iterable[Block], width: int = 1920, height: int = 1080) -> str:
    """The whole file for a picture of this many pixels."""
    subtitles = pysubs2.SSAFile()
    subtitles.info.update({"PlayResX": str(width), "PlayResY": str(height), "WrapStyle": "2"})
    size = height / 15
    large = pysubs2.SSAStyle(FONT, size, bold=True, outline=size / 18, shadow=0, marginv=round(height * 0.05))
    small = large.copy()
    small.fontsize, small.bold, small.primarycolor = size * 0.6, False, pysubs2.Color(255, 224, 138)
    subtitles.styles = {"Default": large, "Note": small}
    for block in blocks:
        start, end = round(block.start * 1000), round(block.end * 1000)
        text = r"\N".join(escape("".join(run.text for run in line)) for line in block.lines)
        subtitles.append(pysubs2.SSAEvent(start, end, text, style="Default"))
        if block.notes:
            above = round(height * 0.05 + size * 1.25 * len(block.lines))
            note = escape("　".join(block.notes))
            subtitles.append(pysubs2.SSAEvent(start, end, note, style="Note", marginv=above))
    return subtitles.to_string("ass")
