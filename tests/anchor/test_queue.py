"""The comment queue: merging, order, expiry, and that nothing is lost in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor.comments.cues import KINDS, Kind
from anchor.comments.queue import PATIENCE, CommentQueue, gist, same_gist
from anchor.comments.triage import Triage
from core.events import Comment

pytestmark = pytest.mark.unit


def comment(text: str, who: str = "甲") -> Comment:
    return Comment(who=who, text=text, source="test")


def put(queue: CommentQueue, text: str, kind: Kind = "functional", now: float = 0.0, who: str = "甲") -> None:
    assert queue.put(comment(text, who), Triage(kind), now) == []


def test_the_same_question_from_many_viewers_is_one() -> None:
    queue = CommentQueue()
    for who, text in [("甲", "包邮吗"), ("乙", "主播，包邮吗？"), ("丙", "请问包邮吗!!")]:
        put(queue, text, who=who)
    (one,) = queue.waiting()
    assert one.askers == 3


def test_questions_about_different_goods_stay_apart() -> None:
    assert not same_gist(gist("三号链接多少钱一斤"), gist("四号链接多少钱一斤"))


def test_people_in_need_come_first_then_goods_then_greetings() -> None:
    queue = CommentQueue()
    put(queue, "大家好", "ritual")
    put(queue, "几天到货", "functional", 1)
    put(queue, "老伴走了", "distress", 2)
    order: list[Kind] = []
    while (taken := queue.take(3)[0]) is not None:
        order.append(taken.triage.kind)
    assert order == ["distress", "functional", "ritual"]


def test_a_question_many_asked_goes_before_an_earlier_one() -> None:
    queue = CommentQueue()
    put(queue, "能开发票吗", now=0)
    put(queue, "新疆发不发货", now=1)
    put(queue, "新疆发不发货", now=2, who="乙")
    taken, _ = queue.take(3)
    assert taken is not None and taken.comment.text == "新疆发不发货"


def test_a_stale_comment_comes_out_as_dropped() -> None:
    queue = CommentQueue()
    put(queue, "早上好", "ritual", 0)
    taken, dropped = queue.take(PATIENCE["ritual"] + 1)
    assert taken is None
    assert [(d.waiting.comment.text, d.reason) for d in dropped] == [("早上好", "stale")]


def test_asking_again_keeps_a_question_alive() -> None:
    queue = CommentQueue()
    put(queue, "包邮吗", now=0)
    put(queue, "包邮吗", now=170, who="乙")
    assert queue.expire(PATIENCE["functional"] + 1) == []


def test_when_full_the_least_urgent_is_crowded_out() -> None:
    queue = CommentQueue(limit=1)
    put(queue, "加油加油", "ritual")
    dropped = queue.put(comment("怎么退货"), Triage("functional"), 1)
    assert [(d.waiting.triage.kind, d.reason) for d in dropped] == [("ritual", "crowded")]


arrivals = st.lists(
    st.tuples(st.text("三四包邮吗退货好", max_size=6), st.sampled_from(KINDS), st.floats(0, 50)), max_size=40
)


@given(arrivals, st.integers(1, 10))
def test_every_comment_comes_out_exactly_once(listed: list[tuple[str, Kind, float]], limit: int) -> None:
    queue = CommentQueue(limit)
    went_in: list[str] = []
    came_out: list[str] = []
    now = 0.0
    for text, kind, pause in listed:
        now += pause
        one = comment(text)
        went_in.append(one.id)
        lost = queue.put(one, Triage(kind), now) + queue.expire(now)
        came_out += [c.id for d in lost for c in (d.waiting.comment, *d.waiting.others)]
        assert len(queue) <= limit
    while True:
        taken, lost = queue.take(now)
        came_out += [c.id for d in lost for c in (d.waiting.comment, *d.waiting.others)]
        if taken is None:
            break
        came_out += [c.id for c in (taken.comment, *taken.others)]
    assert sorted(came_out) == sorted(went_in)
