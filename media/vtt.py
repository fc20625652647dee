"""WebVTT: notes inline in their own class, or as ruby over the word they explain.

Players without ruby run base and note together, so inline is the default.
"""

from __future__ import annotations

from collections.abc import Iterable

from media.cues import Block, Run
from media.srt import timestamp

HEADER = """WEBVTT

STYLE
::cue(.gloss) { color: #ffe08a; font-size: 80%; }

"""


def escape(text: str) -> str:
    """Text as WebVTT cue text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _run(run: Run, ruby: bool) -> str:
    if not run.note:
        return escape(run.text)
    if ruby and run.text:
        return f"<ruby>{escape(run.text)}<rt>{escape(run.note.strip('〔〕'))}</rt></ruby>"
    return f"{escape(run.text)}<c.gloss>{escape(run.note)}</c>"


def entry(number: int, block: Block, ruby: bool = False) -> str:
    """One numbered cue."""
    lines = "\n".join("".join(_run(run, ruby) for run in line) for line in block.lines)
    return f"{number}\n{timestamp(block.start, '.')} --> {timestamp(block.end, '.')}\n{lines}\n\n"


def write(blocks: Iterable[Block], ruby: bool = False, comment: str = "") -> str:
    """The whole file; ``comment`` becomes a NOTE block."""
    note = f"NOTE {comment.replace('-->', '--')}\n\n" if comment else ""
    return HEADER + note + "".join(entry(number, b, ruby) for number, b in enumerate(blocks, 1))
