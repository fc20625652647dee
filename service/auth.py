"""Who may talk to the service: this machine freely, every other machine with the pairing token.

Requests from the loopback interface are free only when the ``Host`` and ``Origin`` they carry are this
machine's too, so that neither a web page elsewhere (cross-site requests) nor a name that was rebound to
127.0.0.1 gets in through the owner's own browser.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.files import write_atomic
from service.protocols.pages import page

COOKIE = "xiangyin_token"
REFUSED = "没有通行码或通行码不对，请重新扫电脑上的配对二维码。"
REFUSED_CODE = 4401
"""WebSocket close code of a refusal: the client must not try again by itself."""
SIGNED = re.compile(r"/api/rooms/[^/]+/comments/douyin")
"""Where a platform pushes to: the route itself checks the signature of each request, this machine's too."""


def load_token(folder: Path) -> str:
    """The pairing token of a data folder, made on first use and readable by its owner only."""
    path = folder / "token"
    if path.exists() and (known := path.read_text(encoding="ascii").strip()):
        return known
    token = secrets.token_urlsafe(24)
    write_atomic(path, token.encode("ascii"))
    path.chmod(0o600)
    return token


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine's own."""
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_here(connection: HTTPConnection) -> bool:
    """Whether a connection comes from this machine: by loopback, or to its own address."""
    client, server = connection.client, connection.scope.get("server")
    own = server[0] if server else None
    return client is not None and (is_loopback(client.host) or client.host == own)


def _hostname(netloc: str) -> str | None:
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:
        return None


def presented(scope: Scope) -> str:
    """The token a request carries: in its address, as a program's ``Bearer``, else in its cookie."""
    query: dict[str, list[str]] = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if "token" in query:
        return query["token"][0]
    headers = Headers(scope=scope)
    if (given := headers.get("authorization", "")).startswith("Bearer "):
        return given.removeprefix("Bearer ")
    cookie = SimpleCookie()
    cookie.load(headers.get("cookie", ""))
    return cookie[COOKIE].value if COOKIE in cookie else ""


def allowed(scope: Scope, token: str) -> bool:
    """Whether an HTTP request or WebSocket may enter."""
    if secrets.compare_digest(presented(scope).encode(), token.encode()):
        return True
    headers = Headers(scope=scope)
    client = scope.get("client")
    origin = headers.get("origin")
    return (
        client is not None
        and is_loopback(client[0])
        and is_loopback(_hostname(headers.get("host", "")))
        and (origin is None or is_loopback(urlsplit(origin).hostname))
    )


def _is_push(scope: Scope) -> bool:
    return (
        scope["type"] == "http" and scope["method"] == "POST" and SIGNED.fullmatch(scope["path"]) is not None
    )


def _wants_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


class Gate:
    """ASGI middleware in front of everything, the console included."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it in its own protocol."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif _is_push(scope):
            await self._app(scope, receive, send)
        elif not allowed(scope, self._token):
            await self._refuse(scope, receive, send)
        elif scope["type"] == "http" and self._should_keep(scope):
            await self._remember(scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _should_keep(self, scope: Scope) -> bool:
        """A page opened with the token in its address: keep it in a cookie, out of the address bar."""
        asked = b"token=" in scope.get("query_string", b"")
        return scope["method"] == "GET" and asked and _wants_page(scope)

    def _remember(self, scope: Scope) -> RedirectResponse:
        parts = [p for p in scope["query_string"].decode("latin-1").split("&") if not p.startswith("token=")]
        response = RedirectResponse(scope["path"] + ("?" + "&".join(parts) if parts else ""), status_code=303)
        response.set_cookie(
            COOKIE,
            self._token,
            max_age=30 * 24 * 3600,
            httponly=True,
            samesite="strict",
            secure=scope.get("scheme") == "https",
        )
        return response

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer: Response = PlainTextResponse(REFUSED, status_code=401)
            if _wants_page(scope):
                answer = HTMLResponse(page("refused.html"), status_code=401)
            await answer(scope, receive, send)
            return
        await receive()
        # Accepting first lets the browser see the code and the reason.
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": REFUSED_CODE, "reason": REFUSED})
