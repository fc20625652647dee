"""Spoken clauses on disk: what a host knows by heart, ready when tomorrow's show begins.

A file a clause, named by the hash of what was to be said and in which voice. A missing or damaged file only
costs the time to speak it again; the clauses used longest ago make room for new ones.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.errors import StorageError
from core.events import Viseme
from core.files import write_atomic
from core.ports import Speech
from media.audio import to_int16

log = logging.getLogger(__name__)

FORMAT = 1
"""Raised when what is kept would sound or read differently."""
LIMIT = 128 << 20
"""Bytes of a shelf: three quarters of an hour of speech."""
FULL_SCALE = np.float32(32_767)


@dataclass(frozen=True, slots=True)
class ClauseKey:
    """What makes two clauses the same sound: voice, speed, what is said, and seconds of silence after it."""

    voice: str
    speed: float
    said: str
    pause: float


class Shelf:
    """The clauses in one folder, at most ``limit`` bytes of them. Blocking; safe from several threads."""

    def __init__(self, folder: Path, model: str, limit: int = LIMIT) -> None:
        """``model`` names the voice's weights: another model's clauses are other clauses."""
        self._folder = folder
        self._model = model
        self._limit = limit
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for file in sorted(folder.glob("*.clause"), key=lambda f: f.stat().st_mtime):
                self._sizes[file.name] = file.stat().st_size

    def __contains__(self, key: ClauseKey) -> bool:
        return self._name(key) in self._sizes

    @property
    def held_bytes(self) -> int:
        """Bytes of all clauses."""
        with self._lock:
            return sum(self._sizes.values())

    def get(self, key: ClauseKey) -> Speech | None:
        """The sound of a clause; None where it is not here, or damaged."""
        name = self._name(key)
        if name not in self._sizes:
            return None
        try:
            content = (self._folder / name).read_bytes()
            speech = _read(content)
            os.utime(self._folder / name)
        except (OSError, ValueError, KeyError, TypeError):
            self._forget(name)
            return None
        with self._lock:
            if name in self._sizes:
                self._sizes.move_to_end(name)
        return speech

    def put(self, key: ClauseKey, speech: Speech) -> bool:
        """Keep a clause; False where nothing can be kept: the disk is full, or the folder was deleted."""
        name, content = self._name(key), _written(speech)
        if len(content) > self._limit or not self._folder.is_dir():
            return False
        try:
            write_atomic(self._folder / name, content)
        except StorageError as error:
            log.warning("a clause is not kept: %s", error.code)
            return False
        with self._lock:
            self._sizes[name] = len(content)
            while sum(self._sizes.values()) > self._limit:
                oldest, _ = self._sizes.popitem(last=False)
                (self._folder / oldest).unlink(missing_ok=True)
        return True

    def _forget(self, name: str) -> None:
        with self._lock:
            self._sizes.pop(name, None)
        with suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)

    def _name(self, key: ClauseKey) -> str:
        named = json.dumps([FORMAT, self._model, asdict(key)], ensure_ascii=False, sort_keys=True)
        return f"{hashlib.sha256(named.encode()).hexdigest()}.clause"


def _written(speech: Speech) -> bytes:
    """A line of JSON with the hash of the sound, then the sound as 16-bit samples."""
    sound = to_int16(speech.samples).astype("<i2").tobytes()
    head = {
        "sha256": hashlib.sha256(sound).hexdigest(),
        "rate": speech.rate,
        "visemes": [[v.shape, v.start, v.end] for v in speech.visemes],
    }
    return json.dumps(head).encode() + b"\n" + sound


def _read(content: bytes) -> Speech:
    """The clause of a file; ValueError or KeyError where it is none."""
    line, _, sound = content.partition(b"\n")
    head = json.loads(line)
    if hashlib.sha256(sound).hexdigest() != head["sha256"]:
        raise ValueError("damaged")
    samples = np.frombuffer(sound, "<i2").astype(np.float32) / FULL_SCALE
    samples.flags.writeable = False
    return Speech(samples, int(head["rate"]), tuple(Viseme(*each) for each in head["visemes"]))
