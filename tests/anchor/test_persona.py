"""Who the host is: data that is checked, a greeting of its own, nothing that a guard refuses."""

from __future__ import annotations

import pytest

from anchor.persona import DEFAULT, parse_personas, persona, personas
from anchor.writer.author import Assignment, Phrases
from anchor.writer.memory import Used
from compliance.guard import Guard
from core.errors import ConfigurationError, InputError
from knowledge_graph.claims import Checker
from tests.anchor.shops import DAY, RICE, tiny

pytestmark = pytest.mark.unit

HEADER = 'author = "a"\nsource = "b"\nlicence = "c"\ndate = "d"\n'


def test_every_greeting_may_be_said_by_an_ai() -> None:
    guard = Guard.load(DAY)
    said = [text for host in personas().values() for text in (*host.hello, *host.address)]
    assert said and [text for text in said if guard.check(text, "ai").action != "allow"] == []


def test_an_unknown_persona_lists_the_choices() -> None:
    assert persona("") == DEFAULT
    with pytest.raises(InputError) as caught:
        persona("nobody")
    assert "xiaoxiang" in caught.value.hint


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("[persona.a]\nmood = 'x'", "mood"),
        ("[persona.a]\nspeed = 3.0", "语速"),
        ("[persona.a]\nregister = 'loud'", "语气"),
        ("[persona.a]\nhello = ['你好']", "标点"),
        ("[persona.a]\naddress = ['老乡。']", "逗号"),
        ("[persona", "有误"),
    ],
)
def test_a_bad_persona_is_named(row: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        parse_personas(HEADER + row)


def test_a_file_without_a_licence_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="licence"):
        parse_personas(HEADER.replace("licence", "license"))


def test_the_dialect_greets_once_and_never_tells_a_fact() -> None:
    hello = persona("yaomei").hello
    author, used = Phrases(hello), Used()
    first = author.write(Assignment("greet", tiny(), "", used, 1, DAY)) or pytest.fail("silent")
    assert first.line.segments[0].text in hello and first.line.segments[0].fact is None
    used.add(first.line.text, first.pattern)
    for move, product in (("greet", RICE), ("price", RICE)):
        draft = author.write(Assignment(move, tiny(), product, used, 1, DAY)) or pytest.fail("silent")  # type: ignore[arg-type]
        assert not any(text in draft.line.text for text in hello)


def test_the_words_before_an_answer_claim_nothing() -> None:
    said = [text for host in personas().values() for text in host.address]
    checker = Checker(tiny())
    assert said and [text for text in said if checker.check(text).claims] == []
