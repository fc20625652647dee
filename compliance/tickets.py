"""Slips on air and their correction: a ticket opens with a line to read, and closes when the line is heard.

A person's words are never altered. What the guard finds in a final caption opens a ticket; the correction is
heard in later captions, by sound, since recognisers misspell. Pure: events in, a new board and events out.
Source of the duty: 《直播电商监督管理办法》 (SAMR and CAC Order 117) art. 31.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

from core.errors import ConfigurationError
from core.events import Act, Cue, Event, Finding, Notice, Verdict
from core.text.sound import distance, key, merges

State = Literal["open", "overdue", "escalated", "closed", "dismissed"]
OPEN: frozenset[State] = frozenset({"open", "overdue", "escalated"})
MERGED = merges("n/l", "zh/z", "eng/en", "ing/in", "f/h", "r/l")
JOINED_SECONDS, JOINED_CHARACTERS = 15.0, 90
"""Captions that are heard as one correction: a sentence is often cut in two."""
NEAR = 36
"""Characters between the words that take back and the words that say what."""
ALIKE = 0.25
"""Distance a syllable may have from what was meant."""
DISMISS = "dismiss_ticket"
"""The act of a person who finds that nothing was wrong: ``detail`` has ``ticket`` and ``why``."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What to read aloud after a slip of a class, and the words that name its subject."""

    line: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections by class, with the words that take something back and those that undo it."""

    by_class: Mapping[str, Correction]
    retract: tuple[str, ...]
    undone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One class of slip that waits for its correction. ``opened`` and ``ended`` are seconds of the room."""

    id: str
    kind: str
    surfaces: tuple[str, ...]
    line: str
    opened: float
    state: State = "open"
    ended: float | None = None

    def waited(self, now: float) -> float:
        """Seconds from the alert to its end, or to ``now``."""
        return (now if self.ended is None else self.ended) - self.opened


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds after which an open ticket is overdue, and after which it is everybody's business."""

    overdue: float = 30.0
    escalated: float = 60.0


@dataclass(frozen=True, slots=True)
class Board:
    """The tickets of a room, oldest first, and what was said lately."""

    tickets: tuple[Ticket, ...] = ()
    recent: tuple[Cue, ...] = ()

    @property
    def open(self) -> tuple[Ticket, ...]:
        """Those that still wait."""
        return tuple(t for t in self.tickets if t.state in OPEN)


Step = tuple[Board, list[Event]]


@cache
def load_corrections() -> Corrections:
    """The corrections of the house. ConfigurationError (``corrections.bad_file``) names what is missing."""
    raw = tomllib.loads((resources.files("compliance") / "corrections.toml").read_text(encoding="utf-8"))
    try:
        return Corrections(
            {name: Correction(c["line"], tuple(c["topics"])) for name, c in raw["class"].items()},
            tuple(raw["markers"]["retract"]),
            tuple(raw["markers"]["undone"]),
        )
    except (KeyError, TypeError) as error:
        raise ConfigurationError("corrections.bad_file", f"corrections.toml 缺少 {error}。") from error


def judged(board: Board, cue: Cue, findings: tuple[Finding, ...], now: float) -> Step:
    """A person's final caption with the guard's findings: close what it corrects, open what it needs."""
    recent = tuple(c for c in board.recent if cue.start - c.end <= JOINED_SECONDS and c.cue != cue.cue)
    closing = {t.id for t in board.open if _corrects(t, recent, cue, findings)}
    corrected = [t for t in board.tickets if t.id in closing]
    board = Board(
        tuple(replace(t, state="closed", ended=now) if t.id in closing else t for t in board.tickets),
        (*recent, cue),
    )
    out: list[Event] = [_closed(t, cue, now) for t in corrected]
    quoted = [s for t in corrected for s in t.surfaces]
    slips = tuple(f for f in findings if not any(_sounds_like(f.surface, s) for s in quoted))
    if not slips:
        return board, out
    kinds = dict.fromkeys(f.kind for f in slips)
    line = "".join(_line(kind) for kind in kinds)
    out.append(
        Verdict(on=cue.id, by="guard", action="alert", findings=slips, suggestion=line, at=now, room=cue.room)
    )
    for kind in kinds:
        board, opened = _opened(board, cue, tuple(f for f in slips if f.kind == kind), now)
        out += opened
    return board, out


def tick(board: Board, now: float, patience: Patience) -> Step:
    """Time passes: tickets that wait too long are told of again, louder."""
    out: list[Event] = []
    tickets = []
    for ticket in board.tickets:
        state = ticket.state
        if state in ("open", "overdue") and ticket.waited(now) >= patience.escalated:
            state = "escalated"
        elif state == "open" and ticket.waited(now) >= patience.overdue:
            state = "overdue"
        if state != ticket.state:
            text = f"{ticket.waited(now):.0f} 秒了还没有更正，请马上照着念：{ticket.line}"
            level: Literal["warning", "error"] = "error" if state == "escalated" else "warning"
            out.append(Notice(code=f"ticket.{state}", text=text, level=level, subject=ticket.id, at=now))
        tickets.append(replace(ticket, state=state))
    return replace(board, tickets=tuple(tickets)), out


def acted(board: Board, act: Act, now: float) -> Step:
    """A person says that nothing was wrong (the recogniser misheard): who and why are in the journal."""
    if act.kind != DISMISS:
        return board, []
    named = str(act.detail.get("ticket", ""))
    out: list[Event] = [
        Notice(code="ticket.dismissed", text="有人看过，不用更正。", subject=t.id, at=now)
        for t in board.open
        if t.id == named
    ]
    done = {n.subject for n in out if isinstance(n, Notice)}
    tickets = (replace(t, state="dismissed", ended=now) if t.id in done else t for t in board.tickets)
    return replace(board, tickets=tuple(tickets)), out


