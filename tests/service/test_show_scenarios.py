"""The live host end to end: the real program, the real voice, the real ears, killed in the middle."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync import client
from websockets.sync.client import ClientConnection

from core.ports import Voice
from media.audio import resample, to_int16
from tests.service.running import free_port
from tests.service.studio import COMMAND, Studio, studio

pytestmark = pytest.mark.scenario

connect = partial(client.connect, ping_interval=None, max_size=None, max_queue=None)  # may wait unread
ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "examples" / "demo_shop.xlsx"


def run_command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=ROOT,
        env=os.environ | {"XIANGYIN_SERVICE__DATA_DIR": str(folder)},
        check=False,
    )


@pytest.fixture(scope="module")
def folder(kokoro: Voice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the example's shop; the test is skipped without the weights of the voice."""
    made = tmp_path_factory.mktemp("live") / "data"
    done = run_command(made, "shop", "import", str(SHEET), "--shop", "demo")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def program(folder: Path) -> Iterator[Studio]:
    with studio(folder, free_port()) as started:
        yield started


def order(program: Studio, what: str, **body: object) -> dict[str, Any]:
    answer = httpx.post(f"http://{program.host}/api/rooms/main/show/{what}", json=body, timeout=300)
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = answer.json()
    return record


def state(program: Studio) -> dict[str, Any]:
    record: dict[str, Any] = httpx.get(f"http://{program.host}/api/rooms/main/show", timeout=60).json()
    return record


def until(socket: ClientConnection, type_: str, **wanted: object) -> dict[str, Any]:
    while True:
        message = socket.recv(timeout=240)
        if isinstance(message, bytes):
            continue
        record: dict[str, Any] = json.loads(message)
        if record.get("type") == type_ and all(record.get(k) == v for k, v in wanted.items()):
            return record


def sent_in(socket: ClientConnection, seconds: float) -> tuple[int, int]:
    """Bytes of sound that come before and behind the cut within so many seconds."""
    before = behind = 0
    cut = False
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = socket.recv(timeout=left)
        except TimeoutError:
            break
        if isinstance(message, bytes):
            before, behind = (before, behind + len(message)) if cut else (before + len(message), behind)
        else:
            cut = cut or json.loads(message)["type"] == "cut"
    assert cut
    return before, behind


def script(program: Studio) -> list[str]:
    with connect(f"ws://{program.host}/ws/show") as reader:
        lines = json.loads(reader.recv(timeout=60))["lines"]
    begun = [line for line in lines if line["status"] in ("spoken", "cut", "speaking")]
    return [line["text"] for line in begun if line["writer"] == "phrases"]


def test_a_typed_question_is_heard_answered_and_taking_over_is_silence(program: Studio) -> None:
    with (
        connect(f"ws://{program.host}/ws/show") as reader,
        connect(f"ws://{program.host}/ws/screen") as screen,
    ):
        order(program, "start", shop="demo", minutes=10)
        product = until(reader, "line", status="speaking") and _first_product(program)
        order(program, "comment", who="观众", text=f"{product}多少钱")
        reply = until(reader, "line", status="speaking", purpose="answer")
        assert reply["facts"] and reply["facts"][0]["evidence"]["file"] == SHEET.name
        until(screen, "clause", line=reply["id"])
        while not isinstance(screen.recv(timeout=60), bytes):
            pass
        order(program, "take-over", who="店主")
        before, behind = sent_in(screen, 3.0)
        assert behind == 0
        assert before <= 2 * 24_000 * 0.6  # what had been sent ahead of the key, which the page cuts too
        order(program, "hand-back", who="店主")
        back = until(reader, "line", status="speaking")
        assert back["purpose"] == "notice" and "AI" in back["text"]
        until(reader, "line", status="spoken")
    said = script(program)
    assert len(said) == len(set(said))
    order(program, "stop")


def _first_product(program: Studio) -> str:
    deadline = time.monotonic() + 240
    while not (product := state(program)["product"]):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return str(product)


