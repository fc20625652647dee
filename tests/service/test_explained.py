from __future__ import annotations

import pytest

from captioning.file import Told
from captioning.hearing import Dropped
from captioning.repair import Candidate
from core.events import Cue, Gloss, Repair
from service.explained import explanation

pytestmark = pytest.mark.unit


def test_a_shown_segment_tells_what_was_heard_expected_repaired_left_and_explained() -> None:
    cue = Cue(
        cue="c1",
        start=1.0,
        end=3.0,
        raw="盘山板栗巴适，信封",
        mandarin="盘山板栗很好，信封",
        glosses=(Gloss("巴适", 4, 6, "很好", 4, 6, "舒服、好", "四川话"),),
        group="xinan",
        repairs=(Repair(0, 4, "盘山版力", "盘山板栗", "word"),),
    )
    considered = (
        Candidate(0, 4, "盘山板栗", 9.5, 3.0, "word"),
        Candidate(7, 9, "信丰", 1.5, 5.5, "word"),
    )
    text = explanation(Told(("盘山板栗",), "盘山版力巴适，信封", 0.71, considered, cue))
    for part in (
        "1.0–3.0 秒  听到：盘山版力巴适，信封（把握 0.71）",
        "提示过的词：盘山板栗",
        "“盘山版力”→“盘山板栗”（商品词，好 9.5）",
        "没有改：“信封”像“信丰”（好 1.5，要 5.5）",
        "普通话：盘山板栗很好，信封（xinan）",
        "“巴适”→“很好”（四川话：舒服、好）",
    ):
        assert part in text


def test_a_dropped_segment_tells_why() -> None:
    told = Told((), "嗯嗯", 0.1, (), Dropped(4.0, 5.5, "low_confidence", "嗯嗯"))
    assert "没有写：听不清（low_confidence）" in explanation(told)
