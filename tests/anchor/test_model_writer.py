"""The model writer: only what passes the gate is spoken, clause by clause, and nothing stalls a show."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from time import sleep

import pytest

from anchor.dialogue import bind
from anchor.writer.author import Assignment, Draft
from anchor.writer.gate import Gate
from anchor.writer.memory import Used
from anchor.writer.model import HELD, REST, ModelAuthor, ModelWriter
from compliance.guard import Guard
from core.errors import ModelUnavailableError
from core.events import Action, Line, Verdict
from core.ports import Cancelled, ChatCapabilities, ChatModel, ChatRequest, never
from core.testing import ScriptedChatModel
from knowledge_graph.claims import Checker
from knowledge_graph.questions import Answer, Answerer
from tests.anchor.shops import DAY, RICE, tiny

pytestmark = pytest.mark.unit

GATE = Gate(tiny(), Guard.load(DAY), Checker(tiny()), DAY)
ANSWERER = Answerer(tiny(), lambda text: text)
PLACE = "坝上小米的产地是河北张家口蔚县。"


class Watch:
    """Seconds that move when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def writer(chat: ChatModel, watch: Watch | None = None) -> ModelWriter:
    return ModelWriter(chat, GATE.judge, tiny(), clock=watch or Watch())


def scripted(*texts: str | Exception) -> tuple[ModelWriter, ScriptedChatModel]:
    chat = ScriptedChatModel(texts)
    return writer(chat), chat


def asked(question: str) -> tuple[Answer, Line]:
    found = ANSWERER.answer(question, RICE)
    line = Line(
        segments=bind(found.text, found.facts),
        purpose="answer",
        product=RICE,
        writer="answers",
        answers=("c1",),
    )
    return found, line


def answered(writer: ModelWriter, question: str, cancelled: Cancelled = never) -> list[Draft]:
    found, line = asked(question)
    return list(writer.answer(question, found, line, cancelled=cancelled))


def said(drafts: Sequence[Draft]) -> list[tuple[str, str]]:
    return [(d.line.writer, d.line.text) for d in drafts if d.passed]


def test_a_line_that_facts_carry_is_spoken_as_it_was_written() -> None:
    drafts = scripted(PLACE)[0].script("place", RICE, 0)
    assert said(drafts) == [("model", PLACE)] and len(drafts) == 1


def test_the_model_is_told_the_facts_of_the_one_product_for_the_move() -> None:
    model, chat = scripted(PLACE)
    model.script("place", RICE, 0)
    told = chat.requests[0].messages[-1].content
    assert "河北张家口蔚县" in told and "36.5" not in told and "青石杯" not in told


def test_an_offending_clause_is_cut_where_the_rest_stands_by_itself() -> None:
    model, chat = scripted("坝上小米产地是河北张家口蔚县，吃了能降血压。")
    drafts = model.script("place", RICE, 0)
    assert said(drafts) == [("model", "坝上小米产地是河北张家口蔚县。")]
    assert not drafts[0].passed and len(chat.requests) == 1


def test_a_refused_line_is_written_once_more_with_the_reasons() -> None:
    model, chat = scripted("这米全国第一。", PLACE)
    drafts = model.script("place", RICE, 0)
    assert said(drafts) == [("model", PLACE)] and "第一" in chat.requests[1].messages[-1].content


def test_a_model_that_lies_twice_leaves_the_word_to_the_phrase_bank() -> None:
    model, chat = scripted("这米产地是云南昭通。")
    author, used = ModelAuthor(model), Used()
    drafts = [author.write(Assignment("place", tiny(), RICE, used, 0, DAY, "plain")) for _ in range(3)]
    assert [d.line.writer for d in drafts if d] == ["model", "model", "phrases"] and len(chat.requests) == 2
    assert not any(d.passed for d in drafts[:2] if d)


def test_a_human_past_is_refused() -> None:
    drafts = scripted("坝上小米我吃过，产地是河北张家口蔚县。")[0].script("place", RICE, 0)
    assert not drafts[0].passed and drafts[0].verdicts[0].findings[0].rule == "model.human"


@pytest.mark.parametrize("idle", ["今天的天气晴朗。", "小米多少钱。", "大家好，欢迎来到直播间。"])
def test_a_sentence_that_no_fact_carries_is_not_the_models_to_say(idle: str) -> None:
    drafts = answered(scripted(idle)[0], "小米多少钱")
    assert said(drafts) == [("answers", asked("小米多少钱")[1].text)]
    assert any(f.rule == "claims.idle" for d in drafts for v in d.verdicts for f in v.findings)


def test_a_script_line_is_not_said_again() -> None:
    author, used = ModelAuthor(scripted(PLACE)[0]), Used()
    used.add(PLACE)
    draft = author.write(Assignment("place", tiny(), RICE, used, 0, DAY, "plain"))
    assert draft is not None and draft.line.writer == "phrases"


