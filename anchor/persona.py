"""Who the host is, as data: name, manner, voice, speed, dialect flavour."""

from __future__ import annotations

from dataclasses import dataclass

from anchor.writer.phrases import Register


@dataclass(frozen=True, slots=True)
class Persona:
    """The host. ``speed`` is the voice's (0.9 suits older ears); ``pause`` seconds between lines."""

    name: str = "小乡"
    register: Register = "warm"
    voice: str = ""
    speed: float = 0.95
    pause: float = 0.35
    dialect: str = ""


DEFAULT = Persona()
"""A calm, plain host who speaks Mandarin."""
