from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.channel import Channel
from core.events import Comment, Event, Notice
from core.stage import Pipeline, RestartPolicy, Stage, Supervised
from core.testing import VirtualClock, run_stage

pytestmark = pytest.mark.unit


def comment(text: str) -> Comment:
    return Comment(who="a", text=text, source="test")


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Comment)]


def notices(events: list[Event]) -> list[Notice]:
    return [event for event in events if isinstance(event, Notice)]


class Append:
    def __init__(self, suffix: str) -> None:
        self.name = f"append {suffix}"
        self._suffix = suffix

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        async for event in inbox:
            assert isinstance(event, Comment), "only comments reach the stages of these tests"
            await outbox.send(replace(event, text=event.text + self._suffix))


class Announce:
    name = "announce"

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        async for event in inbox:
            await outbox.send(Notice(code="test.seen", text="看到了"))
            await outbox.send(event)


class FailOn:
    name = "fail"

    def __init__(self, *bad: str) -> None:
        self._bad = bad

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        async for event in inbox:
            if isinstance(event, Comment) and event.text in self._bad:
                raise RuntimeError(event.text)
            await outbox.send(event)


async def test_a_pipeline_passes_events_through_its_stages_in_order() -> None:
    pipeline: Stage = Pipeline("both", [Append("1"), Pipeline("inner", [Append("2"), Append("3")])])
    assert texts(await run_stage(pipeline, [comment("a"), comment("b")])) == ["a123", "b123"]


async def test_notices_go_round_the_later_stages_of_a_pipeline() -> None:
    outputs = await run_stage(Pipeline("p", [Announce(), Append("!")]), [comment("a")])
    assert [notice.code for notice in notices(outputs)] == ["test.seen"]
    assert texts(outputs) == ["a!"]


async def test_a_pipeline_is_longer_than_its_channels() -> None:
    pipeline = Pipeline("p", [Append("1"), Append("2")], capacity=1)
    outputs = await run_stage(pipeline, [comment(str(i)) for i in range(200)])
    assert texts(outputs) == [f"{i}12" for i in range(200)]


async def test_a_failed_stage_is_restarted_with_a_notice_and_goes_on() -> None:
    stage = Supervised(FailOn("bad"), clock=VirtualClock(), title="字幕")
    outputs = await run_stage(stage, [comment("a"), comment("bad"), comment("b")])
    assert texts(outputs) == ["a", "b"]
    [notice] = notices(outputs)
    assert (notice.code, notice.subject) == ("stage.restarted", "fail")
    assert "字幕" in notice.text and "bad" not in notice.text


async def test_waits_between_restarts_double_up_to_the_longest() -> None:
    clock = VirtualClock()
    policy = RestartPolicy(first_wait=1, longest_wait=4, limit=4, window=1000)
    stage = Supervised(FailOn("x"), clock=clock, policy=policy)
    outputs = await run_stage(stage, [comment("x")] * 4)
    assert [notice.at for notice in notices(outputs)] == [0, 1, 3, 7]
    assert clock.now() == 11


async def test_a_stage_that_keeps_failing_is_given_up_and_its_inbox_emptied() -> None:
    stage = Supervised(FailOn("x"), clock=VirtualClock(), policy=RestartPolicy(limit=2))
    outputs = await run_stage(
        Pipeline("p", [Append(""), stage], capacity=1), [comment("x")] * 3 + [comment("late")] * 20
    )
    assert [n.code for n in notices(outputs)] == ["stage.restarted", "stage.restarted", "stage.failed"]
    assert texts(outputs) == []


async def test_failures_far_apart_never_give_the_stage_up() -> None:
    clock = VirtualClock()
    policy = RestartPolicy(limit=1, window=10)
    inbox: Channel[Event] = Channel()
    outbox: Channel[Event] = Channel(1000)
    running = asyncio.create_task(Supervised(FailOn("x"), clock=clock, policy=policy).run(inbox, outbox))
    for _ in range(5):
        await inbox.send(comment("x"))
        await clock.sleep(60)
    inbox.close()
    await running
    outbox.close()
    assert [n.code for n in notices([event async for event in outbox])] == ["stage.restarted"] * 5


async def test_a_factory_gives_every_run_a_fresh_stage() -> None:
    made: list[FailOn] = []

    def make() -> Stage:
        made.append(FailOn("x"))
        return made[-1]

    await run_stage(Supervised(make, clock=VirtualClock()), [comment("x"), comment("a")])
    assert len(made) == 2


class First:
    name = "first"

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        await outbox.send(await inbox.receive())


async def test_a_stage_that_ends_early_ends_those_before_it() -> None:
    stages: list[Stage] = [Append("1"), Supervised(Append("2"), clock=VirtualClock()), First()]
    outputs = await run_stage(Pipeline("p", stages, capacity=1), [comment(str(i)) for i in range(50)])
    assert texts(outputs) == ["012"]


async def test_a_supervised_pipeline_inside_a_pipeline_is_restarted() -> None:
    inner = Supervised(Pipeline("inner", [FailOn("x"), Append("1")]), clock=VirtualClock())
    outputs = await run_stage(
        Pipeline("outer", [Append(""), inner, Append("2")]), [comment("x"), comment("a")]
    )
    assert texts(outputs) == ["a12"]
    assert [notice.code for notice in notices(outputs)] == ["stage.restarted"]


async def test_a_stage_class_is_a_factory() -> None:
    assert texts(await run_stage(Supervised(First), [comment("a"), comment("b")])) == ["a"]


async def test_an_unsupervised_failure_surfaces() -> None:
    with pytest.raises(ExceptionGroup):
        await run_stage(FailOn("x"), [comment("x")])
