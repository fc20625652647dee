"""Care: who needs what, words that the guard lets pass, terms in plain words once a show."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor.care import NOTICES, Comforter, Explainer, glossary, mentions, need_of
from anchor.comments.triage import triage
from anchor.replies import NEEDS, REPLY_KINDS, Need, Reply, replies
from anchor.speech.front_end import read_out
from compliance.guard import Guard

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard.load()


def kind_words() -> list[Reply]:
    return [reply for need in NEEDS for reply in replies()[need]]


def test_every_fixed_sentence_may_be_said_by_an_ai(guard: Guard) -> None:
    every = [reply for kind in REPLY_KINDS for reply in replies()[kind]]
    assert [r.id for r in every if guard.check(r.text, "ai").action != "allow"] == []


def test_kind_words_neither_sell_nor_press() -> None:
    selling = re.compile("优惠|便宜|划算|赶紧|抢|库存|最后|快来|现在买|下单吧|拍下来|(?<!别)点链接|[元折]")
    assert [reply.id for reply in kind_words() if selling.search(reply.text)] == []


@pytest.mark.parametrize("need", NEEDS)
def test_each_need_has_several_words_and_a_notice(need: Need) -> None:
    assert len({reply.text for reply in replies()[need]}) >= 5
    assert NOTICES[need]


def test_despair_always_points_to_people_who_can_come() -> None:
    assert all(re.search("12356|110|120", r.text) for r in replies()["despair"])


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("我不想活了", "despair"),
        ("养老金全花光了又借了钱，活着没意思，想跳楼", "despair"),
        ("老头子上个月去世了", "grief"),
        ("没人陪我说话，太孤单了", "loneliness"),
        ("我爸确诊了晚期，在化疗", "illness"),
        ("我找不到家了", "confusion"),
        ("借了邻居的钱，再来五箱", "overbuying"),
        ("我上小学五年级，用妈妈手机看", "minor"),
        ("刷单返佣加微信，日赚三百", "scam"),
        ("多少钱一斤", None),
    ],
)
def test_a_comment_is_answered_for_what_it_needs(text: str, need: Need | None) -> None:
    judged = triage(text)
    assert need_of(judged.kind, judged) == need


def test_a_need_hears_all_words_before_one_again() -> None:
    comforter = Comforter()
    count = len(replies()["grief"])
    said = [comforter("distress", "老伴去世了") for _ in range(2 * count)]
    assert len(set(said[:count])) == count
    assert said[count:] == said[:count]


def test_a_hotline_is_said_figure_by_figure() -> None:
    assert read_out("请打12356，或者110。") == "请打幺二三五六，或者幺幺零。"


def test_the_glossary_is_large_and_plain(guard: Guard) -> None:
    terms = glossary()
    assert len(terms) >= 380 and len({t.name for t in terms}) == len(terms)
    assert [t.name for t in terms if len(t.plain) > 24 or t.name in t.plain] == []
    assert [t.name for t in terms if guard.check(f"就是{t.plain}。", "ai").action != "allow"] == []


def test_a_term_is_explained_once_a_show() -> None:
    explainer = Explainer()
    (mention,) = explainer.explain("这罐蜜波美度四十二。")
    assert mention.term.name == "波美度" and mention.aside.startswith("波美度，就是")
    assert explainer.explain("再说一遍，波美度四十二。") == []


def test_a_line_that_explains_the_term_itself_needs_no_more() -> None:
    plain = next(t.plain for t in glossary() if t.name == "溯源")
    assert Explainer().explain(f"溯源，{plain}。") == []


def test_the_longer_term_wins() -> None:
    assert [m.term.name for m in mentions("扫溯源码看看")] == ["溯源码"]


def test_a_term_inside_a_latin_word_is_none() -> None:
    assert mentions("SKULL牌") == []
    assert [m.term.name for m in mentions("这个SKU没货")] == ["SKU"]


@given(st.text(max_size=80))
def test_mentions_are_where_they_say(line: str) -> None:
    assert all(line[m.start : m.end] == m.term.name for m in mentions(line))
