"""Models of sherpa-onnx, streaming and offline, from a folder as its releases lay them out.

Source: https://k2-fsa.github.io/sherpa/onnx/pretrained_models/index.html. What a folder holds is told by its
files, by what the model says of itself (ONNX metadata), and last by the folder's name; a model opened as
another kind would end the whole process, so what cannot be told is refused.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import opencc
from sherpa_onnx import OfflineRecognizer, OnlineRecognizer

from backends.recognizers.onnx_metadata import metadata
from backends.recognizers.windows import RATE, Windowed
from core.errors import ModelUnavailableError
from core.events import Samples, Word
from core.ports import (
    Cancelled,
    RecognitionRequest,
    Recognizer,
    RecognizerCapabilities,
    RecognizerStream,
    Transcript,
    never,
)

LAST = 0.2
"""Seconds that the last character is taken to last; the models tell only where one begins."""
TAIL = np.zeros(round(0.8 * RATE), np.float32)
"""Silence that pushes the last words out of a streaming model."""
BIASED = {"decoding_method": "modified_beam_search", "modeling_unit": "cjkchar"}

OFFLINE: Mapping[str, tuple[str, str]] = {
    "sense_?voice": ("from_sense_voice", "model"),
    "paraformer": ("from_paraformer", "paraformer"),
    "tele_?speech": ("from_telespeech_ctc", "model"),
    "dolphin": ("from_dolphin_ctc", "model"),
    "fire_?red": ("from_fire_red_asr_ctc", "model"),
    "zipformer": ("from_zipformer_ctc", "model"),
    "wenet|u2pp": ("from_wenet_ctc", "model"),
}
"""What names a family of models in one file: how it is opened, and as which option."""
ONLINE: Mapping[str, tuple[str, str]] = {
    "zipformer": ("from_zipformer2_ctc", "model"),
    "wenet|u2pp": ("from_wenet_ctc", "model"),
}
STREAMING = frozenset({"decode_chunk_len", "num_blocks"})
"""Metadata that only models have which keep state between chunks."""


def open_model(folder: Path, threads: int = 2) -> Recognizer:
    """The recogniser in ``folder``: a streaming one is also a ``StreamingRecognizer``."""
    files = _parts(folder)
    plan = _plan(folder, files)
    try:
        engine = plan.make(tokens=str(folder / "tokens.txt"), num_threads=threads, **plan.options)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise _unloadable(folder, str(error)) from error
    return SherpaOnline(engine, plan.hotwords) if plan.online else Windowed(_Offline(engine, plan.hotwords))


@dataclass(frozen=True, slots=True)
class _Plan:
    make: Callable[..., Any]
    options: Mapping[str, str]
    online: bool
    hotwords: bool = False


def _parts(folder: Path) -> dict[str, Path]:
    """The ONNX files by role; of two precisions the smaller, which is all but as exact and quicker."""
    found: dict[str, Path] = {}
    for role in ("encoder", "decoder", "joiner", "model"):
        files = sorted(folder.glob(f"{role}*.onnx"), key=lambda file: (".int8." not in file.name, file.name))
        if files:
            found[role] = files[0]
    if not found or not (folder / "tokens.txt").is_file():
        raise _unloadable(folder, "没有 tokens.txt 或 .onnx 文件")
    return found


def _plan(folder: Path, files: Mapping[str, Path]) -> _Plan:
    told = metadata(files.get("encoder") or files["model"])
    name = f"{told.get('model_type', '')} {told.get('comment', '')} {folder.name}".lower().replace("-", "_")
    online = bool(STREAMING & told.keys())
    paths = {role: str(file) for role, file in files.items()}
    parts: dict[str, str] = {role: paths[role] for role in ("encoder", "decoder") if role in paths}
    if {"encoder", "decoder", "joiner"} <= paths.keys():
        make = OnlineRecognizer.from_transducer if online else OfflineRecognizer.from_transducer
        return _Plan(make, {**parts, "joiner": paths["joiner"], **BIASED}, online, hotwords=True)
    if len(parts) == 2 and "paraformer" in name:
        return _Plan(OnlineRecognizer.from_paraformer, parts, online=True)
    if len(parts) == 2 and re.search("fire_?red", name):
        return _Plan(OfflineRecognizer.from_fire_red_asr, parts, online=False)
    for family, (opening, option) in (ONLINE if online else OFFLINE).items():
        if "model" in paths and re.search(family, name):
            engine = OnlineRecognizer if online else OfflineRecognizer
            return _Plan(getattr(engine, opening), {option: paths["model"]}, online)
    raise _unloadable(folder, "看不出是哪一种模型")


def _unloadable(folder: Path, reason: str) -> ModelUnavailableError:
    return ModelUnavailableError(
        "recognizer.unloadable",
        f"语音识别模型打不开（{folder}）：{reason}。",
        "请保持 sherpa-onnx 发布时的文件夹名和文件名：SenseVoice、Paraformer、Zipformer、WeNet、"
        "TeleSpeech、Dolphin、FireRedASR。",
    )


class _Offline:
    name = "sherpa"
    longest = 29.0

    def __init__(self, engine: Any, hotwords: bool = False) -> None:
        self.capabilities = RecognizerCapabilities(hotwords=hotwords, word_times=True)
        self._engine = engine
        self._simplify = opencc.OpenCC("t2s").convert

    def hear(self, samples: Samples, request: RecognitionRequest) -> Transcript:
        stream = _stream(self._engine, self.capabilities.hotwords, request)
        stream.accept_waveform(RATE, np.ascontiguousarray(samples, dtype=np.float32))
        self._engine.decode_stream(stream)
        heard = stream.result
        return transcript(heard, heard.ys_log_probs, self._simplify)


class SherpaOnline:
    """Streaming recogniser. Streams may be open side by side; they decode one after another."""

    name = "sherpa"

    def __init__(self, engine: Any, hotwords: bool = False) -> None:
        self.capabilities = RecognizerCapabilities(streaming=True, hotwords=hotwords, word_times=True)
        self._engine = engine
        self._lock = threading.Lock()
        self._simplify = opencc.OpenCC("t2s").convert

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise a whole sound, second by second; cancelled, it returns what it has so far."""
        stream = self.stream(request)
        for at in range(0, len(samples), RATE):
            if cancelled():
                break
            stream.accept(samples[at : at + RATE])
        return stream.finish() if not cancelled() else Transcript("", 0.0)

    def stream(
        self,
        request: RecognitionRequest = RecognitionRequest(),
    ) -> RecognizerStream:
        """Open a stream for one segment of speech."""
        return _Segment(
            self._engine,
            _stream(self._engine, self.capabilities.hotwords, request),
            self._lock,
            self._simplify,
        )


