"""The rundown: no product or topic starves, viewers are followed, time is kept, a saved position goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.programme import Part, Programme, Ritual
from anchor.rundown import (
    LEAST,
    TOPICS,
    Due,
    Kind,
    Position,
    Rundown,
    asked,
    due,
    exhausted,
    passed,
    said,
    skipped,
)

pytestmark = pytest.mark.unit

GOODS = ("甲", "乙", "丙", "丁")
DAWN = datetime(2026, 11, 22, 6, 0)
Step = tuple[Position, Due | None]
Ask = Callable[[int, Position], Position]

exercise = Ritual("云晨练", 120.0, ("抬抬胳膊。", "转转脖子。"), ("歇一歇。",), at=(time(6, 10),), pause=2.0)
tales = Ritual("故事会", 180.0, ("坐近些。",), ("早点睡。",), every=900.0, stories=True)
PARTS = (Part("rounds", 60.0, 2), Part("questions", 20.0), Part("story", 30.0))


def rundown(minutes: float = 60, session: float = 60, *rituals: Ritual) -> Rundown:
    programme = Programme(minutes * 60, session * 60, 15.0, 15.0, PARTS, rituals)
    return Rundown(programme, GOODS)


def walk(
    here: Rundown, seconds: float = 6.0, position: Position | None = None, ask: Ask = lambda _, p: p
) -> Iterator[Step]:
    """Every position of a programme whose lines last ``seconds``, with what was said there."""
    position = position or Position()
    for number in range(100_000):
        position = ask(number, position)
        what = due(here, position)
        yield position, what
        if position.kind == "over":
            return
        position = skipped(here, position, what) if what is None else said(position, what)
        clock = DAWN + timedelta(seconds=position.total + seconds)
        position = passed(here, position, seconds if what else 0.0, clock)
    pytest.fail("it never ends")


def rounds(steps: list[Step]) -> list[str]:
    products = {p.rounds: p.product for p, _ in steps if p.kind == "round"}
    return [products[number] for number in sorted(products)]


def asking(weights: list[int]) -> Ask:
    """Viewers who ask about the products in these proportions, at every step."""
    line = [name for name, weight in zip(GOODS, weights, strict=True) for _ in range(weight)]
    return lambda n, p: asked(p, line[n % len(line)], frozenset(), 1) if line else p


def test_opening_rounds_questions_stories_closing_in_their_time() -> None:
    steps = list(walk(rundown(20, 20)))
    kinds = [p.kind for p, _ in steps]
    assert kinds[0] == "opening" and kinds[-2:] == ["closing", "over"]
    assert {"round", "questions", "story"} <= set(kinds)
    assert steps[-1][0].total - 20 * 60 <= 6.0


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.integers(20, 90))
@settings(deadline=None, max_examples=40)
def test_no_product_starves_whatever_is_asked(weights: list[int], minutes: int) -> None:
    order = rounds(list(walk(rundown(minutes, minutes), ask=asking(weights))))
    for start in range(len(order) - 2 * len(GOODS) + 1):
        assert set(order[start : start + 2 * len(GOODS)]) == set(GOODS)
    assert all(one != two for one, two in pairwise(order))


@given(st.lists(st.sampled_from(TOPICS), max_size=30), st.floats(4, 15))
@settings(deadline=None, max_examples=40)
def test_no_topic_of_a_product_starves_whatever_is_asked(wishes: list[str], seconds: float) -> None:
    def ask(number: int, position: Position) -> Position:
        return asked(position, "", frozenset(wishes[number % 7 :: 7]), 3)  # type: ignore[arg-type]

    told: dict[str, list[tuple[int, str]]] = {name: [] for name in GOODS}
    visits: Counter[str] = Counter()
    here = None
    for position, what in walk(rundown(90, 90), seconds, ask=ask):
        if position.kind == "round" and what is not None:
            visits[position.product] += here != position.rounds
            here = position.rounds
            told[position.product].append((visits[position.product], str(what.move)))
    for product, moves in told.items():
        for topic in TOPICS:
            at = [0, *(visit for visit, move in moves if move == topic), visits[product] + 1]
            assert max(b - a for a, b in pairwise(at)) <= 6


def test_what_is_asked_about_comes_first_and_more_often() -> None:
    assert rounds(list(walk(rundown(), ask=asking([0, 0, 3, 0]))))[0] == "丙"
    order = Counter(rounds(list(walk(rundown(), ask=asking([0, 0, 3, 0])))))
    assert order["丙"] > 1.4 * max(n for name, n in order.items() if name != "丙")


def test_a_topic_that_is_asked_for_is_told_soon() -> None:
    position = asked(Position(kind="round", product="甲", rounds=1), "", frozenset({"aftersales"}), 1)
    steps = [
        what.move for (_, what), _ in zip(walk(rundown(), position=position), range(3), strict=False) if what
    ]
    assert "aftersales" in steps


@given(st.integers(0, 400), st.floats(2, 20))
@settings(deadline=None, max_examples=30)
def test_a_saved_position_goes_on_exactly(at: int, seconds: float) -> None:
    here = rundown(40, 20, exercise, tales)
    visited = list(walk(here, seconds))
    place = min(at, len(visited) - 1)
    restored = Position.restored(json.loads(json.dumps(visited[place][0].record())))
    assert restored == visited[place][0]
    assert list(walk(here, seconds, restored)) == visited[place:]


def test_a_ritual_comes_at_its_hour_and_the_programme_goes_on_where_it_was() -> None:
    steps = list(walk(rundown(30, 30, exercise), 7.0))
    first = next(n for n, (p, _) in enumerate(steps) if p.kind == "ritual")
    last = max(n for n, (p, _) in enumerate(steps) if p.kind == "ritual")
    begins = DAWN + timedelta(seconds=steps[first][0].total)
    assert 0 <= (begins - datetime(2026, 11, 22, 6, 10)).total_seconds() <= 12
    words = [what.words for p, what in steps if p.kind == "ritual" and what is not None]
    assert words == ["抬抬胳膊。", "转转脖子。", "歇一歇。"]
    before, after = steps[first][0].interrupted, steps[last + 1][0]
    assert before is not None
    kept = ("kind", "part", "count", "product", "step", "elapsed", "told", "topics", "rounds")
    assert [getattr(before, name) for name in kept] == [getattr(after, name) for name in kept]


def test_a_ritual_every_so_often_tells_where_all_products_come_from() -> None:
    steps = [(p, what) for p, what in walk(rundown(60, 60, tales)) if p.kind == "ritual"]
    assert {p.held["故事会"] for p, _ in steps} == {"1", "2", "3"}
    told = [what.product for _, what in steps if what is not None and what.move in ("place", "grow")]
    assert set(told) == set(GOODS)


def test_a_ritual_whose_hour_is_long_past_is_left_out() -> None:
    here = rundown(30, 30, exercise)
    late = datetime(2026, 11, 22, 6, 17)
    position = passed(here, Position(kind="round", product="甲", part=0, count=1), 1.0, late)
    assert position.kind == "round"


def test_a_long_programme_is_cut_into_sessions_without_drift() -> None:
    steps = list(walk(rundown(600, 50, exercise, tales), 7.3))
    opened = {p.session: p.total for p, _ in reversed(steps) if p.kind == "opening"}
    assert set(opened) == set(range(12))
    assert all(0 <= total - 3000 * session <= 30 for session, total in opened.items())


def test_a_session_that_has_nothing_left_to_say_closes_and_the_next_has_its_whole_length() -> None:
    here = rundown(180, 60)
    dry = next(p for p, _ in walk(here) if p.kind == "round" and p.total > 1800)
    closing = exhausted(here, dry)
    assert (closing.kind, closing.session) == ("closing", 0)
    opened = {
        p.session: p.total for p, _ in reversed(list(walk(here, position=closing))) if p.kind == "opening"
    }
    assert opened[1] - dry.total == pytest.approx(15, abs=7)
    assert opened[2] - opened[1] == pytest.approx(3600, abs=7)


@pytest.mark.parametrize(
    ("kind", "total"), [("round", LEAST - 10), ("round", 3590.0), ("ritual", 1800.0), ("closing", 1800.0)]
)
def test_a_young_session_one_that_is_all_but_over_and_a_ritual_go_on(kind: Kind, total: float) -> None:
    position = Position(kind=kind, total=total)
    assert exhausted(rundown(60, 60), position) == position


def test_a_part_with_nothing_to_say_makes_room() -> None:
    here = Rundown.of(("甲", "乙"), 10)
    position = Position(kind="round", product="甲", part=0, count=1, shown=("乙", "甲"), rounds=1)
    for _ in range(13):
        position = skipped(here, position, due(here, position))
    assert position.product == "乙"


def test_a_shop_without_products_still_ends() -> None:
    assert list(walk(Rundown.of((), 3)))[-1][0].kind == "over"


def test_the_programme_names_the_products_to_begin_with() -> None:
    programme = Programme(3600, 3600, 15, 15, PARTS, order=("丁", "没有的", "丙"))
    assert rounds(list(walk(Rundown(programme, GOODS))))[:4] == ["丁", "丙", "甲", "乙"]


def test_when_it_is_over_no_move_is_due() -> None:
    assert due(rundown(), Position(kind="over")) is None
