"""``xiangyin shop``: a preview keeps nothing, an import is kept once, export and removal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.errors import InputError
from knowledge_graph.store import shops as stored
from service.cli import build

pytestmark = pytest.mark.unit

DEMO = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))
    yield tmp_path
    stored._on_disk.cache_clear()


def shop(*words: str) -> Result:
    return CliRunner().invoke(build(), ["shop", *words], catch_exceptions=False)


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    out = shop("import", str(DEMO), "--dry-run", "--json", str(tmp_path / "i.json"))
    assert "没有保存" in out.output
    assert not (tmp_path / "shops").exists()
    assert len(json.loads((tmp_path / "i.json").read_text(encoding="utf-8"))["products"]) == 10


def test_importing_twice_changes_nothing() -> None:
    assert "已经生效" in shop("import", str(DEMO)).output
    assert "没有改动" in shop("import", str(DEMO)).output


def test_a_draft_waits_for_approval() -> None:
    shop("import", str(DEMO), "--draft")
    with pytest.raises(InputError):
        shop("show")
    assert "第 1 版" in shop("approve").output
    assert "云坪老树核桃" in shop("show").output


def test_show_names_the_cell_of_every_fact() -> None:
    shop("import", str(DEMO))
    assert "demo_shop.xlsx「货单」D4" in shop("show", "--product", "云坪老树核桃 2斤").output


def test_export_can_be_imported_again(tmp_path: Path) -> None:
    shop("import", str(DEMO))
    shop("export", "--out", str(tmp_path / "demo.jsonld"))
    assert "没有改动" in shop("import", str(tmp_path / "demo.jsonld")).output


def test_remove_leaves_no_shop() -> None:
    shop("import", str(DEMO))
    shop("remove", "demo")
    assert "还没有店铺" in shop("list").output


def test_spoken_words_wait_until_they_are_approved_and_can_be_taken_back() -> None:
    shop("import", str(DEMO))
    assert (
        "听到了，新货“黄豆”：库存20斤，6元一斤"
        in shop("propose", "家里有二十斤黄豆，六块一斤", "--who", "李大爷").output
    )
    assert "李大爷" in shop("drafts").output
    assert "黄豆" not in shop("show").output
    assert "第 2 版" in shop("approve", "--product", "黄豆", "--edit", "价格=6.5", "--who", "女儿").output
    assert "6.5元" in shop("show", "--product", "黄豆").output
    shop("revert")
    assert "黄豆" not in shop("show").output


def test_refused_words_leave_the_draft_with_a_reason() -> None:
    shop("import", str(DEMO))
    shop("propose", "家里有二十斤黄豆，六块一斤", "--who", "李大爷")
    assert (
        "李大爷提的 3 条没有采用：先不卖" in shop("refuse", "--product", "黄豆", "--reason", "先不卖").output
    )
    assert "黄豆" not in shop("drafts").output


def test_versions_tell_who_approved_refused_and_took_back() -> None:
    shop("import", str(DEMO), "--who", "村支书")
    shop("propose", "云坪老树核桃四十块一斤", "--who", "幺妹")
    shop("refuse", "--reason", "价钱没有商量过", "--who", "会计")
    told = shop("versions").output
    assert "村支书  批准了第 1 版" in told
    assert "（现在用的）" in told
    assert "会计  没有采用" in told
    assert "价钱没有商量过" in told
    shop("remove", "demo", "--who", "村支书")
    assert "村支书  删除了店铺" in shop("versions").output
