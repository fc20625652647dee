"""A recogniser that cannot keep up: partials go first, finals never."""

from __future__ import annotations

import time

import pytest

from captioning.endpoint import EndpointSettings
from captioning.overload import BEHIND, Load, lengthened
from captioning.session import LiveCaptions
from core.compute import Compute
from core.events import Cue, Notice, Samples
from core.ports import Cancelled, RecognitionRequest, Transcript, never
from core.testing import ScriptedVoiceActivity, run_stage
from tests.captioning.sounds import chunks, silence
from tests.captioning.tones import ToneRecognizer, Verbatim, character, sentence

pytestmark = pytest.mark.unit


class Slow(ToneRecognizer):
    """Takes its time, while the sound comes at once."""

    def transcribe(
        self, samples: Samples, request: RecognitionRequest | None = None, cancelled: Cancelled = never
    ) -> Transcript:
        time.sleep(0.03)
        return super().transcribe(samples, request, cancelled)


async def test_every_sentence_gets_its_caption_and_people_hear_of_the_delay_and_its_end() -> None:
    sound, expected = [], []
    for number in range(8):
        sound += [sentence(number * 5, 5), silence(1.0)]
        expected.append("".join(character(number * 5 + k) for k in range(5)))
    recognizer = Slow()
    async with Compute(threads=1) as compute:
        stage = LiveCaptions(recognizer, ScriptedVoiceActivity(), Verbatim(), compute)
        events = await run_stage(stage, list(chunks(*sound)))
    assert [e.raw for e in events if isinstance(e, Cue) and e.final] == expected
    codes = [e.code for e in events if isinstance(e, Notice)]
    assert codes == ["captions.behind", "captions.caught_up"]
    assert recognizer.calls <= len(expected) + BEHIND  # little was spent on anything but finals


def test_behind_begins_late_and_ends_only_when_nothing_waits() -> None:
    load = Load()
    assert [load.change(1) for _ in range(4)] == ["", "", "behind", ""]
    assert load.thin
    assert [load.change(-1) for _ in range(4)] == ["", "", "", "caught_up"]
    assert not load.thin


def test_a_stage_that_is_behind_makes_longer_segments() -> None:
    usual = EndpointSettings()
    for (_, before), (_, after) in zip(usual.end_silence, lengthened(usual).end_silence, strict=True):
        assert after > before
