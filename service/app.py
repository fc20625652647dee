"""The HTTP and WebSocket service. What goes over the wire is documented in ``docs/protocols.md``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware import Middleware

from core.errors import InputError, ModelUnavailableError, OverloadedError, RefusedError, XiangyinError
from service.assemble import Assembly
from service.auth import Gate, load_token
from service.erasing import keep_sweeping
from service.incoming import IncomingRooms
from service.protocols import (
    audio,
    captions,
    health,
    local,
    pages,
    presence,
    screen,
    shops,
    show,
    webhook,
)
from service.pulling import pulling

STATUS: tuple[tuple[type[XiangyinError], int], ...] = (
    (InputError, 422),
    (RefusedError, 403),
    (OverloadedError, 503),
    (ModelUnavailableError, 503),
)
ROUTERS = (
    audio.router, captions.router, health.router, local.router, pages.router, presence.router, screen.router,
    shops.router, show.router, webhook.router,
)  # fmt: skip


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
    for router in ROUTERS:
        app.include_router(router)
    return app


async def _explain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, XiangyinError)
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"error": error.record()}, status_code=status)
