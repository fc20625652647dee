from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from service.auth import COOKIE, REFUSED_CODE, Gate, allowed, is_here, is_loopback, load_token

pytestmark = pytest.mark.unit

TOKEN = "secret-token"


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


def client(host: str, address: str) -> TestClient:
    app = Starlette(routes=[Route("/", hello), WebSocketRoute("/ws", greet)])
    return TestClient(Gate(app, TOKEN), base_url=f"http://{host}", client=(address, 5))


def test_this_machine_is_let_in_freely() -> None:
    assert client("127.0.0.1:7860", "127.0.0.1").get("/").text == "hello"
    assert client("localhost:7860", "::1").get("/").text == "hello"


@pytest.mark.parametrize(
    ("host", "address", "headers"),
    [
        ("192.168.1.5:7861", "192.168.1.9", {}),
        ("rebound.example", "127.0.0.1", {}),
        ("127.0.0.1:7860", "127.0.0.1", {"Origin": "https://elsewhere.example"}),
        ("192.168.1.5:7861", "192.168.1.9", {"Cookie": f"{COOKIE}=wrong"}),
    ],
)
def test_everyone_else_is_refused_without_the_token(host: str, address: str, headers: dict[str, str]) -> None:
    answer = client(host, address).get("/", headers=headers)
    assert answer.status_code == 401
    assert "通行码" in answer.text


def test_the_token_opens_by_address_or_cookie() -> None:
    other = client("192.168.1.5:7861", "192.168.1.9")
    assert other.get(f"/?token={TOKEN}").text == "hello"
    assert other.get("/", headers={"Cookie": f"{COOKIE}={TOKEN}"}).text == "hello"


def test_a_page_opened_with_the_token_keeps_it_in_a_cookie_out_of_the_address() -> None:
    other = client("192.168.1.5:7861", "192.168.1.9")
    answer = other.get(f"/?token={TOKEN}&room=a", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.headers["location"] == "/?room=a"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


def test_a_phone_without_the_token_reads_how_to_pair() -> None:
    answer = client("192.168.1.5:7861", "192.168.1.9").get("/mic", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "viewport" in answer.text and "扫那里的二维码" in answer.text


def test_a_program_presents_the_token_in_a_header() -> None:
    other = client("192.168.1.5:7861", "192.168.1.9")
    assert other.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).text == "hello"
    assert other.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401
    kept = {"Authorization": "Basic abc", "Cookie": f"{COOKIE}={TOKEN}"}
    assert other.get("/", headers=kept).text == "hello"


@pytest.mark.parametrize(
    ("client", "server", "here"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("192.168.1.5", "192.168.1.5", True),
        ("192.168.1.9", "192.168.1.5", False),
    ],
)
def test_a_connection_to_ones_own_address_is_from_here(client: str, server: str, here: bool) -> None:
    scope = {"type": "http", "headers": [], "client": (client, 5), "server": (server, 7860)}
    assert is_here(HTTPConnection(scope)) is here


def test_a_refused_socket_is_closed_with_the_code_that_says_do_not_retry() -> None:
    with client("192.168.1.5", "192.168.1.9").websocket_connect("/ws") as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == REFUSED_CODE
    with client("192.168.1.5", "192.168.1.9").websocket_connect(f"/ws?token={TOKEN}") as socket:
        assert socket.receive_text() == "hello"


def test_odd_tokens_and_headers_never_crash() -> None:
    scope = {
        "type": "http",
        "client": None,
        "query_string": "token=口令".encode(),
        "headers": [(b"host", b"[::1"), (b"cookie", b"\xff=;")],
    }
    assert not allowed(scope, TOKEN)
    assert not is_loopback("not an address")


def test_the_token_is_made_once_and_private(tmp_path: Path) -> None:
    token = load_token(tmp_path)
    assert load_token(tmp_path) == token
    assert len(token) >= 32
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
