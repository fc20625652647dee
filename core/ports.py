"""The five ports through which models come into the house.

A backend implements one port and states its capabilities; adapters lift what is missing. Calls are
blocking and run in the worker threads of :mod:`core.compute`; long ones poll ``cancelled``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from core.events import Samples, Viseme, Word

Cancelled = Callable[[], bool]

Effort = Literal["draft", "live", "best"]
"""How much a recogniser should give for accuracy: a draft is replaced soon, a live caption is waited for."""


def never() -> bool:
    """The ``cancelled`` of a call that nobody will cancel."""
    return False


@dataclass(frozen=True, slots=True)
class RecognizerCapabilities:
    """What a recogniser can do by itself."""

    streaming: bool = False
    hotwords: bool = False
    word_times: bool = False
    dialect_label: bool = False
    max_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RecognitionRequest:
    """How to recognise: ``hotwords`` most likely first, ``prompt`` the preceding text.

    A backend that has only one way to recognise may disregard ``effort``.
    """

    language: str = "zh"
    hotwords: tuple[str, ...] = ()
    prompt: str = ""
    beam_size: int = 1
    word_times: bool = False
    effort: Effort = "best"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in a stretch of sound; times are seconds from its first sample.

    ``no_speech`` is the model's probability that nobody spoke, ``compression`` the ratio that betrays
    loops; both are None where a backend does not say.
    """

    text: str
    confidence: float
    words: tuple[Word, ...] = ()
    no_speech: float | None = None
    compression: float | None = None
    dialect: str | None = None


class RecognizerStream(Protocol):
    """One running recognition of a stream of 16 kHz mono float32 chunks."""

    def accept(self, samples: Samples) -> Transcript | None:
        """Take more sound; return the revised transcript of the open segment when it changed."""
        ...

    def finish(self) -> Transcript:
        """End the segment and return its final transcript."""
        ...


@runtime_checkable
class Recognizer(Protocol):
    """Speech to text."""

    name: str
    capabilities: RecognizerCapabilities

    def transcribe(
        self, samples: Samples, request: RecognitionRequest = ..., cancelled: Cancelled = ...
    ) -> Transcript:
        """Recognise a whole stretch of 16 kHz mono float32 sound."""
        ...


@runtime_checkable
class StreamingRecognizer(Recognizer, Protocol):
    """A recogniser that revises while sound comes in."""

    def stream(self, request: RecognitionRequest = ...) -> RecognizerStream:
        """Open a stream for one segment of speech."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceCapabilities:
    """What a voice can do by itself."""

    voices: tuple[str, ...] = ()
    rate: int = 24_000
    streaming: bool = False
    visemes: bool = False
    speeds: tuple[float, float] = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono float32 sound at ``rate`` Hz with its mouth shapes."""

    samples: Samples
    rate: int
    visemes: tuple[Viseme, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


@runtime_checkable
class Voice(Protocol):
    """Text to speech. ``text`` is already normalised to what is to be read aloud."""

    name: str
    capabilities: VoiceCapabilities

    def synthesize(
        self, text: str, voice: str = ..., speed: float = ..., cancelled: Cancelled = ...
    ) -> Speech:
        """Speak one clause."""
        ...


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation to continue, and how. ``json_schema`` asks for structured output."""

    messages: tuple[ChatMessage, ...]
    max_tokens: int = 128
    temperature: float = 0.7
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What a language model can do by itself.

    One that ``continues`` goes on with a last message of the assistant's own, and does not repeat it.
    """

    streaming: bool = True
    json_schema: bool = False
    continues: bool = False
    context: int = 4096


@runtime_checkable
class ChatModel(Protocol):
    """A language model."""

    name: str
    capabilities: ChatCapabilities

    def stream(self, request: ChatRequest, cancelled: Cancelled = ...) -> Iterator[str]:
        """Yield the answer piece by piece; stop soon after ``cancelled()`` becomes true."""
        ...


@dataclass(frozen=True, slots=True)
class EmbedderCapabilities:
    """Size of the vectors."""

    dimensions: int


@runtime_checkable
class Embedder(Protocol):
    """Text to unit vectors."""

    name: str
    capabilities: EmbedderCapabilities

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"] = ...) -> npt.NDArray[np.float32]:
        """Embed ``texts``; shape (len(texts), dimensions), rows of unit length."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceActivityCapabilities:
    """The window, in samples at 16 kHz, that one decision needs."""

    window: int = 512


class VoiceActivityStream(Protocol):
    """One running decision over a stream."""

    def accept(self, window: Samples) -> float:
        """The probability, in [0, 1], that someone speaks in this window."""
        ...


@runtime_checkable
class VoiceActivity(Protocol):
    """Is someone speaking?"""

    name: str
    capabilities: VoiceActivityCapabilities

    def stream(self) -> VoiceActivityStream:
        """Open a stream with fresh state."""
        ...