def restored(events: Iterable[Event]) -> Board:
    """The board as a room's journal tells it, so that a restart forgets no ticket."""
    tickets: dict[str, Ticket] = {}
    alerts: dict[str, Verdict] = {}
    for event in events:
        match event:
            case Verdict(by="guard", action="alert"):
                alerts[event.on] = event
                for name, t in tickets.items():
                    more = tuple(f.surface for f in event.findings if f.kind == t.kind and t.state in OPEN)
                    tickets[name] = replace(t, surfaces=(*t.surfaces, *more))
            case Notice(code="ticket.open"):
                on, _, kind = event.subject.rpartition("/")
                found = alerts[on].findings if on in alerts else ()
                surfaces = tuple(f.surface for f in found if f.kind == kind)
                tickets[event.subject] = Ticket(event.subject, kind, surfaces, _line(kind), event.at)
            case Notice(code="ticket.overdue" | "ticket.escalated" | "ticket.closed" | "ticket.dismissed"):
                if event.subject in tickets:
                    tickets[event.subject] = _moved(tickets[event.subject], event)
    return Board(tuple(tickets.values()))


def retracts(text: str, kind: str, surfaces: Iterable[str] = ()) -> bool:
    """Whether ``text`` takes back a claim of a class: words that take back, not undone, near its subject."""
    known = load_corrections()
    heard = key(text, MERGED)
    subjects = [p for word in known.by_class[kind].topics for p in _places(heard, word)]
    subjects += [p for surface in surfaces if len(surface) > 1 for p in _places(heard, surface)]
    taken = [p for word in known.retract for p in _places(heard, word) if not _undone(heard, p, known.undone)]
    return any(abs(a - b) <= NEAR for a in taken for b in subjects)


def _corrects(ticket: Ticket, recent: tuple[Cue, ...], cue: Cue, findings: tuple[Finding, ...]) -> bool:
    same = [f for f in findings if f.kind == ticket.kind]
    if any(not any(_sounds_like(f.surface, s) for s in ticket.surfaces) for f in same):
        return False  # a new claim in the same breath
    since = [c for c in recent if f"{c.id}/" not in ticket.id and c.start > _start(ticket, recent)]
    joined = "".join(c.mandarin for c in [*since, cue])[-JOINED_CHARACTERS:]
    return retracts(joined, ticket.kind, ticket.surfaces)


def _start(ticket: Ticket, recent: tuple[Cue, ...]) -> float:
    """When the slip was said; a correction comes after it."""
    return next((c.start for c in recent if ticket.id.startswith(f"{c.id}/")), float("-inf"))


def _opened(board: Board, cue: Cue, findings: tuple[Finding, ...], now: float) -> Step:
    kind = findings[0].kind
    surfaces = tuple(f.surface for f in findings)
    waiting = next((t for t in board.open if t.kind == kind), None)
    if waiting is not None:
        again = replace(waiting, surfaces=(*waiting.surfaces, *surfaces))
        return replace(board, tickets=tuple(again if t is waiting else t for t in board.tickets)), []
    ticket = Ticket(f"{cue.id}/{kind}", kind, surfaces, _line(kind), now)
    said = "”“".join(surfaces)
    text = f"刚才说了“{said}”（{findings[0].reason}），请照着念：{ticket.line}"
    notice = Notice(code="ticket.open", text=text, level="warning", subject=ticket.id, at=now, room=cue.room)
    return replace(board, tickets=(*board.tickets, ticket)), [notice]


def _closed(ticket: Ticket, cue: Cue, now: float) -> Notice:
    text = f"更正听到了，用了 {now - ticket.opened:.0f} 秒。"
    return Notice(code="ticket.closed", text=text, subject=ticket.id, at=now, room=cue.room)


def _moved(ticket: Ticket, notice: Notice) -> Ticket:
    states: dict[str, State] = {
        "ticket.overdue": "overdue", "ticket.escalated": "escalated", "ticket.closed": "closed",
        "ticket.dismissed": "dismissed",
    }  # fmt: skip
    state = states[notice.code]
    return replace(ticket, state=state, ended=None if state in OPEN else notice.at)


def _line(kind: str) -> str:
    known = load_corrections().by_class
    return known[kind if kind in known else "C15"].line


def _sounds_like(first: str, second: str) -> bool:
    """Whether one is (nearly) said within the other."""
    a, b = sorted((key(first, MERGED), key(second, MERGED)), key=len)
    return bool(a) and bool(_found(b, a))


def _places(heard: tuple[str, ...], word: str) -> list[int]:
    return _found(heard, key(word, MERGED))


def _found(heard: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    """Where ``wanted`` sounds in ``heard``; a single syllable must be exact."""
    size = len(wanted)
    if size == 1:
        return [i for i, s in enumerate(heard) if s == wanted[0]]
    limit = min(1.2, ALIKE * size)
    return [i for i in range(len(heard) - size + 1) if distance(heard[i : i + size], wanted) <= limit]


def _undone(heard: tuple[str, ...], at: int, words: tuple[str, ...]) -> bool:
    """Whether what stands before undoes it: 没说错, 哪里不对."""
    before = heard[max(0, at - 3) : at]
    return any(_exact(before, key(word, MERGED)) for word in words)


def _exact(heard: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(heard[i : i + len(wanted)] == wanted for i in range(len(heard) - len(wanted) + 1))
