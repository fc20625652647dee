"""The built wheel is whole: it runs elsewhere and finds its data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.scenario

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = (
    ".git",
    ".venv*",
    "tests",
    "benchmarks",
    "docs",
    "build",
    "*.egg-info",
    ".*_cache",
    "__pycache__",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this tree was installed."""
    home = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, home / "source", ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(home), str(home / "source"))
    (wheel,) = home.glob("xiangyin-*.whl")
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(home / "site"), str(wheel))
    return home / "site"


def run(*words: str, site: Path | None = None) -> str:
    environment = os.environ | ({"PYTHONPATH": str(site)} if site else {})
    folder = site.parent if site else ROOT
    done = subprocess.run(
        words, capture_output=True, text=True, env=environment, cwd=folder, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(site: Path, *words: str) -> str:
    return run(sys.executable, "-c", "from service.cli import main; main()", *words, site=site)


def test_the_command_line_of_the_wheel_answers(installed: Path) -> None:
    where = run(sys.executable, "-c", "import service; print(service.__file__)", site=installed)
    assert where.startswith(str(installed))
    assert "caption" in command(installed, "--help")


def test_the_wheel_brings_lexicons_rules_and_pages(installed: Path, tmp_path: Path) -> None:
    assert "好" in command(installed, "dialect", "render", "这个腊肉巴适得板")
    said = tmp_path / "said.jsonl"
    said.write_text('{"id": 1, "text": "全网最低价"}', encoding="utf-8")
    assert '"block"' in command(installed, "guard", "check", "--in", str(said), "--speaker", "ai")
    code = "from service.protocols.pages import page; from captioning.plausible import hallucinations; "
    assert "ok" in run(
        sys.executable,
        "-c",
        code + "print('ok' if page('overlay.html') and hallucinations() else '')",
        site=installed,
    )