class _Segment:
    """One segment of speech in a streaming model."""

    def __init__(
        self, engine: Any, stream: Any, lock: threading.Lock, simplify: Callable[[str], str]
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._lock = lock
        self._simplify = simplify
        self._last = Transcript("", 0.0)

    def accept(self, samples: Samples) -> Transcript | None:
        """Take more sound; the revised transcript where it changed."""
        before = self._last
        self._stream.accept_waveform(RATE, np.ascontiguousarray(samples, dtype=np.float32))
        self._decode()
        return self._last if self._last != before else None

    def finish(self) -> Transcript:
        """The transcript of all sound."""
        self._stream.accept_waveform(RATE, TAIL)
        self._stream.input_finished()
        self._decode()
        return self._last

    def _decode(self) -> None:
        with self._lock:
            while self._engine.is_ready(self._stream):
                self._engine.decode_stream(self._stream)
            heard = self._engine.get_result_all(self._stream)
        self._last = transcript(heard, heard.ys_probs, self._simplify)


def _stream(engine: Any, hotwords: bool, request: RecognitionRequest) -> Any:
    if hotwords and request.hotwords:
        return engine.create_stream(hotwords="/".join(request.hotwords))
    return engine.create_stream()


def transcript(heard: Any, scores: Sequence[float], simplify: Callable[[str], str]) -> Transcript:
    """A result of sherpa-onnx; where the model gives no log-probabilities its confidence is 1."""
    text = simplify(heard.text.strip())
    if not text:
        return Transcript("", 0.0)
    confidence = math.exp(min(0.0, sum(scores) / len(scores))) if len(scores) else 1.0
    starts = list(heard.timestamps)
    ends = [*starts[1:], (starts[-1] if starts else 0.0) + LAST]
    words = (
        Word(written, float(start), max(float(start), float(end)))
        for token, start, end in zip(heard.tokens, starts, ends, strict=False)
        if (written := simplify(token.replace("▁", "").replace("@@", "").strip()))
    )
    return Transcript(text, confidence, tuple(words), dialect=_dialect(heard))


def _dialect(heard: Any) -> str | None:
    """The dialect that SenseVoice names as a language: ``<|yue|>``."""
    return "yue" if "yue" in getattr(heard, "lang", "") else None
