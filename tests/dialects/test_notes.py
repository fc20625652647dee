from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import Gloss
from dialects import notes

pytestmark = pytest.mark.unit


def gloss(surface: str, note: str = "很好", *, function: bool = False, mandarin: str = "好") -> Gloss:
    return Gloss(surface, 0, 1, mandarin, 0, 1, note, "四川话", f"xinan/{surface}", function)


def test_the_first_mention_gets_the_full_note() -> None:
    assert notes.decide([gloss("巴适")], {}) == ("〔四川话“巴适”：很好〕",)


def test_later_mentions_get_the_short_note_then_none() -> None:
    assert notes.decide([gloss("巴适")], {"xinan/巴适": 1}) == ("〔四川话“巴适”〕",)
    assert notes.decide([gloss("巴适")], {"xinan/巴适": 9}) == ("",)


def test_grammar_words_and_vanished_words_carry_none() -> None:
    assert notes.decide([gloss("嘅", function=True), gloss("㗎", mandarin="")], {}) == ("", "")


def test_a_word_is_noted_once_a_caption() -> None:
    assert notes.decide([gloss("巴适"), gloss("巴适")], {})[1] == ""


def test_viewers_choose_off_and_short() -> None:
    assert notes.decide([gloss("巴适")], {}, "off") == ("",)
    assert notes.decide([gloss("巴适")], {}, "short") == ("〔四川话“巴适”〕",)


def test_a_full_note_shrinks_before_it_is_dropped() -> None:
    assert notes.decide([gloss("巴适")], {}, room=10) == ("〔四川话“巴适”〕",)
    assert notes.decide([gloss("巴适")], {}, room=5) == ("",)


def test_first_mentions_outlast_known_words() -> None:
    shown = notes.decide([gloss("巴适"), gloss("相因")], {"xinan/巴适": 1}, room=13)
    assert shown == ("", "〔四川话“相因”：很好〕")


def test_a_stream_remembers_what_it_explained() -> None:
    mentions = notes.Mentions()
    assert mentions.decide([gloss("巴适")])[0].endswith("很好〕")
    mentions.remember([gloss("巴适"), gloss("巴适")])
    assert mentions.decide([gloss("巴适")]) == ("〔四川话“巴适”〕",)


@given(st.lists(st.sampled_from("甲乙丙丁"), max_size=6), st.integers(0, 40))
def test_notes_never_exceed_their_room(surfaces: list[str], room: int) -> None:
    shown = notes.decide([gloss(s) for s in surfaces], {}, room=room)
    assert len(shown) == len(surfaces)
    assert sum(map(len, shown)) <= room
