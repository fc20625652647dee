from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects import lexicon
from dialects.render import Renderer

pytestmark = pytest.mark.unit

GROUPS = st.sampled_from([None, "xinan", "yue", "minnan", "wu", "kejia", "dongbei", "xiang", "mandarin"])
LEXICONS = [lexicon.read(data, name)[0] for name, data in lexicon.built_in_files()]
PIECES = sorted({s.surfaces[0] for found in LEXICONS if found for s in found.senses})[::7]
MIXED = st.lists(
    st.one_of(
        st.sampled_from(PIECES or ["巴适"]),
        st.sampled_from(
            [
                "先",
                "，",
                "。",
                "过",
                "多",
                "三个半",
                "一斤",
                "我",
                "今天",
                "好",
                "🍊",
                "ABC",
                "\u200b",
                "\ue000",
                "𠊎",
                "這個",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


def check(renderer: Renderer, text: str, group: str | None) -> None:
    rendering = renderer.render(text, group)
    at = 0
    for gloss in rendering.glosses:
        assert at <= gloss.start < gloss.end <= len(text)
        assert text[gloss.start : gloss.end] == gloss.surface
        assert rendering.mandarin[gloss.mandarin_start : gloss.mandarin_end] == gloss.mandarin
        at = gloss.end
    spans = sorted((g.mandarin_start, g.mandarin_end) for g in rendering.glosses)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert 0.0 <= rendering.confidence <= 1.0
    if not rendering.glosses:
        assert sorted(rendering.mandarin) == sorted(text)


@settings(deadline=None)
@given(MIXED, GROUPS)
def test_spans_are_valid_on_both_texts(built_in: Renderer, text: str, group: str | None) -> None:
    check(built_in, text, group)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "🍊" * 50, "\u200b啥子\u200b", "\ue000\U000f0000", "𠊎𠊎", "A" * 2000]
)
def test_strange_input_never_fails(built_in: Renderer, text: str) -> None:
    check(built_in, text, None)


def test_a_hundred_thousand_characters_are_rendered(built_in: Renderer) -> None:
    check(built_in, "佢话呢啲荔枝好甜，一斤三个半，" * 6700, None)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_accepted(built_in: Renderer, text: str) -> None:
    check(built_in, text, None)
