"""``/api/rooms/{room}/presence`` and ``/corrections``: who is on air, and slips to be corrected."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from compliance.presence.meter import shown
from compliance.presence.metrics import Metric
from compliance.presence.policy import Breach
from compliance.tickets import DISMISS, OPEN, Ticket
from core.events import Act
from service.assemble import Assembly

router = APIRouter()

Record = dict[str, Any]


class Dismissal(BaseModel):
    """A person found that nothing has to be corrected, and says why."""

    model_config = ConfigDict(extra="forbid")

    correction: str = Field(min_length=1, max_length=120)
    who: Annotated[str, Field(min_length=1, max_length=40)] = "店主"
    why: str = Field(min_length=1, max_length=200)


def metric_record(metric: Metric, breaches: tuple[Breach, ...] = ()) -> Record:
    """A metric with its parts and, where it is beyond a limit, the level and the limit."""
    worst = next((b for b in breaches if b.metric.key == metric.key), None)
    return {
        "key": metric.key,
        "name": metric.name,
        "value": metric.value,
        "shown": shown(metric).strip(),
        "unit": metric.unit,
        "numerator": metric.numerator,
        "denominator": metric.denominator,
        "window": metric.window,
        "parts": dict(metric.detail),
        "level": worst.level if worst else "ok",
        "limit": worst.limit if worst else None,
    }


def correction_record(ticket: Ticket, now: float) -> Record:
    """A slip on air and its correction, with the seconds it has waited."""
    return {
        "id": ticket.id,
        "class": ticket.kind,
        "said": list(ticket.surfaces),
        "line": ticket.line,
        "state": ticket.state,
        "opened": round(ticket.opened, 2),
        "waited": round(ticket.waited(now), 1),
        "open": ticket.state in OPEN,
    }


@router.get("/api/rooms/{room}/presence")
async def presence(request: Request, room: str) -> Record:
    """The decision, its reason, and M1 to M13, each with its parts."""
    assembly: Assembly = request.app.state.assembly
    here, watch = assembly.room(room)[0], assembly.presence(room)
    decision, policy = watch.decision, watch.policy
    return {
        "room": here.name,
        "at": round(here.now, 1),
        "platform": {
            "name": policy.name, "title": policy.title, "read": str(policy.read), "until": str(policy.until),
        },
        "standing": decision.standing,
        "paused": decision.paused,
        "why": decision.why,
        "doubts": list(decision.doubts),
        "label_in": assembly.show(room).label_in(),
        "metrics": [metric_record(m, decision.breaches) for m in watch.metrics],
    }  # fmt: skip


@router.get("/api/rooms/{room}/corrections")
async def corrections(request: Request, room: str) -> list[Record]:
    """Every slip on air of this room, open ones first."""
    assembly: Assembly = request.app.state.assembly
    now = assembly.room(room)[0].now
    found = [correction_record(t, now) for t in assembly.presence(room).corrections]
    return sorted(found, key=lambda t: (not t["open"], -t["opened"]))


@router.post("/api/rooms/{room}/corrections/dismiss")
async def dismiss(request: Request, room: str, order: Dismissal) -> Record:
    """The recogniser misheard: close a slip without a correction; who and why are journalled."""
    assembly: Assembly = request.app.state.assembly
    here, _ = assembly.room(room)
    detail = {"ticket": order.correction, "why": order.why}
    await here.publish(Act(kind=DISMISS, who=order.who, detail=detail, at=here.now))
    return {"correction": order.correction}


@router.post("/api/rooms/{room}/presence/prove")
async def prove(request: Request, room: str) -> Record:
    """Ask for a proof of presence now: a phrase to read aloud comes as a notice."""
    assembly: Assembly = request.app.state.assembly
    here, _ = assembly.room(room)
    await here.publish(Act(kind="prove", who="店主", at=here.now))
    return {"room": here.name}
