"""What the voice says, the ears hear: product words and amounts, with the real models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anchor.speech.front_end import read_out
from anchor.speech.speaker import LOUDNESS, Speaker, joined
from core.ports import RecognitionRequest, Recognizer, Voice
from core.text.numbers import canonical, find_amounts
from core.text.sound import syllables
from media.audio import resample
from media.loudness import integrated
from service.cli import build

pytestmark = pytest.mark.scenario

LINES = (
    ("这款红薯粉条一袋500g，现在12.8元。", ("红薯", "粉条")),
    ("我们家的小米，5斤装49.9元，包邮到家。", ("小米", "包邮")),
    ("牛肉酱开盖以后，要放在0-4℃的冰箱里。", ("牛肉酱", "冰箱")),
    ("苹果果径80mm左右，一箱24个。", ("苹果", "一箱")),
    ("今天晚上19:30开播，核桃买2送1。", ("晚上", "核桃")),
    ("这批木耳是2026年9月采的，净重250克。", ("木耳", "净重")),
    ("茶叶用85度的水，泡3分钟就好。", ("茶叶", "分钟")),
    ("新疆和西藏每单补15元运费。", ("新疆", "运费")),
    ("坏果48小时内拍照，我们赔。", ("坏果", "拍照")),
    ("含糖量13%，老人少吃一点。", ("含糖", "老人")),
)
TERMS, AMOUNTS = 0.8, 0.85


def heard_as(term: str, text: str) -> bool:
    """Whether the syllables of the term occur: a recogniser without the shop's words spells by ear."""
    return " ".join(syllables(term)) in " ".join(syllables(text))


def amounts_heard(line: str, text: str) -> list[bool]:
    """For each amount of the line, whether its value or its sound was heard (九 may be spelled 酒)."""
    values = [canonical(amount)[0] for amount in find_amounts(text)]
    return [
        canonical(amount)[0] in values or heard_as(read_out(line[amount.start : amount.end]), read_out(text))
        for amount in find_amounts(line)
    ]


def test_the_ears_hear_the_words_and_amounts_that_the_voice_says(kokoro: Voice, whisper: Recognizer) -> None:
    speaker = Speaker(kokoro, "zf_xiaoxiao")
    terms: list[bool] = []
    amounts: list[bool] = []
    for line, words in LINES:
        speech = joined(speaker.speak(line))
        text = whisper.transcribe(
            resample(speech.samples, speech.rate), RecognitionRequest(hotwords=words)
        ).text
        terms += [heard_as(word, text) for word in words]
        amounts += amounts_heard(line, text)
    assert sum(terms) / len(terms) >= TERMS
    assert sum(amounts) / len(amounts) >= AMOUNTS


def test_a_real_line_is_as_loud_as_all_others(kokoro: Voice) -> None:
    speech = joined(Speaker(kokoro, "zm_yunxi", 0.9).speak("各位乡亲，今天的花生颗颗饱满，三斤只要二十块。"))
    assert integrated(speech.samples, speech.rate) == pytest.approx(LOUDNESS, abs=1.0)


def test_say_writes_one_recording_a_line_and_a_manifest(kokoro: Voice, tmp_path: Path) -> None:
    lines = [
        {"id": "a/1", "text": "一箱5斤。"},
        {"id": "b"},
        {"id": "c", "text": "🌹"},
        {"id": 4, "text": "明天发货。"},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "spoken"
    source.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    result = CliRunner().invoke(build(), ["say", "--in", str(source), "--out", str(out), "--speed", "0.9"])
    assert result.exit_code == 0, result.output
    manifest = [json.loads(line) for line in (out / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert [record["id"] for record in manifest] == ["a/1", "b", "c", 4]
    assert ["error" in record for record in manifest] == [False, True, True, False]
    for record in (manifest[0], manifest[3]):
        assert (out / record["wav"]).stat().st_size > 10_000
        assert record["seconds"] > 0.4 and record["visemes"] and -20 < record["loudness"] < -14
