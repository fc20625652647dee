from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import build

pytestmark = pytest.mark.unit


def test_config_prints_what_is_in_force(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[service]\nport = 8123\n", "utf-8")
    result = CliRunner().invoke(build(), ["config", "--config", str(file)])
    assert result.exit_code == 0, result.output
    assert f"port = 8123  # {file}" in result.output
