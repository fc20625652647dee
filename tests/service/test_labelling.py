"""Generated sound carries the AIGC label where a provider code is set, and says so where none is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from anchor.speech.speaker import Speaker
from compliance import labels
from core.errors import ConfigurationError
from core.settings import load
from core.testing import ScriptedVoice
from media import audio
from service.cli import build
from service.labelling import sign
from tests.anchor.shops import tiny

pytestmark = pytest.mark.unit

CODE = "00119111000000000000010000A"
assert len(CODE) == 27


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        "service.cli.say.load",
        lambda voice, speed, signed=False: Speaker(ScriptedVoice(), sign=sign(load().label, signed)),
    )
    monkeypatch.setattr("service.cli.ask.opened", lambda name: tiny())
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Result:
    return CliRunner().invoke(build(), words, catch_exceptions=False)


def test_a_spoken_line_carries_the_label_of_the_registered_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_LABEL__PRODUCER", CODE)
    done = run("say", "小米熬粥香", "--out", "a.wav")
    held = labels.read(Path("a.wav"))
    assert held is not None and held.content_producer == CODE
    assert held.produce_id in done.stdout and "没有写 AIGC" not in done.stderr


def test_a_show_carries_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_LABEL__PRODUCER", CODE)
    done = run("anchor", "--minutes", "0.2", "--out", "show.wav")
    assert labels.check(Path("show.wav"))[0], done.stdout


def test_without_a_code_one_notice_says_how_to_get_labels() -> None:
    lines = "".join(json.dumps({"id": n, "text": "小米熬粥香"}) + "\n" for n in range(3))
    Path("in.jsonl").write_text(lines, encoding="utf-8")
    done = run("say", "--in", "in.jsonl", "--out", "sounds")
    assert done.stderr.count("label.producer") == 1
    manifest = [json.loads(x) for x in Path("sounds/manifest.jsonl").read_text("utf-8").splitlines()]
    assert [m["label"] for m in manifest] == [None] * 3
    assert labels.read(Path("sounds/0.wav")) is None


def test_a_code_that_cannot_be_right_stops_before_anything_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_LABEL__PRODUCER", "12345")
    with pytest.raises(ConfigurationError, match="12345"):
        run("say", "小米熬粥香", "--out", "a.wav")
    assert not Path("a.wav").exists()


def rhythms(path: Path) -> list[float]:
    """Where the rhythm 短长 短短 begins in a file, in seconds: tones of 1 kHz of these lengths, by ear."""
    sound, rate = audio.read(path), audio.RATE
    window = rate // 100
    count = len(sound) // window
    frames = sound[: count * window].reshape(count, window)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(window), 4 * window)) ** 2
    around = slice(round(900 * 4 * window / rate), round(1100 * 4 * window / rate) + 1)
    pure = spectrum[:, around].sum(axis=1) > 0.6 * spectrum.sum(axis=1)
    tones = pure & (np.abs(frames).max(axis=1) > 0.02)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], tones, [False]]).astype(int)))
    begun, ended = edges[::2], edges[1::2]
    found = []
    for first in range(len(begun) - 3):
        some = slice(first, first + 4)
        lengths = (ended[some] - begun[some]) / 100
        gaps = (begun[some][1:] - ended[some][:-1]) / 100
        if np.allclose(lengths, [0.12, 0.36, 0.12, 0.12], atol=0.04) and np.allclose(
            gaps, [0.12, 0.36, 0.12], atol=0.04
        ):
            found.append(float(begun[first]) / 100)
    return found


def test_the_rhythm_is_heard_before_speech_where_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    run("say", "小米熬粥香", "--out", "plain.wav")
    assert rhythms(Path("plain.wav")) == []
    monkeypatch.setenv("XIANGYIN_LABEL__RHYTHM", "true")
    run("say", "小米熬粥香", "--out", "a.wav")
    assert rhythms(Path("a.wav")) == pytest.approx([0.0], abs=0.03)
    assert audio.duration(Path("a.wav")) == pytest.approx(
        (audio.duration(Path("plain.wav")) or 0) + 1.62, abs=0.01
    )


def test_in_a_show_the_rhythm_goes_with_the_spoken_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_LABEL__RHYTHM", "true")
    run("anchor", "--minutes", "0.5", "--out", "show.wav")
    lines = [json.loads(x) for x in Path("show.jsonl").read_text("utf-8").splitlines()]
    told = [x for x in lines if x["type"] == "line" and x["spoken"]]
    notices = [x["start"] for x in told if x["purpose"] == "notice" and labels.names_both(x["text"])]
    assert notices and len(told) > len(notices)
    assert rhythms(Path("show.wav")) == pytest.approx(notices, abs=0.03)
