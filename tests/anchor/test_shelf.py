"""The shelf: what was learnt by heart is there after a restart, whole or not at all, and within its bound."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from anchor.speech.shelf import ClauseKey, Shelf
from core.events import Viseme
from core.ports import Speech

pytestmark = pytest.mark.unit

RATE = 24_000


def key(said: str) -> ClauseKey:
    return ClauseKey("tone", 0.95, said, 0.1)


def speech(seconds: float = 0.5) -> Speech:
    samples = np.sin(np.arange(round(seconds * RATE)) / 20).astype(np.float32) * 0.4
    return Speech(samples, RATE, (Viseme("a", 0.0, seconds / 2), Viseme("rest", seconds / 2, seconds)))


def test_a_clause_is_the_same_after_a_restart(tmp_path: Path) -> None:
    Shelf(tmp_path, "m").put(key("小米，"), speech())
    held = Shelf(tmp_path, "m").get(key("小米，"))
    assert held is not None
    assert (held.rate, held.visemes) == (RATE, speech().visemes)
    assert np.abs(held.samples - speech().samples).max() < 1e-4


@pytest.mark.parametrize(
    "other", [ClauseKey("tone", 0.95, "小米。", 0.1), ClauseKey("tone", 1.0, "小米，", 0.1)]
)
def test_other_words_or_another_speed_are_another_clause(tmp_path: Path, other: ClauseKey) -> None:
    shelf = Shelf(tmp_path, "m")
    shelf.put(key("小米，"), speech())
    assert shelf.get(other) is None and other not in shelf


def test_what_another_model_spoke_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    Shelf(tmp_path, "old").put(key("小米，"), speech())
    assert Shelf(tmp_path, "new").get(key("小米，")) is None


def test_the_clause_used_longest_ago_makes_room(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "m", limit=60_000)  # two of them
    for said in ("一", "二"):
        shelf.put(key(said), speech())
    shelf.get(key("一"))
    shelf.put(key("三"), speech())
    assert [key(said) in shelf for said in ("一", "二", "三")] == [True, False, True]
    assert shelf.held_bytes == sum(f.stat().st_size for f in tmp_path.iterdir()) <= 60_000


def test_a_damaged_clause_is_spoken_anew(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "m")
    shelf.put(key("小米，"), speech())
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-2])
    assert shelf.get(key("小米，")) is None
    assert key("小米，") not in shelf and not file.exists()


def test_nothing_is_written_where_the_folder_was_erased(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shop", "m")
    shutil.rmtree(tmp_path / "shop")
    assert not shelf.put(key("小米，"), speech())
    assert not (tmp_path / "shop").exists()
