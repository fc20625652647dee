"""What viewers asked a room and nobody has settled yet: undecided comments, and questions for a person."""

from __future__ import annotations

from collections.abc import Iterable

from anchor.relay import ANSWERED, SETTLED, UNSAID
from compliance.ledger_personal import ERASED
from core.errors import InputError
from core.events import Act, Comment, Event, Notice, Verdict

TICKET = "dialogue.ticket"
"""The notice that asks a person to answer a question."""
CARE = "care."
"""How notices begin that ask a person to look after a viewer."""


class Questions:
    """Follows a room's events, those of earlier runs included."""

    def __init__(self) -> None:
        self._undecided: dict[str, Comment] = {}
        self._tickets: dict[str, Notice] = {}
        self._answers: dict[str, Act] = {}

    @property
    def undecided(self) -> list[Comment]:
        """Comments that wait for a decision, in the order they came."""
        return list(self._undecided.values())

    @property
    def unanswered(self) -> list[Notice]:
        """Questions that a person has to answer, in the order they came; ``subject`` is the comment's id."""
        return [ticket for name, ticket in self._tickets.items() if name not in self._answers]

    @property
    def answers(self) -> list[Act]:
        """What people answered and the host has not said yet, in the order they answered."""
        return list(self._answers.values())

    @property
    def open(self) -> int:
        """How many tickets wait for a person."""
        return len(self._tickets) - len(self._tickets.keys() & self._answers.keys())

    def expect(self, ticket: str) -> None:
        """Raise ``InputError`` unless this ticket waits for a person."""
        if ticket in self._answers:
            raise InputError("question.answered", "这个问题已经有人答了，主播马上就说。")
        if ticket not in self._tickets:
            raise InputError("question.unknown", "没有这个待答的问题，可能已经答过了。", "请刷新页面再看。")

    def note(self, event: Event) -> None:
        """Take an event of the room."""
        match event:
            case Comment(text=text) | Notice(text=text) if text == ERASED:
                return
            case Comment():
                self._undecided[event.id] = event
            case Verdict(by="triage"):
                self._undecided.pop(event.on, None)
            case Notice(code=code) if code == TICKET or code.startswith(CARE):
                self._tickets[event.subject] = event
            case Act(kind=kind) if kind == ANSWERED:
                self._answers[str(event.detail.get("ticket", ""))] = event
            case Notice(code=code) if code == UNSAID:
                self._answers.pop(event.subject, None)
            case Act(kind=kind) if kind == SETTLED:
                self._close(str(event.detail.get("ticket", "")))

    def forget(self, comments: Iterable[str]) -> None:
        """The words of these comments were erased: nobody is asked to answer them."""
        for comment in comments:
            self._undecided.pop(comment, None)
            self._close(comment)

    def _close(self, ticket: str) -> None:
        self._tickets.pop(ticket, None)
        self._answers.pop(ticket, None)