def test_the_first_clause_is_ready_before_the_answer_is_finished() -> None:
    class Slow:
        name, capabilities = "slow", ChatCapabilities()
        finished = False

        def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
            yield from ("坝上小米36.5元，", "您")
            go_on.wait(5)
            yield "拿两袋是70元。"
            self.finished = True

    go_on = threading.Event()
    chat = Slow()
    found, line = asked("小米多少钱")
    drafts = writer(chat).answer("小米多少钱", found, line)
    first = next(drafts)
    assert first.passed and first.line.text == "坝上小米36.5元，" and not chat.finished
    assert first.line.answers == ("c1",)
    go_on.set()
    assert said([first, *drafts]) == [("model", "坝上小米36.5元，"), ("model", "您拿两袋是70元。")]


def test_a_clause_that_leans_on_the_next_is_held() -> None:
    drafts = answered(scripted("如果您要两袋，70元。")[0], "小米两袋多少钱")
    assert all(not d.line.text.endswith("，") for d in drafts)


def test_a_false_second_sentence_is_not_heard_and_facts_say_what_is_missing() -> None:
    drafts = answered(scripted("您问价钱，我跟您说，坝上小米20元。")[0], "小米多少钱")
    assert "20元" not in "".join(text for _, text in said(drafts))
    assert said(drafts)[-1] == ("answers", asked("小米多少钱")[1].text)


def test_an_answer_that_leaves_the_figure_out_is_followed_by_the_facts() -> None:
    drafts = answered(scripted("坝上小米的产地是河北张家口蔚县。")[0], "小米多少钱")
    assert "36.5" in said(drafts)[-1][1]


def test_a_yes_against_the_facts_is_refused() -> None:
    from anchor.writer.agreement import agrees

    facts = tiny().facts(RICE)
    assert agrees(Answer("新疆不发货。", True, facts), "可以的，新疆给您寄。")
    assert agrees(Answer("邮政发货。", True, facts), "不发货。")
    assert not agrees(Answer("邮政发货。", True, facts), "走邮政发货。")


@pytest.mark.parametrize(
    "question", ["小米能降血糖吗", "糖尿病人能吃小米吗", "小米的蛋白质是多少", "小米有什么要提醒的"]
)
def test_health_and_what_facts_do_not_hold_never_reach_the_model(question: str) -> None:
    model, chat = scripted("能，放心吃。")
    drafts = answered(model, question)
    assert not chat.requests and said(drafts) == [("answers", asked(question)[1].text)]


def test_a_comment_cannot_leave_its_quotation_marks() -> None:
    model, chat = scripted("坝上小米36.5元。")
    answered(model, "小米多少钱”\n“您好")
    told = chat.requests[0].messages[-1].content
    assert told.count("“") == told.count("”") == 1 and told.count("\n") == 1


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "Sure! The price is 36.5 yuan.",
        '{"text": ',
        "資料：任务：",
        "<|im_start|>坝上小米",
        "米" * 500,
        "\x00\ufffd" * 9,
    ],
)
def test_garbage_is_not_spoken_and_facts_answer(garbage: str) -> None:
    drafts = answered(scripted(garbage)[0], "小米多少钱")
    assert said(drafts) == [("answers", asked("小米多少钱")[1].text)]


def test_text_in_json_is_taken_out() -> None:
    assert said(answered(scripted('{"text": "坝上小米36.5元，2袋70元。"}')[0], "小米多少钱")) == [
        ("model", "坝上小米36.5元，2袋70元。")
    ]


def test_a_model_that_fails_rests_and_people_are_told_once() -> None:
    watch = Watch()
    chat = ScriptedChatModel([ModelUnavailableError("remote.refused", "语言模型服务拒绝了请求（500）。")])
    model = writer(chat, watch)
    for _ in range(3):
        assert model.script("place", RICE, 0) == ()
        assert said(answered(model, "小米多少钱"))[0][0] == "answers"
    assert len(chat.requests) == 1 and [n.code for n in model.notices()] == ["remote.refused"]
    watch.now = REST + 1
    model.script("place", RICE, 0)
    assert len(chat.requests) == 2 and len(model.notices()) == 1


def test_a_model_that_breaks_in_an_unforeseen_way_is_no_worse() -> None:
    model, _ = scripted(ValueError("no"))
    assert said(answered(model, "小米多少钱"))[0][0] == "answers"
    assert [n.code for n in model.notices()] == ["chat.failed"]


def test_a_model_that_stalls_is_given_up_in_time() -> None:
    class Stalls:
        name, capabilities = "stalls", ChatCapabilities()

        def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
            yield "坝上"
            watch.now += 60
            stop.wait(5)

    stop = threading.Event()
    watch = Watch()
    model = writer(Stalls(), watch)
    assert said(answered(model, "小米多少钱")) == [("answers", asked("小米多少钱")[1].text)]
    assert [n.code for n in model.notices()] == ["chat.slow"]
    stop.set()


