"""The second opinion where the service gives it to triage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anchor.comments.cues import KINDS
from anchor.comments.triage import triage
from service import second_opinion

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    second_opinion.second_opinion.cache_clear()
    second_opinion.sentence_embedding.cache_clear()


def test_without_the_embedder_the_cues_judge_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_opinion, "BACKENDS", {})
    assert second_opinion.second_opinion() is None
    assert second_opinion.sentence_embedding() is None
    assert second_opinion.live_judge() is triage


def test_the_embedder_s_opinion_scores_every_kind() -> None:
    opinion = second_opinion.second_opinion()
    assert opinion is not None
    scores = opinion("屋里头冷清得很，连个搭话的都没有")
    assert scores is not None and len(scores) == len(KINDS)
    assert KINDS[int(scores.argmax())] == "distress"


def test_what_triage_doubted_is_not_embedded_again_for_its_answer() -> None:
    embed = second_opinion.sentence_embedding()
    assert embed is not None
    assert embed("蔫了咋算") is embed("蔫了咋算")
