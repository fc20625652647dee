"""Replies are learnt by heart in idle time: likeliest first, as the gate allows, in no line's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest

from anchor.dialogue import Dialogue
from anchor.director import IDLE, Director
from anchor.expected import Expected, questions
from anchor.host import Host
from anchor.persona import DEFAULT
from anchor.rehearsal import AT_FIRST, Rehearsal
from anchor.rundown import Rundown
from anchor.script import Plan
from anchor.speech.speaker import Clause
from anchor.writer.gate import Gate
from compliance.guard import Guard
from core.errors import ModelUnavailableError
from core.events import Event, Line, Played, Utterance, Verdict
from core.ports import Cancelled, never
from core.testing import ScriptedVoice, VirtualClock
from knowledge_graph.questions import Answer, Answerer
from tests.anchor.shops import DAY, tiny

pytestmark = pytest.mark.unit

GUARD = Guard.load(DAY)
TONE = ScriptedVoice(0.2)


class Memory:
    """Learns texts of three clauses, one a call."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.order: list[str] = []

    async def __call__(self, text: str, cancelled: Cancelled) -> bool | None:
        if cancelled():
            return None
        if self.known.get(text, 0) == 3:
            return False
        self.known[text] = self.known.get(text, 0) + 1
        self.order.append(text)
        return True


def learn_all(rehearsal: Rehearsal) -> None:
    async def main() -> None:
        while await rehearsal.one(never):
            pass

    asyncio.run(main())


def test_the_beginnings_of_all_replies_come_before_their_ends() -> None:
    memory = Memory()
    learn_all(Rehearsal(memory, lambda: iter(("一", "二")), lambda: None))
    assert memory.order == ["一"] * AT_FIRST + ["二"] * AT_FIRST + ["一", "二"]


def test_another_product_on_screen_has_its_replies_first() -> None:
    memory, shown = Memory(), ["甲"]
    rehearsal = Rehearsal(memory, lambda: iter(f"{shown[0]}{n}" for n in range(3)), lambda: shown[0])

    async def main() -> None:
        await rehearsal.one(never)
        shown[0] = "乙"
        await rehearsal.one(never)

    asyncio.run(main())
    assert memory.order == ["甲0", "乙0"]


def test_what_was_broken_off_is_taken_up_again() -> None:
    memory = Memory()
    rehearsal = Rehearsal(memory, lambda: iter(("一",)), lambda: None)
    assert not asyncio.run(rehearsal.one(lambda: True))
    learn_all(rehearsal)
    assert memory.known == {"一": 3}


def test_a_voice_that_is_gone_ends_the_rehearsal_and_nothing_else() -> None:
    async def gone(text: str, cancelled: Cancelled) -> bool | None:
        raise ModelUnavailableError("voice.unloadable", "语音合成模型打不开。")

    assert not asyncio.run(Rehearsal(gone, lambda: iter(("一", "二")), lambda: None).one(never))


def expected(speakable: bool = True) -> Expected:
    return Expected(Dialogue(Answerer(tiny(), lambda text: text).answer), lambda _: speakable)


def test_topics_that_viewers_ask_about_come_first() -> None:
    first = next(expected().replies(("小米",), (), {"shipping": 4}))
    assert first == next(expected().replies(("小米",), ("下单以后几天发货",), {}))
    assert first != next(expected().replies(("小米",), (), {}))


def test_of_what_is_not_on_screen_the_likeliest_question_comes_first_for_each() -> None:
    others = ("甲", "乙")
    dialogue = Dialogue(lambda question, product: Answer(f"{product}：{question}", True))
    told = list(filter(None, Expected(dialogue, lambda _: True).replies(("小米", *others), (), {})))
    first = questions()[0].text
    assert {told.index(f"{each}：{first}") for each in others} == {
        2 * len(questions()),
        2 * len(questions()) + 1,
    }


def test_how_a_reply_begins_that_no_fact_carries_is_learnt_before_other_goods() -> None:
    def unheld(question: str, product: str | None) -> Answer:
        return (
            Answer(f"{question}资料里没有写，我帮您问。", False) if product == "甲" else Answer("有。", True)
        )

    asked = [q.text for q in questions()]
    told = list(Expected(Dialogue(unheld), lambda _: True).replies(("小米", "甲"), (), {}))
    begun = [f"{question}资料里没有写，" for question in asked]
    assert list(filter(None, told[len(asked) : 3 * len(asked)])) == begun


def test_what_the_gate_refuses_is_not_learnt() -> None:
    assert list(expected(speakable=False).replies(("小米",), (), {})) == []


def test_a_reply_is_the_one_that_a_viewer_would_get() -> None:
    answerer = Answerer(tiny(), lambda text: text)
    told = set(expected().replies(("小米",), (), {}))
    assert {answerer.answer(q.text, "小米").text for q in questions()} <= told


class Learning:
    """A voice that works 0.6 of the time its sound lasts, and learns as slowly; one thing at a time."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.known: set[str] = set()
        self.given: list[str] = []

    async def speak(self, text: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        for part in (text[: len(text) // 2], text[len(text) // 2 :]):
            if cancelled() or not part:
                return
            speech = TONE.synthesize(part)
            await self.clock.sleep(0.0 if text in self.known else 0.6 * speech.seconds)
            yield Clause(part, part, speech, 0.0)

    async def learn(self, text: str, cancelled: Cancelled) -> bool | None:
        if text in self.known:
            return False
        self.given.append(text)
        for _ in range(20):
            if cancelled():
                return None
            await self.clock.sleep(0.1)
        self.known.add(text)
        return True


class Strict(Gate):
    """Refuses every answer that names a price."""

    def judge(self, line: Line) -> tuple[Verdict, ...]:
        refused = line.writer == "answers" and "元" in line.text
        return (Verdict(on=line.id, by="claims", action="block"),) if refused else super().judge(line)


def play(voice: Learning, *, learns: bool = True, gate: Gate | None = None) -> list[Event]:
    """Two minutes of a show."""
    shop, events = tiny(), list[Event]()

    async def publish(event: Event) -> Event:
        events.append(event)
        return event

    host = Host(
        Answerer(shop, lambda text: text).answer,
        voice.speak,
        replies=voice.speak,
        learn=voice.learn if learns else None,
    )
    plan = Plan(shop, Rundown.of(shop.products(), 2))
    director = Director(plan, host, gate or Gate(shop, GUARD), publish, voice.clock)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asked(director, voice.clock))
            group.create_task(director.run())

    asyncio.run(main())
    return events


async def asked(director: Director, clock: VirtualClock) -> None:
    for at in range(4):
        await clock.sleep(23.3)
        await director.comment(f"客{at}", "小米多少钱", "test")


def gaps(events: list[Event]) -> Iterator[float]:
    made = {e.id: e for e in events if isinstance(e, Utterance)}
    spans = [(made[p.utterance].at, p.end) for p in events if isinstance(p, Played)]
    yield from (after - at - heard for (at, heard), (after, _) in pairwise(spans))


def test_learning_delays_no_line() -> None:
    voice = Learning()
    events = play(voice)
    assert len(voice.known) > 5
    assert max(gaps(events)) <= max(gaps(play(Learning(), learns=False))) + 1e-6
    assert max(gaps(events)) <= DEFAULT.pause + IDLE + 1e-6


def test_what_the_gate_refuses_is_never_given_to_the_voice() -> None:
    voice = Learning()
    play(voice, gate=Strict(tiny(), GUARD))
    assert voice.given and not [text for text in voice.given if "元" in text]
