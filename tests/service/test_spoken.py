"""What a host knows by heart lies beside the shop: there tomorrow, gone with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from anchor.speech.shelf import ClauseKey, Shelf
from anchor.speech.speaker import Speaker
from core.compute import Compute, Priority
from core.ports import Speech
from core.settings import Voice
from core.testing import ScriptedVoice
from knowledge_graph.store import shops as stored
from service.cli import build
from service.spoken import erase, open_shelf, sweep
from service.voicing import learning_of, replies_of
from tests.service.shows import house

pytestmark = pytest.mark.unit

DEMO = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"
KEY = ClauseKey("tone", 1.0, "小米", 0.1)
SPEECH = Speech(np.full(2400, 0.1, np.float32), 24_000, ())
REPLY = "小米一袋5斤，29.9元。"


def kept(data: Path, shop: str) -> bool:
    return KEY in open_shelf(data, shop, Voice())


def test_it_is_erased_with_its_shop_and_with_no_other(tmp_path: Path) -> None:
    for shop in ("张三/李四", "别家"):
        open_shelf(tmp_path, shop, Voice()).put(KEY, SPEECH)
    erase(tmp_path, "张三/李四")
    assert not kept(tmp_path, "张三/李四") and kept(tmp_path, "别家")


def test_removing_a_shop_erases_what_was_learnt_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))
    CliRunner().invoke(build(), ["shop", "import", str(DEMO)], catch_exceptions=False)
    open_shelf(tmp_path, "demo", Voice()).put(KEY, SPEECH)
    CliRunner().invoke(build(), ["shop", "remove", "demo"], catch_exceptions=False)
    stored._on_disk.cache_clear()
    assert list((tmp_path / "spoken").iterdir()) == []


def test_shops_that_are_gone_are_swept(tmp_path: Path) -> None:
    for shop in ("甲", "乙"):
        open_shelf(tmp_path, shop, Voice()).put(KEY, SPEECH)
    sweep(tmp_path, ["乙"])
    assert not kept(tmp_path, "甲") and kept(tmp_path, "乙")


def test_another_engine_speaks_its_own_clauses(tmp_path: Path) -> None:
    open_shelf(tmp_path, "甲", Voice()).put(KEY, SPEECH)
    server = Voice(backend="openai", model="m", url="http://localhost:1/v1")
    assert KEY not in open_shelf(tmp_path, "甲", server)


def test_a_reply_that_was_learnt_is_spoken_without_the_voice() -> None:
    voice = ScriptedVoice()
    speaker = Speaker(voice)

    async def main() -> list[str]:
        async with Compute(1) as compute:
            learn = learning_of(speaker, compute, lambda: ("小米",))
            while await learn(REPLY, lambda: False):
                pass
            speak = replies_of(speaker, compute, lambda: ("小米",))
            return [clause.written async for clause in speak(REPLY, lambda: False) if clause.cached]

    assert "".join(asyncio.run(main())) == REPLY
    assert len(voice.spoken) == len(set(voice.spoken))


def test_learning_gives_way_to_whatever_the_compute_has_to_do() -> None:
    async def main() -> bool | None:
        async with Compute(1) as compute:
            learn = learning_of(Speaker(ScriptedVoice()), compute, tuple)
            with compute.hold(Priority.FINAL_CAPTION):
                caption = asyncio.ensure_future(
                    compute.submit(lambda: None, priority=Priority.PARTIAL, model="recognizer")
                )
                await asyncio.sleep(0)
                learnt = await learn(REPLY, lambda: False)
            await caption
            return learnt

    assert asyncio.run(main()) is None


def test_a_show_learns_onto_the_shelf_and_says_what_the_facts_say(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", "m")

    async def main() -> None:
        async with house(tmp_path) as held:
            held.show._sources = replace(held.show._sources, shelf=lambda _: shelf)
            await held.show.start("tiny", 1)
            await held.over()

    asyncio.run(main())
    assert shelf.held_bytes > 0
