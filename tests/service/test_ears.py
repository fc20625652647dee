"""Ears that fail: the recogniser that the settings put behind the first takes over, and the room is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import BackendSpec
from backends.recognizers.fallback import Fallback
from core.errors import ModelUnavailableError
from core.events import Hypothesis, Notice
from core.ports import Recognizer, RecognizerCapabilities, Transcript
from core.settings import Recognizer as RecognizerSection
from service import assemble
from service.assemble import Assembly
from tests.service.running import settings_in

pytestmark = pytest.mark.unit


class Near:
    """Hears the same in everything."""

    name = "near"
    capabilities = RecognizerCapabilities()

    def transcribe(self, *_: Any) -> Transcript:
        return Transcript("近处", 0.9)


class Far(Near):
    """A server that is down until it is up."""

    name = "far"
    up = False

    def transcribe(self, *_: Any) -> Transcript:
        if not self.up:
            raise ModelUnavailableError("remote.timeout", "远处没有回答。")
        return Transcript("远处", 0.9)


ENGINES: dict[str, BackendSpec[Recognizer]] = {
    "far": BackendSpec("far", f"{__name__}:Far", "", None),
    "near": BackendSpec("near", f"{__name__}:Near", "", None),
}


async def test_a_room_hears_when_other_ears_take_over_and_when_the_first_are_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "RECOGNIZERS", ENGINES)
    chosen = RecognizerSection(backend="far", fallback="near")
    assembly = Assembly(settings_in(tmp_path).model_copy(update={"recognizer": chosen}))
    room, _ = assembly.room("main")
    reader = room.subscribe()
    ears = assembly.recognizer()
    assert isinstance(ears, Fallback)
    sound = np.zeros(1_600, np.float32)

    async def told() -> str:
        while not isinstance(event := await asyncio.wait_for(reader.receive(), 10), Notice):
            pass
        return event.code

    assert (await asyncio.to_thread(ears.transcribe, sound)).text == "近处"
    assert await told() == "recognizer.fallback"
    monkeypatch.setattr(Far, "up", True)
    monkeypatch.setattr(ears, "_retry_at", 0.0)
    assert (await asyncio.to_thread(ears.transcribe, sound)).text == "远处"
    assert await told() == "recognizer.back"
    await assembly.close()


def test_the_settings_say_how_many_hotwords_and_whether_digits(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    changed = settings.model_copy(
        update={
            "recognizer": settings.recognizer.model_copy(update={"hotwords": 40}),
            "captions": settings.captions.model_copy(update={"digits": False}),
        }
    )
    captioner = Assembly(changed).captioner()
    assert (captioner.budget, captioner.digits) == (40, False)


def test_a_number_begun_in_one_caption_is_hidden_where_it_goes_on(tmp_path: Path) -> None:
    captioner = Assembly(settings_in(tmp_path)).captioner()

    def shown(segment: str, text: str, final: bool) -> str:
        return captioner.caption(Hypothesis(segment=segment, text=text, start=0.0, end=2.0, final=final)).raw

    assert "3912" in shown("c1", "有事打13912", True)
    for final in (False, False, True):
        assert "345" not in shown("c2", "345678找老杨", final)
    assert "345" in shown("c3", "345678找老杨", True)
