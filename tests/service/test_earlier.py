"""What earlier shows said is kept in a file, and only such a file is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from anchor.writer.memory import SHOWS, Memory, Told
from core.errors import InputError
from service.earlier import read_memory, write_memory

pytestmark = pytest.mark.unit


def test_a_memory_is_read_as_it_was_written_and_keeps_the_last_shows(tmp_path: Path) -> None:
    shows = tuple(Told((f"第{n}场的话。",), ("greet-01",)) for n in range(SHOWS + 3))
    write_memory(tmp_path / "m.json", Memory(shows))
    assert read_memory(tmp_path / "m.json").shows == shows[-SHOWS:]


def test_without_a_file_nothing_is_remembered(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "none.json").shows == ()


@pytest.mark.parametrize("held", ["", "[]", '{"shows": [1]}', "{}"])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, held: str) -> None:
    (tmp_path / "m.json").write_text(held, "utf-8")
    with pytest.raises(InputError, match="不是以前节目的记录"):
        read_memory(tmp_path / "m.json")
