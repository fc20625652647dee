"""A caption stage that only listens."""

from __future__ import annotations

from core.channel import Channel
from core.events import AudioChunk, Event


class Ear:
    """Keeps what it hears."""

    name = "ear"

    def __init__(self) -> None:
        self.heard: list[AudioChunk] = []

    async def run(self, inbox: Channel[Event], outbox: Channel[Event]) -> None:
        """Hear until the inbox closes."""
        async for event in inbox:
            assert isinstance(event, AudioChunk)
            self.heard.append(event)