def test_a_kill_in_the_middle_of_a_line_loses_nothing_and_nothing_is_said_twice(
    program: Studio, folder: Path
) -> None:
    with connect(f"ws://{program.host}/ws/show") as reader:
        order(program, "start", shop="demo", minutes=20)
        for _ in range(4):
            spoken = until(reader, "line", status="speaking", writer="phrases")["id"]
            until(reader, "line", status="spoken", id=spoken)
        until(reader, "line", status="speaking", writer="phrases")
        kept = state(program)
        said = script(program)
        program.kill()
        with pytest.raises(ConnectionClosed):
            while True:
                reader.recv(timeout=60)
    verified = run_command(folder, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "核桃" in run_command(folder, "shop", "show", "--shop", "demo").stdout
    program.start()
    off = state(program)
    assert off["state"] == "off" and "接着播" in off["offer"] and off["shop"] == "demo"
    with connect(f"ws://{program.host}/ws/show") as reader:
        again = order(program, "start", shop="demo")
        assert again["total"] == kept["total"]
        assert again["elapsed"] == pytest.approx(kept["elapsed"], abs=0.2)
        assert (again["part"], again["product"]) == (kept["part"], kept["product"])
        for _ in range(3):
            until(reader, "line", status="speaking", writer="phrases")
    scripted = set(script(program))
    assert scripted and not scripted & set(said)
    order(program, "stop")
    assert run_command(folder, "ledger", "verify").returncode == 0


@contextmanager
def listening(microphone: ClientConnection, rate: int) -> Iterator[queue.SimpleQueue[bytes]]:
    """A microphone that never stops, as real ones do; what is put into the queue sounds before it."""
    sounds: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    over = threading.Event()

    def listen() -> None:
        began, sent = time.monotonic(), 0
        while not over.wait(0.1):
            while sent < (time.monotonic() - began) * 2 * rate:
                sound = bytes(rate // 5) if sounds.empty() else sounds.get()
                microphone.send(sound)
                sent += len(sound)

    ear = threading.Thread(target=listen)
    ear.start()
    try:
        yield sounds
    finally:
        over.set()
        ear.join()


def test_the_hosts_own_voice_in_the_microphone_is_not_captioned(program: Studio) -> None:
    with (
        connect(f"ws://{program.host}/ws/show") as reader,
        connect(f"ws://{program.host}/ws/screen") as screen,
        connect(f"ws://{program.host}/ws/captions") as captions,
        connect(f"ws://{program.host}/ws/audio?rate=24000") as microphone,
        listening(microphone, 24_000) as loudspeaker,
    ):
        assert json.loads(captions.recv(timeout=60))["type"] == "snapshot"
        order(program, "start", shop="demo", minutes=5)
        heard = 0
        while heard < 24_000 * 12:  # what the loudspeaker plays goes into the microphone
            message = screen.recv(timeout=240)
            if isinstance(message, bytes):
                loudspeaker.put(message)
                heard += len(message) // 2
        until(reader, "line", status="speaking")
        order(program, "pause")
        with pytest.raises(TimeoutError):
            while True:
                assert json.loads(captions.recv(timeout=6))["type"] != "cue"
        order(program, "stop")


def test_a_person_who_took_over_is_captioned(program: Studio, kokoro: Voice) -> None:
    speech = kokoro.synthesize("乡亲们好，今天的白菜是早上刚从地里拔的。", "zf_xiaoxiao")
    sound = np.concatenate([resample(speech.samples, speech.rate), np.zeros(24_000, np.float32)])
    with (
        connect(f"ws://{program.host}/ws/show") as reader,
        connect(f"ws://{program.host}/ws/captions") as captions,
        connect(f"ws://{program.host}/ws/audio?rate=16000") as microphone,
        listening(microphone, 16_000) as person,
    ):
        order(program, "start", shop="demo", minutes=5)
        until(reader, "line", status="speaking")
        order(program, "take-over")
        for at in range(0, len(sound), 1600):
            person.put(to_int16(sound[at : at + 1600]).tobytes())
        cue = until(captions, "cue", final=True)
        assert "白菜" in cue["mandarin"]
        order(program, "stop")
