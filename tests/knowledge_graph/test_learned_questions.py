"""The learned reader of questions: what it adds, and where it keeps still."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_graph.facts import MemoryShop, ShopMeta
from knowledge_graph.questions.asked import Asked, Understander
from knowledge_graph.questions.learned import OTHER, Reader, fitted, load_reader
from knowledge_graph.search import Catalogue

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 22)
READS = Understander(Catalogue(MemoryShop(ShopMeta("空", DAY), {})))
QUESTIONS = [
    (text, frozenset({kind}))
    for kind, texts in {
        "care": ("淋了雨咋收拾", "淋湿了咋收拾", "弄湿了怎么收拾", "湿了咋收拾"),
        "price": ("报个数吧", "报个数", "给个数吧", "报一个数"),
        OTHER: ("唱首歌吧", "唱个歌", "唱一首歌呗", "再唱首歌"),
    }.items()
    for text in texts * 6
]


def asked(text: str) -> Asked:
    return READS.read(text, None, DAY)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return fitted([(asked(text), kinds) for text, kinds in QUESTIONS])


def test_a_kind_that_no_family_hears_is_guessed(reader: Reader) -> None:
    silent = replace(asked("鞋子淋湿了咋收拾"), intents=frozenset())
    revised = reader.revise(silent)
    assert revised.intents == {"care"}
    assert revised.guessed


def test_small_talk_is_off_topic_and_asks_nothing(reader: Reader) -> None:
    revised = reader.revise(asked("再唱一首歌吧"))
    assert revised.off_topic
    assert not revised.intents


def test_a_family_that_heard_a_neighbouring_kind_is_believed(reader: Reader) -> None:
    heard = replace(asked("报个数吧"), intents=frozenset({"unit_price"}))
    assert reader.revise(heard) == heard


def test_who_must_be_careful_is_never_guessed_at(reader: Reader) -> None:
    ill = asked("糖尿病人淋湿了咋收拾")
    assert reader.revise(ill) == ill


def test_the_reader_of_the_house_knows_the_kinds_and_where_its_lines_come_from() -> None:
    house = load_reader()
    assert {"price", "ship_region", OTHER} <= set(house.model.kinds)
    assert "CC0" in house.model.about
