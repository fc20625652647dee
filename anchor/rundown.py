"""Where a programme is, and what comes next. Pure steps over plain data.

A :class:`Position` is all there is to save; restored, the programme goes on exactly where it was. Of two
rounds one is about what viewers ask for most, the other about the product that was longest not shown: of n
products each comes at least once in 2 n rounds. The topics of a round are chosen alike, two of three by turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from anchor.programme import Part, Programme, Ritual
from anchor.writer.phrases import Move

Kind = Literal["opening", "round", "questions", "story", "ritual", "closing", "over"]

FIXED: Mapping[Kind, tuple[Move, ...]] = {
    "opening": ("greet", "invite", "greet"),
    "questions": ("invite", "reminder", "invite"),
    "story": ("place", "grow"),
    "closing": ("thanks", "reminder", "thanks"),
}
"""The moves of the parts that are always the same, repeated while their time lasts."""
TOPICS: tuple[Move, ...] = (
    "place", "what", "price", "grow", "use", "reminder", "shipping", "certificate", "aftersales",
)  # fmt: skip
"""What a round tells of a product, in the order of its first round."""
ROUND = 12
"""Moves until a round names its product again; before that it invites questions and thanks."""
TALE = 4
"""Moves about one product when stories are told."""
DRY: Mapping[Kind, int] = {"opening": 3, "round": ROUND + 1, "questions": 3, "story": TALE}
"""Moves in a row without words after which a part makes room for the next; a closing waits for its end."""
FOLLOWS = 3
"""Every so many moves of a round follow what viewers ask about."""
LEAST = 900.0
"""Seconds of the shortest session that closes because nothing new is left to say in it."""
LATE = 300.0
"""Seconds after its time in which a ritual may still begin."""
ENDS = ("opening", "closing", "over", "ritual")
"""Parts that no ritual interrupts."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be said: a ``move`` about ``product`` (empty: the shop), or ``words`` as they stand."""

    move: Move | None
    product: str = ""
    words: str = ""
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """Where the programme is; times are seconds.

    ``elapsed`` of the part, ``total`` of the programme. ``step`` counts the moves of the part, ``dry`` those
    in a row that said nothing, ``count`` the rounds of this part (the farewells of a ritual that is
    ``leaving``), ``rounds`` all of them. ``shown`` and ``storied`` are products, longest ago first,
    ``topics`` the topics of each alike, ``told`` those of this round. ``asked`` counts who asked about a
    product since it was shown, ``wanted`` about a topic lately. ``held`` is when each ritual last began,
    ``interrupted`` where the programme was then. ``closes`` is when this session ends if that is before its
    time, ``early`` how much sooner than planned all sessions end by that.
    """

    kind: Kind = "opening"
    part: int = -1
    count: int = 0
    product: str = ""
    ritual: str = ""
    leaving: bool = False
    step: int = 0
    dry: int = 0
    elapsed: float = 0.0
    total: float = 0.0
    session: int = 0
    rounds: int = 0
    shown: tuple[str, ...] = ()
    storied: tuple[str, ...] = ()
    topics: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)
    told: tuple[Move, ...] = ()
    asked: Mapping[str, int] = field(default_factory=dict)
    wanted: Mapping[Move, int] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    interrupted: Position | None = None
    closes: float = 0.0
    early: float = 0.0

    def record(self) -> dict[str, Any]:
        """Plain data to save."""
        return asdict(self)

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Position:
        """What :meth:`record` saved. TypeError, KeyError where it is something else."""
        lists = {name: tuple(saved[name]) for name in ("shown", "storied", "told")}
        topics = {product: tuple(moves) for product, moves in saved["topics"].items()}
        before = saved["interrupted"]
        return cls(**{**saved, **lists, "topics": topics, "interrupted": before and cls.restored(before)})


@dataclass(frozen=True, slots=True)
class Rundown:
    """A programme over the products of one shop."""

    programme: Programme
    products: tuple[str, ...]

    @classmethod
    def of(cls, products: tuple[str, ...], minutes: float, programme: Programme | None = None) -> Rundown:
        """So many minutes of a programme, or of a plain one."""
        held = programme or Programme.plain(minutes, len(products))
        return cls(replace(held, seconds=minutes * 60, session=min(held.session, minutes * 60)), products)

    @property
    def total(self) -> float:
        """Seconds of the whole."""
        return self.programme.seconds

    @property
    def ordered(self) -> tuple[str, ...]:
        """The products in the order in which they are shown when nobody asks for anything."""
        first = [name for name in self.programme.order if name in self.products]
        return tuple(dict.fromkeys((*first, *self.products)))

    def ritual(self, name: str) -> Ritual | None:
        """The ritual of that name; None where the programme has none any more."""
        return next((one for one in self.programme.rituals if one.name == name), None)

    def session_end(self, position: Position) -> float:
        """The second at which the session ends; what is left after the last belongs to it."""
        if position.closes:
            return position.closes
        end = (position.session + 1) * self.programme.session - position.early
        return self.total if self.total - end < self.programme.session / 2 else end


