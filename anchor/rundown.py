"""The programme: opening, product rounds, time for questions, closing. Pure steps over plain data.

A :class:`Position` is all there is to save; restored, the programme goes on exactly where it was. Each cycle
gives every product one round, those most asked about first, so that none starves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from anchor.writer.phrases import Move

PartKind = Literal["opening", "round", "questions", "closing", "over"]

PROGRAMME: Mapping[PartKind, tuple[Move, ...]] = {
    "opening": ("greet", "invite", "greet"),
    "round": (
        "greet", "place", "what", "price", "grow", "use", "reminder", "shipping", "certificate", "aftersales",
        "what", "invite", "thanks",
    ),
    "questions": ("invite", "reminder", "invite"),
    "closing": ("thanks", "reminder", "thanks"),
    "over": (),
}  # fmt: skip
"""The moves of each part, repeated while its time lasts and there is something new to say."""
ROUNDS_BETWEEN_QUESTIONS = 2


@dataclass(frozen=True, slots=True)
class Rundown:
    """Seconds of each part and of the whole; ``products`` in the order of the shop."""

    products: tuple[str, ...]
    total: float
    opening: float = 15.0
    round: float = 60.0
    questions: float = 12.0
    closing: float = 12.0

    @classmethod
    def of(cls, products: tuple[str, ...], minutes: float) -> Rundown:
        """A programme of ``minutes``, rounds as long as gives every product one where possible."""
        total = minutes * 60
        edge = min(15.0, total * 0.08)
        questions = min(12.0, total * 0.06)
        each = (total - 2 * edge) / max(1, len(products)) - questions / ROUNDS_BETWEEN_QUESTIONS
        return cls(products, total, edge, min(90.0, max(20.0, each)), questions, edge)

    def seconds(self, kind: PartKind) -> float:
        """How long a part of this kind lasts."""
        return {
            "opening": self.opening, "round": self.round, "questions": self.questions,
            "closing": self.closing, "over": 0.0,
        }[kind]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Position:
    """Where the programme is. ``step`` counts moves of the part, ``dry`` moves in a row that said nothing,
    ``elapsed`` seconds of the part, ``total`` of the programme; ``left`` are the products of this cycle.
    """

    kind: PartKind = "opening"
    product: str = ""
    step: int = 0
    dry: int = 0
    elapsed: float = 0.0
    total: float = 0.0
    rounds: int = 0
    left: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Plain data to save."""
        return asdict(self)

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Position:
        """What :meth:`record` saved."""
        return cls(**{**saved, "left": tuple(saved["left"])})


def move(position: Position) -> tuple[Move, str] | None:
    """The move that is due and the product it is about (empty: the shop); None when the programme is over."""
    moves = PROGRAMME[position.kind]
    if not moves:
        return None
    return moves[position.step % len(moves)], position.product if position.kind == "round" else ""


def said(position: Position) -> Position:
    """After a move was spoken."""
    return replace(position, step=position.step + 1, dry=0)


def skipped(rundown: Rundown, position: Position, interest: Mapping[str, int]) -> Position:
    """After a move had nothing new to say; a part that has nothing left makes room for the next."""
    after = replace(position, step=position.step + 1, dry=position.dry + 1)
    if after.kind != "closing" and after.dry >= len(PROGRAMME[after.kind]):
        return _next(rundown, after, interest)
    return after


def passed(rundown: Rundown, position: Position, seconds: float, interest: Mapping[str, int]) -> Position:
    """After ``seconds`` of programme, whatever filled them."""
    after = replace(position, elapsed=position.elapsed + seconds, total=position.total + seconds)
    if after.kind == "over":
        return after
    if after.total >= rundown.total:
        return replace(after, kind="over", product="", step=0, dry=0, elapsed=0.0)
    if after.kind != "closing" and after.total >= rundown.total - rundown.closing:
        return replace(after, kind="closing", product="", step=0, dry=0, elapsed=0.0)
    if after.kind != "closing" and after.elapsed >= rundown.seconds(after.kind):
        return _next(rundown, after, interest)
    return after


def _next(rundown: Rundown, position: Position, interest: Mapping[str, int]) -> Position:
    fresh = replace(position, step=0, dry=0, elapsed=0.0)
    due = position.rounds and position.rounds % ROUNDS_BETWEEN_QUESTIONS == 0
    if (position.kind == "round" and due) or not rundown.products:
        return replace(fresh, kind="questions")
    left = position.left or rundown.products
    product = max(left, key=lambda p: (interest.get(p, 0), -left.index(p)))
    rest = tuple(p for p in left if p != product)
    return replace(fresh, kind="round", product=product, left=rest, rounds=position.rounds + 1)
