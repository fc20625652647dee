from __future__ import annotations

import numpy as np
import pytest

from captioning.captioner import Captioner
from captioning.file import FileCaptioner
from core.ports import Transcript
from core.testing import ScriptedRecognizer, ScriptedVoiceActivity
from dialects.render import default_renderer
from tests.captioning.sounds import silence, speech

pytestmark = pytest.mark.unit


def captioner(recognizer: ScriptedRecognizer) -> FileCaptioner:
    return FileCaptioner(
        recognizer.transcribe, ScriptedVoiceActivity(), Captioner(default_renderer(), lambda text: text)
    )


def test_a_recording_becomes_cues_at_the_times_of_its_speech() -> None:
    sound = np.concatenate([silence(1), speech(1), silence(2), speech(1), silence(0.2)])
    work = captioner(ScriptedRecognizer(["第一句话", "第二句话"]))
    cues = list(work.caption(np.array_split(sound, 37)))
    assert [c.raw for c in cues] == ["第一句话", "第二句话"]
    assert cues[0].start == pytest.approx(1.0, abs=0.07)
    assert cues[1].start == pytest.approx(4.0, abs=0.07)
    assert work.timing.audio == pytest.approx(5.2, abs=0.05)


def test_what_must_not_be_shown_is_counted_with_its_reason() -> None:
    work = captioner(ScriptedRecognizer([Transcript("谢谢观看", 0.8)]))
    assert list(work.caption([silence(0.5), speech(1), silence(1)])) == []
    assert [d.reason for d in work.dropped] == ["hallucination"]


def test_progress_tells_the_seconds_read() -> None:
    told: list[float] = []
    list(captioner(ScriptedRecognizer(["好"])).caption([silence(1), silence(1)], told.append))
    assert told == pytest.approx([1.0, 2.0], abs=0.04)
