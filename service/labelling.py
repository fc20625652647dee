"""Labels of the sound that the program makes: the implicit AIGC label in files, the rhythm to be heard.

A file of a room may be checked into the room's ledger: what was found, and the hash of what was looked at.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from anchor.speech.speaker import Sign, no_sign
from compliance import labels
from core.events import Notice, Samples
from core.settings import Label as Codes

if TYPE_CHECKING:
    from service.rooms import Room

UNLABELLED = (
    "注意：生成的声音文件里没有写 AIGC 标识，因为还没有填服务提供者编码。"
    "请把登记得到的 27 位编码填在设置 label.producer 里（编码不能自己编），以后就会自动写上。"
)


QUIET = 0.3
"""The rhythm beside the voice: about as loud."""
PAUSE = 0.3
"""Seconds between the rhythm and the voice."""


def sign(codes: Codes, everywhere: bool = False) -> Sign:
    """The audio rhythm before every line that is a spoken AI notice, or before all; none where not chosen."""
    if not codes.rhythm:
        return no_sign

    def before(line: str, rate: int) -> Samples:
        if not everywhere and not labels.names_both(line):
            return no_sign(line, rate)
        return np.concatenate([QUIET * labels.rhythm(rate), np.zeros(round(PAUSE * rate), np.float32)])

    return before


class FileCheck(BaseModel):
    """What a check of a file's label found. ``digest`` is the file's SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(max_length=255)
    digest: str = Field(pattern="^[0-9a-f]{64}$")
    good: bool
    sentence: str = Field(max_length=500)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Check ``path`` now; errors are those of :func:`compliance.labels.check`."""
        good, sentence = labels.check(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name=path.name, digest=digest, good=good, sentence=sentence[:500])

    async def note(self, room: Room) -> int:
        """Write it into the room's ledger; the number of its record."""
        noted = await room.publish(
            Notice(
                code="label.checked",
                text=f"文件 {self.name}：{self.sentence}",
                level="info" if self.good else "error",
                subject=self.digest,
                at=room.now,
            )
        )
        assert noted.seq is not None
        return noted.seq


class Labelling:
    """Labels generated files with the codes of the settings; says once where there are none.

    Raises :class:`ConfigurationError` (``label.bad_code``) before anything is generated.
    """

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._told = False
        if codes.producer:
            self._label()

    def mark(self, path: Path) -> str | None:
        """Write the label into ``path`` and read it back: its content id, or None where no code is set."""
        if not self._codes.producer:
            if not self._told:
                print(UNLABELLED, file=sys.stderr)
            self._told = True
            return None
        label = self._label()
        labels.write(path, label)  # it reads back what it wrote
        return label.produce_id

    def _label(self) -> labels.Label:
        return labels.Label.of(self._codes.producer, self._codes.propagator)
