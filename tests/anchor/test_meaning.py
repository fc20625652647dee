"""The second opinion of triage: when it is asked, what it changes, and that its weights fit the examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from anchor.comments import meaning
from anchor.comments.cues import KINDS, Kind
from anchor.comments.likeness import Vector, exemplars
from anchor.comments.triage import WINDOW, triage

pytestmark = pytest.mark.unit

SURE = "多少钱一斤，包邮吗"
DOUBTFUL = "咘嘞嘀咕"


def leaning_to(kind: Kind, asked: list[str]) -> meaning.Opinion:
    def opinion(text: str) -> Vector:
        asked.append(text)
        return np.where(np.array(KINDS) == kind, 3.0, 0.0)

    return opinion


def test_the_weights_were_fitted_on_the_examples_as_they_are() -> None:
    assert meaning.load()[1] == meaning.fingerprint(exemplars()), "run python -m benchmarks.meaning --write"


def test_it_is_asked_only_in_doubt_and_decides_there() -> None:
    asked: list[str] = []
    opinion = leaning_to("distress", asked)
    assert triage(SURE, None, opinion).kind == "functional" and asked == []
    assert triage(DOUBTFUL, None, opinion).kind == "distress" and asked == [DOUBTFUL]


def test_where_it_has_none_the_cues_decide() -> None:
    assert triage(DOUBTFUL, None, lambda _: None) == triage(DOUBTFUL)


def test_a_comment_longer_than_one_window_does_not_ask() -> None:
    asked: list[str] = []
    triage(DOUBTFUL * WINDOW, None, leaning_to("scam", asked))
    assert asked == []


def test_fitted_weights_tell_the_kinds_apart() -> None:
    rng = np.random.default_rng(5)
    kinds = [kind for kind in KINDS for _ in range(6)]
    vectors = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]] + rng.normal(0, 0.05, (54, 9))
    fitted = meaning.fit(vectors.astype(np.float32), kinds)
    assert [KINDS[i] for i in (vectors @ fitted.weights + fitted.bias).argmax(1)] == kinds


def test_a_vector_becomes_a_score_of_each_kind() -> None:
    size = len(meaning.load()[0].weights)

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.zeros((len(texts), size), np.float32)

    assert meaning.Meaning(embed)("好") == pytest.approx(meaning.load()[0].bias)


def test_a_flood_leaves_the_cues_alone() -> None:
    now = 0.0
    asked: list[str] = []
    sparing = meaning.Sparing(leaning_to("troll", asked), each_second=4, now=lambda: now)
    for _ in range(100):
        sparing("好")
    assert len(asked) == 4
    now = 0.5
    for _ in range(100):
        sparing("好")
    assert len(asked) == 6
