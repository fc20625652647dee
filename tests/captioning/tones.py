"""Speech for tests that can be checked sample by sample: every 0.1 s a tone that stands for one character."""

from __future__ import annotations

import threading

import numpy as np

from captioning.captioner import Captioner
from core.events import AudioChunk, Cue, Hypothesis, Samples
from core.ports import (
    Cancelled,
    RecognitionRequest,
    RecognizerCapabilities,
    Transcript,
    never,
)

RATE = AudioChunk.rate
EACH = RATE // 10
LOWEST, STEP, TONES = 400, 100, 70
FIRST = 0x4E00


def character(number: int) -> str:
    """The character of the tone ``number``; after the last the first comes again."""
    return chr(FIRST + number % TONES)


def sentence(first: int, length: int) -> Samples:
    """``length`` characters from ``first`` on."""
    times = np.arange(EACH) / RATE
    tones = [np.sin(2 * np.pi * (LOWEST + STEP * ((first + k) % TONES)) * times) for k in range(length)]
    return np.concatenate(tones).astype(np.float32) * 0.4


def heard_in(samples: Samples) -> str:
    """The characters whose tones sound for at least half of their time."""
    size = 320
    runs: list[list[int]] = []
    for at in range(0, len(samples) - size + 1, size // 2):
        piece = samples[at : at + size]
        if np.sqrt(np.mean(np.square(piece))) < 0.1:
            continue
        peak = int(np.argmax(np.abs(np.fft.rfft(piece * np.hanning(size))))) * RATE // size
        number = round((peak - LOWEST) / STEP)
        if runs and runs[-1][0] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return "".join(character(number) for number, count in runs if count >= 4)


class ToneRecognizer:
    """Hears tones. It is confident, and says nothing when there is nothing."""

    name = "tones"
    capabilities = RecognizerCapabilities()

    def __init__(self) -> None:
        self.calls = 0
        self._lock = threading.Lock()

    def transcribe(
        self, samples: Samples, request: RecognitionRequest | None = None, cancelled: Cancelled = never
    ) -> Transcript:
        """The characters of the tones."""
        with self._lock:
            self.calls += 1
        return Transcript(heard_in(samples), 0.95)


class Verbatim(Captioner):
    """Shows what was heard as it was heard: no renderer is loaded."""

    def __init__(self) -> None:
        pass

    def caption(self, heard: Hypothesis) -> Cue:
        """The text itself."""
        return Cue(
            room=heard.room,
            at=heard.at,
            cue=heard.segment,
            start=heard.start,
            end=heard.end,
            raw=heard.text,
            mandarin=heard.text,
            final=heard.final,
        )

    def hotwords(self) -> tuple[str, ...]:
        """Nothing is expected."""
        return ()

    def words(self, text: str) -> list[tuple[int, int]]:
        """Every character is a word."""
        return [(k, k + 1) for k in range(len(text))]
