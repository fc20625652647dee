"""More comments than anybody can read, and one longer than anybody wants to: the show goes on."""

from __future__ import annotations

from itertools import pairwise

import pytest

from anchor.director import Director
from core.events import Comment, Verdict
from tests.anchor.test_director import Show, intervals, script

pytestmark = pytest.mark.unit

EACH_SECOND = 1_000
SECONDS = 3
ASKED = ("小米多少钱", "大米怎么寄", "主播好", "几斤装", "能放多久", "哪里产的")


def undecided(show: Show) -> set[str]:
    decided = {e.on for e in show.events if isinstance(e, Verdict) and e.by == "triage"}
    return {comment.id for comment in show.of(Comment)} - decided


def test_a_thousand_comments_a_second_are_all_decided_and_the_show_goes_on() -> None:
    show = Show(minutes=6)

    async def flood(director: Director) -> None:
        for n in range(SECONDS * EACH_SECOND):
            await director.comment(f"观众{n}", f"{ASKED[n % len(ASKED)]}{n * 7919 % 3001}")
            if n % 100 == 99:
                await show.clock.sleep(100 / EACH_SECOND)

    show.play((20, flood))
    assert len(show.of(Comment)) == SECONDS * EACH_SECOND
    assert not undecided(show)
    assert show.director.state == "over"
    assert max(after - before for (_, before), (after, _) in pairwise(intervals(show.events))) < 5
    last = show.spoken()[-1]
    assert last.writer == "phrases"
    assert last.at > 300


def test_a_comment_of_ten_thousand_characters_is_decided_and_the_show_goes_on() -> None:
    show = Show(minutes=2)

    async def long(director: Director) -> None:
        await director.comment("甲", "小米多少钱一斤，能便宜点吗？" * 714)
        await director.comment("乙", "哈" * 10_000)

    show.play((20, long))
    assert len(show.of(Comment)) == 2
    assert not undecided(show)
    assert show.director.state == "over"
    assert max(len(text) for text in script(show)) < 400
    assert show.spoken()[-1].at > 90
