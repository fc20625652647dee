"""A person corrects one word of a cue; everything aligned to it stays aligned.

What was said (``raw``) is never altered: an auditor can always see it beside the correction.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher

from core.errors import InputError
from core.events import Cue, Gloss

LONGEST = 200


def correct(cue: Cue, start: int, end: int, text: str) -> Cue:
    """The next revision of ``cue`` with ``mandarin[start:end]`` replaced by ``text``.

    Offsets are code points. Glosses behind the place move along; a gloss that the correction touches keeps
    its note when its Mandarin survives, else it goes.
    """
    if not 0 <= start <= end <= len(cue.mandarin):
        raise InputError("correction.outside", "要改的位置不在这条字幕里。", "请重新选中要改的字。")
    if len(text) > LONGEST or any(c in text for c in "\n\r\x00"):
        raise InputError("correction.text", f"改成的文字要在 {LONGEST} 字以内，不能换行。", "请改短一点。")
    mandarin = cue.mandarin[:start] + text + cue.mandarin[end:]
    if not mandarin.strip():
        raise InputError("correction.empty", "改完以后这条字幕就空了。", "请至少留一个字。")
    shift = len(text) - (end - start)
    glosses = tuple(g for g in (_moved(g, start, end, text, shift) for g in cue.glosses) if g)
    return replace(cue, mandarin=mandarin, glosses=glosses, revision=cue.revision + 1, seq=None)


def correct_text(cue: Cue, mandarin: str) -> Cue:
    """The next revision of ``cue`` that reads ``mandarin``: one correction over the part that differs."""
    blocks = SequenceMatcher(None, cue.mandarin, mandarin, autojunk=False).get_opcodes()
    changed = [b for b in blocks if b[0] != "equal"]
    if not changed:
        return cue
    (_, start, _, new_start, _), (_, _, end, _, new_end) = changed[0], changed[-1]
    return correct(cue, start, end, mandarin[new_start:new_end])


def _moved(gloss: Gloss, start: int, end: int, text: str, shift: int) -> Gloss | None:
    if gloss.mandarin_end <= start:
        return gloss
    if gloss.mandarin_start >= end:
        return replace(
            gloss, mandarin_start=gloss.mandarin_start + shift, mandarin_end=gloss.mandarin_end + shift
        )
    inside = text.find(gloss.mandarin) if gloss.mandarin else -1
    if inside < 0:
        return None
    at = start + inside
    return replace(gloss, mandarin_start=at, mandarin_end=at + len(gloss.mandarin))
