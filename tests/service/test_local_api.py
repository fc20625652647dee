"""One process owns a data folder: commands beside a running service and by themselves say the same."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from compliance.ledger import References
from core.errors import StorageError
from knowledge_graph.store import shops as stored
from knowledge_graph.store.protocol import Row
from knowledge_graph.store.shops import Shops
from service import owned
from service.assemble import Assembly
from service.auth import load_token
from service.cli import main
from service.owning import LOCK, owner, owning
from tests.service.running import free_port, serving, settings_in
from tests.service.studio import Studio, studio

pytestmark = pytest.mark.scenario

SHEET = str(Path(__file__).resolve().parents[2] / "examples" / "demo_shop.xlsx")
SESSION: tuple[tuple[str, ...], ...] = (
    ("shop", "list"),
    ("shop", "import", SHEET, "--shop", "demo", "--as-of", "2026-11-01"),
    ("shop", "import", SHEET, "--shop", "demo", "--as-of", "2026-11-01", "--draft"),
    ("shop", "import", SHEET, "--shop", "second", "--as-of", "2026-11-01", "--draft"),
    ("shop", "approve", "--shop", "second"),
    ("shop", "list"),
    ("shop", "show", "--shop", "demo", "--draft"),
    ("shop", "export", "--shop", "demo"),
    ("shop", "graph", "--shop", "demo"),
    ("ask", "核桃多少钱", "--as-of", "2026-11-01"),
    ("ask", "核桃多少钱", "--shop", "没有这家"),
    ("claims", "check", "核桃五块钱一斤", "--as-of", "2026-11-01"),
    ("shop", "revert", "--shop", "demo"),
    ("shop", "remove", "second"),
    ("shop", "list"),
    ("ledger", "prune", "--room", "nowhere"),
)
"""Commands of an afternoon at the counter, some of them mistaken."""


def command(data: Path, *words: str) -> tuple[int, str, str]:
    """Exit code and output of ``xiangyin`` over a data folder, which is let go of afterwards."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(data))
        patch.setattr(sys, "argv", ["xiangyin", *words])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    stored._on_disk.cache_clear()
    gc.collect()
    return code, out.getvalue(), err.getvalue()


def timeless(said: tuple[int, str, str]) -> tuple[int, str, str]:
    """What a command said, but for the moments at which people did what it tells of."""
    code, out, err = said
    return code, re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+]*", "…", out), err


def opened_room(program: Studio) -> None:
    """Have the service open the room ``main``, and with it its journal."""
    with connect(f"ws://{program.host}/ws/captions") as reader:
        assert json.loads(reader.recv(timeout=30))["type"] == "snapshot"


def test_commands_say_the_same_beside_a_running_service_and_by_themselves(tmp_path: Path) -> None:
    alone = [command(tmp_path / "alone", *words) for words in SESSION]
    with studio(tmp_path / "beside", free_port()):
        beside = [command(tmp_path / "beside", *words) for words in SESSION]
    assert list(map(timeless, beside)) == list(map(timeless, alone))
    assert {code for code, _, _ in alone} == {0, 1}


