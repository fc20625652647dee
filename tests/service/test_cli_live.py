"""``xiangyin caption -`` and ``xiangyin live``: sound by a pipe, and sound sent into a room."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from websockets.sync.client import connect

from core.errors import InputError, StorageError
from core.testing import ScriptedVoiceActivity
from media.audio import to_int16, write_wav
from service.assemble import Assembly
from service.cli import build
from service.lan import addresses
from service.owning import owning
from tests.captioning.tones import RATE, ToneRecognizer, Verbatim, character, sentence
from tests.service.running import serving, settings_in

pytestmark = pytest.mark.scenario

TEXT = "".join(character(k) for k in range(12))


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands hear tones, and keep their data in a folder of the test."""
    monkeypatch.setattr(Assembly, "recognizer", lambda _: ToneRecognizer())
    monkeypatch.setattr(Assembly, "activity", lambda _: ScriptedVoiceActivity())
    monkeypatch.setattr(Assembly, "captioner", lambda *_: Verbatim())
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))


def wav(folder: Path) -> bytes:
    write_wav(folder / "a.wav", sentence(0, 12), RATE)
    return (folder / "a.wav").read_bytes()


def run(*words: str, data: bytes = b"") -> Any:
    return CliRunner().invoke(build(), list(words), input=data)


def test_a_recording_by_a_pipe_is_captioned_like_a_file(ears: None, tmp_path: Path) -> None:
    data = wav(tmp_path)
    by_pipe = run("caption", "-", data=data)
    by_name = run("caption", str(tmp_path / "a.wav"))
    assert by_pipe.exit_code == 0, by_pipe.output
    assert TEXT in by_pipe.stdout and by_pipe.stdout == by_name.stdout


def test_a_recording_in_which_nobody_speaks_has_no_captions(ears: None, tmp_path: Path) -> None:
    write_wav(tmp_path / "quiet.wav", 0 * sentence(0, 12), RATE)
    result = run("caption", str(tmp_path / "quiet.wav"), "--out", str(tmp_path / "quiet.srt"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "quiet.srt").read_text("utf-8").strip() == ""


def test_an_empty_pipe_is_one_clear_error(ears: None) -> None:
    result = run("caption", "-")
    assert isinstance(result.exception, InputError)
    assert result.exception.code == "audio.empty_file" and "标准输入" in result.exception.message


def test_bare_samples_by_a_pipe_are_captioned_live(ears: None, tmp_path: Path) -> None:
    out = tmp_path / "live.srt"
    pcm = to_int16(sentence(0, 12)).tobytes()
    result = run("live", "-", "--rate", str(RATE), "--out", str(out), data=pcm)
    assert result.exit_code == 0, result.output
    assert TEXT in result.stdout and TEXT in out.read_text("utf-8")


@pytest.fixture
def service(ears: None, tmp_path: Path) -> Iterator[str]:
    """A running service that owns the data folder of the commands."""
    assembly = Assembly(settings_in(tmp_path))
    with serving(assembly) as host:
        name, _, port = host.partition(":")
        with owning(tmp_path, name, int(port)):
            yield host


def captions(host: str, room: str) -> list[str]:
    with connect(f"ws://{host}/ws/captions?room={room}", proxy=None) as reader:
        snapshot = json.loads(reader.recv(20))
        return [cue["raw"] for cue in snapshot["cues"]]


def test_commands_reach_a_service_that_listens_on_an_address_of_the_network(
    ears: None, tmp_path: Path
) -> None:
    address = next(iter(addresses()), None)
    if address is None:
        pytest.skip("this machine is in no network")
    wav(tmp_path)
    with serving(Assembly(settings_in(tmp_path)), address) as host:
        name, _, port = host.partition(":")
        with owning(tmp_path, name, int(port)):
            listed = run("shop", "list")
            sent = run("live", str(tmp_path / "a.wav"), "--room", "stall")
    assert listed.exit_code == 0 and "还没有店铺" in listed.output
    assert sent.exit_code == 0, sent.output


@pytest.mark.parametrize("source", ["file", "pipe"])
def test_sound_is_sent_into_a_room_of_the_running_service(source: str, service: str, tmp_path: Path) -> None:
    data = wav(tmp_path)
    place = str(tmp_path / "a.wav") if source == "file" else "-"
    result = run("live", place, "--room", "stall", data=data)
    assert result.exit_code == 0, result.output
    until = time.monotonic() + 20
    while not (shown := captions(service, "stall")) and time.monotonic() < until:
        time.sleep(0.1)
    assert shown == [TEXT]
    assert captions(service, "main") == []


def test_without_a_service_there_is_no_room_to_send_to(ears: None, tmp_path: Path) -> None:
    wav(tmp_path)
    result = run("live", str(tmp_path / "a.wav"), "--room", "main")
    assert isinstance(result.exception, StorageError) and result.exception.code == "service.off"


def test_a_room_that_cannot_be_is_one_clear_error(service: str, tmp_path: Path) -> None:
    wav(tmp_path)
    result = run("live", str(tmp_path / "a.wav"), "--room", "../x")
    assert isinstance(result.exception, InputError) and result.exception.code == "room.name"
