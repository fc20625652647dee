"""From what was heard to what is shown: privacy mask, repair by sound, group, rendering, finish, cue.

One captioner a stream: it remembers the stream's dialect group and which words were explained already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import rjieba

from captioning.bias import BUDGET, Habits, ShopWords, expect
from captioning.finish import finish
from captioning.punctuation import full_width
from captioning.repair import Repaired, Repairer
from core.events import Cue, Hypothesis
from dialects.identify import GroupTracker
from dialects.notes import Mentions
from dialects.render import Renderer

Mask = Callable[[str], str]


@dataclass(slots=True)
class Captioner:
    """Makes cues of hypotheses.

    ``mask`` hides personal data before anything else sees the text; it keeps the length where it can.
    ``settle`` masks a final instead, and carries it, so that a number that was begun in one segment is known
    in the next.
    ``group`` is the seller's own setting, or None to identify it from the text. ``shop`` gives the words of
    the shop and of the product on show as they are now; ``budget`` is how many characters of them the
    recogniser is told to expect. With ``digits`` a final caption writes 五十九块九 as 59.9元.
    """

    renderer: Renderer
    mask: Mask
    settle: Mask | None = None
    group: str | None = None
    shop: Callable[[], ShopWords] = ShopWords
    tracker: GroupTracker = field(default_factory=GroupTracker)
    mentions: Mentions = field(default_factory=Mentions)
    habits: Habits = field(default_factory=Habits)
    budget: int = BUDGET
    digits: bool = True
    _repairer: Repairer = field(init=False)

    def __post_init__(self) -> None:
        dictionary = self.renderer.dictionary
        self._repairer = Repairer(dictionary.ordinary, dictionary.tables.exact.__contains__)

    def caption(self, heard: Hypothesis) -> Cue:
        """Render one hypothesis. Only a final one teaches the stream's group."""
        mask = self.settle if heard.final and self.settle else self.mask
        repaired = self.repair(mask(full_width(heard.text.strip())))
        raw = repaired.text
        rendering = self.renderer.render(
            raw, group=self.group, vocabulary=self.shop().all, prior=self.tracker.prior(heard.dialect)
        )
        notes = self.mentions.decide(rendering.glosses)
        mandarin, glosses = rendering.mandarin, rendering.glosses
        if heard.final:
            self.tracker.update(rendering)
            self.mentions.remember(glosses)
            self.habits.heard(g.surface for g in glosses if not g.function)
            names = self.shop().all
            mandarin, glosses = finish(raw, mandarin, glosses, heard.words, names, digits=self.digits)
        return Cue(
            room=heard.room,
            at=heard.at,
            cue=heard.segment,
            start=heard.start,
            end=heard.end,
            raw=raw,
            mandarin=mandarin,
            glosses=glosses,
            notes=notes,
            group=rendering.group,
            confidence=round(heard.confidence, 3),
            final=heard.final,
            repairs=repaired.repairs,
        )

    def repair(self, text: str) -> Repaired:
        """``text`` with the shop's words and prices that it spells by sound."""
        shop = self.shop()
        self._repairer.learn(shop.sold, shop.shown, shop.counted, shop.amounts)
        return self._repairer.repair(text, self.group or self.tracker.group)

    def hotwords(self) -> tuple[str, ...]:
        """What the recogniser is to expect, likeliest first."""
        return expect(self.shop().all, self.habits.usual(), self.budget)

    def words(self, text: str) -> list[tuple[int, int]]:
        """Spans of the words of ``text``, repaired and dialect and Mandarin, not to be cut by a caption."""
        repaired = self.repair(text)
        glosses = self.renderer.render(repaired.text, group=self.group, prior=self.tracker.prior()).glosses
        spans = [
            *((start, end) for _, start, end in rjieba.tokenize(repaired.text)),
            *((g.start, g.end) for g in glosses),
            *((r.start, r.end) for r in repaired.repairs),
        ]
        return [(repaired.heard(start), repaired.heard(end)) for start, end in spans]

    def follow(self, group: str | None) -> None:
        """Use the seller's own group from now on, or identify it again (None)."""
        self.group = group
        self.tracker = GroupTracker()
