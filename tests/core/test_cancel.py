from __future__ import annotations

import pytest

from core.cancel import Turns

pytestmark = pytest.mark.unit


def test_beginning_a_turn_cancels_the_one_before() -> None:
    turns = Turns()
    first = turns.begin()
    assert not first.cancelled
    second = turns.begin()
    assert first.cancelled
    assert not second.cancelled


def test_items_without_a_turn_are_never_stale() -> None:
    turns = Turns()
    old = turns.begin()
    turns.begin()
    assert turns.stale(old.number)
    assert not turns.stale(None)