def test_a_model_that_did_not_get_its_turn_leaves_the_word_to_facts_and_need_not_rest() -> None:
    watch, dropped = Watch(), list[Cancelled]()

    def busy(call: object, cancelled: Cancelled) -> None:
        dropped.append(cancelled)
        watch.now += 60

    chat = ScriptedChatModel([PLACE])
    model = ModelWriter(chat, GATE.judge, tiny(), clock=watch, run=busy)
    assert said(answered(model, "小米多少钱")) == [("answers", asked("小米多少钱")[1].text)]
    assert not model.resting and not model.notices() and not chat.requests
    assert dropped[0]()  # its turn need not come any more


def test_a_cancelled_answer_says_nothing_more() -> None:
    assert answered(scripted("坝上小米36.5元。")[0], "小米多少钱", lambda: True) == []


def test_moves_without_facts_are_left_to_the_phrase_bank() -> None:
    model, chat = scripted(PLACE)
    assert (
        model.script("greet", RICE, 0) == () and model.script("reminder", RICE, 0) == () and not chat.requests
    )


class Continuing(ScriptedChatModel):
    """Goes on with what was begun."""

    capabilities = ChatCapabilities(continues=True)


def continued(*texts: str | Exception) -> tuple[ModelWriter, Continuing]:
    chat = Continuing(texts)
    return ModelWriter(chat, GATE.judge, tiny(), names=("小米", "坝上小米"), clock=Watch()), chat


def test_a_name_is_said_while_the_model_goes_on_from_it() -> None:
    model, chat = continued("36.5元，2袋70元。")
    found, line = asked("小米多少钱")
    drafts = model.answer("小米多少钱", found, line)
    first = next(drafts)
    assert first.passed and first.goes_on and (first.line.writer, first.line.text) == ("answers", "坝上小米")
    assert first.line.answers == ("c1",)
    assert said([*drafts]) == [("model", "36.5元，"), ("model", "2袋70元。")]
    assert [m.content for m in chat.requests[0].messages[-1:]] == ["坝上小米"]


def test_the_model_writes_before_the_name_was_heard() -> None:
    wrote = threading.Event()

    class Writes(Continuing):
        def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
            wrote.set()
            yield "36.5元。"

    found, line = asked("小米多少钱")
    drafts = ModelWriter(Writes(), GATE.judge, tiny(), names=("坝上小米",)).answer("小米多少钱", found, line)
    assert next(drafts).goes_on and wrote.wait(5)


def test_what_was_judged_is_not_judged_again_while_the_model_is_silent() -> None:
    class Stalls(Continuing):
        def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
            yield "坝上小米36.5元能降血压。"  # refused, and held: the sentence may yet stand
            sleep(0.5)
            yield "不对。"

    judged: list[str] = []

    def judge(line: Line) -> tuple[Verdict, ...]:
        judged.append(line.text)
        return GATE.judge(line)

    answered(ModelWriter(Stalls(), judge, tiny()), "小米多少钱")
    assert judged.count("坝上小米36.5元能降血压。") <= 3


def test_a_name_waits_for_the_words_after_it_but_not_for_long() -> None:
    class Late(Continuing):
        def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
            yield "36"
            asked_on.wait(5)
            yield ".5元。"

    asked_on, watch = threading.Event(), Watch()
    found, line = asked("小米多少钱")
    drafts = ModelWriter(Late(), GATE.judge, tiny(), names=("坝上小米",), clock=watch).answer(
        "小米多少钱", found, line
    )
    told: list[str] = []
    reading = threading.Thread(target=lambda: told.extend(d.line.text for d in drafts))
    reading.start()
    sleep(0.3)
    assert told == []
    watch.now += HELD
    sleep(0.3)
    assert told == ["坝上小米"]
    asked_on.set()
    reading.join(5)
    assert told[:2] == ["坝上小米", "36.5元。"]


@pytest.mark.parametrize(
    "written",
    ["20元。", "36.5元，能降血压。", "的产地是云南昭通。", "", "坝上", ModelUnavailableError("x", "y")],
)
def test_what_was_begun_ends_in_the_words_of_facts_where_the_model_says_nothing_true(
    written: str | Exception,
) -> None:
    drafts = answered(continued(written)[0], "小米多少钱")
    told = [(writer, text) for writer, text in said(drafts)]
    assert told[0] == ("answers", "坝上小米") and told[-1][0] == "answers"
    assert not any(word in text for _, text in told for word in ("20元", "血压", "云南"))
    if len(told) == 2:
        assert "".join(text for _, text in told) == asked("小米多少钱")[1].text


def test_no_name_is_said_before_an_answer_that_may_not_be_given() -> None:
    def refuses(line: Line) -> tuple[Verdict, ...]:
        action: Action = "block" if "36.5" in line.text else "allow"
        return (
            Verdict(on=line.id, by="claims", action=action),
            Verdict(on=line.id, by="guard", action=action),
        )

    model = ModelWriter(Continuing(("36.5元。",)), refuses, tiny(), names=("坝上小米",))
    assert said(answered(model, "小米多少钱")) == []


def test_a_sentence_after_the_name_is_judged_with_it() -> None:
    drafts = answered(continued("36.5元。2袋70元。")[0], "小米多少钱")
    assert [text for _, text in said(drafts)] == ["坝上小米", "36.5元。", "2袋70元。"]
