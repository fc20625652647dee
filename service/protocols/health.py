"""What a monitor asks: whether the service lives, and what it measured."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

router = APIRouter()


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Latencies and counts in the text format of Prometheus."""
    text = request.app.state.assembly.telemetry.render()
    return Response(text, media_type="text/plain; version=0.0.4")


@router.get("/healthz")
def health() -> dict[str, str]:
    """That it lives."""
    return {"status": "ok"}
