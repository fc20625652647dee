"""From a move to a line: choose a pattern, fill its slots with facts, avoid what was said before."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import date

from anchor.writer.memory import ALIKE, SHOWS, Used
from anchor.writer.occasions import fits, occasions
from anchor.writer.phrases import Move, Pattern, Register, patterns, pieces
from anchor.writer.slots import Choice, choices
from core.events import Line, Segment
from knowledge_graph.facts import Shop

FILLINGS = 24
"""Fillings of one pattern that are tried."""


def write(
    move: Move,
    shop: Shop,
    product: str,
    used: Used,
    seed: int = 0,
    as_of: date | None = None,
    register: Register | None = None,
    bank: Sequence[Pattern] | None = None,
    hour: int | None = None,
) -> tuple[Line, Pattern] | None:
    """A new line for ``move`` about ``product`` (empty: the shop), or None where nothing new can be said.

    The same arguments give the same words. Patterns used least come first, then those that rested longest,
    then those of ``register``; every slot is bound to a fact that holds on ``as_of`` (the shop's day by
    default). What an earlier show said much like it is said again only where nothing else is left.
    """
    day = as_of or shop.meta.as_of
    spare: tuple[float, Line, Pattern] | None = None
    for pattern in _due(move, shop, product, used, seed, register, bank or patterns(), day, hour):
        for segments in _fillings(pattern, shop, product, day, seed):
            text = "".join(s.text for s in segments)
            if text in used.texts or text in used.refused or used.similarity(text) >= ALIKE:
                continue
            line = Line(segments=segments, purpose=move, product=product or None)
            worn = used.memory.similarity(text)
            if worn < ALIKE:
                return line, pattern
            if spare is None or worn < spare[0]:
                spare = (worn, line, pattern)
    return spare[1:] if spare else None


def _due(
    move: Move,
    shop: Shop,
    product: str,
    used: Used,
    seed: int,
    register: Register | None,
    bank: Sequence[Pattern],
    day: date,
    hour: int | None,
) -> list[Pattern]:
    """The patterns of ``move`` in the order they are tried.

    Each shop has its own order; each seed begins at another place of it, so that shows of successive seeds
    speak different patterns even where nobody remembers the earlier ones.
    """
    held = occasions(day, hour)
    usable = [p for p in bank if p.move == move and fits(p.when, held)]
    usable.sort(key=lambda p: _order(shop.meta.name, p.id))
    stride = math.ceil(len(usable) / SHOWS)
    place = {p.id: (at - seed * stride) % len(usable) for at, p in enumerate(usable)}
    return sorted(
        usable,
        key=lambda p: (
            move == "greet" and bool(product) and not p.slots,  # who begins a round names the product
            used.patterns[p.id],
            used.memory.last(p.id),
            bool(product) and not p.slots,
            register not in (None, p.register),
            place[p.id],
        ),
    )


def _order(seed: int | str, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest()


def _fillings(
    pattern: Pattern, shop: Shop, product: str, day: date, seed: int
) -> Iterator[tuple[Segment, ...]]:
    options: dict[str, tuple[Choice, ...]] = {}
    for need in pattern.needs:
        options[need] = choices(need, shop, product, day)
        if not options[need]:
            return
    names = pattern.slots
    orders = [sorted(options[n], key=lambda c: _order(seed, c.segments[0].text)) for n in names]
    forms = sorted(pattern.forms, key=lambda form: _order(seed, form))
    for chosen in itertools.islice(itertools.product(*orders), FILLINGS):
        bound = [c.segments for c in chosen]
        if len(set(bound)) == len(bound):  # point and point2 are two points
            for form in forms:
                yield _segments(form, dict(zip(names, chosen, strict=True)))


def _segments(form: str, chosen: dict[str, Choice]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for piece in pieces(form):
        if piece.startswith("{"):
            segments.extend(chosen[piece[1:-1]].segments)
        else:
            segments.append(Segment(piece))
    return tuple(segments)
