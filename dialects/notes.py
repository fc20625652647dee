"""Which note each dialect word of a caption carries: full at its first mention in a stream, shorter later.

A note names the word and where it is said, ``〔四川话“巴适得板”〕``; a full one adds the meaning. Notes must
be readable in the time and room a caption has, so the most useful ones come first and the rest give way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.events import Gloss
from media.cues import full_label, short_label

Wish = Literal["off", "short", "full"]

SHORT_MENTIONS = 3
"""Mentions of a word that still carry a short note, the first one included."""


def decide(
    glosses: Sequence[Gloss], mentions: Mapping[str, int], wish: Wish = "full", room: int | None = None
) -> tuple[str, ...]:
    """The note of each gloss, empty where it carries none.

    ``mentions`` counts how often each entry was glossed before in this stream, ``room`` the characters all
    notes of the caption may take together (None: no limit). A word is noted once a caption; grammar words
    and words that disappear in Mandarin never are. Where room is short, first mentions outlast later ones,
    and a full note shrinks before a short one is dropped.
    """
    chosen = [""] * len(glosses)
    if wish == "off":
        return tuple(chosen)
    left = room
    seen: set[str] = set()
    for at in sorted(range(len(glosses)), key=lambda i: (mentions.get(glosses[i].entry, 0), i)):
        gloss = glosses[at]
        if gloss.entry in seen or gloss.function or not gloss.mandarin:
            continue
        seen.add(gloss.entry)
        for note in _candidates(gloss, mentions.get(gloss.entry, 0), wish):
            if left is None or len(note) <= left:
                chosen[at] = note
                left = None if left is None else left - len(note)
                break
    return tuple(chosen)


def _candidates(gloss: Gloss, before: int, wish: Wish) -> tuple[str, ...]:
    if before == 0 and wish == "full":
        return full_label(gloss), short_label(gloss)
    return (short_label(gloss),) if before < SHORT_MENTIONS else ()


@dataclass(slots=True)
class Mentions:
    """What a stream has explained so far."""

    counts: dict[str, int] = field(default_factory=dict)

    def decide(
        self, glosses: Sequence[Gloss], wish: Wish = "full", room: int | None = None
    ) -> tuple[str, ...]:
        """As :func:`decide`, for this stream; changes nothing."""
        return decide(glosses, self.counts, wish, room)

    def remember(self, glosses: Sequence[Gloss]) -> None:
        """Count the words of a final caption as mentioned, each once."""
        for entry in {g.entry for g in glosses}:
            self.counts[entry] = self.counts.get(entry, 0) + 1