def test_a_killed_service_leaves_the_folder_free_and_the_shop_whole(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with studio(data, free_port()) as program:
        assert command(data, "shop", "import", SHEET)[0] == 0
        before = command(data, "shop", "show")
        opened_room(program)
        verified = command(data, "ledger", "verify")
        assert owner(data) is not None
        program.kill(signal.SIGKILL)
        assert owner(data) is None and (data / LOCK).read_bytes()
        assert command(data, "shop", "show") == before
        assert command(data, "ledger", "verify") == verified
        program.start()
        assert command(data, "shop", "show") == before


def test_the_service_erases_from_the_ledger_that_it_writes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with studio(data, free_port()) as program:
        opened_room(program)
        kept = References(data / "rooms" / "main" / "references").keep("收货地址", subject="阿婆")
        assert command(data, "ledger", "erase", kept, "--who", "阿婆") == (0, "已删除。\n", "")
        again = command(data, "ledger", "erase", kept, "--who", "阿婆")
        assert command(data, "ledger", "prune") == (0, "没有满三年的记录可以删。\n", "")
        refused = command(data, "ledger", "prune", "--before", "2026-11-01")
        live = command(data, "ledger", "verify")
    assert command(data, "ledger", "erase", kept, "--who", "阿婆") == again
    assert command(data, "ledger", "prune") == (0, "没有满三年的记录可以删。\n", "")
    assert command(data, "ledger", "prune", "--before", "2026-11-01") == refused
    assert refused[0] == 1 and "不满 3 年" in refused[2]
    assert live[0] == command(data, "ledger", "verify")[0] == 0


def test_a_second_service_on_the_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with studio(tmp_path / "data", free_port()) as program:
        code, _, said = command(tmp_path / "data", "serve", "--port", str(free_port()))
    assert code == 1 and program.host in said and "Traceback" not in said


def test_what_a_dead_service_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text('{"pid": 1, "host": "127.0.0.1", "port": 9}')
    assert owner(tmp_path) is None
    with owning(tmp_path, "0.0.0.0", 4242):
        held = owner(tmp_path)
        assert held is not None and (held.pid, held.url) == (os.getpid(), "http://127.0.0.1:4242")
    assert owner(tmp_path) is None


def test_a_service_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with owning(tmp_path, "127.0.0.1", free_port()), pytest.raises(StorageError) as error:
        owned.shops(tmp_path, patience=0.1)
    assert error.value.code == "service.silent" and str(os.getpid()) in error.value.message


@pytest.mark.parametrize("path", ["store/query", "store/update", "rooms/main/prune", "rooms/main/erase"])
def test_nobody_without_the_token_gets_in(tmp_path: Path, path: str) -> None:
    assembly = Assembly(settings_in(tmp_path))
    with serving(assembly) as host:
        token = load_token(tmp_path)
        url = f"http://{host}/api/local/{path}"
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"xiangyin_token={token}"}):
            answer = httpx.post(url, data={"query": "ASK {}", "update": "CLEAR ALL"}, headers=headers)
            assert answer.status_code == 403, answer.text


class Waiting:
    """A store whose question takes until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def select(self, query: str) -> Sequence[Row]:
        self.asked.set()
        assert self.go.wait(20)
        return [{"a": "1"}, {"b": "二"}]


def test_the_service_goes_on_while_a_long_command_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Waiting()
    assembly = Assembly(settings_in(tmp_path))
    monkeypatch.setattr(assembly, "shops", lambda: Shops(store))  # type: ignore[arg-type]
    with serving(assembly) as host:
        found: list[Sequence[Row]] = []

        def ask() -> None:
            with owning(tmp_path, "127.0.0.1", int(host.split(":")[1])):
                found.append(owned.shops(tmp_path).store.select("SELECT * {}"))

        asking = threading.Thread(target=ask)
        asking.start()
        assert store.asked.wait(20)
        assert httpx.get(f"http://{host}/healthz").json() == {"status": "ok"}
        store.go.set()
        asking.join(20)
    assert found == [[{"a": "1"}, {"b": "二"}]]


def test_what_a_command_approves_is_known_to_the_service_at_once(tmp_path: Path) -> None:
    assembly = Assembly(settings_in(tmp_path))
    with serving(assembly) as host, owning(tmp_path, "127.0.0.1", int(host.split(":")[1])):
        assert command(tmp_path, "shop", "import", SHEET)[0] == 0
        before = assembly.shop("demo").meta.version
        sheet = json.loads(command(tmp_path, "shop", "export")[1])
        changed = tmp_path / "changed.jsonld"
        changed.write_text(json.dumps(sheet, ensure_ascii=False).replace("核桃", "胡桃"), encoding="utf-8")
        assert command(tmp_path, "shop", "import", str(changed))[0] == 0
        after = assembly.shop("demo")
    assert after.meta.version == before + 1
    assert any("胡桃" in name for name in after.products())
