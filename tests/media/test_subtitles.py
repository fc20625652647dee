from __future__ import annotations

from pathlib import Path

import pysubs2
import pytest

from core.errors import InputError
from core.events import Cue, Gloss
from media import ass, srt, vtt
from media.cues import Block, Run, cue_records
from media.layout import Laid, LayoutSettings, lay_out
from media.live import LiveFile, writer

pytestmark = pytest.mark.unit

BLOCKS = [
    Block(1.0, 2.5, ((Run("这里"), Run("舒服", "〔四川话“巴适”〕")), (Run("你们来耍"),))),
    Block(3661.25, 3662.0, ((Run("a<b & {c} --> d"),),)),
]


def test_srt_is_read_back_with_its_times_and_lines() -> None:
    events = list(pysubs2.SSAFile.from_string(srt.write(BLOCKS), "srt"))
    assert [(e.start, e.end) for e in events] == [(1000, 2500), (3661250, 3662000)]
    assert events[0].plaintext == "这里舒服〔四川话“巴适”〕\n你们来耍"


def test_vtt_puts_notes_in_their_class_and_escapes_text() -> None:
    text = vtt.write(BLOCKS, comment="乡音")
    assert text.startswith("WEBVTT\n")
    assert "舒服<c.gloss>〔四川话“巴适”〕</c>" in text
    assert "a&lt;b &amp; {c} --&gt; d" in text
    assert "01:01:01.250 --> 01:01:02.000" in text


def test_vtt_ruby_sets_the_note_over_its_word() -> None:
    assert "<ruby>舒服<rt>四川话“巴适”</rt></ruby>" in vtt.write(BLOCKS, ruby=True)


def test_ass_shows_notes_on_a_small_line_and_no_override_codes() -> None:
    subtitles = pysubs2.SSAFile.from_string(ass.write(BLOCKS), "ass")
    styles = [e.style for e in subtitles]
    assert styles == ["Default", "Note", "Default"]
    assert subtitles[0].plaintext == "这里舒服\n你们来耍"
    assert subtitles[1].plaintext == "〔四川话“巴适”〕"
    assert "{c}" not in subtitles[2].text


def test_an_unknown_subtitle_format_names_the_choices() -> None:
    with pytest.raises(InputError, match=r"\.srt"):
        writer(Path("x.docx"))


def test_a_live_file_follows_cues_and_corrections(tmp_path: Path) -> None:
    path = tmp_path / "live.srt"
    live = LiveFile(path)
    first = Cue(cue="a", start=0, end=1, raw="甲", mandarin="甲", final=True)
    live.show(first)
    live.show(Cue(cue="b", start=2, end=3, raw="乙", mandarin="乙", final=True))
    live.show(Cue(cue="a", start=0, end=1, raw="甲", mandarin="丙", final=True, revision=1))
    live.show(first)
    assert [e.plaintext for e in pysubs2.load(str(path))] == ["丙", "乙"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_live_file_lays_out_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[str] = []

    def counted(cue: Cue, settings: LayoutSettings | None = None, until: float | None = None) -> Laid:
        laid.append(cue.cue)
        return lay_out(cue, settings, until)

    monkeypatch.setattr("media.live.lay_out", counted)
    live = LiveFile(tmp_path / "live.vtt")
    for i in range(20):
        live.show(Cue(cue=f"c{i}", start=2 * i, end=2 * i + 1, raw="甲", mandarin="甲", final=True))
    laid.clear()
    live.show(Cue(cue="c20", start=40, end=41, raw="甲", mandarin="甲", final=True))
    live.show(Cue(cue="c3", start=6, end=7, raw="甲", mandarin="乙", final=True, revision=1))
    assert laid == ["c19", "c20", "c3"]


def test_a_partial_cue_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "live.srt"
    LiveFile(path).show(Cue(cue="a", start=0, end=1, raw="甲", mandarin="甲"))
    assert not path.exists()


def test_cue_records_carry_spans_on_both_texts() -> None:
    gloss = Gloss("巴适", 2, 4, "舒服", 2, 4, note="n", region="四川话", entry="xinan/巴适")
    cue = Cue(cue="a", start=0, end=1, raw="这里巴适", mandarin="这里舒服", glosses=(gloss,), group="xinan")
    (record,) = cue_records([cue])
    assert record["glosses"][0]["mandarin_end"] == 4
    assert set(record) == {"start", "end", "raw", "mandarin", "glosses", "group", "confidence", "repairs"}
