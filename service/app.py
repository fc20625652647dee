"""The HTTP and WebSocket service. What goes over the wire is documented in ``docs/protocols.md``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.middleware import Middleware

from core.errors import InputError, ModelUnavailableError, OverloadedError, RefusedError, XiangyinError
from service.assemble import Assembly
from service.auth import Gate, load_token
from service.erasing import keep_sweeping
from service.incoming import IncomingRooms
from service.protocols import audio, captions, local, presence, screen, shops, show, webhook
from service.pulling import pulling

STATUS: tuple[tuple[type[XiangyinError], int], ...] = (
    (InputError, 422),
    (RefusedError, 403),
    (OverloadedError, 503),
    (ModelUnavailableError, 503),
)
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


def page(name: str) -> str:
    """The text of a page or script that ships with the service."""
    return resources.files("service").joinpath("pages", name).read_text(encoding="utf-8")


def create_app(assembly: Assembly) -> FastAPI:
    """The service over an assembly, without the console."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(keep_sweeping(assembly))
        async with assembly.keeping.sweeping():
            for room in await asyncio.to_thread(assembly.keeping.pending):
                assembly.room(room)  # opened, it captions what a crash left
            async with pulling(assembly, incoming):
                yield
        sweeping.cancel()
        await incoming.close()
        await assembly.close()

    gate = Middleware(Gate, token=load_token(assembly.data))
    app = FastAPI(title="乡音", docs_url=None, redoc_url=None, lifespan=lifespan, middleware=[gate])
    app.state.assembly = assembly
    incoming = app.state.incoming = IncomingRooms(assembly)
    app.add_exception_handler(XiangyinError, _explain)
    app.include_router(audio.router)
    app.include_router(captions.router)
    app.include_router(local.router)
    app.include_router(presence.router)
    app.include_router(show.router)
    app.include_router(screen.router)
    app.include_router(shops.router)
    app.include_router(webhook.router)

    @app.get("/overlay", response_class=HTMLResponse)
    def overlay() -> str:
        return page("overlay.html")

    @app.get("/screen", response_class=HTMLResponse)
    def stage() -> str:
        return page("screen.html")

    @app.get("/mic", response_class=HTMLResponse)
    def microphone() -> str:
        return page("mic.html")

    @app.get("/static/{name}.{kind}")
    def static(name: str, kind: str) -> Response:
        if kind not in TYPES or not name.isidentifier():
            return Response(status_code=404)
        try:
            text = page(f"{name}.{kind}")
        except FileNotFoundError:
            return Response(status_code=404)
        return Response(text, media_type=TYPES[kind], headers={"Cache-Control": "no-cache"})

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(assembly.telemetry.render(), media_type="text/plain; version=0.0.4")

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


async def _explain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, XiangyinError)
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"error": error.record()}, status_code=status)
