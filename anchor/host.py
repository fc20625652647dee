"""Who gives a show: a persona with its voice, and what knows, writes and judges comments in its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anchor.comments.triage import Triage, triage
from anchor.delivery import Voice
from anchor.dialogue import Ask
from anchor.persona import DEFAULT, Persona
from anchor.writer.author import Author, Phrases

Judge = Callable[[str], Triage]
"""A comment → its kind."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a director needs of the one it directs; without an ``author`` the phrase bank writes."""

    ask: Ask
    voice: Voice
    persona: Persona = DEFAULT
    author: Author | None = None
    judge: Judge = triage

    @property
    def writer(self) -> Author:
        """Who writes for it, in the persona's words."""
        return self.author or Phrases(self.persona.hello)
