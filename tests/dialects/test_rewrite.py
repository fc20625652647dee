from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.ports import Cancelled, ChatCapabilities, ChatRequest, never
from dialects.render import Renderer
from dialects.rewrite import rewrite

pytestmark = pytest.mark.unit


class Says:
    name = "says"
    capabilities = ChatCapabilities()

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[ChatRequest] = []

    def stream(self, request: ChatRequest, cancelled: Cancelled = never) -> Iterator[str]:
        self.asked.append(request)
        yield from self.answer


TEXT = "这个果子巴适，三块八一斤相因得很"


def test_a_faithful_answer_is_taken_with_spans_on_it(renderer: Renderer) -> None:
    smoothed = rewrite(renderer.render(TEXT), Says("这果子舒服，三块八一斤，真是便宜得很"))
    assert smoothed.mandarin == "这果子舒服，三块八一斤，真是便宜得很"
    for gloss in smoothed.glosses:
        assert smoothed.mandarin[gloss.mandarin_start : gloss.mandarin_end] == gloss.mandarin


@pytest.mark.parametrize(
    "answer",
    [
        "这果子舒服，三块五一斤，便宜得很",
        "这果子很好，三块八一斤，便宜得很",
        "",
        "这果子舒服，三块八一斤，便宜得很，快来买呀，家人们千万不要错过这个好机会",
        "三块八一斤便宜，这果子舒服",
    ],
)
def test_a_changed_value_or_a_lost_word_leaves_the_rules_standing(renderer: Renderer, answer: str) -> None:
    rendering = renderer.render(TEXT)
    assert rewrite(rendering, Says(answer)) == rendering


def test_product_words_must_survive(renderer: Renderer) -> None:
    rendering = renderer.render("春见柑巴适")
    assert rewrite(rendering, Says("春柑舒服"), vocabulary=["春见柑"]) == rendering


def test_the_model_is_told_what_to_keep(renderer: Renderer) -> None:
    model = Says("")
    rewrite(renderer.render(TEXT), model)
    assert "必须保留：舒服、便宜" in model.asked[0].messages[-1].content


def test_plain_mandarin_never_reaches_the_model(renderer: Renderer) -> None:
    model = Says("改了")
    rendering = renderer.render("今天天气很好。")
    assert rewrite(rendering, model) == rendering
    assert not model.asked
