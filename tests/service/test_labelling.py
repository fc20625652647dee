"""Generated sound carries the AIGC label where a provider code is set, and says so where none is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anchor.speech.speaker import Speaker
from compliance import labels
from core.errors import ConfigurationError
from core.testing import ScriptedVoice
from service.cli import build
from tests.anchor.shops import tiny

pytestmark = pytest.mark.unit

CODE = "00119111000000000000010000A"
assert len(CODE) == 27


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.cli.say.load", lambda voice, speed: Speaker(ScriptedVoice()))
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
