"""The speaker: clause by clause, equally loud, cached within bounds, cancellable."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from anchor.speech.recording import describe, write
from anchor.speech.speaker import LOUDNESS, Speaker, joined
from core.errors import InputError
from media.audio import read
from media.loudness import integrated
from service.cli.say import unique
from tests.anchor.voices import ScriptedVoice

pytestmark = pytest.mark.unit

LINE = "这款小米一袋5斤，29.9元。今天拍，明天发。"


def test_clauses_are_spoken_as_people_say_them_in_order() -> None:
    voice = ScriptedVoice()
    spoken = list(Speaker(voice).speak(LINE))
    assert "".join(clause.written for clause in spoken) == LINE
    assert "二十九块九" in "".join(text for text, _, _ in voice.said)


def test_the_first_clause_is_spoken_before_the_next_is_asked_for() -> None:
    voice = ScriptedVoice()
    stream = Speaker(voice).speak(LINE)
    next(stream)
    assert len(voice.said) == 1


def test_every_clause_is_equally_loud() -> None:
    line = "这是一个比较长的句子，说的是家常。另外一句也不短，说的是天气。"
    for clause in Speaker(ScriptedVoice()).speak(line):
        assert integrated(clause.speech.samples, clause.speech.rate) == pytest.approx(LOUDNESS, abs=0.6)


def test_mouth_shapes_cover_the_line_without_gap() -> None:
    speech = joined(Speaker(ScriptedVoice()).speak(LINE))
    assert speech.visemes[0].start == 0
    assert all(a.end == pytest.approx(b.start, abs=1e-3) for a, b in itertools.pairwise(speech.visemes))
    assert speech.visemes[-1].end == pytest.approx(speech.seconds, abs=1e-3)


def test_a_clause_spoken_before_comes_from_the_cache() -> None:
    voice = ScriptedVoice()
    speaker = Speaker(voice)
    first = joined(speaker.speak(LINE))
    again = list(speaker.speak(LINE))
    assert all(clause.cached for clause in again)
    assert len(voice.said) == len(again)
    assert (joined(again).samples == first.samples).all()


def test_the_cache_is_bounded() -> None:
    speaker = Speaker(ScriptedVoice(), cache_seconds=5.0)
    for number in range(30):
        list(speaker.speak(f"第{number}句话说完了。"))
        assert speaker.remembered_seconds <= 5.0
    assert speaker.remembered_seconds > 0


def test_cancelled_it_stops_between_clauses() -> None:
    voice = ScriptedVoice()
    heard: list[str] = []
    for clause in Speaker(voice).speak(LINE, cancelled=lambda: len(heard) >= 1):
        heard.append(clause.written)
    assert len(heard) == 1 and len(voice.said) == 1


def test_a_clause_cut_off_half_made_is_not_remembered() -> None:
    asked = itertools.count()
    speaker = Speaker(ScriptedVoice())
    assert list(speaker.speak("好的好的。", cancelled=lambda: next(asked) > 0)) == []
    assert speaker.remembered_seconds == 0


def test_silent_pieces_are_passed_over() -> None:
    assert [c.said for c in Speaker(ScriptedVoice()).speak("🌹🌹。你好。🌹！")] == ["你好。"]


def test_nothing_to_say_is_a_clear_error() -> None:
    with pytest.raises(InputError, match="念出来"):
        joined(Speaker(ScriptedVoice()).speak("🌹……"))


def test_speed_stays_within_what_the_voice_can_do() -> None:
    assert Speaker(ScriptedVoice(), speed=9.0).speed == 2.0


def test_a_written_line_is_described_as_it_sounds(tmp_path: Path) -> None:
    speech = joined(Speaker(ScriptedVoice()).speak(LINE))
    write(tmp_path / "a.wav", speech)
    record = json.loads(json.dumps(describe(speech)))
    assert record["seconds"] == pytest.approx(
        len(read(tmp_path / "a.wav", speech.rate)) / speech.rate, abs=0.01
    )
    assert record["loudness"] == pytest.approx(LOUDNESS, abs=1.5)
    assert {"shape", "start", "end"} == set(record["visemes"][0])


def test_file_names_are_safe_and_unique() -> None:
    taken: set[str] = set()
    names = [unique(name, taken) for name in ("../a/b", "../a/b", None, "问题1")]
    assert len(set(names)) == 4 and not any("/" in name for name in names)