def asked(position: Position, product: str, topics: frozenset[Move], viewers: int) -> Position:
    """Viewers asked about a product (empty: none) and topics."""
    products, moves = dict(position.asked), dict(position.wanted)
    if product:
        products[product] = products.get(product, 0) + viewers
    for topic in topics:
        moves[topic] = moves.get(topic, 0) + viewers
    return replace(position, asked=products, wanted=moves)


def due(rundown: Rundown, position: Position) -> Due | None:
    """What is to be said now; None when the programme is over, or a ritual has no more to say."""
    match position.kind:
        case "over":
            return None
        case "ritual":
            return _ritual_due(rundown, position)
        case "round":
            return Due(_round_move(position), position.product)
        case "story":
            return Due(FIXED["story"][position.step % 2], position.product)
    moves = FIXED[position.kind]
    return Due(moves[position.step % len(moves)])


def said(position: Position, what: Due) -> Position:
    """After ``what`` was spoken."""
    return replace(_taken(position, what), dry=0)


def skipped(rundown: Rundown, position: Position, what: Due | None) -> Position:
    """After ``what`` had nothing new to say; a part that has nothing left makes room for the next."""
    after = position if what is None else _taken(position, what)
    after = replace(after, dry=after.dry + 1)
    if after.kind == "ritual" and (what is None or after.dry >= TALE * len(rundown.products)):
        return _resumed(rundown, after) if after.leaving else replace(after, leaving=True, dry=0)
    if after.kind in DRY and after.dry >= DRY[after.kind]:
        return _next(rundown, after)
    return after


def exhausted(rundown: Rundown, position: Position) -> Position:
    """Where nothing new is left to say: the session closes, if it is not too young or all but over."""
    planned, closing = (position.session + 1) * rundown.programme.session, rundown.programme.closing
    age = position.total - (planned - rundown.programme.session - position.early)
    closes = position.total + closing
    if position.kind in ENDS or age < LEAST or rundown.session_end(position) - closes < closing:
        return position
    return replace(_begun(position, "closing"), closes=closes, early=planned - closes)


def passed(rundown: Rundown, position: Position, seconds: float, now: datetime | None = None) -> Position:
    """After ``seconds`` of programme, whatever filled them; ``now`` is the time of day where it is known."""
    after = replace(position, elapsed=position.elapsed + seconds, total=position.total + seconds)
    if after.kind == "over":
        return after
    end = rundown.session_end(after)
    if after.total >= rundown.total:
        return _begun(after, "over")
    if after.kind == "closing":
        done = after.elapsed >= rundown.programme.closing and end < rundown.total
        fresh = replace(_begun(after, "opening"), session=after.session + 1, part=-1, closes=0.0)
        return fresh if done else after
    if after.kind == "ritual":
        ritual = rundown.ritual(after.ritual)
        done = ritual is None or after.elapsed >= ritual.seconds
        return replace(after, leaving=True, dry=0) if done and not after.leaving else after
    if after.total >= end - rundown.programme.closing:
        return _begun(after, "closing")
    if after.kind not in ENDS and (begins := _ritual_now(rundown, after, now)) is not None:
        name, when = begins
        held = {**after.held, name: when}
        return replace(_begun(after, "ritual"), ritual=name, held=held, interrupted=after)
    return _next(rundown, after) if after.elapsed >= _seconds(rundown, after) else after


def _seconds(rundown: Rundown, position: Position) -> float:
    if position.kind == "opening":
        return rundown.programme.opening
    return _part(rundown, position).seconds


def _part(rundown: Rundown, position: Position) -> Part:
    parts = rundown.programme.parts
    return parts[position.part % len(parts)]


def _begun(position: Position, kind: Kind) -> Position:
    return replace(
        position,
        kind=kind,
        product="",
        ritual="",
        leaving=False,
        step=0,
        dry=0,
        elapsed=0.0,
        count=0,
        told=(),
    )


def _taken(position: Position, what: Due) -> Position:
    if position.leaving:
        return replace(position, count=position.count + 1)
    after = replace(position, step=position.step + 1)
    if position.kind != "round" or what.move not in TOPICS:
        return after
    queue = position.topics.get(position.product, TOPICS)
    last = (*(topic for topic in queue if topic != what.move), what.move)
    told = () if set(position.told) >= set(TOPICS) else position.told
    return replace(after, topics={**position.topics, position.product: last}, told=(*told, what.move))


