"""What of a growing text may be spoken, and what is left when a clause is cut out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor.writer.stretches import LONGEST, first_end, human, next_end, tidy, without

pytestmark = pytest.mark.unit

MARKED = st.text(alphabet="米面好看要去如果，。！12", max_size=60)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("山里的核桃十元，您", "山里的核桃十元，"),
        ("您好，山里的核桃，看", "您好，山里的核桃，"),
        ("山里的核桃。", "山里的核桃。"),
        ("如果您要两袋，便", ""),
        ("除了新疆和西藏，都", ""),
        ("产地是，", ""),
        ("核桃净重5，0", ""),
        ("山里的核桃", ""),
    ],
)
def test_the_first_stretch_ends_where_it_stands_by_itself(written: str, said: str) -> None:
    assert written[: first_end(written)] == said


@given(MARKED)
def test_stretches_are_pieces_of_the_text_in_order(text: str) -> None:
    end = first_end(text)
    while end:
        following = next_end(text, end)
        assert following == 0 or end < following <= len(text)
        end = following


def test_a_clause_that_touches_an_offence_goes() -> None:
    text = "核桃产地是山西汾阳，全国第一，净重500克。"
    assert without(text, [(10, 14)]) == "核桃产地是山西汾阳，净重500克。"


@pytest.mark.parametrize(
    ("text", "span"), [("核桃十元，便宜。", (0, 2)), ("如果要买，全国第一，十元一斤吧。", (5, 9))]
)
def test_what_does_not_stand_by_itself_is_nothing(text: str, span: tuple[int, int]) -> None:
    assert without(text, [span]) == ""


@given(MARKED, st.integers(0, 60), st.integers(0, 60))
def test_what_is_left_holds_nothing_of_the_offence(text: str, a: int, b: int) -> None:
    left = without(text, [(min(a, b), max(a, b))])
    assert len(left) <= len(text) + 1 and (not left or left[-1] in "。！？!?")


@pytest.mark.parametrize(
    "text",
    [
        "Hello there",
        "**核桃**",
        "资料：核桃",
        "https://a.b 核桃",
        "{}",
        "ありがとう核桃",
        "核" * (LONGEST + 1),
    ],
)
def test_what_nobody_can_say_is_no_line(text: str) -> None:
    assert tidy(text) == ""


def test_a_line_loses_its_role_and_quotes_and_gains_its_full_stop() -> None:
    assert tidy("主播：“核桃十元”") == "核桃十元。"


def test_a_human_past_is_found() -> None:
    assert human("这个我自己吃过") and human("我妈最爱") and not human("我跟您说")
