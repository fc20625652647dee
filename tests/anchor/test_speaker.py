"""The speaker: clause by clause, equally loud, cached within bounds, cancellable."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from anchor.speech.pace import Pace
from anchor.speech.recording import describe, write
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import LONGEST_HOLD, LOUDNESS, Speaker, joined
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


REPLY = "小米一袋5斤，29.9元。"


def learnt(speaker: Speaker, line: str) -> int:
    """Clauses that had to be made until all of it was known."""
    return len(list(iter(lambda: speaker.learn(line, ("小米",)), False)))


def test_a_reply_that_was_learnt_needs_no_voice() -> None:
    voice = ScriptedVoice()
    speaker = Speaker(voice)
    assert learnt(speaker, REPLY) == len(voice.said) > 1
    spoken = list(speaker.speak(REPLY, leads=("小米",)))
    assert all(clause.cached for clause in spoken) and "".join(c.written for c in spoken) == REPLY
    assert len(voice.said) == len(spoken)


def test_a_name_is_learnt_once_for_all_replies_that_begin_with_it() -> None:
    voice = ScriptedVoice()
    speaker = Speaker(voice)
    learnt(speaker, REPLY)
    learnt(speaker, "小米产地是陕西。")
    assert [text for text, _, _ in voice.said].count("小米") == 1


def test_what_was_learnt_is_known_after_a_restart(tmp_path: Path) -> None:
    learnt(Speaker(ScriptedVoice()).keeping(Shelf(tmp_path, "m")), REPLY)
    voice = ScriptedVoice()
    tomorrow = Speaker(voice).keeping(Shelf(tmp_path, "m"))
    assert learnt(tomorrow, REPLY) == 0
    assert all(clause.cached for clause in tomorrow.speak(REPLY, leads=("小米",)))
    assert voice.said == []


def test_a_reply_that_had_to_be_made_is_known_the_next_time(tmp_path: Path) -> None:
    today = Speaker(ScriptedVoice()).keeping(Shelf(tmp_path, "m"))
    list(today.speak("今天的头一句。"))
    assert list(tmp_path.iterdir()) == []  # the script says other words tomorrow
    list(today.speak(REPLY, leads=("小米",)))
    tomorrow = Speaker(ScriptedVoice()).keeping(Shelf(tmp_path, "m"))
    assert all(clause.cached for clause in tomorrow.speak(REPLY, leads=("小米",)))


def test_learning_that_is_broken_off_keeps_nothing(tmp_path: Path) -> None:
    speaker = Speaker(ScriptedVoice()).keeping(Shelf(tmp_path, "m"))
    assert speaker.learn(REPLY, (), cancelled=lambda: True) is None
    assert speaker.remembered_seconds == 0 and list(tmp_path.iterdir()) == []


def test_learning_ends_where_nothing_can_be_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shop", "m")
    (tmp_path / "shop").rmdir()
    assert learnt(Speaker(ScriptedVoice()).keeping(shelf), REPLY) > 1


def test_a_known_name_waits_until_what_follows_will_not_come_late() -> None:
    speaker = Speaker(ScriptedVoice())
    speaker.learn(REPLY, ("小米",))
    speaker._pace = Pace()  # a voice as slow as the house's, not as the scripted one
    assert 0 < speaker.hold(REPLY, ("小米",)) <= LONGEST_HOLD
    learnt(speaker, REPLY)
    assert speaker.hold(REPLY, ("小米",)) == 0


def test_the_pace_of_a_voice_is_learnt() -> None:
    pace = Pace()
    before = pace.work(10)
    for _ in range(20):
        pace.note(10, 3 * before, 2.0)
    assert pace.work(10) == pytest.approx(3 * before)
    assert pace.work(5) < pace.work(10)
