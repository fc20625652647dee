"""What to do with a comment: answer from facts, defer aloud, care without selling, or leave it be.

Comments are data: their words are never spoken back and never obeyed. Decisions only; the director journals
and speaks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from anchor.care import NOTICES, Comforter, need_of
from anchor.comments.cues import Kind
from anchor.comments.queue import Waiting
from anchor.comments.triage import CARE
from anchor.replies import ReplyKind, replies
from compliance.privacy import mask
from core.events import Action, Comment, Line, Notice, Segment
from knowledge_graph.facts import Fact
from knowledge_graph.questions import Answer
from knowledge_graph.schema import Property

Ask = Callable[[str, str | None], Answer]
"""Question and the product on screen → an answer that facts carry."""
Care = Callable[[Kind, str], str]
"""Kind and comment → a kind sentence that sells nothing."""

EVERY: Mapping[Kind, float] = {"ritual": 30.0, "pii": 60.0, "troll": 120.0, "injection": 120.0}
"""Seconds in which at most one comment of a kind is answered; the others pass in silence."""

ADDRESSED = 3
"""One answer of so many begins with the persona's own words."""


@dataclass(frozen=True, slots=True)
class Response:
    """The decision on a comment (and those merged with it): ``line`` may be None.

    ``found`` is the answer that ``line`` says in the facts' own words; an author may say it in others.
    """

    action: Action
    line: Line | None = None
    notices: tuple[Notice, ...] = ()
    reason: str = ""
    found: Answer | None = None


class Dialogue:
    """Responds to one room's comments.

    ``care`` chooses the kind words; ``address``, the persona's own words, comes before some answers.
    """

    def __init__(self, ask: Ask, care: Care | None = None, address: Sequence[str] = ()) -> None:
        self._ask = ask
        self._care = care or Comforter()
        self._address = tuple(address)
        self._answered = 0
        self._answering = ""
        self._told: Counter[ReplyKind] = Counter()
        self._last: dict[Kind, float] = {}

    def respond(self, waiting: Waiting, on_screen: str | None, now: float) -> Response:
        """What to do with ``waiting`` at ``now`` seconds while ``on_screen`` is shown."""
        kind = waiting.triage.kind
        if kind in CARE:
            return self._comfort(waiting, kind)
        if kind == "functional" or (kind == "ritual" and "functional" in waiting.triage.also):
            return self._answer(waiting, on_screen)
        if now - self._last.get(kind, float("-inf")) < EVERY[kind]:
            return Response("ignore", reason=kind)
        self._last[kind] = now
        return Response("ignore", self._fixed(cast(ReplyKind, kind), waiting), reason=kind)

    def fixed(self, kind: ReplyKind, purpose: str) -> Line:
        """The next of the host's own fixed sentences: the AI notice, the return after a person."""
        held = replies()[kind]
        text = held[self._told[kind] % len(held)].text
        self._told[kind] += 1
        return Line(segments=(Segment(text),), purpose=purpose, writer="fixed")

    def instead(self, found: Answer | None) -> Line:
        """What is said where an answer was refused: of a former price the price of today, else a deferral."""
        listed = [f for f in found.facts if f.property is Property.LIST_PRICE] if found else []
        today = self.expected("这个多少钱", listed[0].product) if listed else None
        if today is None or today.purpose != "answer":
            return self.fixed("withheld", "defer")  # the sheet may well hold it: no "not written"
        return replace(today, segments=(*today.segments, Segment("以前卖多少，请客服回您。")))

    def _fixed(self, kind: ReplyKind, waiting: Waiting) -> Line:
        line = self.fixed(kind, f"reply-{kind}")
        return replace(line, answers=ids(comments(waiting)))

    def _comfort(self, waiting: Waiting, kind: Kind) -> Response:
        need = need_of(kind, waiting.triage) or "worry"
        try:
            words = self._care(kind, waiting.comment.text)
        except Exception:  # nobody in need is left without a word
            words = replies()[need][0].text
        said = (Segment(words),)
        line = Line(segments=said, purpose=f"care-{kind}", writer="fixed", answers=ids(comments(waiting)))
        notice = Notice(
            code=f"care.{kind}",
            text=f"{NOTICES[need]}留言：“{mask(waiting.comment.text).text[:80]}”",
            level="warning",
            subject=waiting.comment.id,
        )
        return Response("alert", line, (notice,), kind)

    def _answer(self, waiting: Waiting, on_screen: str | None) -> Response:
        try:
            found = self._ask(waiting.comment.text, on_screen)
        except Exception:  # whatever a viewer wrote, the show goes on
            line = self._fixed("withheld", waiting)
            return Response("defer", line, (ticket(waiting.comment, "这一句主播没弄明白"),), "failed")
        line = _told(found, self._addressed(waiting.comment, found), ids(comments(waiting)))
        asked = (ticket(waiting.comment, f"资料里没有{'、'.join(found.missing)}"),)
        notices = asked if found.missing or not found.answerable else ()
        return Response("answer" if found.answerable else "defer", line, notices, "functional", found)

    def expected(self, question: str, on_screen: str | None) -> Line | None:
        """What would be replied to a ``question`` that nobody has asked yet; None where that fails."""
        try:
            return _told(self._ask(question, on_screen))
        except Exception:  # it will be told when somebody asks it
            return None

    def _addressed(self, comment: Comment, found: Answer) -> tuple[Segment, ...]:
        """The persona's words before every third answer that facts carry whole; never before a warning.

        A comment that is considered again, as what is on screen changed, has the same turn.
        """
        warns = any(fact.property == Property.REMINDER for fact in found.facts)
        if not self._address or not found.answerable or found.missing or warns:
            return ()
        self._answered += comment.id != self._answering
        self._answering = comment.id
        turn, rest = divmod(self._answered - 1, ADDRESSED)
        return () if rest else (Segment(self._address[turn % len(self._address)]),)


