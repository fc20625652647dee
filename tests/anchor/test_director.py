"""The director in virtual time: order, silence on demand, no repeats, every word journalled and checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from time import sleep

import pytest

from anchor.delivery import SLICE, Voice
from anchor.director import IDLE, Director
from anchor.host import Host
from anchor.persona import DEFAULT, Persona
from anchor.programme import Programme, Ritual
from anchor.rundown import LEAST, Rundown
from anchor.script import Now, Plan, Saved
from anchor.speech.speaker import Clause
from anchor.writer.author import Author, Draft, Phrases
from anchor.writer.gate import Gate, passed
from compliance.guard import Guard
from core.errors import ModelUnavailableError
from core.events import Act, Comment, Event, Line, Notice, Played, Segment, Utterance, Verdict
from core.ports import Cancelled, never
from core.testing import ScriptedVoice, VirtualClock
from knowledge_graph.claims import Checker
from knowledge_graph.facts import MemoryShop
from knowledge_graph.questions import Answer, Answerer
from knowledge_graph.schema import Property
from tests.anchor.shops import DAY, RICE, fact, tiny

pytestmark = pytest.mark.unit

GUARD = Guard.load(DAY)
TONE = ScriptedVoice(seconds_per_character=0.2)


async def tone(text: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
    """Two clauses a line, as a voice would cut it."""
    start = 0.0
    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
        if cancelled() or not part:
            return
        speech = TONE.synthesize(part)
        yield Clause(part, part, speech, start)
        start += speech.seconds


class Working:
    """A voice that works ``share`` of the time its sound lasts; ``begun`` are the texts it was given."""

    def __init__(self, share: float = 0.6) -> None:
        self.share = share
        self.begun: list[str] = []
        self.clock: VirtualClock | None = None
        self.at_once = self.most = 0

    async def __call__(self, text: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        assert self.clock is not None
        self.begun.append(text)
        async for clause in tone(text, cancelled):
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await self.clock.sleep(self.share * clause.speech.seconds)
            self.at_once -= 1
            yield clause


class Show:
    """A director with everything it published, in order."""

    def __init__(
        self,
        minutes: float = 3,
        saved: Saved | None = None,
        voice: Voice = tone,
        *,
        persona: Persona = DEFAULT,
        gate: Gate | None = None,
        rundown: Rundown | None = None,
        time_of_day: Now = lambda: None,
        author: Author | None = None,
        shop: MemoryShop | None = None,
    ):
        shop = shop or tiny()
        answerer = Answerer(shop, lambda text: text)
        self.events: list[Event] = []
        self.clock = VirtualClock()
        if isinstance(voice, Working):
            voice.clock = self.clock
        self.director = Director(
            Plan(
                shop,
                rundown or Rundown.of(shop.products(), minutes),
                saved=saved or Saved.fresh(0),
                time_of_day=time_of_day,
            ),
            Host(answerer.answer, voice, persona, author),
            gate or Gate(shop, GUARD),
            self.publish,
            self.clock,
        )

    async def publish(self, event: Event) -> Event:
        self.events.append(event)
        return event

    def play(self, *acts: tuple[float, Callable[[Director], object]]) -> Show:
        """Run to the end; each act happens at its second."""

        async def later(at: float, act: Callable[[Director], object]) -> None:
            await self.clock.sleep(at)
            await act(self.director)  # type: ignore[misc]

        async def main() -> None:
            async with asyncio.TaskGroup() as group:
                for at, act in acts:
                    group.create_task(later(at, act))
                group.create_task(self.director.run())

        asyncio.run(main())
        return self

    def of(self, kind: type[Event]) -> list[Event]:
        return [e for e in self.events if isinstance(e, kind)]

    def spoken(self) -> list[Line]:
        heard = {e.line for e in self.events if isinstance(e, Utterance)}
        return [e for e in self.events if isinstance(e, Line) and e.id in heard]


def says(text: str, who: str = "甲") -> Callable[[Director], object]:
    return lambda director: director.comment(who, text, "test")


def script(show: Show) -> list[str]:
    return [line.text for line in show.spoken() if line.writer == "phrases"]


def intervals(events: Sequence[Event]) -> list[tuple[float, float]]:
    made = {e.id: e for e in events if isinstance(e, Utterance)}
    return [(made[e.utterance].at, made[e.utterance].at + e.end) for e in events if isinstance(e, Played)]


def test_the_show_opens_by_saying_that_an_ai_speaks() -> None:
    assert Show(1).play().spoken()[0].purpose == "notice"


def test_never_two_voices_at_once() -> None:
    asked = [(t, says(f"小米多少钱{'啊' * (t % 3)}", f"甲{t}")) for t in range(3, 60, 7)]
    spans = intervals(Show(2).play(*asked).events)
    assert len(spans) > 10
    assert all(end <= start + 1e-6 for (_, end), (start, _) in pairwise(spans))


def test_a_question_is_answered_before_the_script_goes_on() -> None:
    show = Show(2).play((20.0, says("小米多少钱")))
    (comment,) = show.of(Comment)
    after = [line for line in show.spoken() if line.at > comment.at]
    assert after[0].answers == (comment.id,) and "36.5" in after[0].text


def gaps(show: Show) -> list[float]:
    return [start - end for (_, end), (start, _) in pairwise(intervals(show.events))]


def test_the_next_line_is_made_while_one_plays() -> None:
    show = Show(3, voice=Working(), persona=Persona(explains=False))  # a gloss may be too short for it
    assert len(gaps(show.play())) > 20
    assert max(gaps(show)) <= DEFAULT.pause + IDLE + 1e-6


def test_an_answer_is_made_while_the_line_before_it_plays() -> None:
    show = Show(2, voice=Working()).play(*((t, says(f"小米多少钱{t}", f"甲{t}")) for t in (15.0, 41.0, 77.0)))
    answers = [line for line in show.spoken() if line.answers]
    assert len(answers) == 3
    assert max(gaps(show)) <= DEFAULT.pause + IDLE + 1e-6


def test_the_voice_makes_one_clause_at_a_time() -> None:
    voice = Working(share=1.7)
    Show(2, voice=voice).play((15.0, says("小米多少钱")), (33.0, says("小米发什么快递", "乙")))
    assert voice.most == 1


def test_a_line_that_was_refused_is_never_given_to_the_voice() -> None:
    class Strict(Gate):
        def judge(self, line: Line) -> tuple[Verdict, ...]:
            refused = line.writer == "phrases" and "小米" in line.text
            return (Verdict(on=line.id, by="claims", action="block"),) if refused else super().judge(line)

    voice = Working()
    show = Show(3, voice=voice, gate=Strict(tiny(), GUARD)).play()
    assert [e for e in show.of(Line) if "小米" in e.text]  # type: ignore[attr-defined]
    assert [text for text in voice.begun if "小米" in text] == []


def test_what_was_made_ahead_is_not_heard_after_taking_over() -> None:
    show = Show(3, voice=Working()).play(
        (21.37, lambda d: d.take_over("店主")), (60.0, lambda d: d.hand_back("店主"))
    )
    over, back = (next(e.at for e in show.of(Act) if e.kind == kind) for kind in ("take_over", "hand_back"))  # type: ignore[attr-defined]
    assert [s for s in intervals(show.events) if s[0] < back and s[1] > over + SLICE + 1e-6] == []
    assert len(set(script(show))) == len(script(show))


def test_no_line_of_the_script_is_spoken_twice() -> None:
    said = script(Show(10).play())
    assert len(said) > 15 and len(set(said)) == len(said)


def test_taking_over_silences_the_host_at_once() -> None:
    show = Show(2).play((21.37, lambda d: d.take_over("店主")), (60.0, lambda d: d.hand_back("店主")))
    over = next(e.at for e in show.of(Act))
    back = next(e.at for e in show.of(Act) if e.kind == "hand_back")  # type: ignore[attr-defined]
    assert [s for s in intervals(show.events) if s[0] < back and s[1] > over + SLICE + 1e-6] == []


def test_after_handing_back_an_ai_notice_and_nothing_repeated() -> None:
    show = Show(3).play((21.37, lambda d: d.take_over("店主")), (40.0, lambda d: d.hand_back("店主")))
    back = next(e.at for e in show.of(Act) if e.kind == "hand_back")  # type: ignore[attr-defined]
    after = [line for line in show.spoken() if line.at >= back]
    assert after[0].purpose == "notice" and "AI" in after[0].text
    assert len(set(script(show))) == len(script(show))


def test_a_person_does_not_use_up_the_programme() -> None:
    plain = Show(1).play().director.now
    held = Show(1).play((10.0, lambda d: d.take_over("a")), (110.0, lambda d: d.hand_back("a"))).director.now
    assert held > plain + 95


def test_the_notice_comes_again_in_time() -> None:
    notices = [line.at for line in Show(40).play().spoken() if line.purpose == "notice"]
    assert len(notices) >= 3
    assert all(600 <= b - a <= 900 for a, b in pairwise(notices))


def test_every_spoken_line_was_journalled_with_both_verdicts_first() -> None:
    show = Show(1).play((9.0, says("小米发什么快递")))
    for at, event in enumerate(show.events):
        if isinstance(event, Utterance):
            before = show.events[:at]
            assert any(isinstance(e, Line) and e.id == event.line for e in before)
            judged = {e.by for e in before if isinstance(e, Verdict) and e.on == event.line}
            assert judged == {"claims", "guard"}


def test_when_the_guard_fails_the_host_is_silent_and_the_show_ends_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = Guard.load(DAY)
    monkeypatch.setattr(guard, "check", lambda *_, **__: 1 / 0)
    show = Show(1, gate=Gate(tiny(), guard)).play((5.0, says("小米多少钱")))
    assert show.of(Utterance) == [] and show.of(Line)
    assert "dialogue.ticket" in {e.code for e in show.of(Notice)}  # type: ignore[attr-defined]


def test_a_voice_that_is_gone_is_told_and_the_show_goes_on() -> None:
    async def mute(text: str, cancelled: Cancelled) -> AsyncIterator[Clause]:
        raise ModelUnavailableError("voice.unloadable", "语音合成模型打不开。")
        yield  # pragma: no cover

    show = Show(1, voice=mute).play()
    assert {e.code for e in show.of(Notice)} == {"voice.unloadable"}  # type: ignore[attr-defined]
    assert show.director.state == "over"


def test_every_question_is_answered_deferred_or_ticketed() -> None:
    asked = [(t / 2, says(f"小米第{t}种吃法要煮多少分钟", f"客{t}")) for t in range(2, 80)]
    show = Show(1).play(*asked)
    settled = {a for line in show.spoken() for a in line.answers}
    settled |= {e.on for e in show.of(Verdict) if e.by == "triage"}  # type: ignore[attr-defined]
    assert {c.id for c in show.of(Comment)} <= settled


def test_a_flood_of_questions_leaves_the_script_its_turn() -> None:
    asked = [(10 + t * 1.5, says(f"小米煮粥要放{t}碗水吗", f"客{t}")) for t in range(100)]
    lines = [
        line for line in Show(3).play(*asked).spoken() if 20 < line.at < 150 and not line.purpose == "notice"
    ]
    turns = "".join("s" if line.writer == "phrases" else "a" for line in lines if line.purpose != "gloss")
    assert "aaaaa" not in turns and turns.count("s") >= 5


def test_someone_in_need_waits_for_no_turn_of_the_script() -> None:
    asked = [(10 + t, says(f"小米煮粥要放{t}碗水吗", f"客{t}")) for t in range(60)]
    show = Show(3).play(*asked, (60.3, says("我一个人活着没意思", "老人")))
    lonely = next(e for e in show.of(Comment) if "没意思" in e.text)  # type: ignore[attr-defined]
    after = [line for line in show.spoken() if line.at > lonely.at]
    assert lonely.id in after[0].answers


def test_whoever_got_no_answer_hears_that_it_is_noted() -> None:
    asked = [(t / 2, says(f"小米第{t}种吃法要煮多少分钟", f"客{t}")) for t in range(2, 160)]
    show = Show(4).play(*asked)
    answered = {a for line in show.spoken() for a in line.answers}
    ticketed = {e.subject for e in show.of(Notice) if e.code == "dialogue.ticket"}  # type: ignore[attr-defined]
    functional = {e.on for e in show.of(Verdict) if "functional" in "".join(f.rule for f in e.findings)}  # type: ignore[attr-defined]
    dropped = {e.on for e in show.of(Verdict) if e.by == "triage"} - functional  # type: ignore[attr-defined]
    assert dropped and dropped <= answered
    assert dropped & ticketed
    assert any(
        "客服" in line.text or "真人" in line.text for line in show.spoken() if dropped & set(line.answers)
    )


def test_what_was_foreseen_is_computed_once() -> None:
    show = Show(2)
    asked: list[str] = []
    answer = show.director._dialogue._ask

    def counted(text: str, on_screen: str | None) -> Answer:
        asked.append(text)
        return answer(text, on_screen)

    show.director._dialogue._ask = counted
    show.play((15.0, says("小米多少钱")), (40.0, says("小米哪里产的", "乙")))
    assert sorted(asked) == ["小米哪里产的", "小米多少钱"]


def test_a_ritual_is_said_at_its_hour_and_may_be_interrupted_by_a_question() -> None:
    ritual = Ritual(
        "晨练", 60.0, ("慢慢吸气。", "慢慢呼气。", "肩膀放松。"), ("歇一歇。",), at=(time(6, 1),), pause=5.0
    )
    plan = replace(Programme.plain(3, 2), rituals=(ritual,))
    dawn = datetime(2026, 11, 22, 6, 0)
    clock: list[VirtualClock] = []
    show = Show(
        3,
        gate=Gate(tiny(), GUARD, Checker(tiny()), DAY),
        rundown=Rundown(plan, tiny().products()),
        time_of_day=lambda: dawn + timedelta(seconds=clock[0].now() if clock else 0.0),
    )
    clock.append(show.clock)
    show.play((70.0, says("小米多少钱")))
    told = [line for line in show.spoken() if line.purpose == "ritual"]
    assert [line.text for line in told] == ["慢慢吸气。", "慢慢呼气。", "肩膀放松。", "歇一歇。"]
    assert 60 <= told[0].at <= 75
    assert told[1].at - told[0].at > 5
    answer = next(line for line in show.spoken() if line.answers)
    assert told[0].at < answer.at < told[-1].at


def test_a_new_session_opens_with_other_words_and_nothing_is_said_twice_in_it() -> None:
    plan = replace(Programme.plain(4, 2), seconds=720.0, session=240.0)
    show = Show(12, rundown=Rundown(plan, tiny().products())).play()
    assert show.director.script.position.session == 2
    for session in range(3):
        lines = [
            line.text
            for line in show.spoken()
            if line.writer == "phrases" and 240 * session + 8 < line.at < 240 * session + 232
        ]
        assert len(lines) > 5 and len(set(lines)) == len(lines)


def test_a_small_shop_is_never_silent_for_long_nor_repeats_itself_within_a_session() -> None:
    show = Show(60)
    said: dict[int, list[str]] = {}

    async def main() -> None:
        while await show.director.step():
            (last,) = script(show)[-1:] or [""]
            mine = said.setdefault(show.director.script.position.session, [])
            if last and mine[-1:] != [last]:
                mine.append(last)

    asyncio.run(main())
    assert len(said) > 1
    assert all(len(set(lines[1:])) == len(lines[1:]) for lines in said.values())
    spans = intervals(show.events)
    waits = [after[0] - before[1] for before, after in pairwise(spans) if before[1] > LEAST]
    assert max(waits) < 30


def test_a_phone_number_in_a_comment_is_not_journalled() -> None:
    show = Show(1).play((5.0, says("我电话13812345678，帮我留一袋")))
    assert not [e for e in show.events if "13812345678" in str(e)]


def test_a_saved_show_goes_on_without_repeating_itself() -> None:
    first = Show(6)

    async def half() -> None:
        for _ in range(14):
            await first.director.step()

    asyncio.run(half())
    saved = Saved(**json.loads(json.dumps(asdict(first.director.saved()))))
    second = Show(6, saved=saved)
    assert second.director.script.position == first.director.script.position
    assert set(script(second.play())) & set(script(first)) == set()


def test_an_answer_the_guard_refuses_is_not_called_unknown() -> None:
    class Strict(Gate):
        def judge(self, line: Line) -> tuple[Verdict, ...]:
            verdicts = super().judge(line)
            if line.purpose != "answer":
                return verdicts
            return (*verdicts[:-1], Verdict(on=line.id, by="guard", action="block"))

    show = Show(1, gate=Strict(tiny(), GUARD)).play((5.0, says("小米多少钱")))
    (reply,) = [line for line in show.spoken() if line.answers]
    assert "客服" in reply.text and "没有" not in reply.text
    assert "dialogue.ticket" in {e.code for e in show.of(Notice)}  # type: ignore[attr-defined]


def test_who_asks_for_a_former_price_that_nothing_proves_hears_the_price_of_today() -> None:
    shop = tiny()
    listed = fact(RICE, Property.LIST_PRICE, Decimal(59))
    shop = MemoryShop.of(shop.meta, [*(f for p in shop.products() for f in shop.facts(p)), listed])
    gate = Gate(shop, GUARD, Checker(shop), DAY)
    show = Show(1, gate=gate, shop=shop).play((5.0, says("小米原价多少，便宜了多少")))
    (reply,) = [line for line in show.spoken() if line.answers]
    assert "36.5元" in reply.text and "客服" in reply.text
    assert "59" not in reply.text and "22.5" not in reply.text
    said = (Segment("小米36.5元，便宜22.5元。"),)
    cheaper = Line(segments=said, purpose="answer", product=RICE, writer="model")
    assert not passed(gate.judge(cheaper))
    assert passed(gate.judge(replace(cheaper, segments=(Segment("小米36.5元。"),))))


def test_a_term_of_art_is_followed_by_plain_words_once() -> None:
    show = Show().play()
    lines = [e for e in show.events if isinstance(e, Line)]
    asides = [line for line in lines if line.purpose == "gloss"]
    assert asides and len({line.text for line in asides}) == len(asides)
    first = lines.index(asides[0])
    assert asides[0].text.partition("，")[0] in lines[first - 1].text


def test_a_persona_that_does_not_explain_is_brief() -> None:
    show = Show(persona=Persona(explains=False)).play()
    assert not [e for e in show.events if isinstance(e, Line) and e.purpose == "gloss"]


class Writing(Phrases):
    """Answers in two drafts; the second goes on with the first and takes a moment to write."""

    slow = True

    def answer(
        self, question: str, found: Answer, line: Line, seed: int = 0, cancelled: Cancelled = never
    ) -> Iterator[Draft]:
        yield Draft(replace(line, segments=(Segment("坝上小米"),)), goes_on=True)
        sleep(0.05)
        yield Draft(Line(segments=(Segment("每份三十六块五。"),), purpose="answer", writer="answers"))


def test_what_an_answer_goes_on_with_is_made_while_its_beginning_sounds() -> None:
    voice = Working(0.6)
    show = Show(voice=voice, author=Writing()).play((20, says("小米多少钱")))
    lines = {e.text: e.id for e in show.of(Line) if isinstance(e, Line) and e.purpose == "answer"}
    begun, rest = (
        [e for e in show.of(Utterance) if isinstance(e, Utterance) and e.line == lines[text]]
        for text in ("坝上小米", "每份三十六块五。")
    )
    assert rest[0].at - begun[-1].at - begun[-1].seconds < 0.1
    assert voice.most == 1
