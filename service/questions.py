"""What viewers asked a room and nobody has settled yet: comments without a decision, and open tickets."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.ledger_personal import ERASED
from core.events import Act, Comment, Event, Notice, Verdict

TICKET = "dialogue.ticket"
"""The notice that asks a person to answer a question."""
SETTLED = "settle_ticket"
"""The act of a person who answered it; ``detail["ticket"]`` is the comment's id."""


class Questions:
    """Follows a room's events, those of earlier runs included."""

    def __init__(self) -> None:
        self._undecided: dict[str, Comment] = {}
        self._tickets: dict[str, Notice] = {}

    @property
    def undecided(self) -> list[Comment]:
        """Comments that wait for a decision, in the order they came."""
        return list(self._undecided.values())

    @property
    def tickets(self) -> list[Notice]:
        """Questions that a person has to answer, in the order they came; ``subject`` is the comment's id."""
        return list(self._tickets.values())

    def note(self, event: Event) -> None:
        """Take an event of the room."""
        match event:
            case Comment(text=text) | Notice(text=text) if text == ERASED:
                return
            case Comment():
                self._undecided[event.id] = event
            case Verdict(by="triage"):
                self._undecided.pop(event.on, None)
            case Notice(code=code) if code == TICKET:
                self._tickets[event.subject] = event
            case Act(kind=kind) if kind == SETTLED:
                self._tickets.pop(str(event.detail.get("ticket", "")), None)

    def forget(self, comments: Iterable[str]) -> None:
        """The words of these comments were erased: nobody is asked to answer them."""
        for comment in comments:
            self._undecided.pop(comment, None)
            self._tickets.pop(comment, None)
