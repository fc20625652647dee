"""What a screen is sent and when, and whose word counts on what was played. Virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from core.cancel import Turns
from core.events import Event, Notice, Played, Utterance
from core.testing import VirtualClock
from service.screens import LEAD, PATIENCE, SLICE, Cut, Feed, Record, Screen, Screens, Sounding

pytestmark = pytest.mark.unit

RATE = 24_000


def utterance(seconds: float, turn: int = 1) -> Utterance:
    samples = np.linspace(-0.5, 0.5, round(seconds * RATE), dtype=np.float32)
    return Utterance(line="l", text="一句话。", rate=RATE, seconds=seconds, samples=samples, turn=turn)


class Stage:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.turns = Turns()
        self.events: list[Event] = []
        self.screens = Screens(self.publish, self.clock)

    async def publish(self, event: Event) -> Event:
        self.events.append(event)
        return event

    def played(self) -> list[tuple[float, float]]:
        return [(e.start, e.end) for e in self.events if isinstance(e, Played)]


def run(act: Callable[[Stage], Awaitable[None]]) -> Stage:
    async def main() -> Stage:
        stage = Stage()
        await act(stage)
        return stage

    return asyncio.run(main())


async def received(stage: Stage, screen: Screen, seconds: float) -> list[tuple[float, Record | bytes]]:
    """What the screen is sent in so many seconds, each with its time."""
    feed, found = Feed(stage.clock), []
    end = stage.clock.now() + seconds
    while stage.clock.now() < end:
        while len(screen.inbox):
            found += [(stage.clock.now(), m) for m in feed.take(await screen.inbox.receive())]
        found += [(stage.clock.now(), m) for m in feed.due()]
        await stage.clock.sleep(0.01)
    return found


def test_sound_is_sent_whole_and_never_far_ahead_of_its_time() -> None:
    async def act(stage: Stage) -> None:
        screen, said = stage.screens.join(), utterance(3.0)
        playing = asyncio.create_task(stage.screens.play(said, stage.turns.begin()))
        messages = await received(stage, screen, 4.0)
        assert await playing == pytest.approx(3.0)
        sound = [(at, m) for at, m in messages if isinstance(m, bytes)]
        assert sum(len(m) for _, m in sound) == 2 * len(said.samples if said.samples is not None else ())
        for number, (at, _) in enumerate(sound):
            assert number * SLICE - LEAD - 1e-6 <= at <= number * SLICE + 0.011  # what `received` looks away

    run(act)


def test_a_cut_is_told_at_once_and_nothing_is_sent_behind_it() -> None:
    async def act(stage: Stage) -> None:
        screen = stage.screens.join()
        playing = asyncio.create_task(stage.screens.play(utterance(5.0), stage.turns.begin()))

        async def key() -> None:
            await stage.clock.sleep(1.234)
            stage.screens.cut(stage.turns.begin().number)

        pressing = asyncio.create_task(key())
        messages = await received(stage, screen, 3.0)
        await pressing
        at, _ = next((at, m) for at, m in messages if isinstance(m, dict) and m.get("type") == "cut")
        assert at <= 1.234 + 0.011
        assert not [m for t, m in messages if isinstance(m, bytes) and t > 1.234]
        assert await playing <= 1.234 + 0.1

    run(act)


def test_a_late_screen_begins_in_the_middle_of_the_clause() -> None:
    async def act(stage: Stage) -> None:
        said = utterance(2.0)
        playing = asyncio.create_task(stage.screens.play(said, stage.turns.begin()))
        await stage.clock.sleep(0.75)
        screen = stage.screens.join()
        messages = [m for _, m in await received(stage, screen, 2.0)]
        clause = next(m for m in messages if isinstance(m, dict) and m.get("type") == "clause")
        assert clause["start"] == pytest.approx(0.75, abs=0.02)
        assert sum(len(m) for m in messages if isinstance(m, bytes)) == 2 * clause["samples"]
        await playing

    run(act)


def test_without_a_sounding_screen_the_clock_says_what_was_played() -> None:
    async def act(stage: Stage) -> None:
        stage.screens.join()
        await stage.screens.play(utterance(1.5), stage.turns.begin())

    assert run(act).played() == [pytest.approx((0.0, 1.5))]


def test_the_report_of_a_sounding_screen_counts_once_and_within_the_clause() -> None:
    async def act(stage: Stage) -> None:
        stage.screens.join().ready = True
        said = utterance(1.5)
        await stage.screens.play(said, stage.turns.begin())
        assert stage.played() == []
        await stage.screens.played(said.id, 0.0, 99.0)
        await stage.screens.played(said.id, 0.0, 0.1)
        await stage.screens.played("nobody's", 0.0, 1.0)
        await stage.clock.sleep(2 * PATIENCE)

    assert run(act).played() == [(0.0, 1.5)]


def test_a_screen_that_never_reports_is_not_waited_for() -> None:
    async def act(stage: Stage) -> None:
        stage.screens.join().ready = True
        began = stage.clock.now()
        await stage.screens.play(utterance(1.0), stage.turns.begin())
        assert stage.clock.now() - began == pytest.approx(1.0)
        await stage.clock.sleep(PATIENCE + 0.1)

    assert run(act).played() == [pytest.approx((0.0, 1.0))]


def test_a_scene_is_sent_to_who_is_there_and_who_comes_later_but_only_when_it_changes() -> None:
    async def act(stage: Stage) -> None:
        early = stage.screens.join()
        for state in ("on", "on", "person"):
            stage.screens.show({"type": "scene", "state": state})
        late = stage.screens.join()
        first = [m for _, m in await received(stage, early, 0.05)]
        assert [m["state"] for m in first if isinstance(m, dict) and m] == ["on", "person"]
        assert [m for _, m in await received(stage, late, 0.05)] == [{"type": "scene", "state": "person"}]

    run(act)


def test_what_was_left_of_a_clause_is_sent_before_the_next_begins() -> None:
    clock = VirtualClock()
    feed = Feed(clock)
    feed.take(Sounding(utterance(2.0), 0.0))
    messages = feed.take(Sounding(utterance(1.0), 2.0))
    order = ["sound" if isinstance(m, bytes) else m["type"] for m in messages]
    assert order[: order.index("clause")].count("sound") == 14
    assert feed.take(Cut(3)) == [{"type": "cut", "turn": 3}] and feed.wait() is None


def test_what_a_screen_saw_of_its_label_is_put_on_record_without_a_word_to_people() -> None:
    (told,) = run(lambda stage: stage.screens.looked(97, 100)).events
    assert isinstance(told, Notice)
    assert (told.code, told.subject, told.text) == ("label.sampled", "97/100", "")
