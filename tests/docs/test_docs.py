"""What README and docs say is what the program does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.reference import reference

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def test_the_command_reference_is_the_programs_own_help() -> None:
    written = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run: python -m service.cli.reference > docs/cli.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    gone = [x for x in links if "://" not in x and not (page.parent / x).exists()]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = set(re.findall(r"^## `xiangyin ([a-z ]+)`", reference(), re.MULTILINE))
    named = re.findall(r"(?:^|`|bin/)xiangyin ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE)
    unknown = [n for n in named if n not in known and n.split()[0] not in known]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_target_and_benchmark_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m (benchmarks\.[a-z_]+)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module


def test_a_second_start_leaves_the_demo_shop_as_the_merchant_has_it(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    program = tmp_path / "venv" / "bin" / "xiangyin"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/bash\necho "$*" >> {calls}\n[ "$1 $2" = "shop list" ] || exit 0\n'
        "echo demo; for n in {1..20000}; do echo 我的店 || exit 1; done\n"
    )
    program.chmod(0o755)
    voice = tmp_path / "weights" / "kokoro-voices" / "zf_xiaobei.bin"
    voice.parent.mkdir(parents=True)
    voice.touch()
    (tmp_path / "venv" / ".installed").touch()
    subprocess.run(
        ["make", "run", f"VENV={tmp_path / 'venv'}", f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env=os.environ | {"XIANGYIN_WEIGHTS__FOLDER": str(tmp_path / "weights")},
        check=True,
        capture_output=True,
    )
    assert calls.read_text().splitlines() == ["weights fetch", "shop list", "serve"]
