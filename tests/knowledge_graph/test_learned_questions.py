"""The learned reader of questions: what it adds, and where it keeps still."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.text.linear import Floats
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


LINES = Path(__file__).parents[2] / "benchmarks" / "data" / "questions"
SUBJECTS = {"湿": [1, 0, 0], "数": [0, 1, 0], "歌": [0, 0, 1]}


def asked(text: str) -> Asked:
    return READS.read(text, None, DAY)


def silent(text: str) -> Asked:
    return replace(asked(text), intents=frozenset())


def embed(text: str) -> Floats:
    """A meaning for the one character that tells what the text is about."""
    return np.array(next((v for told, v in SUBJECTS.items() if told in text), [0, 0, 0]), np.float32)


def never(text: str) -> Floats:
    raise AssertionError(f"nothing about {text} is in doubt")


@pytest.fixture(scope="module")
def reader() -> Reader:
    vectors = np.stack([embed(text) for text, _ in QUESTIONS])
    return fitted([(asked(text), kinds) for text, kinds in QUESTIONS], vectors, {"version": "a1"})


def test_a_kind_that_no_family_hears_is_guessed(reader: Reader) -> None:
    revised = reader.revise(silent("鞋子淋湿了咋收拾"))
    assert revised.intents == {"care"}
    assert revised.guessed


def test_words_that_nobody_taught_are_read_by_their_meaning(reader: Reader) -> None:
    strange = silent("袜头浇湿哉哪能办")
    assert not reader.revise(strange).intents
    assert reader.revise(strange, embed).intents == {"care"}


def test_the_meaning_of_what_words_and_families_agree_on_is_not_asked(reader: Reader) -> None:
    sure = replace(asked("报个数吧"), intents=frozenset({"price"}))
    assert reader.revise(sure, never) == sure


def test_small_talk_is_off_topic_and_asks_nothing(reader: Reader) -> None:
    revised = reader.revise(asked("再唱一首歌吧"), embed)
    assert revised.off_topic
    assert not revised.intents


def test_what_is_surely_asked_beside_what_a_family_heard_is_asked_too(reader: Reader) -> None:
    heard = replace(asked("湿了咋收拾"), intents=frozenset({"usage"}))
    assert reader.revise(heard, embed).intents == {"usage", "care"}
    assert reader.revise(heard) == heard


def test_it_is_not_asked_of_facts_that_tell_nothing_of_it(reader: Reader) -> None:
    heard = replace(asked("湿了咋收拾"), intents=frozenset({"usage"}))
    assert reader.revise(heard, embed, lambda _, __: False) == heard


def test_what_a_family_surely_misheard_is_given_up(reader: Reader) -> None:
    misheard = replace(asked("湿了咋收拾"), intents=frozenset({"price"}))
    assert reader.revise(misheard, embed).intents == {"care"}


def test_the_price_of_an_amount_stands_alone(reader: Reader) -> None:
    class Sure(Reader):
        def odds(self, asked: Asked, vector: Floats | None = None) -> dict[str, float]:
            return {"price": 1.0, "unit_price": 4.0}

    sure = Sure(reader.words, reader.meaning)
    heard = replace(asked("九斤几块"), intents=frozenset({"price"}))
    assert sure.revise(heard, embed) == heard
    assert sure.revise(replace(heard, forms=("这个几块",)), embed).intents == {"price", "unit_price"}


def test_who_must_be_careful_is_never_guessed_at(reader: Reader) -> None:
    ill = asked("糖尿病人淋湿了咋收拾")
    assert reader.revise(ill, never) == ill


def test_the_reader_of_the_house_was_fitted_to_the_questions_as_they_are() -> None:
    house = load_reader()
    lines = [
        f"{','.join(sorted(kinds.split(',')))}\t{text}"
        for path in sorted(LINES.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for kinds, _, text in [line.partition("\t")]
        if not line.startswith("#")
    ]
    version = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    assert house.words.version == version, "run python -m benchmarks.questions --write"
    assert house.meaning.version == version, "run python -m benchmarks.questions --write"
    assert {"price", "ship_region", OTHER} <= set(house.words.kinds)
    assert "CC0" in house.words.about
