"""From what was heard to what is shown: plausibility, privacy mask, group, rendering, cue.

One captioner a stream: it remembers the stream's dialect group and which words were explained already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import rjieba

from core.events import Cue, Hypothesis
from dialects.identify import GroupTracker
from dialects.notes import Mentions
from dialects.render import Renderer

Mask = Callable[[str], str]


@dataclass(slots=True)
class Captioner:
    """Makes cues of hypotheses.

    ``mask`` hides personal data before anything else sees the text; it keeps the length where it can.
    ``group`` is the seller's own setting, or None to identify it from the text.
    """

    renderer: Renderer
    mask: Mask
    group: str | None = None
    vocabulary: Callable[[], Collection[str]] = tuple
    tracker: GroupTracker = field(default_factory=GroupTracker)
    mentions: Mentions = field(default_factory=Mentions)

    def caption(self, heard: Hypothesis) -> Cue:
        """Render one hypothesis. Only a final one teaches the stream's group."""
        raw = self.mask(heard.text.strip())
        rendering = self.renderer.render(
            raw, group=self.group, vocabulary=self.vocabulary(), prior=self.tracker.prior(heard.dialect)
        )
        notes = self.mentions.decide(rendering.glosses)
        if heard.final:
            self.tracker.update(rendering)
            self.mentions.remember(rendering.glosses)
        return Cue(
            room=heard.room,
            at=heard.at,
            cue=heard.segment,
            start=heard.start,
            end=heard.end,
            raw=raw,
            mandarin=rendering.mandarin,
            glosses=rendering.glosses,
            notes=notes,
            group=rendering.group,
            confidence=round(heard.confidence, 3),
            final=heard.final,
        )

    def words(self, text: str) -> list[tuple[int, int]]:
        """Spans of the words of ``text``, dialect and Mandarin, that a caption must not end inside."""
        glosses = self.renderer.render(text, group=self.group, prior=self.tracker.prior()).glosses
        mandarin = [(start, end) for _, start, end in rjieba.tokenize(text)]
        return [*mandarin, *((g.start, g.end) for g in glosses)]

    def follow(self, group: str | None) -> None:
        """Use the seller's own group from now on, or identify it again (None)."""
        self.group = group
        self.tracker = GroupTracker()
