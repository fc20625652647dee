"""What the live stage gives up, and when, while the recogniser does not keep up: never a final."""

from __future__ import annotations

from dataclasses import dataclass, replace

from captioning.endpoint import EndpointSettings

BEHIND = 3
"""Finished sentences that wait for their captions, from which on people are told and segments lengthen."""

THIN = 2
"""From here on there are no partials, and nothing is decoded on the chance that a pause is an end."""

LONGER = 1.5
"""How much more silence then ends a segment: fewer, longer decodes."""


@dataclass(slots=True)
class Load:
    """How many sentences wait. ``behind`` begins at :data:`BEHIND` and lasts until none waits."""

    waiting: int = 0
    behind: bool = False

    @property
    def thin(self) -> bool:
        """Whether only finals are decoded now."""
        return self.behind or self.waiting >= THIN

    def change(self, by: int) -> str:
        """One more or less waits; ``behind`` or ``caught_up`` where that is news, else empty."""
        self.waiting += by
        if not self.behind and self.waiting >= BEHIND:
            self.behind = True
            return "behind"
        if self.behind and self.waiting == 0:
            self.behind = False
            return "caught_up"
        return ""


def lengthened(settings: EndpointSettings) -> EndpointSettings:
    """Endpoints of a stage that is behind."""
    silences = tuple((up_to, silence * LONGER) for up_to, silence in settings.end_silence)
    return replace(settings, end_silence=silences)
