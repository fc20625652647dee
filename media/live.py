"""Subtitle files that grow with a live stream: rewritten whole, atomically, so that a reader never sees half.

A correction changes a cue that stands far back, so the file is rendered from its blocks each time; a stream
of six hours is about 6,000 blocks, well under a megabyte. Only a cue that changed, or whose follower did, is
laid out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from core.errors import InputError
from core.events import Cue
from core.files import write_atomic
from media import ass, srt, vtt
from media.cues import Block
from media.layout import Laid, LayoutSettings, lay_out, untangle

WRITERS: Mapping[str, Callable[[list[Block]], str]] = {
    ".srt": srt.write,
    ".vtt": vtt.write,
    ".ass": ass.write,
}
"""Subtitle formats by the suffix of a file."""


def writer(path: Path) -> Callable[[list[Block]], str]:
    """The writer for a file name; one clear error lists the choices."""
    try:
        return WRITERS[path.suffix.lower()]
    except KeyError:
        raise InputError(
            "subtitle.format", f"不会写“{path.suffix or path.name}”格式的字幕。", "可用 .srt、.vtt、.ass。"
        ) from None


class LiveFile:
    """One growing subtitle file. ``dropped`` counts the notes that found no room."""

    def __init__(self, path: Path, settings: LayoutSettings | None = None) -> None:
        self._path = path
        self._write = writer(path)
        self._settings = settings or LayoutSettings()
        self._cues: dict[str, Cue] = {}
        self._laid: dict[str, tuple[Cue, float | None, Laid]] = {}
        self.dropped = 0

    def show(self, cue: Cue) -> None:
        """Take a final cue or a newer revision of one, and rewrite the file."""
        known = self._cues.get(cue.cue)
        if not cue.final or (known is not None and known.revision > cue.revision):
            return
        self._cues[cue.cue] = cue
        cues = sorted(self._cues.values(), key=lambda c: c.start)
        untils = [after.start for _, after in pairwise(cues)]
        laid = [self._lay_out(c, u) for c, u in zip(cues, [*untils, None], strict=True)]
        self.dropped = sum(one.dropped for one in laid)
        blocks = list(untangle(block for one in laid for block in one.blocks))
        write_atomic(self._path, self._write(blocks).encode())

    def _lay_out(self, cue: Cue, until: float | None) -> Laid:
        known = self._laid.get(cue.cue)
        if known is not None and known[0] is cue and known[1] == until:
            return known[2]
        laid = lay_out(cue, self._settings, until)
        self._laid[cue.cue] = (cue, until, laid)
        return laid
