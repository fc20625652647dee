"""``xiangyin anchor``: a short show with the real voice, checked from its record alone; what can go wrong."""

from __future__ import annotations

import json
import re
import wave
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anchor.comments.sources import Arrival
from anchor.programme import read_programme
from anchor.speech.speaker import Speaker
from core.errors import InputError, ModelUnavailableError
from core.ports import Voice
from core.settings import Settings
from core.testing import ScriptedVoice
from knowledge_graph.facts import Fact, MemoryShop, Shop, ShopMeta
from service.cli import build
from service.cli.anchor import _clock
from service.programme import planned
from service.show_of_shop import Production, Summary, perform
from tests.anchor.shops import tiny

pytestmark = pytest.mark.scenario

ASKED = [
    Arrival(2.0, "李大姐", "小米多少钱", "1"),
    Arrival(3.0, "老张", "主播小米多少钱呀", "2"),
    Arrival(4.0, "小赵", "小米的蛋白质含量是多少", "3"),
]
FIXED = {"12356", "96110"}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.with_suffix(".jsonl").read_text("utf-8").splitlines()]


def spoken(path: Path) -> list[dict[str, Any]]:
    return [r for r in records(path) if r["type"] == "line" and r["spoken"]]


def figures(text: str) -> set[str]:
    return {f.rstrip("0").rstrip(".") if "." in f else f for f in re.findall(r"\d+(?:\.\d+)?", text)}


def figures_of(facts: list[Fact]) -> set[str]:
    return {n for f in facts for n in figures(f"{f.written} {f.value} {f.high} {f.per} {f.about}")}


def show(voice: Voice, path: Path, minutes: float, shop: Shop | None = None) -> Summary:
    return perform(Production(shop or tiny(), Speaker(voice), minutes), ASKED, path)


def test_twenty_seconds_with_the_real_voice(kokoro: Voice, tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    done = show(kokoro, path, 0.34)
    lines = spoken(path)
    facts = [f for name in tiny().products() for f in tiny().facts(name)]
    wrong = [(r["text"], n) for r in lines for n in figures(r["text"]) - FIXED - figures_of(facts)]
    assert wrong == [] and any(figures(r["text"]) for r in lines)
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert seconds == pytest.approx(done.seconds, abs=0.01) and seconds >= lines[-1]["end"] - 0.05
    assert path.with_suffix(".srt").read_text("utf-8").count("-->") >= len(lines)
    (answer,) = [r for r in lines if r["purpose"] == "answer"]
    assert {a["id"] for a in answer["answers"]} == {"1", "2"} and "price" in {
        f["property"] for f in answer["facts"]
    }


def test_the_record_names_facts_verdicts_and_times(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    done = show(ScriptedVoice(), path, 1)
    assert done.lines == len(spoken(path))
    for record in spoken(path):
        assert {v["by"] for v in record["verdicts"]} == {"claims", "guard"}
        assert all(v["action"] == "allow" for v in record["verdicts"])
        assert "".join(s["text"] for s in record["segments"]) == record["text"]
        assert record["end"] > record["start"] >= 0


def test_what_no_fact_holds_is_deferred_aloud_and_becomes_a_ticket(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    show(ScriptedVoice(), path, 1)
    (deferred,) = [r for r in spoken(path) if r["purpose"] == "defer"]
    assert deferred["answers"][0]["id"] == "3"
    assert [r["code"] for r in records(path) if r["type"] == "notice"] == ["dialogue.ticket"]


def test_the_same_seed_writes_the_same_show(tmp_path: Path) -> None:
    said = []
    for name in ("a.wav", "b.wav"):
        show(ScriptedVoice(), tmp_path / name, 1)
        said.append([(r["text"], r["start"]) for r in spoken(tmp_path / name)])
    assert said[0] == said[1]


def test_an_empty_shop_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="还没有商品"):
        show(ScriptedVoice(), tmp_path / "s.wav", 1, MemoryShop.of(ShopMeta("空店", date(2026, 1, 1)), []))
    assert not list(tmp_path.iterdir())


def run(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(build(), ["anchor", *arguments]).exception


def test_unreadable_comments_are_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.cli.ask.opened", lambda name: tiny())
    bad = tmp_path / "c.jsonl"
    bad.write_text('{"at": 1, "text": "包邮吗"}\n不是JSON\n', encoding="utf-8")
    error = run("--comments", str(bad), "--out", str(tmp_path / "s.wav"))
    assert isinstance(error, InputError) and "第 2 行" in error.message


def test_missing_voice_weights_are_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.ask.opened", lambda name: tiny())
    monkeypatch.setenv("XIANGYIN_WEIGHTS__FOLDER", str(tmp_path / "none"))
    error = run("--out", str(tmp_path / "s.wav"))
    assert isinstance(error, ModelUnavailableError) and error.code == "weights.missing" and error.hint


def test_an_unknown_shop_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))
    error = run("--shop", "没有这家", "--out", str(tmp_path / "s.wav"))
    assert isinstance(error, InputError)


def test_a_programme_with_an_hour_of_its_own_is_played_from_that_hour_on(tmp_path: Path) -> None:
    plan = tmp_path / "programme.toml"
    plan.write_text(
        'minutes = 3\n[[part]]\nkind = "rounds"\n[[ritual]]\nname = "晨练"\nat = ["06:31"]\nminutes = 1\n'
        'lines = ["慢慢吸气。", "慢慢呼气。"]\nfarewell = ["歇一歇。"]\n',
        "utf-8",
    )
    path = tmp_path / "show.wav"
    begins = datetime(2026, 11, 22, 6, 30)
    speaker = Speaker(ScriptedVoice(0.2))
    perform(Production(tiny(), speaker, 3, programme=read_programme(plan), begins=begins), ASKED, path)
    told = [r for r in spoken(path) if r["purpose"] == "ritual"]
    assert [r["text"] for r in told] == ["慢慢吸气。", "慢慢呼气。", "歇一歇。"]
    assert 60 <= told[0]["start"] <= 75


def test_a_bad_programme_and_a_bad_hour_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="打不开节目单"):
        planned(Settings(), tmp_path / "none.toml")
    with pytest.raises(InputError, match="不是钟点"):
        _clock("25:99", date(2026, 11, 22))
