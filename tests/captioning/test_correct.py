from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.correct import correct, correct_text
from core.errors import InputError
from core.events import Cue, Gloss

pytestmark = pytest.mark.unit

GLOSS = Gloss("安逸", 3, 5, "舒服", 3, 5, note="n")
CUE = Cue(cue="c1", start=0, end=2, raw="这里好安逸哦", mandarin="这里好舒服哦", glosses=(GLOSS,), final=True)


def test_one_word_is_replaced_and_what_was_said_is_kept() -> None:
    mended = correct(CUE, 0, 2, "我们这里")
    assert mended.mandarin == "我们这里好舒服哦"
    assert (mended.raw, mended.revision) == (CUE.raw, 1)


def test_a_gloss_behind_the_place_moves_along() -> None:
    gloss = correct(CUE, 0, 2, "我们这里").glosses[0]
    assert (gloss.mandarin_start, gloss.mandarin_end) == (5, 7)


def test_a_gloss_whose_mandarin_was_rewritten_goes() -> None:
    assert correct(CUE, 3, 5, "凉快").glosses == ()


def test_a_whole_new_text_changes_only_the_part_that_differs() -> None:
    mended = correct_text(CUE, "那里好舒服哦")
    assert mended.glosses[0].mandarin_start == 3
    assert correct_text(CUE, CUE.mandarin) is CUE


@pytest.mark.parametrize(("start", "end", "text"), [(0, 99, "x"), (3, 1, "x"), (0, 6, " "), (0, 1, "a\nb")])
def test_what_cannot_be_meant_is_refused(start: int, end: int, text: str) -> None:
    with pytest.raises(InputError):
        correct(CUE, start, end, text)


@given(st.integers(0, 6), st.integers(0, 6), st.text(alphabet="好舒服𠊎a", max_size=5))
def test_glosses_always_name_their_own_mandarin(a: int, b: int, text: str) -> None:
    start, end = min(a, b), max(a, b)
    try:
        mended = correct(CUE, start, end, text)
    except InputError:
        return
    for gloss in mended.glosses:
        assert mended.mandarin[gloss.mandarin_start : gloss.mandarin_end] == gloss.mandarin
