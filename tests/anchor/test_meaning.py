"""The learned voices of triage: fitted to the comments as they are; when the second one is asked."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

from anchor.comments import likeness, meaning
from anchor.comments.cues import KINDS, Kind
from anchor.comments.likeness import Vector
from anchor.comments.triage import WINDOW, triage
from core.errors import ConfigurationError
from core.text import kernel

pytestmark = pytest.mark.unit

SURE = "多少钱一斤，包邮吗"
DOUBTFUL = "咘嘞嘀咕"


def leaning_to(kind: Kind, asked: list[str]) -> meaning.Opinion:
    def opinion(text: str) -> Vector:
        asked.append(text)
        return np.where(np.array(KINDS) == kind, 3.0, 0.0)

    return opinion


def test_both_were_fitted_to_the_comments_as_they_are() -> None:
    paths = sorted((Path(__file__).parents[2] / "benchmarks" / "data" / "comments").glob("*.tsv"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    told = "\n".join(line for line in lines if not line.startswith("#"))
    version = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert likeness.load().version == version, "run python -m benchmarks.triage --write"
    assert meaning.load().version == version, "run python -m benchmarks.triage --write"


def test_likeness_tells_the_kinds_it_was_taught() -> None:
    texts: list[tuple[str, Kind]] = [
        ("一斤几块钱", "functional"),
        ("夜里睡不着", "distress"),
        ("晚安", "ritual"),
    ]
    model = likeness.fit([(likeness.told(text, [kind]), kind) for text, kind in texts * 5])
    for text, kind in texts:
        assert KINDS[int(model.odds(likeness.told(text, [kind])).argmax())] == kind


@pytest.mark.parametrize(("module", "code"), [(likeness, "bad_likeness"), (meaning, "bad_meaning")])
def test_a_damaged_file_is_named(
    module: ModuleType, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / module.FILE).write_bytes(b"no model")
    monkeypatch.setattr(module.resources, "files", lambda _: tmp_path)
    with pytest.raises(ConfigurationError, match=module.FILE) as told:
        module.load.__wrapped__()
    assert told.value.code == f"comments.{code}"


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


def test_fitted_weights_tell_the_kinds_apart_and_eight_bits_lose_little() -> None:
    rng = np.random.default_rng(5)
    kinds = [kind for kind in KINDS for _ in range(6)]
    vectors = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]] + rng.normal(0, 0.05, (54, 9))
    fitted = meaning.fit(vectors.astype(np.float32), kinds, "a1")
    scores = fitted.scores(vectors.astype(np.float32))
    assert [KINDS[i] for i in scores.argmax(1)] == kinds
    file = io.BytesIO()
    fitted.write(file)
    file.seek(0)
    again = kernel.read(file)
    assert again.version == "a1" and np.abs(again.scores(vectors.astype(np.float32)) - scores).max() < 0.05


def test_a_vector_becomes_a_score_of_each_kind() -> None:
    known = meaning.load().known

    def embed(text: str) -> npt.NDArray[np.float32]:
        return np.full(known.shape[1], 9.0, np.float32)

    assert meaning.Meaning(embed)("好") == pytest.approx(meaning.load().bias)


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