def _round_move(position: Position) -> Move:
    place = position.step % ROUND
    if place == 0:
        return "greet"
    if place >= ROUND - 2:
        return "invite" if place == ROUND - 2 else "thanks"
    queue = position.topics.get(position.product, TOPICS)
    fresh = [topic for topic in queue if topic not in position.told] or list(queue)
    if place % FOLLOWS == FOLLOWS - 1:
        return max(fresh, key=lambda topic: (position.wanted.get(topic, 0), -fresh.index(topic)))
    return fresh[0]


def _ritual_due(rundown: Rundown, position: Position) -> Due | None:
    ritual = rundown.ritual(position.ritual)
    if ritual is None:
        return None
    words = ritual.farewell[position.count :] if position.leaving else ritual.lines[position.step :]
    if words:
        return Due(None, words=words[0], pause=ritual.pause)
    tales = position.step - len(ritual.lines)
    queue = _queue(rundown, position.storied)
    if position.leaving or not ritual.stories or not queue:
        return None
    return Due(FIXED["story"][tales % 2], queue[tales // TALE % len(queue)])


def _resumed(rundown: Rundown, position: Position) -> Position:
    """Where the ritual interrupted the programme, with what happened since."""
    ritual, before = rundown.ritual(position.ritual), position.interrupted or Position()
    tales = position.step - len(ritual.lines) if ritual else 0
    storied = _queue(rundown, position.storied)
    for product in storied[: -(-tales // TALE) if tales > 0 else 0]:
        storied = _last(storied, product)
    return replace(
        before,
        total=position.total,
        held=position.held,
        asked=position.asked,
        wanted=position.wanted,
        storied=storied,
    )


def _next(rundown: Rundown, position: Position) -> Position:
    """The next round of the part, or the next part that has anything to show."""
    parts = rundown.programme.parts
    if position.kind == "round" and position.count < _part(rundown, position).count and rundown.products:
        return _round(rundown, position, position.part, position.count + 1)
    for ahead in range(1, len(parts) + 1):
        at = (position.part + ahead) % len(parts)
        if parts[at].kind == "questions":
            return replace(_begun(position, "questions"), part=at)
        if rundown.products:
            begin = _round if parts[at].kind == "rounds" else _story
            return begin(rundown, position, at, 1)
    return replace(_begun(position, "questions"), part=0)


def _round(rundown: Rundown, position: Position, part: int, count: int) -> Position:
    queue = _queue(rundown, position.shown)
    others = queue[:-1] if position.shown and len(queue) > 1 else queue  # the last one was on just now
    product = queue[0]
    if position.rounds % 2 == 0 and any(position.asked.get(name) for name in others):
        product = max(others, key=lambda name: (position.asked.get(name, 0), -others.index(name)))
    return replace(
        _begun(position, "round"),
        part=part,
        count=count,
        product=product,
        rounds=position.rounds + 1,
        shown=_last(queue, product),
        asked={name: n for name, n in position.asked.items() if name != product},
        wanted={topic: n // 2 for topic, n in position.wanted.items() if n > 1},
    )


def _story(rundown: Rundown, position: Position, part: int, count: int) -> Position:
    queue = _queue(rundown, position.storied)
    begun = replace(_begun(position, "story"), part=part, count=count)
    return replace(begun, product=queue[0], storied=_last(queue, queue[0]))


def _queue(rundown: Rundown, known: tuple[str, ...]) -> tuple[str, ...]:
    """The products, longest not shown first; new ones before all."""
    new = (name for name in rundown.ordered if name not in known)
    return (*new, *(name for name in known if name in rundown.products))


def _last(queue: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (*(other for other in queue if other != name), name)


def _ritual_now(rundown: Rundown, position: Position, now: datetime | None) -> tuple[str, str] | None:
    """The name of the ritual that should begin now and has not, and which occurrence of it this is."""
    for ritual in rundown.programme.rituals:
        when = _occurrence(ritual, position.total, now)
        if when and position.held.get(ritual.name) != when:
            return ritual.name, when
    return None


def _occurrence(ritual: Ritual, total: float, now: datetime | None) -> str:
    if ritual.every:
        number = int(total // ritual.every)
        return str(number) if number and total - number * ritual.every <= LATE else ""
    if now is None:
        return ""
    for at in ritual.at:
        for day in (now.date(), now.date() - timedelta(days=1)):  # one of 23:58 may begin at 0:01
            began = datetime.combine(day, at)
            if 0 <= (now - began).total_seconds() <= LATE:
                return began.isoformat()
    return ""
