"""What people are told of a recording that was captioned."""

from __future__ import annotations

import pytest

from media.layout import Laid
from service.captions_of_file import Captioned, summary

pytestmark = pytest.mark.unit


def captioned(*reasons: str) -> Captioned:
    record = {"timing": {"audio_seconds": 12.4, "wall_seconds": 3.0}, "dropped": list(reasons)}
    return Captioned((), Laid((), 0), record)


def test_a_recording_without_speech_is_said_to_be_one() -> None:
    assert summary(captioned()) == "没有听到有人说话；录音 12 秒，用了 3 秒。"


def test_speech_that_was_not_understood_is_counted() -> None:
    assert "听不清的有 2 段没有写" in summary(captioned("confidence", "loop"))
