"""The captioning half end to end: the real program, the real recogniser, a real voice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pysubs2
import pytest
from websockets.sync.client import ClientConnection, connect

from core.events import Samples
from core.ports import Speech
from media.audio import encode, resample, to_int16, write_wav
from tests.captioning.sounds import silence
from tests.service.running import free_port
from tests.service.studio import COMMAND, Studio, studio

pytestmark = pytest.mark.scenario

RATE = 16_000


@pytest.fixture(scope="session")
def sentence(spoken: Speech) -> Samples:
    """A spoken sentence at 16 kHz with silence around it."""
    return np.concatenate([silence(0.5), resample(spoken.samples, spoken.rate, RATE), silence(1.5)])


def cues_until(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = json.loads(socket.recv(timeout=60))
        if message["type"] == "cue" and message["final"]:
            found.append(message)
    return found


def say(program: Studio, sound: Samples, stop: bool = True) -> None:
    with connect(f"ws://{program.host}/ws/audio") as microphone:
        for at in range(0, len(sound), 1600):
            microphone.send(to_int16(sound[at : at + 1600]).tobytes())
        if stop:
            microphone.send(json.dumps({"type": "stop"}))
            while json.loads(microphone.recv(timeout=60))["type"] != "stopped":
                pass


def test_cues_survive_a_kill_and_seq_goes_on_without_a_gap(tmp_path: Path, sentence: Samples) -> None:
    with studio(tmp_path / "data", free_port()) as program:
        with connect(f"ws://{program.host}/ws/captions") as reader:
            say(program, np.concatenate([sentence, sentence]))
            before = cues_until(reader, 2)
        # Killed in the middle of a third sentence.
        with connect(f"ws://{program.host}/ws/audio") as microphone:
            microphone.send(to_int16(sentence[: 2 * RATE]).tobytes())
            program.kill(signal.SIGKILL)
        program.start()
        with connect(f"ws://{program.host}/ws/captions") as reader:
            snapshot = json.loads(reader.recv(timeout=30))
            assert [c["mandarin"] for c in snapshot["cues"]] == [c["mandarin"] for c in before]
            assert snapshot["seq"] >= before[-1]["seq"]
            say(program, sentence)
            (after,) = cues_until(reader, 1)
    assert after["seq"] == snapshot["seq"] + 1
    assert after["start"] > before[-1]["end"]
    assert after["cue"] not in {c["cue"] for c in before}


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".m4a"])
def test_a_recording_becomes_subtitles_with_sensible_times(
    tmp_path: Path, sentence: Samples, suffix: str
) -> None:
    recording = tmp_path / f"speech{suffix}"
    if suffix == ".wav":
        write_wav(recording, sentence, RATE)
    else:
        encode(recording, [sentence], RATE)
    outputs = [tmp_path / f"out{kind}" for kind in (".srt", ".vtt", ".ass")]
    words = [part for path in outputs for part in ("--out", str(path))]
    done = run_command("caption", str(recording), *words, "--json", str(tmp_path / "out.json"))
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert "白菜" in record["cues"][0]["mandarin"]
    seconds = len(sentence) / RATE
    for path in outputs:
        events = list(pysubs2.load(str(path)))
        assert events
        assert all(0 <= e.start < e.end <= (seconds + 7) * 1000 for e in events)
    assert events[0].start == pytest.approx(500, abs=300)


@pytest.mark.parametrize(
    ("words", "sentence_part"),
    [
        (["nowhere.wav"], "找不到文件"),
        (["empty.wav"], "是空的"),
        (["text.mp3"], "不是录音也不是视频"),
        (["text.mp3", "--dialect", "火星话"], "不认识的方言"),
        (["text.mp3", "--out", "x.docx"], ".srt"),
        (["text.mp3", "--notes", "loud"], "full"),
    ],
)
def test_what_cannot_be_captioned_gets_one_clear_sentence(
    tmp_path: Path, words: list[str], sentence_part: str
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.mp3").write_text("not sound " * 50)
    done = run_command("caption", str(tmp_path / words[0]), *words[1:])
    assert done.returncode == 1
    assert sentence_part in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with studio(tmp_path / "data", free_port()) as program:
        done = run_command("serve", "--port", program.host.split(":")[1])
    assert done.returncode == 1
    assert "被别的程序占用" in done.stderr and "--port" in done.stderr


def test_missing_weights_are_named_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", silence(1.0), RATE)
    environment = os.environ | {"XIANGYIN_WEIGHTS__FOLDER": str(tmp_path / "nothing")}
    done = run_command("caption", str(tmp_path / "a.wav"), environment=environment)
    assert done.returncode == 1
    assert "xiangyin weights fetch" in done.stderr
    assert "Traceback" not in done.stderr


def run_command(
    *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        check=False,
    )


def test_the_command_line_explains_itself() -> None:
    done = run_command("--help")
    assert done.returncode == 0
    assert "caption" in done.stdout and "serve" in done.stdout
    assert shutil.which(sys.executable)
