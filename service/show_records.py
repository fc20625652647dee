"""A show as plain JSON records, for files and for the wire. Documented in ``docs/protocols.md``."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

from compliance.ledger_personal import ERASED
from core.events import Act, Comment, Event, Finding, Line, Notice, Utterance, Verdict
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.reply import fact_evidence, fact_value
from service.protocols.wire import notice_record

Record = dict[str, Any]

KEPT = 100
"""Lines, comments and notices that a reader who joins late is shown."""
SILENCING = frozenset({"take_over", "pause", "stop"})
"""Acts of a person that end the line being spoken."""


def fact_record(fact: Fact) -> Record:
    """A fact with the place it was read from."""
    return {
        "id": fact.id, "product": fact.product, "property": str(fact.property), "label": fact.label,
        "value": fact_value(fact),
        "evidence": fact_evidence(fact),
    }  # fmt: skip


def finding_record(finding: Finding) -> Record:
    """One reason of a verdict."""
    return {
        "rule": finding.rule, "surface": finding.surface, "reason": finding.reason, "law": finding.law,
    }  # fmt: skip


def verdict_record(verdict: Verdict) -> Record:
    """A verdict with its reasons."""
    return {
        "by": verdict.by,
        "action": verdict.action,
        "findings": [finding_record(f) for f in verdict.findings],
    }


def facts_by_id(shop: Shop) -> dict[str, Fact]:
    """Every approved fact of a shop by its id."""
    held = (*shop.shop_facts(), *(f for name in shop.products() for f in shop.facts(name)))
    return {f.id: f for f in held}


def bound_facts(line: Line, facts: dict[str, Fact]) -> list[Record]:
    """The facts that a line is bound to, each once, in the order of its words."""
    bound = dict.fromkeys(s.fact for s in line.segments if s.fact)
    return [fact_record(facts[name]) for name in bound if name in facts]


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines that were spoken and refused; comments that were answered and deferred."""

    spoken: int = 0
    refused: int = 0
    answered: int = 0
    deferred: int = 0


class ShowLog:
    """The last lines, comments and notices of a show. A record that grows keeps its id and is sent again."""

    def __init__(self) -> None:
        self._facts: dict[str, Fact] = {}
        self._lines: OrderedDict[str, Record] = OrderedDict()
        self._comments: OrderedDict[str, Record] = OrderedDict()
        self._notices: deque[Record] = deque(maxlen=KEPT)
        self._current = ""
        self._counts = dict.fromkeys(("spoken", "refused", "answered", "deferred"), 0)

    @property
    def counts(self) -> Counts:
        """What the show amounted to so far."""
        return Counts(**self._counts)

    @property
    def speaking(self) -> Record | None:
        """The line that is being spoken."""
        line = self._lines.get(self._current)
        return line if line and line["status"] == "speaking" else None

    def know(self, shop: Shop) -> None:
        """The facts that lines are bound to from now on; earlier ones stay known."""
        self._facts |= facts_by_id(shop)

    def restart(self) -> None:
        """A new show counts from nought; what was said before stays in sight."""
        self._counts = dict.fromkeys(self._counts, 0)

    def snapshot(self) -> dict[str, list[Record]]:
        """What a reader that joins now is shown."""
        return {
            "lines": list(self._lines.values()),
            "comments": list(self._comments.values()),
            "notices": list(self._notices),
        }

    def take(self, event: Event) -> list[Record]:
        """The records that ``event`` adds or changes."""
        match event:
            case Line():
                return [*self.settle(), self._line(event)]
            case Verdict() if event.on in self._lines:
                return [self._judged(self._lines[event.on], event)]
            case Verdict() if event.on in self._comments:
                return [self._decided(self._comments[event.on], event)]
            case Utterance() if event.line in self._lines:
                return [self._spoken(self._lines[event.line], event)]
            case Comment():
                return [self._comment(event)]
            case Notice():
                self._notices.append(notice_record(event))
                return [self._notices[-1]]
            case Act():
                ended = self.settle("cut") if event.kind in SILENCING else []
                return [*ended, act_record(event)]
        return []

    def forget(self, comments: set[str]) -> list[Record]:
        """The words of these comments were erased; the records that changed."""
        for notice in [n for n in self._notices if n["subject"] in comments]:
            self._notices.remove(notice)
        changed = [record for name, record in self._comments.items() if name in comments]
        for record in changed:
            record |= {"who": ERASED, "text": ERASED, "why": []}
        return changed

    def settle(self, status: str = "spoken") -> list[Record]:
        """The line that was being spoken has come to its end; one that was not begun was cut."""
        line = self._lines.get(self._current)
        self._current = ""
        if line is None or line["status"] not in ("checking", "speaking"):
            return []
        line |= {"status": status if line["status"] == "speaking" else "cut", "saying": ""}
        return [line]

    def _line(self, event: Line) -> Record:
        self._current = event.id
        return _keep(
            self._lines,
            {
                "type": "line",
                "id": event.id,
                "seq": event.seq,
                "at": round(event.at, 3),
                "text": event.text,
                "purpose": event.purpose,
                "writer": event.writer,
                "product": event.product,
                "segments": [{"text": s.text, "fact": s.fact} for s in event.segments],
                "facts": bound_facts(event, self._facts),
                "answers": [self._comments[a] for a in event.answers if a in self._comments],
                "verdicts": [],
                "status": "checking",
                "saying": "",
            },
        )

    def _judged(self, line: Record, verdict: Verdict) -> Record:
        line["verdicts"].append(verdict_record(verdict))
        if verdict.action != "allow" and line["status"] != "refused":
            line["status"] = "refused"
            self._counts["refused"] += 1
        return line

    def _spoken(self, line: Record, utterance: Utterance) -> Record:
        if line["status"] != "speaking":
            line["status"] = "speaking"
            self._counts["spoken"] += 1
        line["saying"] = utterance.text
        return line

    def _comment(self, event: Comment) -> Record:
        return _keep(
            self._comments,
            {
                "type": "comment",
                "id": event.id,
                "seq": event.seq,
                "at": round(event.at, 3),
                "who": event.who,
                "text": event.text,
                "source": event.source,
                "status": "waiting",
                "why": [],
            },
        )

    def _decided(self, comment: Record, verdict: Verdict) -> Record:
        again = comment["status"] == verdict.action  # nobody heard the first answer
        comment["status"] = verdict.action
        comment["why"] = [finding_record(f) for f in verdict.findings]
        if verdict.action in ("answer", "defer") and not again:
            self._counts["answered" if verdict.action == "answer" else "deferred"] += 1
        return comment


def act_record(act: Act) -> Record:
    """Something a person did."""
    return {
        "type": "act",
        "id": act.id,
        "seq": act.seq,
        "kind": act.kind,
        "who": act.who,
        "detail": act.detail,
    }


def _keep(held: OrderedDict[str, Record], record: Record) -> Record:
    held[record["id"]] = record
    while len(held) > KEPT:
        held.popitem(last=False)
    return record
