"""Plain words for a term of art, said right after the line that uses it."""

from __future__ import annotations

from collections.abc import Callable

from anchor.care import Explainer
from anchor.writer.author import Draft
from core.events import Line, Segment

EVERY = 30.0
"""Seconds between two explanations: plain words help, a lecture does not."""
WRITERS = frozenset({"phrases", "answers", "model"})
"""Writers whose terms of art are explained; care and notices are left as they are."""


class Asides:
    """The aside that waits to be said next. ``speakable`` tells whether a voice may have it."""

    def __init__(self, wanted: bool, speakable: Callable[[Draft], bool]) -> None:
        """Where asides are not ``wanted`` none ever waits."""
        self.waiting: Draft | None = None
        self._wanted = wanted
        self._speakable = speakable
        self._explainer = Explainer()
        self._last = float("-inf")

    def take(self) -> Draft | None:
        """The aside that waits; then none does."""
        taken, self.waiting = self.waiting, None
        return taken

    def follow(self, line: Line, now: float) -> None:
        """Let the plain words for a term of art that ``line`` says for the first time wait; it is ``now``."""
        if now - self._last < EVERY or not self._wanted or line.writer not in WRITERS:
            return
        for mention in self._explainer.explain(line.text):
            aside = Draft(Line(segments=(Segment(mention.aside),), purpose="gloss", writer="fixed"))
            if self._speakable(aside):
                self.waiting, self._last = aside, now
