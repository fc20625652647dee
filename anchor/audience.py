"""The comments of one show: judged, merged, decided. None is lost in silence.

The words of viewers as they typed them are kept in memory only, until they are dealt with; the journal has
them masked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace

from anchor.comments.queue import CommentQueue, Dropped, Waiting
from anchor.comments.triage import CARE, Triage
from anchor.dialogue import Dialogue, Response, comments, ids, ticket
from anchor.writer.phrases import Move
from core.events import Comment, Event, Finding, Line, Notice, Verdict
from knowledge_graph.questions import Answer
from knowledge_graph.schema import Property

Publish = Callable[[Event], Awaitable[Event]]

OWED = frozenset({"functional", *CARE})
"""Kinds of comments that become tickets when nobody came to them."""
SORRY_EVERY = 45.0
"""Seconds between two words to those whose questions were not answered."""
ASKED = 12
"""Questions of these viewers that are remembered, to have the answers ready for the next product."""
TOPICS: Mapping[Property, Move] = {
    Property.ORIGIN: "place", Property.MAKER: "place",
    Property.VARIETY: "grow", Property.HARVEST_SEASON: "grow", Property.CRAFT: "grow",
    Property.MATERIAL: "grow", Property.PRODUCED_ON: "grow",
    Property.SELLING_POINT: "what", Property.INGREDIENTS: "what", Property.SPEC: "what",
    Property.GRADE: "what", Property.COLOR: "what", Property.SIZE: "what",
    Property.USAGE: "use", Property.STORAGE: "use", Property.SHELF_LIFE: "use",
    Property.PRICE: "price", Property.PRICE_TIER: "price", Property.PROMOTION: "price",
    Property.NET_WEIGHT: "price", Property.COUNT: "price", Property.GIFT: "price",
    Property.SHIPPING_HOURS: "shipping", Property.COURIER: "shipping", Property.FREIGHT: "shipping",
    Property.EXCLUDED_REGION: "shipping", Property.SURCHARGE_REGION: "shipping",
    Property.SHIP_SCHEDULE: "shipping", Property.ONLY_REGION: "shipping",
    Property.AFTER_SALES: "aftersales", Property.CERTIFICATE: "certificate",
    Property.REMINDER: "reminder", Property.SUITABLE_FOR: "reminder", Property.CARE: "use",
}  # fmt: skip
"""The move of a round that tells of a property."""


def topics(found: Answer | None) -> frozenset[Move]:
    """What the viewers wanted to know, as topics of the programme."""
    facts = found.facts if found is not None else ()
    return frozenset(TOPICS[fact.property] for fact in facts if fact.property in TOPICS)


class Audience:
    """The viewers of one show. ``now`` tells its seconds, ``judge`` the kind of a comment."""

    def __init__(
        self, dialogue: Dialogue, publish: Publish, judge: Callable[[str], Triage], now: Callable[[], float]
    ) -> None:
        self._dialogue = dialogue
        self._publish = publish
        self._judge = judge
        self._now = now
        self._queue = CommentQueue()
        self._typed: dict[str, str] = {}
        self._foreseen: tuple[Waiting, str | None, Response] | None = None
        self._asked: deque[str] = deque(maxlen=ASKED)
        self._owed: list[str] = []
        self._last_sorry = float("-inf")

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def first(self) -> Waiting | None:
        """The comment whose turn is next."""
        return self._queue.first()

    @property
    def asked(self) -> tuple[str, ...]:
        """What was asked lately, personal data masked; the last question first."""
        return tuple(reversed(self._asked))

    @property
    def in_need(self) -> bool:
        """Whether the next comment is one that waits for nobody."""
        first = self.first
        return first is not None and first.triage.kind in CARE

    async def take_in(self, comment: Comment, text: str) -> None:
        """Judge a journalled comment, with its ``text`` as it was typed, and let it wait for its turn."""
        self._typed[comment.id] = text
        await self._drop(self._queue.put(comment, await self._judged(comment, text), self._now()))

    async def _judged(self, comment: Comment, text: str) -> Triage:
        try:
            return self._judge(text)
        except Exception as error:  # whatever a viewer wrote, the show goes on; facts alone may answer it
            told = f"评论分类出错（{type(error).__name__}），按商品问题处理。"
            await self._publish(Notice(code="triage.failed", text=told, level="error", subject=comment.id))
            return Triage("functional", (), 0.0)

    def foresee(self, on_screen: str | None) -> Response | None:
        """What the next comment will be answered; None where that depends on when it is said."""
        first = self.first
        return self._response(first, on_screen) if first and first.triage.kind == "functional" else None

    def renew(self) -> None:
        """Other facts are in force: what was foreseen is void."""
        self._foreseen = None

    def _response(self, waiting: Waiting, on_screen: str | None) -> Response:
        if self._foreseen is not None and self._foreseen[:2] == (waiting, on_screen):
            return self._foreseen[2]
        asked = replace(waiting.comment, text=self.typed(waiting.comment))
        response = self._dialogue.respond(replace(waiting, comment=asked), on_screen, self._now())
        if waiting.triage.kind == "functional":
            self._foreseen = waiting, on_screen, response
        return response

    async def decide(self, on_screen: str | None) -> tuple[Waiting, Response] | None:
        """The next comment and the decision on it, journalled; None where none waits."""
        waiting, dropped = self._queue.take(self._now())
        await self._drop(dropped)
        if waiting is None:
            return None
        response = self._response(waiting, on_screen)
        self._foreseen = None
        if response.action == "answer":
            self._asked.append(waiting.comment.text)
        for each in comments(waiting):
            found = Finding(f"triage.{waiting.triage.kind}", 0, len(each.text), each.text, response.reason)
            await self._publish(Verdict(on=each.id, by="triage", action=response.action, findings=(found,)))
        for notice in response.notices:
            await self._publish(notice)
        return waiting, response

    def typed(self, comment: Comment) -> str:
        """The words of a comment as the viewer typed them."""
        return self._typed.get(comment.id, comment.text)

    def done(self, waiting: Waiting) -> None:
        """It was dealt with: its words are forgotten."""
        for each in comments(waiting):
            self._typed.pop(each.id, None)

    def again(self, waiting: Waiting) -> None:
        """Nobody heard the answer: it waits for another turn."""
        for each in comments(waiting):
            self._queue.put(each, waiting.triage, self._now())

    async def dismiss(self) -> None:
        """Questions that nobody came to become tickets."""
        dropped = self._queue.expire(float("inf"))
        await self._drop(dropped)

    def sorry(self, *, last: bool = False) -> Line | None:
        """The word owed to those whose questions became tickets; None where none is, or one was just said."""
        if not self._owed or (not last and self._now() - self._last_sorry < SORRY_EVERY):
            return None
        self._last_sorry = self._now()
        line = replace(self._dialogue.fixed("late", "defer"), answers=tuple(self._owed))
        self._owed = []
        return line

    async def _drop(self, dropped: Iterable[Dropped]) -> None:
        told: list[Event] = []
        for one in dropped:
            waiting = one.waiting
            self.done(waiting)
            for each in comments(waiting):
                found = Finding(f"comment.{one.reason}", 0, len(each.text), each.text, "没来得及回答")
                told.append(Verdict(on=each.id, by="triage", action="ignore", findings=(found,)))
            if waiting.triage.kind in OWED:
                told.append(ticket(waiting.comment, "直播里没来得及回答"))
                self._owed += ids(comments(waiting))
        if told:
            await asyncio.gather(*map(self._publish, told))  # journalled together
