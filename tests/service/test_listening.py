"""The room's ears while the host speaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from service.listening import Listening
from service.microphone import MicrophoneSettings
from service.rooms import Room
from tests.service.ears import Ear

pytestmark = pytest.mark.unit


def test_sound_is_replaced_by_silence_while_the_host_speaks_and_times_go_on(tmp_path: Path) -> None:
    ear, speaking = Ear(), iter((False, True, True, False))
    loud = np.full(1600, 0.5, "<f4").tobytes()

    async def make() -> Ear:
        return ear

    async def main() -> None:
        room = Room("main", tmp_path)
        listening = Listening(room, make, lambda: next(speaking))
        microphone = listening.begin(MicrophoneSettings(format="f32le"))
        for _ in range(4):
            await listening.hear(microphone, loud)
        await listening.close()
        await room.close()

    asyncio.run(main())
    assert [float(abs(chunk.samples).max()) for chunk in ear.heard] == [0.5, 0.0, 0.0, 0.5]
    first = ear.heard[0].at
    assert [round(chunk.at - first, 3) for chunk in ear.heard] == [0.0, 0.1, 0.2, 0.3]
