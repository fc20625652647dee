"""``/api/local``: how commands of this machine reach the data that the running service owns.

Only from this machine *and* with the folder's token in ``Authorization: Bearer``, which no web page
can send along. The graph is offered as a SPARQL 1.1 endpoint, so a command runs the very code that it runs
by itself.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.errors import InputError, RefusedError
from knowledge_graph.store.protocol import Row
from service import erasing
from service.assemble import Assembly
from service.auth import is_here, load_token
from service.labelling import FileCheck

AT_ONCE = 2000
"""References in one request."""
LARGEST = 16 << 20
"""Bytes of one request; an import comes in many."""


def require_owner(request: Request) -> Assembly:
    """The assembly, for a caller on this machine who can read the token of the data folder."""
    assembly: Assembly = request.app.state.assembly
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    known = load_token(assembly.data)
    if not is_here(request) or not secrets.compare_digest(given.encode(), known.encode()):
        raise RefusedError("local.refused", "这个接口只给这台电脑上的乡音命令用。")
    return assembly


Owned = Annotated[Assembly, Depends(require_owner)]

router = APIRouter(prefix="/api/local")


@router.post("/store/query")
async def query(request: Request, owned: Owned) -> Response:
    """SPARQL 1.1 Protocol, query by POST with a form: solutions as SPARQL JSON."""
    body = await _bounded(request)
    found = await asyncio.to_thread(lambda: _solutions(owned.shops().store.select(_field(body, "query"))))
    return Response(found, media_type="application/sparql-results+json")


@router.post("/store/update", status_code=204)
async def update(request: Request, owned: Owned) -> None:
    """SPARQL 1.1 Protocol, update by POST with a form."""
    body = await _bounded(request)
    await asyncio.to_thread(lambda: owned.shops().change(_field(body, "update")))


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise InputError("local.too_large", "一次发来的内容太多。", "请分几次发。")
    return bytes(body)


def _field(body: bytes, name: str) -> str:
    found = parse_qs(body.decode(), max_num_fields=4)
    if name not in found:
        raise InputError("local.empty", f"请求里没有 {name}。", "请按 SPARQL 1.1 协议用表单发送。")
    return found[name][0]


def _solutions(rows: Sequence[Row]) -> bytes:
    """SPARQL 1.1 Query Results JSON; commands read the values only, so every term is sent as a literal."""
    bindings = [{name: {"type": "literal", "value": value} for name, value in row.items()} for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    record = {"head": {"vars": names}, "results": {"bindings": bindings}}
    return json.dumps(record, ensure_ascii=False).encode()


class Pruning(BaseModel):
    """``before``: delete what is older; three years where it is left out."""

    model_config = ConfigDict(extra="forbid")

    before: datetime | None = None


class Erasure(BaseModel):
    """References to personal data, and who asked to have it erased."""

    model_config = ConfigDict(extra="forbid")

    references: list[Annotated[str, Field(max_length=200)]] = Field(max_length=AT_ONCE)
    who: str = Field(max_length=200)


@router.post("/rooms/{room}/prune")
async def prune(room: str, order: Pruning, owned: Owned) -> dict[str, int]:
    """Delete records that are old enough; how many."""
    here, _ = owned.room(room)
    return {"removed": await here.prune(order.before)}


@router.post("/rooms/{room}/erase")
async def erase(room: str, order: Erasure, owned: Owned) -> dict[str, int]:
    """Erase pieces of personal data; how many were still there."""
    return {"erased": await erasing.erase(owned, room, order.references, order.who)}


class Muting(BaseModel):
    """The sound of a period, without end on a side that is left out, and who has it erased."""

    model_config = ConfigDict(extra="forbid")

    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None
    who: str = Field(max_length=200)


@router.post("/rooms/{room}/erase-sound")
async def erase_sound(room: str, order: Muting, owned: Owned) -> dict[str, int]:
    """Erase what was kept of a room's sound; how many files."""
    return {"erased": await erasing.erase_sound(owned, room, order.begin, order.end, order.who)}


@router.post("/rooms/{room}/label-check")
async def label_check(room: str, check: FileCheck, owned: Owned) -> dict[str, int]:
    """Note in the room's ledger what a check of a file's label found; the number of the record."""
    return {"seq": await check.note(owned.room(room)[0])}


@router.post("/retention")
async def retention(owned: Owned) -> dict[str, int]:
    """Erase and delete what has had its time, in every room."""
    return asdict(await erasing.sweep_all(owned))
