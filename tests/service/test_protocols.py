from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from core.testing import ScriptedRecognizer, ScriptedVoiceActivity
from media.audio import to_int16
from service.assemble import Assembly
from tests.captioning.sounds import silence, speech
from tests.service.running import serving, settings_in

pytestmark = pytest.mark.contract

SENTENCE = to_int16(np.concatenate([silence(0.3), speech(0.6), silence(1.2)])).tobytes()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    heard = ScriptedRecognizer(["第一句", "第二句", "第三句"])
    backends = {"recognizer": heard, "activity": ScriptedVoiceActivity()}
    with serving(Assembly(settings_in(tmp_path), backends)) as address:
        yield address


def receive(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv(timeout=15))
    return message


def final_cue(socket: ClientConnection) -> dict[str, Any]:
    while True:
        message = receive(socket)
        if message["type"] == "cue" and message["final"]:
            return message


def speak(host: str, data: bytes = SENTENCE, query: str = "") -> None:
    with connect(f"ws://{host}/ws/audio?rate=16000{query}") as microphone:
        assert receive(microphone)["type"] == "ready"
        microphone.send(data)
        microphone.send(json.dumps({"type": "stop"}))
        while receive(microphone)["type"] != "stopped":
            pass


def test_sound_in_becomes_a_final_cue_for_every_reader(host: str) -> None:
    with connect(f"ws://{host}/ws/captions") as one, connect(f"ws://{host}/ws/captions") as two:
        assert receive(one)["type"] == receive(two)["type"] == "snapshot"
        speak(host)
        cues = [final_cue(one), final_cue(two)]
    assert cues[0] == cues[1]
    assert cues[0]["raw"] == "第一句"
    assert cues[0]["blocks"][0]["lines"] == [[{"text": "第一句", "note": ""}]]
    assert cues[0]["seq"] == 1


def test_a_late_reader_gets_a_snapshot_and_resumes_by_seq(host: str) -> None:
    with connect(f"ws://{host}/ws/captions") as reader:
        receive(reader)
        speak(host)
        final_cue(reader)
        speak(host)
        last = final_cue(reader)
    with connect(f"ws://{host}/ws/captions") as late:
        snapshot = receive(late)
    assert [c["raw"] for c in snapshot["cues"]] == ["第一句", "第二句"]
    assert snapshot["seq"] == last["seq"] == 2
    with connect(f"ws://{host}/ws/captions?after=1") as again:
        assert [c["raw"] for c in receive(again)["cues"]] == ["第二句"]


def test_a_lost_microphone_goes_on_where_it_was_taken(host: str) -> None:
    address = f"ws://{host}/ws/audio?session=s1"
    with connect(f"ws://{host}/ws/captions") as reader:
        receive(reader)
        with connect(address) as microphone:
            assert receive(microphone)["samples"] == 0
            microphone.send(SENTENCE[:32_000])
            while receive(microphone)["type"] != "heard":
                pass
        with connect(address) as microphone:
            assert receive(microphone) == {"type": "ready", "room": "main", "samples": 16_000}
            microphone.send(SENTENCE[32_000:])
            final_cue(reader)


def test_a_second_microphone_takes_over_and_the_first_is_told(host: str) -> None:
    with connect(f"ws://{host}/ws/audio") as first:
        receive(first)
        with connect(f"ws://{host}/ws/audio") as second:
            receive(second)
            first.send(SENTENCE)
            assert receive(first)["code"] == "microphone.replaced"


def test_a_correction_is_a_new_revision_for_everyone(host: str) -> None:
    with connect(f"ws://{host}/ws/captions") as helper, connect(f"ws://{host}/ws/captions") as viewer:
        receive(helper), receive(viewer)
        speak(host)
        cue = final_cue(helper)
        final_cue(viewer)
        helper.send(json.dumps({"type": "correct", "cue": cue["cue"], "mandarin": "第一句话"}))
        mended = final_cue(viewer)
    assert (mended["cue"], mended["revision"], mended["mandarin"]) == (cue["cue"], 1, "第一句话")
    assert mended["raw"] == "第一句"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", "correction.shape"),
        ('{"type":"correct","cue":"nobody","mandarin":"x"}', "cue.unknown"),
        ('{"type":"correct","cue":"","mandarin":"x"}', "correction.shape"),
        (json.dumps({"type": "correct", "cue": "1-1", "mandarin": "长" * 401}), "correction.too_long"),
    ],
)
def test_a_correction_that_cannot_be_taken_is_explained(host: str, message: str, code: str) -> None:
    with connect(f"ws://{host}/ws/captions") as reader:
        receive(reader)
        reader.send(message)
        assert receive(reader)["code"] == code


@pytest.mark.parametrize(
    ("query", "code"),
    [("rate=5", "audio.rate"), ("format=mp3", "audio.format"), ("room=../x", "room.name")],
)
def test_a_microphone_that_cannot_be_heard_is_refused_with_one_sentence(
    host: str, query: str, code: str
) -> None:
    with connect(f"ws://{host}/ws/audio?{query}") as microphone:
        refusal = receive(microphone)
        assert (refusal["type"], refusal["code"]) == ("error", code)
        with pytest.raises(ConnectionClosed):
            microphone.recv(timeout=5)


def test_torn_samples_and_unknown_orders_are_explained(host: str) -> None:
    for bad, code in ((b"abc", "audio.torn"), ('{"type":"dance"}', "audio.order"), ("{", "audio.order")):
        with connect(f"ws://{host}/ws/audio") as microphone:
            receive(microphone)
            microphone.send(bad)
            assert receive(microphone)["code"] == code


def test_broken_floats_do_not_break_the_stream(host: str) -> None:
    with connect(f"ws://{host}/ws/captions") as reader:
        receive(reader)
        noise = np.array([np.nan, np.inf, -np.inf, 1e30] * 400, "<f4").tobytes()
        good = np.concatenate([silence(0.3), speech(0.6), silence(1.2)]).astype("<f4").tobytes()
        speak(host, noise + good, "&format=f32le")
        assert final_cue(reader)["raw"]


def test_pages_scripts_and_measures_are_served(host: str) -> None:
    for path, text in (
        ("/overlay", "乡音字幕"),
        ("/mic", "手机话筒"),
        ("/static/captions.js", "export function follow"),
        ("/metrics", "xiangyin_final_lag_seconds"),
        ("/healthz", "ok"),
    ):
        answer = httpx.get(f"http://{host}{path}")
        assert answer.status_code == 200
        assert text in answer.text
    assert httpx.get(f"http://{host}/static/..%2Fapp.js").status_code == 404
