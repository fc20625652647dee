"""``--writer``: the real small model behind the gate, or one clear sentence and the phrases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anchor.speech.speaker import Speaker
from anchor.writer.gate import Gate
from anchor.writer.model import ModelAuthor, ModelWriter
from compliance.guard import Guard
from core.ports import ChatModel
from core.testing import ScriptedVoice
from knowledge_graph.claims import Checker
from service.cli import build
from service.show_of_shop import Production, perform
from tests.anchor.shops import DAY, tiny
from tests.service.test_cli_anchor import ASKED, records

pytestmark = pytest.mark.scenario


def test_a_show_written_by_the_real_model_is_judged_line_by_line(llama: ChatModel, tmp_path: Path) -> None:
    shop = tiny()
    gate = Gate(shop, Guard.load(DAY), Checker(shop), DAY)
    writer = ModelWriter(llama, gate.judge, shop, answer_seconds=300, script_seconds=300)
    path = tmp_path / "show.wav"
    made = Production(shop, Speaker(ScriptedVoice(0.2)), 0.5, author=ModelAuthor(writer))
    perform(made, ASKED, path)
    lines = [r for r in records(path) if r["type"] == "line"]
    written = [r for r in lines if r["writer"] == "model"]
    assert written
    for line in lines:
        allowed = {v["by"] for v in line["verdicts"] if v["action"] == "allow"}
        assert line["spoken"] == (allowed >= {"claims", "guard"})
    carried = Checker(shop)
    assert all(carried.check(r["text"], r["product"], DAY).carried for r in written if r["spoken"])


def test_without_weights_ask_says_so_once_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XIANGYIN_WEIGHTS__FOLDER", str(tmp_path / "none"))
    run = CliRunner().invoke(build(), ["shop", "import", str(sheet), "--shop", "w", "--as-of", "2026-11-22"])
    assert run.exit_code == 0, run.output
    asked = tmp_path / "q.jsonl"
    asked.write_text("".join(json.dumps({"id": n, "question": "有什么"}) + "\n" for n in range(2)), "utf-8")
    out = tmp_path / "a.jsonl"
    arguments = ["ask", "--shop", "w", "--writer", "model", "--in", str(asked), "--out", str(out)]
    run = CliRunner().invoke(build(), arguments)
    assert run.exit_code == 0 and run.stderr.count("提示") == 1
    given = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [a["writer"] for a in given] == ["phrases", "phrases"] and all(a["answer"] for a in given)
