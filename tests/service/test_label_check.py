"""A room's file is checked: what was found goes into the room's ledger."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from compliance import labels
from compliance.ledger import SigningKey
from core.events import Notice
from core.journal import read
from media.audio import WavWriter
from service.cli import build
from service.rooms import Room

pytestmark = pytest.mark.unit

CODE = "001191330000MA27U00000100000"[:27]


async def opened(folder: Path) -> None:
    room = Room("main", folder / "rooms" / "main", key=SigningKey.open(folder / "keys" / "ledger.pem"))
    await room.publish(Notice(code="x", text="y", at=room.now))
    await room.close()


@pytest.mark.parametrize("labelled", [True, False])
def test_a_check_of_a_rooms_file_is_in_its_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labelled: bool
) -> None:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))
    asyncio.run(opened(tmp_path))
    file = tmp_path / "clip.wav"
    with WavWriter(file, 16_000) as sound:
        sound.write(np.zeros(1600, np.float32))
    if labelled:
        labels.write(file, labels.Label.of(CODE))
    told = CliRunner().invoke(build(), ["label", "check", str(file), "--room", "main"])
    assert told.exit_code == (0 if labelled else 1), told.output
    events = tmp_path / "rooms" / "main" / "events"
    noted = [
        e for line in read(events) if isinstance(e := line.event(), Notice) and e.code == "label.checked"
    ]
    assert [(n.level, n.subject) for n in noted] == [
        ("info" if labelled else "error", hashlib.sha256(file.read_bytes()).hexdigest())
    ]
    assert f"第 {noted[0].seq} 条" in told.output


def test_a_room_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(tmp_path))
    told = CliRunner().invoke(build(), ["label", "check", str(tmp_path / "a.wav"), "--room", "nowhere"])
    assert told.exit_code and not (tmp_path / "rooms").exists()
