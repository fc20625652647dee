"""A killed program loses no sound: after the restart the transcript is complete, nothing doubled."""

from __future__ import annotations

import asyncio
import errno
import multiprocessing
import os
import random
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest

from captioning.session import LiveCaptions
from captioning.spool import Spool
from core.compute import Compute
from core.events import AudioChunk, Cue, Event, Notice, Samples
from core.journal import read
from core.stage import Stage
from core.testing import ScriptedVoiceActivity
from media.audio import to_int16
from service.listening import Listening
from service.microphone import MicrophoneSettings
from service.rooms import Room
from tests.captioning.tones import EACH, ToneRecognizer, Verbatim, character, sentence

pytestmark = pytest.mark.scenario

KEY = bytes(32)
KILLS = 20
PAUSE = 12
SETTINGS = MicrophoneSettings(session="phone")


def programme(sentences: int, seed: int) -> tuple[Samples, list[str], list[float]]:
    """Sentences of 3 to 9 characters with pauses: their sound, texts, and starts in seconds."""
    chance, number, parts, texts, starts = random.Random(seed), 0, [], [], []
    at = 0.0
    for _ in range(sentences):
        length = chance.randint(3, 9)
        parts += [sentence(number, length), np.zeros(PAUSE * EACH, np.float32)]
        texts.append("".join(character(number + k) for k in range(length)))
        starts.append(at)
        number, at = number + length, at + (length + PAUSE) * 0.1
    return np.concatenate(parts), texts, starts


def room_with_ears(folder: Path, compute: Compute, consent: bool = True) -> tuple[Room, Listening, Spool]:
    room = Room("main", folder)
    spool = Spool(folder / "sound", KEY)

    async def make() -> Stage:
        return LiveCaptions(
            ToneRecognizer(), ScriptedVoiceActivity(), Verbatim(), compute, prefix=f"{room.seq}-"
        )

    return room, Listening(room, make, spool=spool, consent=consent), spool


async def _program(folder: Path, line: Connection) -> None:
    """Takes sound from ``line`` as the service takes it from a socket, and says how much it has."""
    async with Compute(threads=2) as compute:
        room, listening, spool = room_with_ears(folder, compute)
        microphone = listening.begin(SETTINGS)
        line.send(microphone.samples)
        while data := await asyncio.to_thread(line.recv_bytes):
            await listening.hear(microphone, data)
            line.send(microphone.samples)
        await listening.close()
        await room.close()
        spool.close()
    line.send(-1)


def program(folder: Path, line: Connection) -> None:
    asyncio.run(_program(folder, line))


def started(folder: Path) -> tuple[ForkServerProcess, Connection, int]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.service.test_crashes"])
    here, there = context.Pipe()
    process = context.Process(target=program, args=(folder, there), daemon=True)
    process.start()
    there.close()
    return process, here, here.recv()


def test_a_transcript_is_complete_and_nothing_doubled_after_twenty_kills(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    sound, texts, starts = programme(70, seed=3)
    data = to_int16(sound).tobytes()
    chunks = len(sound) // EACH
    stops = sorted(chance.sample(range(5, chunks - 5), KILLS))
    for stop in [*stops, chunks]:
        process, line, taken = started(tmp_path)
        assert taken % EACH == 0
        for at in range(taken // EACH, stop):
            line.send_bytes(data[2 * at * EACH : 2 * (at + 1) * EACH])
            if at % 4 == 3:  # a client sends ahead of what was acknowledged
                line.recv()
        if stop < chunks:
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
        else:
            line.send_bytes(b"")
            while line.recv() != -1:
                pass
        process.join(20)
        line.close()
    events = [entry.event() for entry in read(tmp_path / "events")]
    finals = sorted((e for e in events if isinstance(e, Cue)), key=lambda cue: cue.start)
    assert [cue.raw for cue in finals] == texts
    base = finals[0].start
    for cue, start in zip(finals, starts, strict=True):
        assert cue.start - base == pytest.approx(start - starts[0], abs=0.08)
    assert len({cue.cue for cue in finals}) == len(finals)


async def test_sound_left_by_a_crash_is_captioned_without_any_microphone(tmp_path: Path) -> None:
    sound, texts, _ = programme(2, seed=1)
    spool = Spool(tmp_path / "sound", KEY)
    for at in range(0, len(sound), EACH):
        spool.write(AudioChunk(samples=sound[at : at + EACH], at=5 + at / AudioChunk.rate))
    spool.close()
    async with Compute(threads=2) as compute:
        room, listening, spool = room_with_ears(tmp_path, compute, consent=False)
        events = room.subscribe()
        async with asyncio.timeout(20):
            while len(room.cues) < 2:
                await events.receive()
        assert [cue.raw for cue in room.cues] == texts
        assert room.cues[0].start == pytest.approx(5.0, abs=0.05)
        await listening.close()
        assert spool.settled == spool.tail.end
        await room.close()
        spool.close()


@pytest.mark.parametrize("consent", [True, False])
async def test_sound_is_kept_only_with_consent(tmp_path: Path, consent: bool) -> None:
    async with Compute(threads=2) as compute:
        room, listening, spool = room_with_ears(tmp_path, compute, consent)
        microphone = listening.begin(SETTINGS)
        await listening.hear(microphone, to_int16(sentence(0, 2)).tobytes())
        assert bool(spool.held) is consent
        await listening.close()
        await room.close()
        spool.close()


async def test_captions_go_on_when_the_disk_takes_no_sound_and_people_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, texts, _ = programme(3, seed=2)
    told: list[Event] = []
    async with Compute(threads=2) as compute:
        room, listening, spool = room_with_ears(tmp_path, compute)
        events = room.subscribe()
        microphone = listening.begin(SETTINGS)

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("captioning.spool._Writing.append", full)
        for at in range(0, len(sound), EACH):
            await listening.hear(microphone, to_int16(sound[at : at + EACH]).tobytes())
        await listening.close()
        await room.close()
        spool.close()
        told = [event async for event in events]
    assert [e.raw for e in told if isinstance(e, Cue) and e.final] == texts
    codes = [e.code for e in told if isinstance(e, Notice)]
    assert [code for code in codes if not code.startswith("captions.")] == ["spool.stopped"]  # or behind, too
