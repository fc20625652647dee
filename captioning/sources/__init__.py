"""Where sound comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from core.events import AudioChunk, Notice


class AudioSource(Protocol):
    """Sound as it comes, until it ends by itself, with notices of what happened to it on the way.

    ``at`` of a chunk counts from the source's start; a jump forward is a gap, a short step back marks silence
    that was sent while the connection was lost.
    """

    @property
    def name(self) -> str:
        """What people are told."""
        ...

    def events(self) -> AsyncIterator[AudioChunk | Notice]:
        """The sound. Raises :class:`core.errors.InputError` where there never is any."""
        ...
