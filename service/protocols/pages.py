"""What browsers fetch beside the console: the pages for OBS, screen and phone, and their scripts."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

router = APIRouter(default_response_class=HTMLResponse)

TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


def page(name: str) -> str:
    """The text of a page or script that ships with the service."""
    return resources.files("service").joinpath("pages", name).read_text(encoding="utf-8")


@router.get("/overlay")
def overlay() -> str:
    """Captions over a stream."""
    return page("overlay.html")


@router.get("/screen")
def screen() -> str:
    """The host, seen and heard."""
    return page("screen.html")


@router.get("/mic")
def microphone() -> str:
    """A phone as the microphone of a room."""
    return page("mic.html")


@router.get("/static/{name}.{kind}")
def static(name: str, kind: str) -> Response:
    """A script or style sheet of the pages."""
    if kind not in TYPES or not name.isidentifier():
        return Response(status_code=404)
    try:
        text = page(f"{name}.{kind}")
    except FileNotFoundError:
        return Response(status_code=404)
    return Response(text, media_type=TYPES[kind], headers={"Cache-Control": "no-cache"})
