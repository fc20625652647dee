"""A phone whose connection breaks two hundred times: nothing lost, nothing doubled, sample by sample."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.sync.client import ClientConnection, connect

from core.events import AudioChunk
from core.stage import Stage
from service.assemble import Assembly
from tests.service.ears import Ear
from tests.service.running import serving, settings_in

pytestmark = pytest.mark.scenario

RECONNECTS = 200
CHUNK = 320


class Phone:
    """Sends ``sound`` from where the service has it; drops the line when told."""

    def __init__(self, host: str, sound: np.ndarray[Any, np.dtype[np.int16]]) -> None:
        self._address = f"ws://{host}/ws/audio?session=phone"
        self._sound = sound
        self._acknowledged = 0

    def send_some(self, chunks: int) -> bool:
        """Send some chunks and break the line without a word; whether all sound was sent before."""
        with connect(self._address, proxy=None) as socket:
            at = self._begin(socket)
            for _ in range(chunks):
                if at >= len(self._sound):
                    break
                socket.send(self._sound[at : at + CHUNK].tobytes())
                at += CHUNK
            socket.socket.close()
        return at >= len(self._sound)

    def finish(self) -> int:
        with connect(self._address, proxy=None) as socket:
            for at in range(self._begin(socket), len(self._sound), CHUNK):
                socket.send(self._sound[at : at + CHUNK].tobytes())
            socket.send('{"type":"stop"}')
            while (told := json.loads(socket.recv(20)))["type"] != "stopped":
                pass
            return int(told["samples"])

    def _begin(self, socket: ClientConnection) -> int:
        samples = int(json.loads(socket.recv(20))["samples"])
        assert samples >= self._acknowledged  # what was acknowledged is never asked for again
        self._acknowledged = samples
        return samples


def test_two_hundred_reconnections_lose_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear()

    def make(*_: object) -> Stage:
        return ear

    monkeypatch.setattr(Assembly, "caption_stage", make)
    monkeypatch.setattr("service.presence.RoomPresence.hear", lambda *_: None)
    chance = random.Random(7)
    sound = np.random.default_rng(7).integers(-9000, 9000, RECONNECTS * 6 * CHUNK).astype(np.int16)
    with serving(Assembly(settings_in(tmp_path))) as host:
        phone = Phone(host, sound)
        for _ in range(RECONNECTS):
            phone.send_some(chance.randint(1, 8))
        assert phone.finish() == len(sound)
    chunks = [chunk for chunk in ear.heard if np.any(chunk.samples)]
    heard = np.concatenate([chunk.samples for chunk in chunks])
    assert np.array_equal(np.rint(heard * 32768).astype(np.int16), sound)
    begin = chunks[0].at
    sent = 0
    for chunk in chunks:
        assert chunk.at - begin == pytest.approx(sent / AudioChunk.rate, abs=1e-6)
        sent += len(chunk.samples)
