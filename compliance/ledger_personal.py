"""What of an event is personal, and parting it from what the chain keeps (``docs/adr/0006``).

Who wrote a comment and what, who did something, and notices that quote a comment: the journal has a reference
in place of each, the room's :class:`References` have the words. A triage verdict repeats its comment's words;
the journal leaves them out. Speech on air (captions, lines) is the record that the law wants kept, and stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from compliance.ledger_references import BATCH, REFERENCE, Piece, References, new_piece
from core.codec import from_record
from core.events import Act, Comment, Event, Notice, Verdict
from core.journal import Entry

ERASED = "（已删除）"
WITHHELD = "（个人资料，没有导出）"
FIELDS: Mapping[str, tuple[str, ...]] = {
    "Comment": ("who", "text", "source_id"),
    "Act": ("who",),
    "Notice": ("text",),
}
"""The personal fields of each event."""
QUOTING = ("dialogue.", "care.")
"""Notices with these codes quote the comment that is their subject."""
COMMENT, PERSON = "comment", "person"
"""Kinds of pieces: viewers' words, kept as the settings say; who did something, kept with the ledger."""

Record = dict[str, Any]


class Personal:
    """Parts the events of a room on their way into its journal, and makes them whole again."""

    def __init__(self, references: References) -> None:
        self.references = references

    def part(self, event: Event) -> Event:
        """``event`` as the journal keeps it; its personal data is durable when this returns."""
        return self.part_all([event])[0]

    def part_all(self, events: Iterable[Event]) -> list[Event]:
        """:meth:`part` of each, in one durable step."""
        pieces: list[Piece] = []
        parted = [self._parted(event, pieces) for event in events]
        self.references.keep_all(pieces)
        return parted

    def _parted(self, event: Event, pieces: list[Piece]) -> Event:
        """``event`` without its personal data, which is added to ``pieces``."""
        match event:
            case Comment():
                return _with_piece(event, event.who, event.id, COMMENT, pieces)
            case Act(who=who) if who:
                return _with_piece(event, who, event.id, PERSON, pieces)
            case Notice(code=code) if code.startswith(QUOTING):
                subject = self.references.owner(event.subject)
                return _with_piece(event, subject, event.subject, COMMENT, pieces)
            case Verdict(by="triage" | "privacy"):
                return replace(event, findings=tuple(replace(f, surface="") for f in event.findings))
        return event

    def whole(self, records: Iterable[Record]) -> Iterator[Record]:
        """Records of the journal with their personal data again, where it was not erased."""
        left = iter(records)
        while some := list(islice(left, BATCH)):
            held = self.references.find({r for record in some for r in _references_of(record)})
            yield from (_filled(record, held) for record in some)

    def events(self, entries: Iterable[Entry]) -> Iterator[Event]:
        """The events of journal entries, whole and with their ``seq``."""
        records = (entry.record | {"seq": entry.seq} for entry in entries)
        return (from_record(record) for record in self.whole(records))


def _with_piece(event: Event, subject: str, about: str, kind: str, pieces: list[Piece]) -> Event:
    held = {name: value for name in FIELDS[type(event).__name__] if (value := getattr(event, name))}
    data = json.dumps(held, ensure_ascii=False, sort_keys=True)
    piece = new_piece(data, subject, about, kind, event.wall.timestamp())
    pieces.append(piece)
    changes: dict[str, Any] = dict.fromkeys(held, piece.reference)
    return replace(event, **changes)


def withheld(records: Iterable[Record]) -> Iterator[Record]:
    """Records with a word in place of every reference, for readers that shall not have the data."""
    return (_with(record, dict.fromkeys(_fields_of(record), WITHHELD)) for record in records)


def _fields_of(record: Record) -> list[str]:
    """The fields of the record that hold a reference."""
    names = FIELDS.get(str(record.get("event")), ())
    return [n for n in names if isinstance(record.get(n), str) and REFERENCE.fullmatch(record[n])]


def _references_of(record: Record) -> set[str]:
    return {record[name] for name in _fields_of(record)}


def _filled(record: Record, held: Mapping[str, str]) -> Record:
    values = {}
    for name in _fields_of(record):
        data = held.get(record[name])
        values[name] = ERASED if data is None else json.loads(data).get(name, "")
    return _with(record, values)


def _with(record: Record, values: Mapping[str, str]) -> Record:
    return {**record, **values} if values else record
