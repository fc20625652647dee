"""Who gives a show: a persona with its voice, and what knows, writes and judges comments in its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anchor.comments.triage import Triage, triage
from anchor.delivery import Voice
from anchor.dialogue import Ask
from anchor.persona import DEFAULT, Persona
from anchor.rehearsal import Learn
from anchor.writer.author import Author, Phrases
from core.events import Line

Judge = Callable[[str], Triage]
"""A comment → its kind."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a director needs of the one it directs; without an ``author`` the phrase bank writes.

    ``replies`` is the voice for what is said to viewers, where that is another than the script's; with
    ``learn`` it learns them by heart before they are asked for.
    """

    ask: Ask
    voice: Voice
    persona: Persona = DEFAULT
    author: Author | None = None
    judge: Judge = triage
    replies: Voice | None = None
    learn: Learn | None = None

    @property
    def writer(self) -> Author:
        """Who writes for it, in the persona's words."""
        return self.author or Phrases(self.persona.hello)

    def voice_for(self, line: Line) -> Voice:
        """The voice that speaks ``line``."""
        replies = bool(line.answers) or line.writer == "fixed"
        return self.replies if replies and self.replies else self.voice
