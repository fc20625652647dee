"""The rundown: every product gets its round, time is kept, a saved position goes on exactly."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.rundown import Position, Rundown, move, passed, said, skipped

pytestmark = pytest.mark.unit

GOODS = ("甲", "乙", "丙", "丁")


def walk(rundown: Rundown, interest: dict[str, int], seconds: float, position: Position) -> list[Position]:
    visited = [position]
    while position.kind != "over":
        position = passed(rundown, said(position), seconds, interest)
        visited.append(position)
    return visited


def rounds_of(visited: list[Position]) -> list[str]:
    starts = {p.rounds: p.product for p in visited if p.kind == "round"}
    return [starts[n] for n in sorted(starts)]


def test_opening_rounds_questions_closing_in_their_time() -> None:
    rundown = Rundown.of(GOODS, 10)
    visited = walk(rundown, {}, 5.0, Position())
    kinds = [p.kind for p in visited]
    assert kinds[0] == "opening" and kinds[-2:] == ["closing", "over"]
    assert "questions" in kinds
    assert abs(visited[-1].total - rundown.total) <= 5.0


@given(st.dictionaries(st.sampled_from(GOODS), st.integers(0, 50)), st.integers(10, 90))
def test_no_product_starves_whatever_is_asked(interest: dict[str, int], minutes: int) -> None:
    order = rounds_of(walk(Rundown.of(GOODS, minutes), interest, 7.0, Position()))
    for start in range(0, len(order) - len(order) % len(GOODS), len(GOODS)):
        assert set(order[start : start + len(GOODS)]) == set(GOODS)
    counts = Counter(order)
    assert max(counts.values()) - min(counts[g] for g in GOODS) <= 1


def test_what_is_asked_about_comes_first() -> None:
    assert rounds_of(walk(Rundown.of(GOODS, 10), {"丙": 3}, 5.0, Position()))[0] == "丙"


@given(st.integers(0, 100), st.floats(1, 20))
@settings(deadline=None)
def test_a_saved_position_goes_on_exactly(at: int, seconds: float) -> None:
    rundown = Rundown.of(GOODS, 8)
    visited = walk(rundown, {"乙": 1}, seconds, Position())
    here = visited[min(at, len(visited) - 1)]
    restored = Position.restored(json.loads(json.dumps(here.record())))
    assert restored == here
    assert walk(rundown, {"乙": 1}, seconds, restored) == visited[visited.index(here) :]


def test_a_part_with_nothing_to_say_makes_room() -> None:
    position = Position(kind="round", product="甲", left=("乙",), rounds=1)
    rundown = Rundown.of(("甲", "乙"), 10)
    for _ in range(13):
        position = skipped(rundown, position, {})
    assert position.product == "乙"


def test_a_shop_without_products_still_ends() -> None:
    assert walk(Rundown.of((), 3), {}, 5.0, Position())[-1].kind == "over"


def test_when_it_is_over_no_move_is_due() -> None:
    assert move(Position(kind="over")) is None
