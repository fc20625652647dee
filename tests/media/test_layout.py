from __future__ import annotations

from itertools import pairwise

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import Cue, Gloss
from media import srt
from media.cues import Block
from media.layout import CLOSING, LayoutSettings, lay_out, lay_out_all, width

pytestmark = pytest.mark.unit


def cue(mandarin: str, start: float = 0.0, end: float = 3.0, glosses: tuple[Gloss, ...] = ()) -> Cue:
    return Cue(cue="c1", start=start, end=end, raw=mandarin, mandarin=mandarin, glosses=glosses, final=True)


def gloss(at: int, mandarin: str, surface: str = "巴适", note: str = "形容舒服") -> Gloss:
    return Gloss(surface, at, at + 2, mandarin, at, at + len(mandarin), note=note, region="四川话")


def test_a_short_cue_is_one_line_and_stays_long_enough_to_read() -> None:
    (block,) = lay_out(cue("好嘛", 1.0, 1.2)).blocks
    assert block.text == "好嘛"
    assert block.end - block.start >= 5 / 6


def test_a_note_stands_behind_its_word() -> None:
    (block,) = lay_out(cue("这里真舒服", glosses=(gloss(3, "舒服"),))).blocks
    assert block.text.replace("\n", "") == "这里真舒服〔四川话“巴适”：形容舒服〕"


def test_a_full_note_without_room_is_shown_short_and_one_without_any_room_is_counted() -> None:
    text = "今天给大家看一看我们这个山上面的果子呢真舒服"
    laid = lay_out(cue(text, 0, 3, (gloss(21, "舒服", note="形容又舒服又顺心让人高兴"),)))
    assert "〔四川话“巴适”〕" in laid.blocks[0].text
    assert laid.dropped == 0
    full = "今天给大家看一看我们这个山上面的果子呢到底有好多真的是舒服得很"
    assert lay_out(cue(full, 0, 3, (gloss(27, "舒服"),))).dropped == 1


def test_a_long_cue_is_split_at_a_sentence_end() -> None:
    text = "我们家的橘子今天早上刚刚摘下来。大家看这个皮薄不薄？现在下单今天就给你们发出去。"
    blocks = lay_out(cue(text, 0, 9)).blocks
    assert len(blocks) >= 2
    assert blocks[0].text.replace("\n", "").endswith(("。", "？"))


def test_numbers_and_latin_words_are_never_cut() -> None:
    text = "这一款重量是1500克另外一款2500.5克都是SC开头的证号SC12661073000215要看清楚"
    shown = [line for b in lay_out(cue(text, 0, 8)).blocks for line in b.text.split("\n")]
    for token in ("1500", "2500.5", "SC12661073000215"):
        assert any(token in line for line in shown)


@pytest.mark.parametrize("before", range(1, 33))
def test_a_spoken_amount_is_never_cut(before: int) -> None:
    amount = "一千二百三十四块五毛六"
    text = "好" * before + amount + "的" * 12
    lines = [line for b in lay_out(cue(text, 0, 6)).blocks for line in b.text.split("\n")]
    assert any(amount in line for line in lines)


def test_notes_off_shows_none() -> None:
    laid = lay_out(cue("这里真舒服", glosses=(gloss(3, "舒服"),)), LayoutSettings(notes="off"))
    assert "〔" not in laid.blocks[0].text


TEXTS = st.text(alphabet="好舒服的橘子，。！？ab12 𠊎🍊", min_size=1, max_size=120).filter(
    lambda t: t.strip()
)


@given(st.lists(st.tuples(TEXTS, st.floats(0, 4), st.floats(0.05, 20)), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_blocks_keep_all_text_in_order_within_lines_and_never_overlap(
    parts: list[tuple[str, float, float]],
) -> None:
    cues, at = [], 0.0
    for text, gap, length in parts:
        at += gap
        cues.append(cue(text, at, at + length))
        at += length
    blocks = lay_out_all(cues).blocks
    shown = "".join(b.text for b in blocks)
    assert "".join(shown.split()) == "".join("".join(t.split()) for t, _, _ in parts)
    for a, b in pairwise(blocks):
        assert a.start < a.end <= b.start
    assert all(_fits(b) for b in blocks)


@given(st.lists(st.tuples(TEXTS, st.floats(0, 0.01), st.floats(0.001, 3)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_times_in_a_written_file_stay_monotone_after_rounding(parts: list[tuple[str, float, float]]) -> None:
    cues, at = [], 0.0
    for text, gap, length in parts:
        cues.append(cue(text, at + gap, at + gap + length))
        at += gap + length * 0.7
    events = list(pysubs2.SSAFile.from_string(srt.write(lay_out_all(cues).blocks), "srt"))
    for a, b in pairwise(events):
        assert a.start < a.end <= b.start


def _fits(block: Block) -> bool:
    lines = block.text.split("\n")
    # A run of closing punctuation hangs over rather than starting a line.
    return len(lines) <= 2 and all(width(line.rstrip(CLOSING)) <= 20 for line in lines)
