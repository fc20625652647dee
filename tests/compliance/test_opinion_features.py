"""What the opinion reads of a text and of its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.opinion_features import LONGEST, told

pytestmark = pytest.mark.unit


@given(st.text("今天的橘子刚摘下来喝一斤3a，。！_ \n", max_size=2 * LONGEST))
def test_a_sentence_holds_as_part_of_a_text_what_it_holds_alone(text: str) -> None:
    for sentence in told(text).sentences:
        assert text.startswith(sentence.text, sentence.start)
        alone = [each.tolist() for each in told(sentence.text).hashes if len(each)]
        assert [each.tolist() for each in sentence.hashes if len(each)] == alone


def test_sentences_end_at_their_marks_and_long_ones_come_in_parts() -> None:
    assert [s.text for s in told("！今天刚摘。两斤一袋！！要").sentences] == [
        "今天刚摘。",
        "两斤一袋！！",
        "要",
    ]
    assert [len(s.text) for s in told("橘" * (LONGEST + 3)).sentences] == [LONGEST, 3]
