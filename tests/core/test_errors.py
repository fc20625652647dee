"""Why the system refused a file, in words for a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import cause

pytestmark = pytest.mark.unit


def test_usual_causes_are_told_in_chinese(tmp_path: Path) -> None:
    for path, expected in ((tmp_path / "没有.xlsx", "没有这个文件"), (tmp_path, "文件夹")):
        with pytest.raises(OSError) as refused:
            path.read_bytes()
        assert expected in cause(refused.value)


def test_an_error_without_a_number_keeps_its_own_words() -> None:
    assert cause(OSError("the wire was cut")) == "the wire was cut"