def comments(waiting: Waiting) -> tuple[Comment, ...]:
    """The comment and all that were merged with it."""
    return (waiting.comment, *waiting.others)


def ids(of: Iterable[Comment]) -> tuple[str, ...]:
    """Their event ids."""
    return tuple(c.id for c in of)


def ticket(comment: Comment, why: str) -> Notice:
    """A question that a person has to answer, and why the host did not."""
    return Notice(
        code="dialogue.ticket",
        text=f"{why}，请您回答：“{mask(comment.text).text[:80]}”",
        subject=comment.id,
    )


def _told(found: Answer, address: tuple[Segment, ...] = (), answers: tuple[str, ...] = ()) -> Line:
    """An answer as a line, in the facts' own words."""
    return Line(
        segments=(*address, *bind(found.text, found.facts)),
        purpose="answer" if found.answerable else "defer",
        product=next((f.product for f in found.facts if f.product), None),
        answers=answers,
        writer="answers",
    )


def bind(text: str, facts: Iterable[Fact]) -> tuple[Segment, ...]:
    """``text`` in segments, each stretch that quotes a fact bound to it.

    A fact that is not quoted in its own words (arithmetic) is bound to an empty segment at the end, so that
    the line still names all that carries it.
    """
    held = tuple(facts)
    spans: list[tuple[int, int, str]] = []
    for words, fact in sorted(((w, f) for f in held for w in _words(f)), key=lambda p: -len(p[0])):
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if all(end <= a or at >= b for a, b, _ in spans) and not _inside_number(text, at, end):
                spans.append((at, end, fact.id))
            at = text.find(words, end)
    segments: list[Segment] = []
    here = 0
    for start, end, name in sorted(spans):
        if start > here:
            segments.append(Segment(text[here:start]))
        segments.append(Segment(text[start:end], name))
        here = end
    if here < len(text):
        segments.append(Segment(text[here:]))
    quoted = {name for *_, name in spans}
    return (*segments, *(Segment("", f.id) for f in held if f.id not in quoted))


def _words(fact: Fact) -> tuple[str, ...]:
    value = fact.value
    said = [fact.written, value if isinstance(value, str) else "", fact.about]
    if not isinstance(value, (str, bool)) and value is not None:
        said.append(f"{value.normalize():f}" if hasattr(value, "normalize") else str(value))
    return tuple(dict.fromkeys(w for w in said if w))


def _inside_number(text: str, start: int, end: int) -> bool:
    """Whether the stretch is a piece of a longer figure (5 in 15)."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (text[start].isdigit() and (before.isdigit() or before == ".")) or (
        text[end - 1].isdigit() and (after.isdigit() or after == ".")
    )
